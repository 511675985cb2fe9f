"""What a server sends, counted where it is sent: bodies as they are encoded, without the headers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from wsgiref.headers import Headers

from pyinfer.host.offline import SERVICE_WORKER_NAME
from pyinfer.host.serve import Application

__all__ = ["Answer", "WireBytes"]


class Answer(NamedTuple):
    """A body that was sent.

    Attributes
    ----------
    path : str
    size : int
        Bytes, as they are encoded.
    is_for_later : bool
        Whether a service worker asked, which keeps files for when there is no server.
    """

    path: str
    size: int
    is_for_later: bool


class WireBytes:
    """A WSGI application that counts what another one sends.

    Attributes
    ----------
    answers : list of Answer
        In the order in which they began; clear it to begin anew.
    """

    def __init__(self, application: Application) -> None:
        self._application = application
        self.answers: list[Answer] = []

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        asker = environ.get("HTTP_REFERER", "")
        is_for_later = path.endswith(SERVICE_WORKER_NAME) or asker.endswith(SERVICE_WORKER_NAME)

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            if status.startswith("2") and environ["REQUEST_METHOD"] == "GET":
                size = int(Headers(headers).get("Content-Length", "0"))
                self.answers.append(Answer(path, size, is_for_later))
            return start_response(status, headers, *rest)

        return self._application(environ, start)
