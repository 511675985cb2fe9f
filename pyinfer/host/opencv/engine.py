"""The finished engine in the cache: a folder for each variant, and ``engine.json``, which lists them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyinfer.errors import SetupError
from pyinfer.host.pins import read_pins
from pyinfer.host.places import cache_dir

from .recipe import VARIANTS, Variant

__all__ = [
    "DEFAULT_VARIANT",
    "Engine",
    "EngineFile",
    "build_folder",
    "built_engine",
    "describe_engine",
    "engine_folder",
    "files_of",
    "read_engine",
]

#: Which an engine always has.
DEFAULT_VARIANT = next(iter(VARIANTS))

_FILES = {
    "module": "opencv.mjs",
    "wasm": "opencv.wasm",
    "networksModule": "networks.mjs",
    "networksWasm": "networks.wasm",
}
_THREAD_FILES = {"worker": "opencv.worker.js"}

_DESCRIPTION = "engine.json"
_REMEDY = "run `pyinfer opencv build` again, or take npm's with `--opencv npm`"


@dataclass(frozen=True)
class EngineFile:
    """A file of the engine.

    Attributes
    ----------
    path : Path
    sha256 : str
        Of what was built.
    """

    path: Path
    sha256: str

    def read(self) -> bytes:
        """Its content.

        Raises
        ------
        SetupError
            It is not what was built.
        """
        content = self.path.read_bytes()
        if _sha256(content) != self.sha256:
            raise _broken(self.path, "is not what was built")
        return content


@dataclass(frozen=True)
class Engine:
    """Our own opencv.js.

    Attributes
    ----------
    version : str
        OpenCV's.
    variants : mapping of str to (mapping of str to EngineFile)
        By the variant's name, the default one first; the files by their parts, see `files_of`.
    """

    version: str
    variants: Mapping[str, Mapping[str, EngineFile]]

    @property
    def key(self) -> str:
        """Changes with any of its files."""
        digests = [file.sha256 for files in self.variants.values() for file in files.values()]
        return _sha256("\n".join([*self.variants, *digests]).encode())


def files_of(variant: Variant) -> dict[str, str]:
    """What a variant is made of: each part's name, and its file's.

    With threads there is one file more, the script of the worker that each thread is: of both parts the same.
    """
    return {**_FILES, **(_THREAD_FILES if variant.threads else {})}


def build_folder() -> Path:
    """Where the engine is made; may not exist yet."""
    return cache_dir() / "opencv-js" / read_pins().opencv_sources.version


def engine_folder() -> Path:
    """Where the finished engine is, if it has been built."""
    return build_folder() / "engine"


def built_engine() -> Engine | None:
    """The engine in the cache, or None if none was built.

    The files' bytes are compared only when they are read: see `EngineFile.read`.

    Raises
    ------
    SetupError
        It is broken, or half of it.
    """
    folder = engine_folder()
    return read_engine(folder) if folder.exists() else None


def read_engine(folder: Path) -> Engine:
    """The engine in a folder; raises as `built_engine`."""
    path = folder / _DESCRIPTION
    try:
        described = json.loads(path.read_bytes())
        version, variants = described["version"], described["variants"]
        found = {
            name: _files(folder, variant, variants[name])
            for name, variant in VARIANTS.items()
            if name in variants
        }
    except FileNotFoundError:
        raise _broken(path, "is missing") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _broken(path, "does not say what an engine has") from None
    if DEFAULT_VARIANT not in found or not isinstance(version, str):
        raise _broken(path, f"names no variant {DEFAULT_VARIANT}")
    for file in [file for files in found.values() for file in files.values()]:
        if not file.path.is_file():
            raise _broken(file.path, "is missing")
    return Engine(version, found)


def describe_engine(folder: Path, version: str, variants: Iterable[str]) -> None:
    """Write ``engine.json`` for the variants below a folder."""
    described = {}
    for name in set(variants):
        files = {part: f"{name}/{file}" for part, file in files_of(VARIANTS[name]).items()}
        digests = {part: _sha256((folder / file).read_bytes()) for part, file in files.items()}
        described[name] = {**files, "sha256": digests}
    text = json.dumps({"version": version, "variants": described}, indent=2, sort_keys=True)
    (folder / _DESCRIPTION).write_text(f"{text}\n", "utf-8")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _files(folder: Path, variant: Variant, described: Mapping[str, Any]) -> dict[str, EngineFile]:
    return {
        part: EngineFile(folder / described[part], str(described["sha256"][part]))
        for part in files_of(variant)
    }


def _broken(path: Path, what: str) -> SetupError:
    return SetupError(f"our own opencv.js is broken: {path} {what}; {_REMEDY}")
