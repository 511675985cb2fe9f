"""An app on the developer's disk: the ``[tool.pyinfer]`` table of its pyproject.toml, its wheel, its models.

The table::

    [tool.pyinfer]
    entry = "heart"                     # imported at start; or "heart:main"
    requirements = ["scipy", "attrs>=25"]   # besides those of [project]; found as `pyinfer run --with` does
    wheels = ["vendor/x-1.0-py3-none-any.whl"]
    assets = ["labels.txt", "templates/*.png"]  # files that the script opens, by their path from here

    [[tool.pyinfer.models]]
    name = "heart"                      # how the app calls it
    path = "models/heart.onnx"          # or url, with sha256 and size
    sha256 = "..."                      # of a path: checked if it is given
    shard_size = 4194304                # of a path: bytes of a piece, if it is to be fetched in pieces

An app that is a package itself (there is a ``[project]`` table) is built into a wheel.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from pyinfer.errors import ManifestError
from pyinfer.manifest import ModelSpec

__all__ = ["AppSource", "LocalModel", "read_app"]

_KEYS = {"entry", "requirements", "wheels", "assets", "models"}
_LOCAL_MODEL_KEYS = {"name", "path", "sha256", "shard_size"}


@dataclass(frozen=True)
class LocalModel:
    """A model that lies on this disk and becomes part of the bundle.

    With a ``shard_size`` it becomes so in pieces of that many bytes.
    """

    name: str
    path: Path
    content: bytes = field(repr=False)
    sha256: str
    shard_size: int | None = None


@dataclass(frozen=True)
class AppSource:
    """What the app's pyproject.toml says, with every path made absolute and every file there.

    Attributes
    ----------
    folder : Path
        The app's folder.
    name : str or None
        The distribution's name; None if the app is no package.
    entry : str or None
        As in :class:`pyinfer.manifest.AppManifest`.
    requirements : tuple of str
        What the app requires besides what its ``[project]`` table says.
    wheels : tuple of Path
        Wheels to carry besides the app's own.
    assets : tuple of Path
        Files that Python finds in its working folder, under the same relative paths.
    local_models : tuple of LocalModel
        Models to carry.
    remote_models : tuple of ModelSpec
        Models that the browser fetches from elsewhere.
    """

    folder: Path
    name: str | None
    entry: str | None
    requirements: tuple[str, ...]
    wheels: tuple[Path, ...]
    assets: tuple[Path, ...]
    local_models: tuple[LocalModel, ...]
    remote_models: tuple[ModelSpec, ...]


def read_app(folder: Path) -> AppSource:
    """Read an app's pyproject.toml.

    Raises
    ------
    ManifestError
        There is none, it has no ``[tool.pyinfer]`` table, the table is wrong, or a model's bytes are
        not the pinned ones.
    """
    path = folder / "pyproject.toml"
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ManifestError(f"{folder} is no app: it has no pyproject.toml") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path}: {error}") from error
    table = document.get("tool", {}).get("pyinfer")
    if not isinstance(table, dict):
        raise ManifestError(f"{path} has no [tool.pyinfer] table")
    _refuse_unknown(table, _KEYS, f"{path}: [tool.pyinfer]")
    models = table.get("models", [])
    if not isinstance(models, list) or not all(isinstance(model, dict) for model in models):
        raise ManifestError(f"{path}: models must be tables, each under [[tool.pyinfer.models]]")
    return AppSource(
        folder=folder,
        name=document.get("project", {}).get("name"),
        entry=table.get("entry"),
        requirements=tuple(_strings(table, "requirements", path)),
        wheels=tuple(_existing(folder, wheel) for wheel in _strings(table, "wheels", path)),
        assets=_assets(folder, _strings(table, "assets", path)),
        local_models=tuple(_local_model(folder, model) for model in models if "path" in model),
        remote_models=tuple(_remote_model(path, model) for model in models if "path" not in model),
    )


def _local_model(folder: Path, table: dict[str, Any]) -> LocalModel:
    _refuse_unknown(table, _LOCAL_MODEL_KEYS, "a model with a path")
    path = _existing(folder, table["path"])
    content = path.read_bytes()
    expected = table.get("sha256")
    actual = hashlib.sha256(content).hexdigest()
    if expected is not None and expected != actual:
        raise ManifestError(f"{path}: expected sha256 {expected}, got {actual}")
    shard_size = table.get("shard_size")
    if shard_size is not None and (type(shard_size) is not int or shard_size < 1):
        raise ManifestError(f"{path}: shard_size must be a number of bytes, not {shard_size!r}")
    return LocalModel(str(table.get("name", path.stem)), path, content, actual, shard_size)


def _remote_model(path: Path, table: dict[str, Any]) -> ModelSpec:
    try:
        return ModelSpec.from_json(table)
    except ManifestError as error:
        raise ManifestError(
            f"{path}: {error} (a model without a path needs name, url, sha256, size)"
        ) from error


def _existing(folder: Path, relative: object) -> Path:
    path = folder / str(relative)
    if not isinstance(relative, str) or not path.is_file():
        raise ManifestError(f"{folder / 'pyproject.toml'} names {relative}, which is no file beside it")
    return path


def _assets(folder: Path, patterns: list[str]) -> tuple[Path, ...]:
    """Files by paths and patterns; of a folder all that is below, but nothing hidden."""
    table = folder / "pyproject.toml"
    found: list[Path] = []
    for pattern in patterns:
        parts = PurePosixPath(pattern).parts
        if not parts or ".." in parts or PurePosixPath(pattern).is_absolute():
            raise ManifestError(f"{table}: assets must be below its folder, not {pattern!r}")
        tops = sorted(folder.glob(pattern.rstrip("/")))
        files = [file for top in tops for file in ([top] if top.is_file() else sorted(top.rglob("*")))]
        shown = [file for file in files if file.is_file() and not _is_hidden(file.relative_to(folder))]
        if not shown:
            raise ManifestError(f"{table} names {pattern}, which is no file beside it")
        found += shown
    return tuple(dict.fromkeys(found))


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _strings(table: dict[str, Any], key: str, path: Path) -> list[str]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ManifestError(f"{path}: {key} must be a list of strings")
    return value


def _refuse_unknown(table: dict[str, Any], known: set[str], what: str) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise ManifestError(f"{what} has no key {unknown[0]!r}; known are {', '.join(sorted(known))}")
