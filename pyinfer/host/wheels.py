"""The wheels built here: the browser wheel and the stand-ins.

The same input gives the same bytes, and an input is built once a machine: results lie in the cache under
a hash of everything that went in.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import string
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pyinfer
from pyinfer.host.download import cache_lock
from pyinfer.host.pins import read_pins
from pyinfer.host.places import cache_dir, resource
from pyinfer.host.progress import Progress
from pyinfer.host.project_wheel import build_project_wheel

__all__ = ["browser_wheel", "build_wheels", "stand_in_wheels"]

_SHIMS = ("cv2", "onnxruntime")
_SUFFIXES = {".py", ".pyi", ".typed"}


def build_wheels() -> list[Path]:
    """The browser wheel and the stand-ins, in this order.

    Raises
    ------
    BuildError
        A wheel could not be built; the message has the build backend's reason.
    """
    return [browser_wheel(), *stand_in_wheels()]


def browser_wheel() -> Path:
    """The wheel ``pyinfer-web`` as the browser gets it.

    Returns
    -------
    Path
        In the cache. It holds ``pyinfer`` without ``pyinfer.host`` and the two shims as the top-level
        packages ``cv2`` and ``onnxruntime``. What `pyinfer check` knows of OpenCV lies beside the checker:
        of a package that a start imports, all data would come with it.
    """
    package = Path(pyinfer.__file__).parent
    files = {"pyproject.toml": resource("wheels/browser/pyproject.toml").read_bytes()}
    for path in sorted(package.rglob("*")):
        parts = path.relative_to(package).parts
        if path.suffix not in _SUFFIXES or parts[0] in ("host", "_resources"):
            continue
        is_shim = parts[0] == "browser" and parts[1] in _SHIMS
        name = "/".join(parts[1:]) if is_shim else "/".join(("pyinfer", *parts))
        files[name] = path.read_bytes()
    files["pyinfer/check/coverage.json"] = (package / "browser" / "cv2" / "coverage.json").read_bytes()
    return _build(files)


def stand_in_wheels() -> list[Path]:
    """The metadata-only wheels that satisfy resolvers, one for each name in ``wheels/pins.json``."""
    recipe = string.Template(resource("wheels/stand_in/pyproject.toml.template").read_text("utf-8"))
    return [
        _build({"pyproject.toml": recipe.substitute(NAME=name, VERSION=version).encode()})
        for name, version in read_pins().stand_ins.items()
    ]


def _build(files: Mapping[str, bytes]) -> Path:
    """Build a wheel from a source tree given as file name -> content, unless the cache has it."""
    folder = cache_dir() / "built" / _key(files)
    with cache_lock(Progress()):
        if not folder.is_dir():
            _build_anew(files, folder)
    (wheel,) = folder.iterdir()
    return wheel


def _build_anew(files: Mapping[str, bytes], folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="unfinished-") as temporary:
        source, result = Path(temporary, "source"), Path(temporary, "result")
        for name, content in files.items():
            path = source / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        result.mkdir()
        build_project_wheel(source, result)
        result.rename(folder)


def _key(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256(importlib.metadata.version("hatchling").encode())
    for name, content in sorted(files.items()):
        for part in (name.encode(), content):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()[:16]
