"""What the page of `pyinfer run` and this process say to each other, as a WSGI application.

It is served below a secret path, so that nobody else on this machine can read the script's files,
answer for its keyboard, or read what it prints.

=======================  ==========================================================================
``GET /``                the page
``GET /page.js``         its script
``GET /settings.json``   what to run and how
``GET /files/PATH``      a file's bytes; with a slash at the end, a folder's listing
``GET /wheels/NAME``     a wheel of ``--with``
``GET /bundle/NAME``     ``pyinfer.json`` and the lock file, when ``--with`` adds to the bundle's own
``GET /input``           the next bytes of standard input; none at its end; 409 if interrupted
``POST /output``         frames of standard output and standard error: stream, length, bytes
``POST /out/PATH``       a file that ``--out`` brings back
``POST /begin``          the script begins
``POST /end``            the script's end: its status, or what went wrong
=======================  ==========================================================================
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from pyinfer.errors import RunError
from pyinfer.host.headers import ResponseHeaders
from pyinfer.host.run_browser import Watch
from pyinfer.host.run_files import HostFiles, OutputFiles
from pyinfer.host.run_packages import Packages

__all__ = ["Exchange", "HostStreams"]

#: How long what is being written may take to get out before the run ends without it.
_MUTE_SECONDS = 1
_INPUT_CHUNK = 1 << 16
_FRAME_HEADER = 5
_STATUS_LINES = {
    200: "200 OK",
    204: "204 No Content",
    403: "403 Forbidden",
    404: "404 Not Found",
    409: "409 Conflict",
    410: "410 Gone",
}
_PAGE = Path(__file__).with_name("run_page.html")
_PAGE_SCRIPT = Path(__file__).with_name("run_page.js")

StartResponse = Callable[..., Any]


class HostStreams:
    """This process's own standard streams, as bytes.

    Output is written in the order in which it comes, whichever stream it is for. Once a stream is
    broken (its reader has gone), nothing is written any more.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._muted = False
        self._closed = False
        self._awaiting, self._waking = os.pipe()
        self._until_muted, self._muting = os.pipe()

    def read(self) -> bytes | None:
        """The next bytes of standard input, as soon as there are some; none at its end.

        Returns
        -------
        bytes or None
            None if `wake` ended the wait.
        """
        if self._closed:
            return b""
        try:
            ready, _, _ = select.select([0, self._awaiting], [], [])
            if self._awaiting in ready:
                os.read(self._awaiting, 1)
                return None
            return os.read(0, _INPUT_CHUNK)
        except (OSError, ValueError):
            return b""  # closed: nothing to read, as Python itself sees it

    def wake(self) -> None:
        """End a wait for input, or the next one."""
        os.write(self._waking, b"!")

    def close(self) -> None:
        """End a wait for input, for good, and write nothing more."""
        self._closed = True
        self.wake()
        self.mute()

    def write(self, frames: bytes) -> None:
        """Write frames of one byte stream number, four bytes length (big-endian), and the bytes.

        Raises
        ------
        OSError
            Nobody reads any more, or there is no room.
        """
        with self._lock:
            position = 0
            while position < len(frames) and not self._muted:
                stream = frames[position]
                end = position + _FRAME_HEADER
                length = int.from_bytes(frames[position + 1 : end], "big")
                self.put(stream, memoryview(frames)[end : end + length])
                position = end + length

    def put(self, descriptor: int, content: memoryview) -> None:
        """Write bytes to one of the streams, all of them unless nobody reads any more."""
        while content:
            # A plain write to a pipe that nobody reads would wait for ever, and the run could not end.
            _, ready, _ = select.select([self._until_muted], [descriptor], [])
            if not ready:
                return
            # Playwright's driver shares our standard error and makes it non-blocking; somebody else
            # who writes to the same pipe may then be faster.
            with contextlib.suppress(BlockingIOError):
                content = content[os.write(descriptor, content[: select.PIPE_BUF]) :]

    def mute(self) -> None:
        """Write nothing from now on, once what is being written is out, if somebody still reads."""
        self._muted = True
        if self._lock.acquire(timeout=_MUTE_SECONDS):
            self._lock.release()
        else:
            os.write(self._muting, b"!")


