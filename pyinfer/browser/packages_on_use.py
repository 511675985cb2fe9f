"""Modules that were left out of the start: the first import of one fetches the archive that it lies in.

Imports nothing of pyinfer before that, so that it can be installed before everything else.
"""

from __future__ import annotations

import contextlib
import importlib.machinery
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

__all__ = ["install"]


def install(rests: str) -> None:
    """Have imports find modules in archives that are fetched and unpacked when one of them is needed.

    What the other finders find is not looked for here. Files that exist are left as they are.

    Parameters
    ----------
    rests : str
        JSON, a list of objects: ``modules``, the dotted names of what an archive has; ``archive``, the
        address of a zip file whose entries are not compressed; ``folder``, where to unpack it.
    """
    sys.meta_path.append(_Finder([_Rest(**rest) for rest in json.loads(rests)]))


class _Rest:
    """The modules of one archive."""

    def __init__(self, modules: list[str], archive: str, folder: str) -> None:
        self.modules = modules
        self._archive = archive
        self._folder = Path(folder)
        self._packages = {name.rpartition(".")[0] for name in modules} - {""}
        self._sample: Path | None = None

    def find(self, name: str) -> importlib.machinery.ModuleSpec | None:
        """Where a module lies, unpacked if need be.

        Raises
        ------
        ImportError
            The archive can't be fetched, or is none.
        """
        # Files don't live as long as memory, of which there may be a snapshot.
        if self._sample is None or not self._sample.exists():
            try:
                self._sample = _unpack(self._fetch(), self._folder)
            except (ImportError, OSError, ValueError) as error:
                reason = f"module {name!r} lies in {self._archive}, which could not be had: {error}"
                raise ImportError(reason, name=name) from error
            # Not `importlib.invalidate_caches`, which imports modules that may lie in an archive, too.
            sys.path_importer_cache.clear()
        self._extend_packages()
        return importlib.machinery.PathFinder.find_spec(name, [self._path_of(name.rpartition(".")[0])])

    def _fetch(self) -> bytes:
        from pyinfer.browser.bridge import get_bridge

        return get_bridge().fetch_now(self._archive)

    def _extend_packages(self) -> None:
        """Show packages whose other modules came from elsewhere where the rest of them is."""
        for name in self._packages:
            package, path = sys.modules.get(name), self._path_of(name)
            paths = getattr(package, "__path__", None)  # a program may have a module of that name
            if package is not None and paths is not None and path not in paths:
                package.__path__ = [*paths, path]

    def _path_of(self, package: str) -> str:
        return str(self._folder.joinpath(*package.split(".")))


class _Finder:
    """A finder for ``sys.meta_path``, to be asked after all others."""

    def __init__(self, rests: Sequence[_Rest]) -> None:
        self._rests = {name: rest for rest in rests for name in rest.modules}

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Where a module lies; None if it was not left out."""
        rest = self._rests.get(name)
        return None if rest is None else rest.find(name)


def _unpack(archive: bytes, folder: Path) -> Path:
    """Write all files; give the path of one."""
    path = folder
    for name, content in _entries(archive):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError), path.open("xb") as file:
            file.write(content)
    return path


def _entries(archive: bytes) -> Iterator[tuple[str, memoryview]]:
    """Name and content of each file of a zip archive; the module ``zipfile`` may itself lie in one.

    Raises
    ------
    ValueError
        It is no such archive, or its files are compressed.
    """

    def number(position: int, size: int) -> int:
        return int.from_bytes(archive[position : position + size], "little")

    end = archive.rfind(b"PK\5\6")
    if end < 0:
        raise ValueError("what came is no zip archive")
    position = number(end + 16, 4)
    for _ in range(number(end + 10, 2)):
        method, size, header = number(position + 10, 2), number(position + 20, 4), number(position + 42, 4)
        lengths = [number(position + 28 + offset, 2) for offset in (0, 2, 4)]
        name = archive[position + 46 : position + 46 + lengths[0]].decode()
        position += 46 + sum(lengths)
        if name.endswith("/"):
            continue
        if method:
            raise ValueError(f"{name} is compressed in it")
        start = header + 30 + number(header + 26, 2) + number(header + 28, 2)
        yield name, memoryview(archive)[start : start + size]
