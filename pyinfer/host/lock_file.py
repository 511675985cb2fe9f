"""Our own pyodide-lock.json: what the browser's Python can load without asking anybody else.

It is the pinned lock file of Pyodide pruned to the packages a bundle carries, plus entries for the
wheels built here: the browser wheel (which owns ``cv2`` and ``onnxruntime``) and the stand-ins. With
them in the lock, ``loadPackage`` brings them in and micropip knows that they are there. Pyodide's
real ``opencv-python`` (4.11) is left out, or a resolver might fetch it over the shim.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterable
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path, PurePosixPath
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from pyinfer.errors import BuildError

__all__ = [
    "BROWSER_ENVIRONMENT",
    "SHADOWED",
    "lock_file",
    "locked_packages",
    "wheel_entry",
    "wheel_requirement_lines",
    "wheel_requirements",
    "wheel_version",
]

#: Packages of the Pyodide distribution that the stand-ins and the shims take the place of.
SHADOWED = frozenset({"opencv-python"})

#: What a requirement's marker sees in the browser.
BROWSER_ENVIRONMENT = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_machine": "wasm32",
    "platform_python_implementation": "CPython",
    "platform_system": "Emscripten",
    "sys_platform": "emscripten",
    "python_version": "3.14",
    "python_full_version": "3.14.0",
    "extra": "",
}


def locked_packages(lock: dict[str, Any], names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The entries of ``names`` and of all they depend on.

    Parameters
    ----------
    lock : dict
        The pinned pyodide-lock.json.
    names : iterable of str
        Distribution names, in any spelling.

    Returns
    -------
    dict
        Entry by canonical name, sorted.

    Raises
    ------
    BuildError
        The Pyodide distribution has no such package, or its place is taken by a shim.
    """
    found: dict[str, dict[str, Any]] = {}
    waiting = [canonicalize_name(name) for name in names]
    while waiting:
        name = waiting.pop()
        if name in found or name in SHADOWED:
            continue
        entry = lock["packages"].get(name)
        if entry is None:
            raise BuildError(f"the Pyodide distribution has no package {name}")
        found[name] = entry
        waiting += [canonicalize_name(dependency) for dependency in entry["depends"]]
    return dict(sorted(found.items()))


def wheel_version(wheel: Path) -> tuple[str, str]:
    """A wheel's own version, and which versions of Python it is for (a specifier, empty for all).

    Raises
    ------
    BuildError
        It is no wheel.
    """
    metadata = _metadata(wheel)
    return str(metadata["Version"]), str(metadata["Requires-Python"] or "")


def wheel_requirement_lines(wheel: Path) -> list[str]:
    """What a wheel requires in the browser, as it says so, without the conditions.

    Raises
    ------
    BuildError
        It is no wheel.
    """
    lines = []
    for line in _metadata(wheel).get_all("Requires-Dist", []):
        requirement = Requirement(line)
        if not requirement.marker or requirement.marker.evaluate(BROWSER_ENVIRONMENT):
            requirement.marker = None
            lines.append(str(requirement))
    return lines


def wheel_requirements(wheel: Path) -> list[str]:
    """Canonical names of what a wheel requires in the browser, sorted.

    Raises
    ------
    BuildError
        It is no wheel.
    """
    return sorted({canonicalize_name(Requirement(line).name) for line in wheel_requirement_lines(wheel)})


def wheel_entry(wheel: Path, file_name: str) -> dict[str, Any]:
    """The lock entry of a wheel that is not Pyodide's.

    Parameters
    ----------
    wheel : Path
        The wheel.
    file_name : str
        Where it lies in the bundle, relative to ``packageBaseUrl``.

    Raises
    ------
    BuildError
        It is no wheel.
    """
    metadata = _metadata(wheel)
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    return {
        "depends": wheel_requirements(wheel),
        "file_name": file_name,
        "imports": _imports(names),
        "install_dir": "site",
        "name": metadata["Name"],
        "package_type": "package",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "unvendored_tests": False,
        "version": metadata["Version"],
    }


def lock_file(info: dict[str, Any], packages: dict[str, dict[str, Any]]) -> bytes:
    """The bytes of a lock file; the same entries give the same bytes.

    Parameters
    ----------
    info : dict
        The ``info`` section of the pinned lock file: ABI, platform and Python version.
    packages : dict
        Entry by canonical name.
    """
    content = {"info": info, "packages": dict(sorted(packages.items()))}
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def _metadata(wheel: Path) -> Message:
    try:
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if re.fullmatch(r"[^/]+\.dist-info/METADATA", name):
                    return HeaderParser().parsestr(archive.read(name).decode("utf-8"))
    except zipfile.BadZipFile as error:
        raise BuildError(f"{wheel} is not a wheel: {error}") from error
    raise BuildError(f"{wheel} is not a wheel: it has no METADATA")


def _imports(names: list[str]) -> list[str]:
    """The top-level modules among a wheel's files."""
    modules = set()
    for name in names:
        first, *rest = PurePosixPath(name).parts
        if first.endswith((".dist-info", ".data")):
            continue
        if rest:
            modules.add(first)
        elif first.endswith(".py"):
            modules.add(first.removesuffix(".py"))
    return sorted(modules)
