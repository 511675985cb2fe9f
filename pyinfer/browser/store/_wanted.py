"""What a caller asks the model store for: from the manifest, or by address."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from pyinfer.manifest import AppManifest, ModelFile

__all__ = ["Request", "Source", "Wanted", "WantedFile", "identity_of", "mounts_of"]

_BY_ADDRESS = "url-"
_OTHER = "-other"


@dataclass(frozen=True)
class Request:
    """How servers are asked.

    Attributes
    ----------
    headers : mapping of str to str
        Such as ``Authorization``.
    credentials : str
        As of JavaScript's ``fetch``: ``"same-origin"``, ``"include"`` or ``"omit"``.
    """

    headers: Mapping[str, str] = field(default_factory=dict)
    credentials: str = "same-origin"


@dataclass(frozen=True)
class Source:
    """One download: a file, or a shard of one.

    Attributes
    ----------
    stem : str
        How the names of its parts begin.
    urls : tuple of str
        Where it is; any of them will do.
    sha256 : str or None
        What its bytes must be.
    size : int or None
        How many there are.
    """

    stem: str
    urls: tuple[str, ...]
    sha256: str | None
    size: int | None


@dataclass(frozen=True)
class WantedFile:
    """A file, in pieces that are joined in order."""

    path: str
    sha256: str | None
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Wanted:
    """A model: the file itself first, then its files of weights.

    Attributes
    ----------
    identity : str
        What it is known by on this machine: its bytes' hash, or else the address.
    size : int or None
        Bytes of all files.
    """

    name: str
    identity: str
    sha256: str | None
    size: int | None
    files: tuple[WantedFile, ...]

    @property
    def address(self) -> str:
        return self.files[0].sources[0].urls[0]

    @classmethod
    def of(cls, app: AppManifest, name_or_url: str, sha256: str | None, size: int | None) -> Wanted:
        """The model of that name in the app's manifest, or the one at an address.

        Raises
        ------
        ManifestError
            The app has no model of that name.
        """
        if "/" not in name_or_url:
            return cls._of_manifest(app, name_or_url)
        sha256 = sha256 and sha256.lower()
        name = _file_name(name_or_url)
        source = Source("000", (name_or_url,), sha256, size)
        identity = sha256 or _BY_ADDRESS + hashlib.sha256(name_or_url.encode()).hexdigest()
        return cls(name, identity, sha256, size, (WantedFile(name, sha256, (source,)),))

    @classmethod
    def _of_manifest(cls, app: AppManifest, name: str) -> Wanted:
        model = app.model(name)
        path = model.name if PurePosixPath(model.name).suffix else _file_name(model.url)
        files = [_wanted_file(0, path, model)]
        files += [_wanted_file(i, item.path, item) for i, item in enumerate(model.external_data, 1)]
        size = model.size + sum(item.size for item in model.external_data)
        # Weights in files of their own are part of what the model is.
        digests = [model.sha256, *(item.sha256 for item in model.external_data)]
        several = hashlib.sha256("".join(digests).encode()).hexdigest()
        return cls(
            model.name, several if len(digests) > 1 else model.sha256, model.sha256, size, tuple(files)
        )


def mounts_of(identity: str) -> tuple[str, ...]:
    """Where a model may lie; two places without a pin: a new version comes in beside the one before."""
    return (identity, f"{identity}{_OTHER}") if identity.startswith(_BY_ADDRESS) else (identity,)


def identity_of(mount: str) -> str:
    """The opposite of :func:`mounts_of`."""
    return mount.removesuffix(_OTHER)


def _wanted_file(number: int, path: str, file: ModelFile) -> WantedFile:
    pieces = file.shards or (file,)
    sources = tuple(
        Source(f"{number}-{index:03d}", (piece.url, *piece.mirrors), piece.sha256, piece.size)
        for index, piece in enumerate(pieces)
    )
    return WantedFile(path, file.sha256, sources)


def _file_name(url: str) -> str:
    from urllib.parse import unquote, urlsplit  # most apps' models have names, and it takes long to import

    return PurePosixPath(unquote(urlsplit(url).path)).name or "model"
