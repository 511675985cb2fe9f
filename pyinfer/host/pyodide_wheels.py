"""The wheels that were built for Pyodide: from a mirror, Pyodide's CDN, or a release on the package index.

Whichever delivers, each file is checked against the hash in the pinned ``pyodide-lock.json``, which itself
came through npm's integrity check.
"""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import httpx2

from pyinfer.errors import DownloadError, SetupError
from pyinfer.host.download import (
    FileAbsentError,
    cache_lock,
    copy_verified,
    download,
    http_client,
    keep_verified,
    matches,
    partial_path,
)
from pyinfer.host.lock_file import locked_packages
from pyinfer.host.package_index import fetch_release
from pyinfer.host.pins import Pins, read_pins
from pyinfer.host.places import cache_dir, node_modules, wheels_dir
from pyinfer.host.progress import Progress

__all__ = ["fetch_wheels", "pyodide_lock"]

Fetch = Callable[[str, str], Path]
"""Brings the file of this name and SHA-256 digest into `wheels_dir`, or raises DownloadError."""


def pyodide_lock() -> dict[str, Any]:
    """The pinned ``pyodide-lock.json``: every Pyodide package with version, hash and dependencies.

    Returns
    -------
    dict
        Parsed anew at each call, so the caller may change it.

    Raises
    ------
    SetupError
        The npm packages have not been fetched, or hold another version than is pinned.
    """
    pins = read_pins()
    folder = node_modules() / pins.lock_package
    version = json.loads((folder / "package.json").read_text("utf-8"))["version"]
    if version != pins.lock_version:
        raise SetupError(
            f"npm's {pins.lock_package} is {version}, but wheels/pins.json pins {pins.lock_version}"
        )
    lock: dict[str, Any] = json.loads((folder / "pyodide-lock.json").read_text("utf-8"))
    return lock


def fetch_wheels(names: Iterable[str], progress: Progress) -> list[Path]:
    """Packages of the pinned Pyodide distribution with everything they need, fetched now if need be.

    Parameters
    ----------
    names : iterable of str
        Distribution names, e.g. ``"scikit-learn"``, in any spelling.
    progress : Progress
        Told of each transfer.

    Returns
    -------
    list of Path
        Verified wheel files in `wheels_dir`, by name.

    Raises
    ------
    BuildError
        There is no such package.
    SetupError
        No source has it (DownloadError), or its bytes are not the pinned ones (HashMismatchError).
    """
    entries = locked_packages(pyodide_lock(), names).values()
    wanted = {entry["file_name"]: entry["sha256"] for entry in entries}
    with cache_lock(progress):
        missing = {
            name: sha256 for name, sha256 in wanted.items() if not matches(wheels_dir() / name, sha256)
        }
        if missing:
            with http_client() as client:
                sources = _Sources(client, read_pins(), progress)
                for name, sha256 in missing.items():
                    sources.fetch(name, sha256)
    return [wheels_dir() / name for name in wanted]


class _Sources:
    """Asks each source in turn; one that failed is not asked again in this run."""

    def __init__(self, client: httpx2.Client, pins: Pins, progress: Progress) -> None:
        self._client = client
        self._pins = pins
        self._progress = progress
        self._broken: list[str] = []
        self._sources: list[tuple[str, Fetch]] = [
            ("the Pyodide CDN", self._from_url(pins.cdn)),
            (f"the {pins.index_wheel.distribution} release on the package index", self._from_release),
        ]
        mirror = os.environ.get("PYINFER_MIRROR")
        if mirror:
            fetch = (
                self._from_url(mirror) if "://" in mirror else self._from_folder(Path(mirror).expanduser())
            )
            self._sources.insert(0, ("PYINFER_MIRROR", fetch))
        if matches(self._release, pins.index_wheel.sha256):
            self._sources.insert(0, self._sources.pop())  # on this machine already: no network needed

    @property
    def _release(self) -> Path:
        return cache_dir() / "downloads" / self._pins.index_wheel.file_name

    def fetch(self, file_name: str, sha256: str) -> Path:
        """Bring one file into `wheels_dir`; raises DownloadError when no source has it."""
        absent: list[str] = []
        for source in list(self._sources):
            name, fetch = source
            try:
                return fetch(file_name, sha256)
            except FileAbsentError as error:
                absent.append(f"{name}: {error}")
            except DownloadError as error:
                self._sources.remove(source)
                self._broken.append(f"{name}: {error}")
                self._progress.line(f"{name} cannot be used: {error}")
        raise DownloadError(f"no source has {file_name} ({'; '.join(self._broken + absent)})")

    def _from_url(self, prefix: str) -> Fetch:
        def fetch(file_name: str, sha256: str) -> Path:
            url = f"{prefix.rstrip('/')}/{file_name}"
            return download(self._client, url, wheels_dir() / file_name, sha256, self._progress)

        return fetch

    def _from_folder(self, folder: Path) -> Fetch:
        def fetch(file_name: str, sha256: str) -> Path:
            return copy_verified(folder / file_name, wheels_dir() / file_name, sha256)

        return fetch

    def _from_release(self, file_name: str, sha256: str) -> Path:
        if not self._release.exists():
            fetch_release(self._pins.index_wheel, self._release, self._progress)
        part = partial_path(file_name, sha256)
        with zipfile.ZipFile(self._release) as archive:
            try:
                member = archive.open(self._pins.index_wheel_folder + file_name)
            except KeyError as error:
                raise FileAbsentError(f"{self._release.name} does not carry it") from error
            with member, part.open("wb") as file:
                shutil.copyfileobj(member, file)
        return keep_verified(part, wheels_dir() / file_name, sha256, self._release.name)
