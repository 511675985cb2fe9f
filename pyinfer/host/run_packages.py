"""What `pyinfer run --with` adds to the bundle.

A requirement is met by the pinned Pyodide distribution where that carries it (NumPy, SciPy,
scikit-learn, lxml, ...), by the stand-ins where it names what the shims replace, and else by
pure-Python wheels that pip chooses and the cache folder keeps. All of them become entries of the lock
file that Pyodide starts from, so that nothing is resolved again in the browser.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from pyinfer.errors import RunError
from pyinfer.host.bundle import MANIFEST_NAME
from pyinfer.host.download import Progress
from pyinfer.host.lock_file import SHADOWED, lock_file, locked_packages, wheel_entry
from pyinfer.host.places import wheels_dir
from pyinfer.host.pyodide_wheels import fetch_wheels, pyodide_lock
from pyinfer.host.run_resolve import Provided, resolve

__all__ = ["Packages", "add_packages"]

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
    pinned = pyodide_lock()
    provided = _provided(pinned["packages"], own["packages"])
    direct, others = _split(requirements, provided)
    files: list[Path] = []
    if others:
        names, files = resolve([*others, *(str(item) for item in direct)], provided)
    else:
        names = [canonicalize_name(item.name) for item in direct]

    entries, wheels = dict(own["packages"]), {path.name: path for path in files}
    for entry in entries.values():
        entry["file_name"] = f"{_TO_BUNDLE}{manifest['pyodide']['packageBaseUrl']}{entry['file_name']}"
    carried = locked_packages(pinned, [name for name in names if name not in entries])
    added = {name: entry for name, entry in carried.items() if name not in entries}
    fetch_wheels(added, Progress())
    wheels |= {entry["file_name"]: wheels_dir() / entry["file_name"] for entry in added.values()}
    entries |= added
    fetched = {canonicalize_name(path.name.partition("-")[0]): path for path in files}
    for name, path in fetched.items():
        entries[name] = wheel_entry(path, path.name)
    return Packages(
        names=sorted({*names, *fetched}),
        wheels=wheels,
        bundle={
            MANIFEST_NAME: json.dumps(_manifest(manifest)).encode(),
            "pyodide-lock.json": lock_file(own["info"], entries),
        },
    )


def _provided(pinned: dict[str, Any], own: dict[str, Any]) -> Provided:
    """What needs no package index, by canonical name: its version, and whether it is the only choice."""
    provided = {
        name: (entry["version"], not entry["file_name"].endswith("-none-any.whl"))
        for name, entry in pinned.items()
        if entry["package_type"] == "package" and name not in SHADOWED and not name.endswith("-tests")
    }
    # What the bundle carries is loaded in any case.
    return provided | {name: (entry["version"], True) for name, entry in own.items()}


def _split(requirements: Iterable[str], provided: Provided) -> tuple[list[Requirement], list[str]]:
    """The requirements that can be met without looking further, and the others."""
    direct, others = [], []
    for text in requirements:
        if text.endswith(".whl") and "://" not in text:
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
            direct.append(requirement)
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
