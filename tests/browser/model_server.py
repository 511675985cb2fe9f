"""A server of models that does what servers do: breaks off, answers ranges (or not), is busy, compresses."""

from __future__ import annotations

import gzip
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import brotli

__all__ = ["ModelServer", "Served"]

_CHUNK = 1 << 16
_SECONDS = 60


@dataclass
class Served:
    """What is at an address.

    Attributes
    ----------
    headers : dict
        More of them.
    tag : str
        The ETag; none if empty.
    encoding : str
        How it is compressed, unless a part is asked for.
    takes_head, ranges : bool
        It answers such requests.
    starts_off : int
        By how much a part that is sent begins too late.
    total : int, optional
        How many bytes Content-Range says there are.
    barrier : threading.Barrier, optional
        Answers wait there for each other.
    breaks_after : int or None
        Bytes of an answer after which the server waits for ``go_on`` and cuts the connection. (What a
        page has not read by then its browser throws away.)
    asked : threading.Event
        Set by the first request.
    """

    content: bytes = b""
    status: str = "200 OK"
    type: str = "application/octet-stream"
    headers: dict[str, str] = field(default_factory=dict)
    tag: str = '"1"'
    encoding: str = ""
    takes_head: bool = True
    ranges: bool = True
    starts_off: int = 0
    total: int | None = None
    barrier: threading.Barrier | None = None
    breaks_after: int | None = None
    go_on: threading.Event = field(default_factory=threading.Event)
    asked: threading.Event = field(default_factory=threading.Event)

    def answer(self, wanted: str) -> tuple[str, bytes, dict[str, str]]:
        """Status, bytes and headers for a Range header, or for an empty one."""
        size = len(self.content)
        total = size if self.total is None else self.total
        match = re.fullmatch(r"bytes=(\d+)-", wanted)
        if match and self.ranges and self.status == "200 OK":
            start = int(match[1]) + self.starts_off
            if start >= size:
                return "416 Range Not Satisfiable", b"", {"Content-Range": f"bytes */{total}"}
            found = {"Content-Range": f"bytes {start}-{size - 1}/{total}"}
            return "206 Partial Content", self.content[start:], found
        content, more = _compressed(self.content, self.encoding)
        return self.status, content, more


class ModelServer:
    """A WSGI application.

    Attributes
    ----------
    served : dict
        By path below the mount; of several, one is for each download, the last for all that follow.
    requests : list of (str, str, str)
        Method, path and Range header of each request.
    headers : list of dict
        The headers of each.
    """

    def __init__(self) -> None:
        self.served: dict[str, Served | list[Served]] = {}
        self.requests: list[tuple[str, str, str]] = []
        self.headers: list[dict[str, str]] = []

    def reset(self) -> None:
        """Serve nothing, and forget what was asked for."""
        for served in self.served.values():
            for one in served if isinstance(served, list) else [served]:
                one.go_on.set()
        self.served.clear()
        self.requests.clear()
        self.headers.clear()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"].lstrip("/")
        wanted = environ.get("HTTP_RANGE", "")
        self.requests.append((method, path, wanted))
        self.headers.append({k: v for k, v in environ.items() if k.startswith("HTTP_")})
        served = self._next(path, method)
        if method == "HEAD" and not served.takes_head:
            start_response("405 Method Not Allowed", [])
            return []
        served.asked.set()
        status, content, more = served.answer(wanted)
        headers = {"Content-Type": served.type, "Content-Length": str(len(content)), "ETag": served.tag}
        headers |= {"Cache-Control": "no-store", **more, **served.headers}
        start_response(status, [(name, value) for name, value in headers.items() if value])
        return [] if method == "HEAD" else _body(content, served)

    def _next(self, path: str, method: str) -> Served:
        served = self.served.get(path)
        if served is None:
            return Served(b"<!doctype html><title>404</title>", "404 Not Found", "text/html", tag="")
        if isinstance(served, Served):
            return served
        return served.pop(0) if method == "GET" and len(served) > 1 else served[0]

    def downloads(self) -> list[tuple[str, str]]:
        """Path and Range header of the requests that were not only questions."""
        return [(path, wanted) for method, path, wanted in self.requests if method == "GET"]


def _compressed(content: bytes, encoding: str) -> tuple[bytes, dict[str, str]]:
    if encoding == "gzip":
        return gzip.compress(content), {"Content-Encoding": "gzip"}
    if encoding == "br":
        return brotli.compress(content, quality=1), {"Content-Encoding": "br"}
    return content, {}


def _body(content: bytes, served: Served) -> Iterator[bytes]:
    if served.barrier:
        served.barrier.wait(_SECONDS)
    limit = len(content) if served.breaks_after is None else min(served.breaks_after, len(content))
    for start in range(0, limit, _CHUNK):
        yield content[start : min(start + _CHUNK, limit)]
    if limit < len(content):
        served.go_on.wait(_SECONDS)
        raise ConnectionAbortedError("the server stops in the middle")
