"""Image formats that native has and nothing in a browser."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["OUT_OF_REACH", "WRITTEN_NOWHERE"]

#: By how files begin, of which twelve bytes are enough.
OUT_OF_REACH: dict[str, Callable[[bytes], bool]] = {
    "AVIF": lambda head: head[4:12] in (b"ftypavif", b"ftypavis"),
    "JPEG 2000": lambda head: head.startswith((b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51")),
}

#: By the ends of files' names.
WRITTEN_NOWHERE = {".avif": "AVIF", ".jp2": "JPEG 2000"}
