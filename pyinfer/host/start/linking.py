"""In which order extension modules and shared libraries can be linked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

__all__ = ["linking_order", "needed_libraries"]

# https://github.com/WebAssembly/tool-conventions/blob/main/DynamicLinking.md
_MAGIC = b"\0asm\1\0\0\0"
_CUSTOM, _SECTION_NAME = 0, "dylink.0"
_NEEDED = 2


def linking_order(libraries: Mapping[str, bytes]) -> list[str]:
    """The paths of libraries, each after those that it needs.

    Parameters
    ----------
    libraries : mapping of str to bytes
        WebAssembly by path, in the order in which Python opens them; that is kept otherwise.
    """
    paths = {PurePosixPath(path).name: path for path in libraries}
    ordered: dict[str, None] = {}
    open_: set[str] = set()

    def add(path: str) -> None:
        if path not in open_:
            open_.add(path)
            for name in needed_libraries(libraries[path]):
                if name in paths:
                    add(paths[name])
            ordered[path] = None

    for path in libraries:
        add(path)
    return list(ordered)


def needed_libraries(wasm: bytes) -> list[str]:
    """The file names of the libraries that a library is linked with."""
    if not wasm.startswith(_MAGIC) or wasm[8:9] != bytes((_CUSTOM,)):
        return []
    section = _Reader(wasm, 9).part()
    if section.text() != _SECTION_NAME:
        return []
    return [name for kind, part in section.subsections() if kind == _NEEDED for name in part.texts()]


class _Reader:
    """Reads numbers (unsigned LEB128), and texts and parts with their length before them."""

    def __init__(self, data: bytes, position: int = 0) -> None:
        self._data = data
        self._position = position

    def number(self) -> int:
        value = shift = 0
        while True:
            byte = self._data[self._position]
            self._position += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def part(self) -> _Reader:
        size = self.number()
        start, self._position = self._position, self._position + size
        return _Reader(self._data[start : self._position])

    def text(self) -> str:
        return self.part()._data.decode()

    def texts(self) -> list[str]:
        return [self.text() for _ in range(self.number())]

    def subsections(self) -> Iterator[tuple[int, _Reader]]:
        while self._position < len(self._data):
            yield self.number(), self.part()
