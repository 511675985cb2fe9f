"""What of this machine's set-up is there, and what to do about the rest."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable
from pathlib import Path

from pyinfer.errors import PyinferError, SetupError
from pyinfer.host.lock_file import locked_packages
from pyinfer.host.opencv.engine import built_engine
from pyinfer.host.opencv_sources import opencv_sources
from pyinfer.host.pins import read_pins
from pyinfer.host.places import cache_dir, chromium, node_modules, wheels_dir
from pyinfer.host.pyodide_wheels import pyodide_lock

__all__ = ["tell_local_setup"]

# Debian keeps nginx there, which is not on a user's PATH.
_SYSTEM_PROGRAMS = "/usr/sbin:/usr/local/sbin"


def tell_local_setup() -> int:
    """Print a line a part; returns 1 if something that every verb needs is missing."""
    print(f"     python    {platform.python_version()}")
    print(f"     cache     {cache_dir()}")
    needed = [_line("npm packages", node_modules), _line("wheels", _wheels), _line("chromium", chromium)]
    _line("node", lambda: _program("node", "building bundles"))
    _line("nginx", lambda: _program("nginx", "the server tests"))
    _line("opencv sources", opencv_sources)
    _line("opencv.js", _opencv)
    return 0 if all(needed) else 1


def _line(name: str, find: Callable[[], object]) -> bool:
    try:
        found = find()
    except PyinferError as error:
        print(f"  !! {name:<15} {error}")
        return False
    print(f"  ok {name:<15} {found}")
    return True


def _program(name: str, purpose: str) -> str:
    found = shutil.which(name) or shutil.which(name, path=_SYSTEM_PROGRAMS)
    if found is None:
        raise SetupError(f"not on PATH; {purpose} needs it")
    return found


def _opencv() -> str:
    engine = built_engine()
    if engine is None:
        return "npm's build (`pyinfer opencv build` makes our own)"
    return f"our own build of {engine.version}: {', '.join(engine.variants)}"


def _wheels() -> Path:
    entries = locked_packages(pyodide_lock(), read_pins().packages).values()
    names = [entry["file_name"] for entry in entries]
    missing = [name for name in names if not (wheels_dir() / name).is_file()]
    if missing:
        raise SetupError(f"missing {', '.join(missing)}: run `pyinfer setup`")
    return wheels_dir()
