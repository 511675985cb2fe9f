"""Folders served to the pages of benches and tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from pyinfer.host.headers import media_type_of


def files_below(folder: Path) -> Callable[..., Iterable[bytes]]:
    """A WSGI application that serves a folder."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = folder / environ["PATH_INFO"].lstrip("/")
        if not path.is_file():
            start_response("404 Not Found", [("Content-Type", "text/plain")])
            return [b"not found"]
        start_response("200 OK", [("Content-Type", media_type_of(path.name).content_type)])
        return [path.read_bytes()]

    return application