@dataclass
class Exchange:
    """The WSGI application of one run.

    Parameters
    ----------
    settings : mapping
        What the page must know: ``js_bridge``'s options and the script's arguments.
    files : HostFiles
        What the script sees of the host.
    outputs : OutputFiles
        What is brought back.
    streams : HostStreams
        Where output goes and input comes from.
    watch : Watch
        Told what the page says.
    packages : Packages
        What ``--with`` adds.
    """

    settings: Mapping[str, Any]
    files: HostFiles
    outputs: OutputFiles
    streams: HostStreams
    watch: Watch
    packages: Packages

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "/").encode("latin-1").decode("utf-8", "replace")
        verb, _, rest = path.removeprefix("/").partition("/")
        answer = _Answer(start_response)
        try:
            if environ["REQUEST_METHOD"] == "POST":
                return self._receive(verb, "/" + rest, environ, answer)
            return self._send(verb, "/" + rest, answer)
        except PermissionError:
            return answer.give(403)
        except OSError:
            return answer.give(404)

    def _send(self, verb: str, rest: str, answer: _Answer) -> Iterable[bytes]:
        if verb == "files":
            return self._send_file(rest, answer)
        if verb == "input":
            content = self.streams.read()
            return answer.give(409) if content is None else answer.give(200, content)
        if verb == "wheels" and rest[1:] in self.packages.wheels:
            return answer.give_file(self.packages.wheels[rest[1:]].open("rb"))
        if verb == "bundle" and rest[1:] in self.packages.bundle:
            return answer.give(200, self.packages.bundle[rest[1:]], "application/json")
        if verb == "settings.json":
            return answer.give(200, json.dumps(self.settings).encode(), "application/json")
        if verb == "page.js":
            return answer.give(200, _PAGE_SCRIPT.read_bytes(), "text/javascript; charset=utf-8")
        if verb == "":
            return answer.give(200, _PAGE.read_bytes(), "text/html; charset=utf-8")
        return answer.give(404)

    def _send_file(self, path: str, answer: _Answer) -> Iterable[bytes]:
        folder = path.rstrip("/") or "/"
        if not self.files.shows(os.path.normpath(folder)):
            return answer.give(404)
        if path.endswith("/"):
            return answer.give(200, json.dumps(self.files.listing(folder)).encode(), "application/json")
        return answer.give_file(open(path, "rb"))  # noqa: PTH123 (the server closes it)

    def _receive(self, verb: str, rest: str, environ: dict[str, Any], answer: _Answer) -> Iterable[bytes]:
        body: IO[bytes] = environ["wsgi.input"]
        if verb == "output":
            try:
                self.streams.write(body.read())
            except OSError as error:
                self.streams.mute()
                self.watch.output_broken(error)
                return answer.give(410)
            return answer.give(204)
        if verb == "out":
            try:
                self.outputs.write(rest, body)
            except RunError as error:
                print(f"pyinfer: {error}", file=sys.stderr)
                return answer.give(409)
            return answer.give(204)
        if verb == "begin":
            self.watch.began()
            return answer.give(204)
        if verb == "end":
            self.watch.ended(json.loads(body.read()))
            return answer.give(204)
        return answer.give(404)


class _Answer:
    """Starts one response."""

    def __init__(self, start_response: StartResponse) -> None:
        self._start = start_response

    def give(self, status: int, body: bytes = b"", kind: str = "application/octet-stream") -> list[bytes]:
        headers = [("Content-Type", kind), ("Content-Length", str(len(body)))] if status != 204 else []
        self._start(_STATUS_LINES[status], headers + list(ResponseHeaders().of("/").items()))
        return [body]

    def give_file(self, file: IO[bytes]) -> Iterable[bytes]:
        length = str(os.fstat(file.fileno()).st_size)
        headers = [("Content-Type", "application/octet-stream"), ("Content-Length", length)]
        self._start(_STATUS_LINES[200], headers + list(ResponseHeaders().of("/").items()))
        return _Chunks(file)


class _Chunks:
    """A file's bytes, piece by piece; the server closes it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.close = file.close

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self._file.read(1 << 20), b"")
