"""The static folder that `pyinfer build` writes: hashed names, nothing half-written."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from filelock import FileLock

from pyinfer.errors import BuildError
from pyinfer.host.headers import HASH_LENGTH
from pyinfer.host.places import cache_dir

__all__ = ["MANIFEST_NAME", "Bundle", "content_hash", "replacing"]

#: The file that says where everything else is.
MANIFEST_NAME = "pyinfer.json"


def content_hash(*parts: bytes) -> str:
    """The hash that stands in a path; of several parts, each part's length counts too."""
    digest = hashlib.sha256()
    for part in parts:
        if len(parts) > 1:
            digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()[:HASH_LENGTH]


class Bundle:
    """Puts files into a folder, under names that bear their content's hash.

    Parameters
    ----------
    root : Path
        The folder; it exists.

    Attributes
    ----------
    sizes : dict
        Bytes of each hashed file, by its URL relative to the root.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.sizes: dict[str, int] = {}

    def add(self, url: str, content: bytes) -> str:
        """Write one file; ``"pyinfer/worker.js"`` becomes ``"pyinfer/worker.<hash>.js"``.

        Returns
        -------
        str
            Its URL, relative to the root.
        """
        path = PurePosixPath(url)
        return self._write(path.with_name(f"{path.stem}.{content_hash(content)}{path.suffix}"), content)

    def add_below_hash(self, folder: str, name: str, content: bytes) -> str:
        """Write ``folder/<hash>/name``, for a file whose own name must stay, such as a wheel's."""
        return self._write(PurePosixPath(folder) / content_hash(content) / name, content)

    def add_folder(self, url: str, files: Mapping[str, bytes]) -> str:
        """Write files that look for each other by name into the one folder ``<url>-<hash>``.

        Returns
        -------
        str
            The folder's URL, with a slash at its end.
        """
        parts = [part for name in sorted(files) for part in (name.encode(), files[name])]
        folder = f"{url}-{content_hash(*parts)}/"
        for name, content in files.items():
            self._write(PurePosixPath(folder) / name, content)
        return folder

    def add_page(self, url: str, content: bytes) -> None:
        """Write a file that keeps its name, so that browsers ask for it each time."""
        self._write(PurePosixPath(url), content, hashed=False)

    def _write(self, path: PurePosixPath, content: bytes, *, hashed: bool = True) -> str:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        if hashed:
            self.sizes[str(path)] = len(content)
        return str(path)


@contextmanager
def replacing(destination: Path) -> Iterator[Path]:
    """A new folder beside ``destination`` that takes its place if the block succeeds.

    If the block fails, ``destination`` stays as it was and nothing else stays.

    Raises
    ------
    BuildError
        ``destination`` is a file, or a folder with something in it that is no bundle.
    """
    destination = destination.absolute()
    if destination.exists() and not destination.is_dir():
        raise BuildError(f"{destination} is a file, not a folder")
    if destination.is_dir() and any(destination.iterdir()) and not (destination / MANIFEST_NAME).is_file():
        raise BuildError(f"{destination} is not empty and no earlier bundle: it will not be replaced")
    destination.parent.mkdir(parents=True, exist_ok=True)
    new, old = (destination.with_name(f".{destination.name}.{state}") for state in ("new", "old"))
    with _only_one(destination):
        _mend(destination, new, old)
        new.mkdir()
        try:
            yield new
            if destination.exists():
                destination.rename(old)
            new.rename(destination)
        finally:
            _mend(destination, new, old)


def _only_one(destination: Path) -> FileLock:
    """Keeps two processes from building the same folder at the same time."""
    locks = cache_dir() / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    return FileLock(locks / content_hash(str(destination).encode()))


def _mend(destination: Path, new: Path, old: Path) -> None:
    """Clear away what a build left behind, this one or one that was killed."""
    if old.exists() and not destination.exists():
        old.rename(destination)
    for leftover in (new, old):
        if leftover.exists():
            shutil.rmtree(leftover)
