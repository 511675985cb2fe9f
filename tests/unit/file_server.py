"""A real HTTP server for the tests of downloads, with the faults that a test asks for."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

__all__ = ["FileServer"]


@dataclass
class FileServer:
    """Serves `files` (path -> content) on a free loopback port while used as a context manager."""

    files: dict[str, bytes] = field(default_factory=dict)
    ranges: bool = True
    """Whether it understands Range requests."""
    break_after: list[int] = field(default_factory=list)
    """Each number lets one response break off after so many bytes."""
    status: int | None = None
    """Answer every request with this status and nothing else."""
    requests: list[tuple[str, str | None]] = field(default_factory=list)
    """What was asked for: path and Range header."""

    def __enter__(self) -> FileServer:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """The base URL, ending in a slash."""
        return f"http://127.0.0.1:{self._server.server_port}/"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                owner.requests.append((self.path, self.headers["Range"]))
                content = owner.files.get(self.path)
                if owner.status or content is None:
                    self._start(owner.status or 404, 0)
                    return
                start, status = self._range(len(content))
                end = start + owner.break_after.pop(0) if owner.break_after else None
                self._start(status, max(len(content) - start, 0), keep=end is None)
                self.wfile.write(content[start:end])

            def _range(self, size: int) -> tuple[int, int]:
                match = re.fullmatch(r"bytes=(\d+)-", self.headers["Range"] or "")
                if not owner.ranges or not match:
                    return 0, 200
                start = int(match[1])
                return start, 206 if start < size else 416

            def _start(self, status: int, length: int, keep: bool = True) -> None:
                self.send_response(status)
                if not keep:
                    self.send_header("Connection", "close")
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(length))
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Not on the test's standard error."""

        return Handler
