"""What `pyinfer run --with` adds to the bundle.

A requirement is met by the pinned Pyodide distribution where that carries it (NumPy, SciPy,
scikit-learn, lxml, ...), by the stand-ins where it names what the shims replace, and else by
pure-Python wheels that pip chooses and the cache folder keeps. All of them become entries of the lock
file that Pyodide starts from, so that nothing is resolved again in the browser.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyinfer.errors import DownloadError, RequirementError, RunError
from pyinfer.host.bundle import MANIFEST_NAME, content_hash
from pyinfer.host.lock_file import lock_file, wheel_entry
from pyinfer.host.places import cache_dir
from pyinfer.host.pyodide_wheels import pyodide_lock
from pyinfer.host.requirements import Found, gather, is_file, provided_by, wheel_path

__all__ = ["Packages", "add_packages"]

_KEEP_SECONDS = 24 * 3600
# From the folder of the new pyinfer.json (and from that of the wheels) to that of the bundle's.
_TO_BUNDLE = "../../"


@dataclass
class Packages:
    """Packages beside the bundle's own.

    Attributes
    ----------
    names : list of str
        What to load at start; all are in the lock file.
    wheels : mapping of str to Path
        Their wheels, by file name.
    bundle : mapping of str to bytes
        ``pyinfer.json`` and the lock file to use in place of the bundle's own; empty if nothing is
        added. They belong into a folder beside that of the wheels, both of them two levels below the
        bundle.
    """

    names: list[str] = field(default_factory=list)
    wheels: Mapping[str, Path] = field(default_factory=dict)
    bundle: Mapping[str, bytes] = field(default_factory=dict)


def add_packages(folder: Path, requirements: Sequence[str]) -> Packages:
    """Find and fetch what meets some requirements.

    Parameters
    ----------
    folder : Path
        The runtime bundle.
    requirements : sequence of str
        Names, specifiers, or paths of wheel files.

    Raises
    ------
    RunError
        A requirement is not understood, or nothing that runs in a browser meets it.
    SetupError
        What meets it cannot be fetched.
    """
    if not requirements:
        return Packages()
    manifest = json.loads((folder / MANIFEST_NAME).read_text("utf-8"))
    own = json.loads((folder / manifest["pyodide"]["lockFileURL"]).read_text("utf-8"))
    pinned = pyodide_lock()["packages"]
    try:
        names, carried, wheels = _find(requirements, pinned, own["packages"])
    except RequirementError as error:
        raise RunError(f"--with: {error}") from None

    entries = dict(own["packages"])
    for entry in entries.values():
        entry["file_name"] = f"{_TO_BUNDLE}{manifest['pyodide']['packageBaseUrl']}{entry['file_name']}"
    entries |= {name: pinned[name] for name in carried}
    for name, path in wheels.items():
        entries[name] = wheel_entry(path, path.name)
    files = [wheel_path(pinned[name]) for name in carried]
    return Packages(
        names=sorted({*names, *wheels}),
        wheels={path.name: path for path in [*files, *wheels.values()]},
        bundle={
            MANIFEST_NAME: json.dumps(_manifest(manifest)).encode(),
            "pyodide-lock.json": lock_file(own["info"], entries),
        },
    )


def _find(requirements: Sequence[str], pinned: dict[str, Any], own: dict[str, Any]) -> Found:
    """Find and fetch; what was found for names and specifiers is kept for a day, longer without network."""
    provided = provided_by(pinned, own)
    key = content_hash(json.dumps([sorted(requirements), provided], sort_keys=True).encode())
    record = cache_dir() / "pypi" / "found" / f"{key}.json"
    known = None if any(is_file(item) for item in requirements) else _read(record, pinned)
    if known and time.time() - record.stat().st_mtime < _KEEP_SECONDS:
        return known
    try:
        found = gather(requirements, provided, pinned, own)
    except DownloadError:
        if known is None:
            raise
        return known
    record.parent.mkdir(parents=True, exist_ok=True)
    wheels = {name: path.name for name, path in found.wheels.items()}
    content = {"names": found.names, "carried": found.carried, "wheels": wheels}
    # Another run may read it at this moment, or this one be killed.
    unfinished = record.with_suffix(f".{os.getpid()}")
    unfinished.write_text(json.dumps(content), "utf-8")
    unfinished.replace(record)
    return found


def _read(record: Path, pinned: dict[str, Any]) -> Found | None:
    if not record.is_file():
        return None
    content = json.loads(record.read_text("utf-8"))
    wheels = {name: record.parents[1] / file_name for name, file_name in content["wheels"].items()}
    files = [*wheels.values(), *(wheel_path(pinned[name]) for name in content["carried"])]
    if not all(path.is_file() for path in files):
        return None
    return Found(content["names"], content["carried"], wheels)


def _manifest(manifest: dict[str, Any]) -> dict[str, Any]:
    """``pyinfer.json`` with addresses that hold from its new place, and the new lock file."""

    def moved(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: moved(item) for key, item in value.items()}
        return f"{_TO_BUNDLE}{value}"

    start = manifest["start"]
    addresses = {
        "standard": moved(start["standard"]),
        "archives": [moved(url) for url in start["archives"]],
        "libraries": [{**each, "url": moved(each["url"])} for each in start["libraries"]],
        "onUse": [{**each, "archive": moved(each["archive"])} for each in start["onUse"]],
    }
    engines = {name: manifest[name] for name in ("opencv", "onnxruntime", "jpeg")}
    return {
        **manifest,
        "worker": moved(manifest["worker"]),
        "engineRoom": moved(manifest["engineRoom"]),
        "pyodide": {
            "version": manifest["pyodide"]["version"],
            "indexURL": moved(manifest["pyodide"]["indexURL"]),
            "lockFileURL": "pyodide-lock.json",
            "packageBaseUrl": "../wheels/",
        },
        **{name: moved(engine) for name, engine in engines.items()},
        "start": {**start, **addresses},
        "sizes": {moved(url): size for url, size in manifest["sizes"].items()},
    }
