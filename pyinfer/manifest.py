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

__all__ = ["AppManifest", "ModelShard", "ModelSpec"]

_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_ENTRY = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(:[A-Za-z_]\w*)?")


@dataclass(frozen=True)
class ModelShard:
    """A piece of a model that is kept in several files.

    Attributes
    ----------
    url : str
        Address, relative to pyinfer.json or absolute.
    sha256 : str
        Digest of the piece, 64 lower-case hexadecimal digits.
    size : int
        Bytes.

    Raises
    ------
    ManifestError
        One of them is not what it must be.
    """

    url: str
    sha256: str
    size: int

    def __post_init__(self) -> None:
        _check_file("a model's shard", self.url, self.sha256, self.size)

    def to_json(self) -> dict[str, Any]:
        """The shard as JSON values."""
        return {"url": self.url, "sha256": self.sha256, "size": self.size}

    @classmethod
    def from_json(cls, value: object) -> ModelShard:
        """The opposite of :meth:`to_json`.

        Raises
        ------
        ManifestError
            It is not a shard.
        """
        table = _table(value, "a model's shard", {"url", "sha256", "size"})
        return cls(**{key: _required(table, key, "a model's shard") for key in ("url", "sha256", "size")})


@dataclass(frozen=True)
class ModelSpec:
    """A model: what the app calls it, where it is, and what its bytes must be.

    Attributes
    ----------
    name : str
        The app's name for it, also a file name: letters, digits, ``.``, ``_`` and ``-``.
    url : str
        Address, relative to pyinfer.json or absolute.
    sha256 : str
        Digest of the whole model, 64 lower-case hexadecimal digits.
    size : int
        Bytes of the whole model.
    shards : tuple of ModelShard
        The files to join, in order; empty if the model is the one file at ``url``.

    Raises
    ------
    ManifestError
        One of them is not what it must be, or the shards do not add up to ``size``.
    """

    name: str
    url: str
    sha256: str
    size: int
    shards: tuple[ModelShard, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not _NAME.fullmatch(self.name):
            raise ManifestError(f"a model's name must be a plain file name, not {self.name!r}")
        _check_file(f"model {self.name}", self.url, self.sha256, self.size)
        total = sum(shard.size for shard in self.shards)
        if self.shards and total != self.size:
            raise ManifestError(f"model {self.name}: its shards have {total} bytes, not {self.size}")

    def to_json(self) -> dict[str, Any]:
        """The model as JSON values; ``shards`` only where there are any."""
        value: dict[str, Any] = {
            "name": self.name,
            "url": self.url,
            "sha256": self.sha256,
            "size": self.size,
        }
        if self.shards:
            value["shards"] = [shard.to_json() for shard in self.shards]
        return value

    @classmethod
    def from_json(cls, value: object) -> ModelSpec:
        """The opposite of :meth:`to_json`.

        Raises
        ------
        ManifestError
            It is not a model.
        """
        table = _table(value, "a model", {"name", "url", "sha256", "size", "shards"})
        fields = {key: _required(table, key, "a model") for key in ("name", "url", "sha256", "size")}
        shards = _list(table, "shards", "a model")
        return cls(**fields, shards=tuple(ModelShard.from_json(shard) for shard in shards))


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
        Packages of the Pyodide distribution to load, besides what every bundle has.
    wheels : tuple of str
        Addresses of the app's own wheels.
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
        table = _table(value, "an app", {"name", "entry", "packages", "wheels", "models"})
        return cls(
            name=table.get("name", "app"),
            entry=table.get("entry"),
            packages=tuple(_list(table, "packages", "an app")),
            wheels=tuple(_list(table, "wheels", "an app")),
            models=tuple(ModelSpec.from_json(model) for model in _list(table, "models", "an app")),
        )


def _check_file(what: str, url: object, sha256: object, size: object) -> None:
    if not isinstance(url, str) or not url:
        raise ManifestError(f"{what}: url must be an address, not {url!r}")
    if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
        raise ManifestError(f"{what}: sha256 must be 64 lower-case hexadecimal digits, not {sha256!r}")
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise ManifestError(f"{what}: size must be a number of bytes, not {size!r}")


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
