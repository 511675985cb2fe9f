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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from pyinfer.errors import DownloadError, RunError
from pyinfer.host.bundle import MANIFEST_NAME, content_hash
from pyinfer.host.lock_file import SHADOWED, lock_file, locked_packages, wheel_entry
from pyinfer.host.places import cache_dir, wheels_dir
from pyinfer.host.progress import Progress
from pyinfer.host.pyodide_wheels import fetch_wheels, pyodide_lock
from pyinfer.host.run_resolve import Provided, resolve

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
    names, carried, wheels = _find(requirements, pinned, own["packages"])

    entries = dict(own["packages"])
    for entry in entries.values():
        entry["file_name"] = f"{_TO_BUNDLE}{manifest['pyodide']['packageBaseUrl']}{entry['file_name']}"
    entries |= {name: pinned[name] for name in carried}
    for name, path in wheels.items():
        entries[name] = wheel_entry(path, path.name)
    files = [_path(pinned[name]) for name in carried]
    return Packages(
        names=sorted({*names, *wheels}),
        wheels={path.name: path for path in [*files, *wheels.values()]},
        bundle={
            MANIFEST_NAME: json.dumps(_manifest(manifest)).encode(),
            "pyodide-lock.json": lock_file(own["info"], entries),
        },
    )


class _Found(NamedTuple):
    """What meets some requirements.

    ``names`` are to be loaded, ``carried`` of the pinned distribution are fetched for them, and
    ``wheels`` are the files of the others.
    """

    names: list[str]
    carried: list[str]
    wheels: dict[str, Path]


def _find(requirements: Sequence[str], pinned: dict[str, Any], own: dict[str, Any]) -> _Found:
    """Find and fetch; what was found for names and specifiers is kept for a day, longer without network."""
    provided = _provided(pinned, own)
    key = content_hash(json.dumps([sorted(requirements), provided], sort_keys=True).encode())
    record = cache_dir() / "pypi" / "found" / f"{key}.json"
    known = None if any(_is_file(item) for item in requirements) else _read(record, pinned)
    if known and time.time() - record.stat().st_mtime < _KEEP_SECONDS:
        return known
    try:
        found = _gather(requirements, provided, pinned, own)
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


def _read(record: Path, pinned: dict[str, Any]) -> _Found | None:
    if not record.is_file():
        return None
    content = json.loads(record.read_text("utf-8"))
    wheels = {name: record.parents[1] / file_name for name, file_name in content["wheels"].items()}
    files = [*wheels.values(), *(_path(pinned[name]) for name in content["carried"])]
    if not all(path.is_file() for path in files):
        return None
    return _Found(content["names"], content["carried"], wheels)


def _gather(
    requirements: Sequence[str], provided: Provided, pinned: dict[str, Any], own: dict[str, Any]
) -> _Found:
    names, others = _split(requirements, provided)
    wheels: dict[str, Path] = {}
    while True:
        if others:
            names, files = resolve(list(dict.fromkeys([*others, *names])), provided)
            wheels = {canonicalize_name(path.name.partition("-")[0]): path for path in files}
        closure = locked_packages({"packages": pinned}, [name for name in names if name not in own])
        carried = [name for name in closure if name not in {*own, *wheels}]
        try:
            fetch_wheels(carried, Progress())
            return _Found(names, carried, wheels)
        except DownloadError:
            # A pure-Python package can be had from the package index, too.
            pure = [name for name in carried if _is_pure(pinned[name]) and not _path(pinned[name]).is_file()]
            if not pure:
                raise
            provided = {name: value for name, value in provided.items() if name not in pure}
            others += pure


def _path(entry: Mapping[str, Any]) -> Path:
    return wheels_dir() / str(entry["file_name"])


def _is_file(requirement: str) -> bool:
    return requirement.endswith(".whl") and "://" not in requirement


def _is_pure(entry: Mapping[str, Any]) -> bool:
    return str(entry["file_name"]).endswith("-none-any.whl")


def _provided(pinned: dict[str, Any], own: dict[str, Any]) -> Provided:
    """What needs no package index, by canonical name: its version, and whether it is the only choice."""
    provided = {
        name: (entry["version"], not _is_pure(entry))
        for name, entry in pinned.items()
        if entry["package_type"] == "package" and name not in SHADOWED and not name.endswith("-tests")
    }
    # What the bundle carries is loaded in any case.
    return provided | {name: (entry["version"], True) for name, entry in own.items()}


def _split(requirements: Iterable[str], provided: Provided) -> tuple[list[str], list[str]]:
    """Names that meet requirements without looking further, and the other requirements."""
    direct: list[str] = []
    others: list[str] = []
    for text in requirements:
        if _is_file(text):
            path = Path(text).expanduser().absolute()
            if not path.is_file():
                raise RunError(f"--with {text}: no such file")
            others.append(str(path))
            continue
        try:
            requirement = Requirement(text)
        except InvalidRequirement as error:
            reason = str(error).splitlines()[0]
            raise RunError(f"--with {text}: neither a wheel file nor a requirement: {reason}") from None
        version, is_only = provided.get(canonicalize_name(requirement.name), (None, False))
        meets = version is not None and requirement.specifier.contains(version, prereleases=True)
        if is_only and not meets:
            raise RunError(f"--with {text}: the browser has {requirement.name} {version} and no other")
        if meets and not requirement.extras and not requirement.url:
            direct.append(canonicalize_name(requirement.name))
        else:
            others.append(text)
    return direct, others


def _manifest(manifest: dict[str, Any]) -> dict[str, Any]:
    """``pyinfer.json`` with addresses that hold from its new place, and the new lock file."""

    def moved(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: moved(item) for key, item in value.items()}
        return f"{_TO_BUNDLE}{value}"

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
        "sizes": {},
    }
