"""A server of models that does what servers do: breaks off, answers ranges, is busy, sends wrong pages."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

__all__ = ["ModelServer", "Served"]

_CHUNK = 1 << 16


@dataclass
class Served:
    """What is at an address.

    Attributes
    ----------
    breaks_after : int or None
        Bytes of an answer after which the server waits for ``go_on`` and cuts the connection. (What a
        page has not read by then its browser throws away.)
    """

    content: bytes
    status: str = "200 OK"
    type: str = "application/octet-stream"
    tag: str = '"1"'
    ranges: bool = True
    breaks_after: int | None = None
    go_on: threading.Event = field(default_factory=threading.Event)


class ModelServer:
    """A WSGI application.

    Attributes
    ----------
    served : dict
        By path below the mount.
    requests : list of (str, str, str)
        Method, path and Range header of each request.
    """

    def __init__(self) -> None:
        self.served: dict[str, Served] = {}
        self.requests: list[tuple[str, str, str]] = []
        self.headers: list[dict[str, str]] = []

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"].lstrip("/")
        wanted = environ.get("HTTP_RANGE", "")
        self.requests.append((environ["REQUEST_METHOD"], path, wanted))
        self.headers.append({k: v for k, v in environ.items() if k.startswith("HTTP_")})
        served = self.served.get(path)
        if served is None:
            start_response("404 Not Found", [("Content-Type", "text/html")])
            return [b"<!doctype html><title>404</title>"]
        content, status, more = served.content, served.status, []
        match = re.fullmatch(r"bytes=(\d+)-", wanted)
        if match and served.ranges and environ.get("HTTP_IF_RANGE") == served.tag and status == "200 OK":
            start = int(match[1])
            more = [("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")]
            content, status = content[start:], "206 Partial Content"
        headers = [("Content-Type", served.type), ("Content-Length", str(len(content)))]
        start_response(status, [*headers, ("ETag", served.tag), ("Cache-Control", "no-store"), *more])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else _body(content, served)

    def downloads(self) -> list[tuple[str, str]]:
        """Path and Range header of the requests that were not only questions."""
        return [(path, wanted) for method, path, wanted in self.requests if method == "GET"]


def _body(content: bytes, served: Served) -> Iterator[bytes]:
    limit = len(content) if served.breaks_after is None else min(served.breaks_after, len(content))
    for start in range(0, limit, _CHUNK):
        yield content[start : min(start + _CHUNK, limit)]
    if limit < len(content):
        served.go_on.wait(60)
        raise ConnectionAbortedError("the server stops in the middle")
