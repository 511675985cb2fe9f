"""The folders in which both runs happen: copies, so that nothing of the user's is written to.

Both runs see the same paths, one after the other: the native one works in a copy, which is then put aside
with what was written in it, and another copy takes its place for the browser, which only reads it.
Below the root of the copies everything has its own absolute path, so that relative paths hold.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pyinfer.errors import RunError
from pyinfer.host.run_files import HostFiles, absolute, is_mirrorable

__all__ = ["LARGEST", "Workspace", "make_workspace"]

#: Bytes; more is rather a mistake about where to start than a script's own files.
LARGEST = 4 << 30

#: Of no use to a script, as is any folder with a pyvenv.cfg: packages come from the interpreter itself.
_LEFT_OUT = frozenset({".git", ".hg", ".mypy_cache", ".tox", "__pycache__", "node_modules"})
_VALUES = ".pyinfer-verify.npz"


@dataclass
class Workspace:
    """Where both runs happen, and what they left there.

    Attributes
    ----------
    base : Path
        A folder of its own.
    files : HostFiles
        The user's files that the script sees.
    """

    base: Path
    files: HostFiles

    @property
    def root(self) -> str:
        """What every path begins with that either run sees, before the user's own absolute path."""
        return str(self.base / "run")

    @property
    def values(self) -> str:
        """Where each run writes down the script's variables."""
        return f"{self.root}/{_VALUES}"

    def inside(self, path: str) -> str:
        """The user's absolute path as the runs see it."""
        return self.root + path

    def argument(self, text: str) -> str:
        """An argument of the script's: an absolute path, also behind ``--name=``, leads into the copy."""
        name, separator, value = text.partition("=")
        if separator and self._is_copied(value):
            return f"{name}={self.inside(value)}"
        return self.inside(text) if self._is_copied(text) else text

    def _is_copied(self, path: str) -> bool:
        if not path.startswith("/"):
            return False
        return Path(self.inside(os.path.dirname(absolute(path)))).is_dir()  # noqa: PTH120

    def end_native_run(self) -> None:
        """Put the copy aside that the native run worked in, and another in its place."""
        Path(self.root).rename(self.base / "native")
        (self.base / "pristine").rename(self.root)

    def browser_file(self, path: str) -> Path:
        """Where the file belongs that the browser's Python has at ``path``."""
        return self.base / "browser" / path.removeprefix(self.root).lstrip("/")

    def written(self) -> dict[str, tuple[Path | None, Path | None]]:
        """The files that either run wrote, by the user's absolute path: the native one and the browser's.

        None for one that is not there; where one run only left a file as it was, the file is there.
        """
        native = self.base / "native"
        pristine = Path(self.root)
        found = {
            "/" + path.relative_to(native).as_posix()
            for path in _files_below(native)
            if _has_changed(path, pristine / path.relative_to(native))
        }
        brought = self.base / "browser"
        found |= {"/" + path.relative_to(brought).as_posix() for path in _files_below(brought)}
        found.discard(f"/{_VALUES}")
        pairs = {}
        for name in sorted(found):
            relative = name.lstrip("/")
            theirs = brought / relative
            pairs[name] = (
                _if_there(native / relative),
                _if_there(theirs) or _if_there(pristine / relative),
            )
        return pairs


@contextmanager
def make_workspace(paths: Sequence[str], parents: Sequence[str]) -> Iterator[Workspace]:
    """Copy what the script sees, twice; all of it is deleted at the end.

    Parameters
    ----------
    paths : sequence of str
        Absolute paths of files and folders.
    parents : sequence of str
        Absolute paths of folders that are to be there, empty if they lie in none of ``paths``.

    Raises
    ------
    RunError
        They are too large.
    """
    files = HostFiles(paths)
    with tempfile.TemporaryDirectory(prefix="pyinfer-verify-", ignore_cleanup_errors=True) as folder:
        workspace = Workspace(Path(folder).resolve(), files)
        if not is_mirrorable(workspace.root):
            raise RunError(f"the folder for temporary files, {folder}, is taken in the browser: set TMPDIR")
        copier = _Copier(workspace)
        for path in files.roots:
            copier.copy(path)
        for parent in parents:
            Path(workspace.inside(parent)).mkdir(parents=True, exist_ok=True)
        shutil.copytree(workspace.root, workspace.base / "pristine", symlinks=True)
        yield workspace


class _Copier:
    """Copies the user's files to where both runs see them, as `pyinfer run` would show them."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._bytes = 0

    def copy(self, root: str) -> None:
        target = Path(self._workspace.inside(root))
        target.parent.mkdir(parents=True, exist_ok=True)
        if os.path.isdir(root):  # noqa: PTH112
            self._copy_folder(root, target)
        else:
            self._copy_file(root, target)

    def _copy_folder(self, folder: str, target: Path) -> None:
        target.mkdir(exist_ok=True)
        for entry in self._workspace.files.listing(folder):
            name = entry["name"]
            source = os.path.join(folder, name)  # noqa: PTH118
            if name in _LEFT_OUT or source == str(self._workspace.base):
                continue
            if entry["kind"] == "folder" and os.path.exists(f"{source}/pyvenv.cfg"):  # noqa: PTH110
                continue
            if entry["kind"] == "folder":
                self._copy_folder(source, target / name)
            elif entry["kind"] == "file":
                self._copy_file(source, target / name)
            else:
                pointed = entry["target"]
                to = self._workspace.inside(pointed) if pointed.startswith("/") else pointed
                (target / name).symlink_to(to)

    def _copy_file(self, source: str, target: Path) -> None:
        self._bytes += os.stat(source).st_size  # noqa: PTH116
        if self._bytes > LARGEST:
            shown = ", ".join(self._workspace.files.roots)
            raise RunError(
                f"{shown} holds more than {LARGEST >> 30} GB, and verify works in a copy: start it in a "
                "folder with only what the script needs"
            )
        try:
            shutil.copy2(source, target)
        except PermissionError:
            return  # neither side could read it


def _files_below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path


def _has_changed(path: Path, before: Path) -> bool:
    if not before.is_file():
        return True
    now, then = path.stat(), before.stat()
    return (now.st_size, now.st_mtime_ns) != (then.st_size, then.st_mtime_ns)


def _if_there(path: Path) -> Path | None:
    return path if path.is_file() else None
