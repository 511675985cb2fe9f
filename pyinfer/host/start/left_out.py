"""Files that can't matter to a Python that runs in a browser, and why."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

__all__ = ["STANDARD_LIBRARY_LEFT_OUT", "needed_files"]

#: Of the standard library, a file or a folder each, with the reason.
STANDARD_LIBRARY_LEFT_OUT = {
    "__hello__.py": "a module for CPython's own tests",
    "__phello__": "a package for CPython's own tests",
    "_pyrepl/windows_console.py": "needs Windows",
    "_pyrepl/windows_eventqueue.py": "needs Windows",
    "asyncio/windows_events.py": "needs Windows",
    "asyncio/windows_utils.py": "needs Windows",
    "concurrent/futures/interpreter.py": "needs _interpreters, which Pyodide is built without",
    "concurrent/interpreters": "needs _interpreters, which Pyodide is built without",
    "ctypes/macholib": "reads macOS's libraries",
    "encodings/mbcs.py": "needs Windows",
    "encodings/oem.py": "needs Windows",
    "multiprocessing/popen_spawn_win32.py": "needs Windows",
    "pyodide/_nodesock_transport.py": "needs Node",
    "site-packages": "the folder is there without it",
}

#: For compilers, linkers and type checkers.
_DEVELOPMENT_SUFFIXES = frozenset(
    {".a", ".c", ".cc", ".cmake", ".cpp", ".cu", ".f", ".f90", ".h", ".hpp", ".pc", ".pxd", ".pxi", ".pyx"}
)
_DEVELOPMENT_NAMES = frozenset({"mypy.ini", "py.typed"})
_DEVELOPMENT_FOLDERS = frozenset({"__pycache__", "npy-pkg-config", "pkgconfig"})
_TESTS = "tests"
_IMPORT_OF_TESTS = re.compile(rb"^\s*(?:from|import)\b.*\btests\b", re.MULTILINE)
#: lazy_loader's, which finds in a stub what a module is to export.
_USE_OF_STUBS = b"attach_stub"


def needed_files(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of a distribution that may matter at run time.

    Its tests are left out, if nothing else of it imports from them.

    Parameters
    ----------
    files : mapping of str to bytes
        Content by path.
    """
    kept = {path: content for path, content in files.items() if not _is_for_development(path, files)}
    others = {path: content for path, content in kept.items() if not _is_test(path)}
    if any(path.endswith(".py") and _IMPORT_OF_TESTS.search(content) for path, content in others.items()):
        return kept
    return others


def _is_for_development(name: str, files: Mapping[str, bytes]) -> bool:
    path = PurePosixPath(name)
    if path.suffix == ".pyi":
        return _USE_OF_STUBS not in files.get(name.removesuffix("i"), b"")
    return (
        path.suffix in _DEVELOPMENT_SUFFIXES
        or path.name in _DEVELOPMENT_NAMES
        or not _DEVELOPMENT_FOLDERS.isdisjoint(path.parts[:-1])
    )


def _is_test(path: str) -> bool:
    # A top-level package may be called so: it is what its distribution is there for.
    return _TESTS in PurePosixPath(path).parts[1:-1]
