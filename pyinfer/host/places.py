"""Where things lie on the developer's machine: the cache folder, this project's own folders, the browser."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import platformdirs

from pyinfer.errors import RunError, SetupError

__all__ = ["cache_dir", "chromium", "node_modules", "npm_dir", "resource", "wheels_dir"]

_PACKAGE = Path(__file__).resolve().parents[1]
_CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


def cache_dir() -> Path:
    """The folder that holds everything fetched or built once a machine.

    Returns
    -------
    Path
        ``PYINFER_CACHE`` if that variable is set, else the user's cache folder. Absolute; not created.
    """
    configured = os.environ.get("PYINFER_CACHE")
    if configured:
        return Path(configured).expanduser().absolute()
    return Path(platformdirs.user_cache_dir("pyinfer", appauthor=False))


def resource(name: str) -> Path:
    """One of the project's top-level folders: ``js_bridge``, ``wheels``, ``nginx`` or ``site``.

    Parameters
    ----------
    name : str
        The folder's name, or a path below it such as ``"wheels/pins.json"``.

    Returns
    -------
    Path
        In the checkout that this package is imported from, else in the copy that an installed wheel carries.

    Raises
    ------
    SetupError
        Neither place has it.
    """
    checkout = _PACKAGE.parent
    root = checkout if (checkout / "pyproject.toml").is_file() else _PACKAGE / "_resources"
    path = root / name
    if not path.exists():
        raise SetupError(f"{path} is missing: this installation of pyinfer is incomplete")
    return path


def npm_dir() -> Path:
    """The cache folder of the npm packages, named after the lock file that pins them; may not exist yet."""
    lock = resource("js_bridge/package-lock.json").read_bytes()
    return cache_dir() / "npm" / hashlib.sha256(lock).hexdigest()[:16]


def node_modules() -> Path:
    """The installed npm packages.

    Returns
    -------
    Path
        The ``node_modules`` folder that belongs to the present ``js_bridge/package-lock.json``.

    Raises
    ------
    SetupError
        They have not been fetched.
    """
    folder = npm_dir() / "node_modules"
    if not folder.is_dir():
        raise SetupError("the npm packages are not there yet: run `pyinfer setup` first")
    return folder


def wheels_dir() -> Path:
    """The cache folder of the verified Pyodide wheels; may not exist yet."""
    return cache_dir() / "wheels"


def chromium() -> Path:
    """The Chromium (or Chrome) to drive.

    Returns
    -------
    Path
        ``PYINFER_CHROMIUM`` if that variable is set, else the first of the usual names on ``PATH``.

    Raises
    ------
    RunError
        There is none, or ``PYINFER_CHROMIUM`` names no file.
    """
    configured = os.environ.get("PYINFER_CHROMIUM")
    if configured:
        if not Path(configured).is_file():
            raise RunError(f"PYINFER_CHROMIUM names no file: {configured}")
        return Path(configured)
    for name in _CHROMIUM_NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    raise RunError("no Chromium on this machine: run `make setup`, or set PYINFER_CHROMIUM to its path")
