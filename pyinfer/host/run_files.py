"""The host's files as `pyinfer run` shows them to a script, and the files it brings back.

The browser mirrors folders under their own absolute paths and asks for what it needs when the script
looks at it (``js_bridge/mirror.js``): nothing is copied beforehand, however large a folder is.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import IO, TypedDict

from pyinfer.errors import RunError

__all__ = ["Entry", "HostFiles", "OutputFiles", "absolute", "is_mirrorable"]

#: Where the browser's Python keeps its own files and devices.
_RESERVED = ("/dev", "/lib", "/proc")
_CHUNK = 1 << 20


class Entry(TypedDict, total=False):
    """One line of a folder's listing; ``js_bridge/mirror.js`` says what each key means."""

    name: str
    kind: str
    size: int
    modified: int
    mode: int
    target: str


def absolute(path: str | os.PathLike[str]) -> str:
    """``path`` as the script will see it: absolute, links kept."""
    return os.path.abspath(path)  # noqa: PTH100 (Path.absolute keeps "..")


def is_mirrorable(path: str) -> bool:
    """Whether the browser has room for the host's files at the absolute ``path``."""
    return not any(_is_within(path, reserved) for reserved in _RESERVED)


def _is_within(path: str, folder: str) -> bool:
    return folder in ("/", path) or path.startswith(folder + "/")


class HostFiles:
    """The part of the host's file system that the script sees.

    Parameters
    ----------
    paths : iterable of str
        Absolute paths of files and folders; those inside others need not be left out.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        wanted = sorted(set(paths), key=lambda path: (len(path), path))
        self.roots: list[str] = []
        for path in wanted:
            if not self.shows(path):
                self.roots.append(path)

    def shows(self, path: str) -> bool:
        """Whether the absolute ``path`` lies in what the script sees."""
        return any(_is_within(path, root) for root in self.roots)

    def entry(self, path: str, *, in_folder: str | None = None) -> Entry | None:
        """Describe what lies at ``path``; None for what no browser can have (sockets, devices).

        Parameters
        ----------
        path : str
            Absolute.
        in_folder : str, optional
            The folder that is being listed. In it, links to what the script sees stay links; other
            links look like what they point to, so that the script can follow them.
        """
        name = os.path.basename(path)  # noqa: PTH119
        try:
            status = os.lstat(path)
            if stat.S_ISLNK(status.st_mode):
                target = os.readlink(path)  # noqa: PTH115
                if in_folder is not None and self._stays_link(path, target, in_folder):
                    modified = status.st_mtime_ns // 1_000_000
                    return {"name": name, "kind": "link", "target": target, "modified": modified}
                status = os.stat(path)  # noqa: PTH116
        except OSError:
            return None
        entry: Entry = {
            "name": name,
            "modified": status.st_mtime_ns // 1_000_000,
            "mode": stat.S_IMODE(status.st_mode) & 0o777,
        }
        if stat.S_ISDIR(status.st_mode):
            return {**entry, "kind": "folder", "size": 0}
        if stat.S_ISREG(status.st_mode):
            return {**entry, "kind": "file", "size": status.st_size}
        return None

    def _stays_link(self, path: str, target: str, folder: str) -> bool:
        pointed = os.path.normpath(os.path.join(folder, target))  # noqa: PTH118
        if self.shows(pointed) or not os.path.exists(path):  # noqa: PTH110
            return True
        # A link to a folder above itself: followed for ever if it looked like a folder.
        return _is_within(os.path.realpath(folder), os.path.realpath(path))

    def listing(self, folder: str) -> list[Entry]:
        """What lies in a folder.

        Raises
        ------
        OSError
            The folder is not there, or may not be read.
        """
        entries = []
        for name in sorted(os.listdir(folder)):  # noqa: PTH208
            path = os.path.join(folder, name)  # noqa: PTH118
            if is_mirrorable(path) and _is_text(name):
                entry = self.entry(path, in_folder=folder)
                if entry is not None:
                    entries.append(entry)
        return entries


def _is_text(name: str) -> bool:
    """Whether a file name is UTF-8; others have no address."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


class OutputFiles:
    """Brings back the files that ``--out`` names, each whole or not at all.

    Parameters
    ----------
    paths : iterable of str
        Absolute paths of files and folders.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths = list(dict.fromkeys(paths))
        self.brought: list[str] = []

    def wants(self, path: str) -> bool:
        """Whether ``path`` is one of those to bring back, or lies below one."""
        return any(_is_within(path, wanted) for wanted in self.paths)

    def write(self, path: str, content: IO[bytes]) -> None:
        """Put a file in its place.

        Raises
        ------
        RunError
            It was not asked for, or cannot be written.
        """
        if not self.wants(path) or path != absolute(path):
            raise RunError(f"{path} was not asked for with --out")
        target = Path(path)
        part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                with part.open("xb") as file:
                    shutil.copyfileobj(content, file, _CHUNK)
                if target.exists():
                    shutil.copymode(target, part)
                part.replace(target)
            finally:
                with contextlib.suppress(FileNotFoundError):
                    part.unlink()
        except OSError as error:
            raise RunError(f"--out: cannot write {path}: {error.strerror or error}") from error
        self.brought.append(path)

    def missing(self) -> list[str]:
        """Those that the script did not write and that are not there from before."""
        return [
            path
            for path in self.paths
            if not os.path.lexists(path) and not any(_is_within(brought, path) for brought in self.brought)
        ]
