"""What an app is made of: entry point, packages, models.

`pyinfer build` makes it from the ``[tool.pyinfer]`` table of an app's own pyproject.toml and writes
it into the ``app`` section of the bundle's pyinfer.json; the browser's model store reads it there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pyinfer.errors import ManifestError

__all__ = ["AppManifest", "ModelFile", "ModelPiece", "ModelSpec"]

_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_PIECE = {"url", "sha256", "size", "mirrors"}
_ENTRY = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(:[A-Za-z_]\w*)?")


@dataclass(frozen=True, kw_only=True)
class ModelPiece:
    """Bytes at an address: a file, or a shard of one.

    Attributes
    ----------
    url : str
        Address, relative to pyinfer.json or absolute.
    sha256 : str
        Digest of the bytes, 64 lower-case hexadecimal digits.
    size : int
        How many there are.
    mirrors : tuple of str
        Other addresses of the same bytes.

    Raises
    ------
    ManifestError
        One of them is not what it must be.
    """

    url: str
    sha256: str
    size: int
    mirrors: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        what = self._what
        if not isinstance(self.url, str) or not self.url:
            raise ManifestError(f"{what}: url must be an address, not {self.url!r}")
        if not isinstance(self.sha256, str) or not _SHA256.fullmatch(self.sha256):
            raise ManifestError(
                f"{what}: sha256 must be 64 lower-case hexadecimal digits, not {self.sha256!r}"
            )
        if not isinstance(self.size, int) or isinstance(self.size, bool) or self.size < 0:
            raise ManifestError(f"{what}: size must be a number of bytes, not {self.size!r}")
        if not all(isinstance(mirror, str) and mirror for mirror in self.mirrors):
            raise ManifestError(f"{what}: mirrors must be a list of addresses")

    @property
    def _what(self) -> str:
        return "a model's shard"

    def to_json(self) -> dict[str, Any]:
        """The piece as JSON values; what may be missing only where there is any."""
        value: dict[str, Any] = {"url": self.url, "sha256": self.sha256, "size": self.size}
        if self.mirrors:
            value["mirrors"] = list(self.mirrors)
        return value

    @classmethod
    def from_json(cls, value: object) -> ModelPiece:
        """The opposite of :meth:`to_json`.

        Raises
        ------
        ManifestError
            It is no such piece.
        """
        return cls(**_piece_fields(_table(value, "a model's shard", _PIECE), "a model's shard"))


@dataclass(frozen=True, kw_only=True)
class ModelFile(ModelPiece):
    """A file of a model.

    Attributes
    ----------
    path : str
        Of a file of weights: where the model looks for it, beside itself.
    shards : tuple of ModelPiece
        The pieces to join, in order; empty if the file is the one at ``url``.

    Raises
    ------
    ManifestError
        One of them is not what it must be, or the shards do not add up to ``size``.
    """

    path: str = ""
    shards: tuple[ModelPiece, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        total = sum(shard.size for shard in self.shards)
        if self.shards and total != self.size:
            raise ManifestError(f"{self._what}: its shards have {total} bytes, not {self.size}")
        self._check_path()

    def _check_path(self) -> None:
        steps = self.path.split("/") if isinstance(self.path, str) else [""]
        if any(step in ("", ".", "..") for step in steps):
            raise ManifestError(f"{self._what}: path must be below the model's folder, not {self.path!r}")

    @property
    def _what(self) -> str:
        return f"file of weights {self.path}"

    def to_json(self) -> dict[str, Any]:
        """The file as JSON values."""
        value = super().to_json()
        if self.path:
            value["path"] = self.path
        if self.shards:
            value["shards"] = [shard.to_json() for shard in self.shards]
        return value

    @classmethod
    def from_json(cls, value: object) -> ModelFile:
        """The opposite of :meth:`to_json`.

        Raises
        ------
        ManifestError
            It is no file of weights.
        """
        what = "a model's file of weights"
        table = _table(value, what, {*_PIECE, "path", "shards"})
        return cls(path=_required(table, "path", what), **_file_fields(table, what))


@dataclass(frozen=True, kw_only=True)
class ModelSpec(ModelFile):
    """A model: what the app calls it, where it is, and what its bytes must be.

    Attributes
    ----------
    name : str
        The app's name for it, also a file name: letters, digits, ``.``, ``_`` and ``-``.
    external_data : tuple of ModelFile
        Files of weights that the model refers to.

    Raises
    ------
    ManifestError
        One of them is not what it must be, or two files have one path.
    """

    name: str
    external_data: tuple[ModelFile, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not _NAME.fullmatch(self.name):
            raise ManifestError(f"a model's name must be a plain file name, not {self.name!r}")
        super().__post_init__()
        paths = [file.path for file in self.external_data]
        if len(set(paths)) < len(paths):
            raise ManifestError(f"{self._what}: two of its files of weights have one path")

    def _check_path(self) -> None:
        if self.path:
            raise ManifestError(f"{self._what}: its path is its name")

    @property
    def _what(self) -> str:
        return f"model {self.name}"

    def to_json(self) -> dict[str, Any]:
        """The model as JSON values."""
        value = {"name": self.name, **super().to_json()}
        if self.external_data:
            value["external_data"] = [file.to_json() for file in self.external_data]
        return value

    @classmethod
    def from_json(cls, value: object) -> ModelSpec:
        """The opposite of :meth:`to_json`.

        Raises
        ------
        ManifestError
            It is not a model.
        """
        table = _table(value, "a model", {*_PIECE, "name", "shards", "external_data"})
        weights = _list(table, "external_data", "a model")
        return cls(
            name=_required(table, "name", "a model"),
            external_data=tuple(ModelFile.from_json(file) for file in weights),
            **_file_fields(table, "a model"),
        )


@dataclass(frozen=True)
class AppManifest:
    """An app.

    Attributes
    ----------
    name : str
        The app's distribution name; ``"app"`` for one that is not packaged.
    entry : str or None
        ``"module"`` or ``"module:function"``: what is imported at start; None if the page calls
        what it needs.
    packages : tuple of str
        Packages of the bundle's lock file to load, besides what every bundle has.
    wheels : tuple of str
        Addresses of more wheels.
    assets : tuple of ModelFile
        Files that lie in Python's working folder from the start, by their ``path``.
    models : tuple of ModelSpec
        The models.

    Raises
    ------
    ManifestError
        ``entry`` is no such name, or two models share a name.
    """

    name: str = "app"
    entry: str | None = None
    packages: tuple[str, ...] = ()
    wheels: tuple[str, ...] = ()
    assets: tuple[ModelFile, ...] = ()
    models: tuple[ModelSpec, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not _NAME.fullmatch(self.name):
            raise ManifestError(f"an app's name must be a plain name, not {self.name!r}")
        if self.entry is not None and not (isinstance(self.entry, str) and _ENTRY.fullmatch(self.entry)):
            raise ManifestError(f'entry must be "module" or "module:function", not {self.entry!r}')
        for kind, values in (("packages", self.packages), ("wheels", self.wheels)):
            if not all(isinstance(value, str) and value for value in values):
                raise ManifestError(f"{kind} must be a list of strings")
        names = [model.name for model in self.models]
        for name in names:
            if names.count(name) > 1:
                raise ManifestError(f"two models are named {name}")

    def model(self, name: str) -> ModelSpec:
        """The model of that name.

        Raises
        ------
        ManifestError
            The app has none of that name; the message lists those it has.
        """
        for model in self.models:
            if model.name == name:
                return model
        known = ", ".join(model.name for model in self.models) or "none"
        raise ManifestError(f"the app has no model {name}; it has: {known}")

    def to_json(self) -> dict[str, Any]:
        """The app as JSON values."""
        return {
            "name": self.name,
            "entry": self.entry,
            "packages": list(self.packages),
            "wheels": list(self.wheels),
            "assets": [asset.to_json() for asset in self.assets],
            "models": [model.to_json() for model in self.models],
        }

    @classmethod
    def from_json(cls, value: object) -> AppManifest:
        """The opposite of :meth:`to_json`.

        Raises
        ------
        ManifestError
            It is not an app.
        """
        table = _table(value, "an app", {"name", "entry", "packages", "wheels", "assets", "models"})
        return cls(
            name=table.get("name", "app"),
            entry=table.get("entry"),
            packages=tuple(_list(table, "packages", "an app")),
            wheels=tuple(_list(table, "wheels", "an app")),
            assets=tuple(ModelFile.from_json(asset) for asset in _list(table, "assets", "an app")),
            models=tuple(ModelSpec.from_json(model) for model in _list(table, "models", "an app")),
        )


def _piece_fields(table: Mapping[str, Any], what: str) -> dict[str, Any]:
    fields = {key: _required(table, key, what) for key in ("url", "sha256", "size")}
    return {**fields, "mirrors": tuple(_list(table, "mirrors", what))}


def _file_fields(table: Mapping[str, Any], what: str) -> dict[str, Any]:
    shards = tuple(ModelPiece.from_json(shard) for shard in _list(table, "shards", what))
    return {**_piece_fields(table, what), "shards": shards}


def _table(value: object, what: str, known: set[str]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ManifestError(f"{what} must be a table, not {value!r}")
    unknown = sorted(set(value) - known)
    if unknown:
        raise ManifestError(f"{what} has no {unknown[0]!r}; known are {', '.join(sorted(known))}")
    return value


def _list(table: Mapping[str, Any], key: str, what: str) -> list[Any]:
    value = table.get(key, [])
    if not isinstance(value, list | tuple):
        raise ManifestError(f"{what}: {key} must be a list, not {value!r}")
    return list(value)


def _required(table: Mapping[str, Any], key: str, what: str) -> Any:
    if key not in table:
        raise ManifestError(f"{what} must have {key}")
    return table[key]
