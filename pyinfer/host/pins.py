"""The pins: exact versions and hashes of the parts that npm's own lock file does not cover."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyinfer.errors import ManifestError
from pyinfer.host.places import resource

__all__ = ["PinnedDistribution", "Pins", "read_pins"]

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class PinnedDistribution:
    """One file of one release on the user's package index."""

    distribution: str
    version: str
    file_name: str
    sha256: str


@dataclass(frozen=True)
class Pins:
    """What ``wheels/pins.json`` says.

    Parameters
    ----------
    lock_package, lock_version : str
        The npm package whose ``pyodide-lock.json`` holds the hashes of the Pyodide wheels, and its version.
    packages : tuple of str
        Pyodide packages that every bundle needs.
    cdn : str
        URL prefix of Pyodide's own file server, ending in a slash.
    index_wheel : PinnedDistribution
        A release on the package index that carries the same wheels.
    index_wheel_folder : str
        Where in that release they lie, ending in a slash.
    opencv_sources : PinnedDistribution
        The OpenCV source release that the generator reads.
    stand_ins : mapping of str to str
        Distribution name and version of each stand-in wheel.
    """

    lock_package: str
    lock_version: str
    packages: tuple[str, ...]
    cdn: str
    index_wheel: PinnedDistribution
    index_wheel_folder: str
    opencv_sources: PinnedDistribution
    stand_ins: Mapping[str, str]


def read_pins(path: Path | None = None) -> Pins:
    """Read and check the pins.

    Parameters
    ----------
    path : Path, optional
        The file to read; ``wheels/pins.json`` by default.

    Returns
    -------
    Pins

    Raises
    ------
    ManifestError
        The file is missing, is no JSON, or lacks a value; the message names the value.
    """
    path = path or resource("wheels/pins.json")
    try:
        document = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ManifestError(f"{path}: cannot be read as JSON: {error}") from error
    reader = _Reader(path, document)
    return Pins(
        lock_package=reader.text("pyodide", "lock", "npm"),
        lock_version=reader.text("pyodide", "lock", "version"),
        packages=reader.names("pyodide", "packages"),
        cdn=reader.folder("pyodide", "cdn"),
        index_wheel=reader.distribution("pyodide", "index_wheel"),
        index_wheel_folder=reader.folder("pyodide", "index_wheel", "folder"),
        opencv_sources=reader.distribution("opencv_sources"),
        stand_ins=reader.versions("stand_ins"),
    )


class _Reader:
    """Takes values out of the document by their path, and names that path when one is not as it must be."""

    def __init__(self, file: Path, document: Any) -> None:
        self._file = file
        self._document = document

    def _value(self, keys: tuple[str, ...], kind: type) -> Any:
        value = self._document
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        if not isinstance(value, kind) or not value:
            raise self._error(keys, f"must be a non-empty {_JSON_NAMES[kind]}")
        return value

    def _error(self, keys: tuple[str, ...], what: str) -> ManifestError:
        return ManifestError(f"{self._file}: {'.'.join(keys)} {what}")

    def text(self, *keys: str) -> str:
        return str(self._value(keys, str))

    def folder(self, *keys: str) -> str:
        value = self.text(*keys)
        if not value.endswith("/"):
            raise self._error(keys, "must end in a slash")
        return value

    def names(self, *keys: str) -> tuple[str, ...]:
        values = self._value(keys, list)
        if not all(isinstance(value, str) for value in values):
            raise self._error(keys, "must hold strings only")
        return tuple(values)

    def versions(self, *keys: str) -> dict[str, str]:
        values = self._value(keys, dict)
        return {name: self.text(*keys, name) for name in sorted(values)}

    def distribution(self, *keys: str) -> PinnedDistribution:
        sha256 = self.text(*keys, "sha256")
        if not _SHA256.fullmatch(sha256):
            raise self._error((*keys, "sha256"), "must be 64 lower-case hexadecimal digits")
        return PinnedDistribution(
            distribution=self.text(*keys, "distribution"),
            version=self.text(*keys, "version"),
            file_name=self.text(*keys, "file_name"),
            sha256=sha256,
        )


_JSON_NAMES: dict[type, str] = {str: "string", list: "array", dict: "object"}
