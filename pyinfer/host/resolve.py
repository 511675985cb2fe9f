"""Lets pip choose pure-Python wheels that meet requirements in the browser."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from packaging.utils import canonicalize_name, parse_wheel_filename

from pyinfer.errors import DownloadError, RequirementError
from pyinfer.host.lock_file import wheel_requirements
from pyinfer.host.places import cache_dir
from pyinfer.host.progress import note

__all__ = ["BROWSER_PYTHON", "Provided", "resolve"]

#: Version by canonical name, and whether no other version runs in the browser.
Provided = Mapping[str, tuple[str, bool]]

#: The version of Pyodide's Python.
BROWSER_PYTHON = "3.14"
_UNREACHABLE = ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "Retrying (Retry(")


def resolve(requirements: Sequence[str], provided: Provided) -> tuple[list[str], list[Path]]:
    """Choose distributions that meet some requirements and all of theirs.

    Parameters
    ----------
    requirements : sequence of str
        Requirements, or absolute paths of wheel files.
    provided : mapping
        What need not be fetched.

    Returns
    -------
    names : list of str
        Those chosen that are provided.
    wheels : list of Path
        The wheels of the others.

    Raises
    ------
    RequirementError
        No pure-Python wheel meets a requirement, or they contradict each other.
    DownloadError
        The package index cannot be reached.
    """
    folder = cache_dir() / "pypi"
    local = {Path(item).name: Path(item) for item in requirements if item.endswith(".whl")}
    note(f"looking for {', '.join(Path(item).name for item in requirements)}")
    names, fetched = _ask_pip(requirements, provided, folder)
    return names, [local.get(name, folder / name) for name in fetched]


def _ask_pip(requirements: Sequence[str], provided: Provided, folder: Path) -> tuple[list[str], list[str]]:
    """Names of what is provided, and file names of what pip fetched into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = list(requirements)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".pip-") as temporary:
        stubs, target = Path(temporary, "stubs"), Path(temporary, "wheels")
        stubs.mkdir()
        for name, (version, _) in provided.items():
            _write_stub(stubs, name, version)
        constraints = Path(temporary, "constraints.txt")
        fixed = [f"{name}=={version}\n" for name, (version, only) in provided.items() if only]
        constraints.write_text("".join(fixed), "utf-8")
        while True:
            _run_pip(wanted, stubs, constraints, target)
            chosen = {
                canonicalize_name(parse_wheel_filename(path.name)[0]): path for path in target.iterdir()
            }
            real = {name: path for name, path in chosen.items() if not (stubs / path.name).exists()}
            # pip judges conditions such as `sys_platform == "emscripten"` by this machine.
            required = {name for path in real.values() for name in wheel_requirements(path)}
            missing = sorted(required - set(chosen))
            if not missing:
                break
            wanted += missing
        for path in real.values():
            path.replace(folder / path.name)
    return sorted(set(chosen) - set(real)), sorted(path.name for path in real.values())


def _run_pip(requirements: Sequence[str], stubs: Path, constraints: Path, target: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--progress-bar=off"]
    command += ["--disable-pip-version-check", "--retries=1", "--timeout=15", "--only-binary=:all:"]
    command += [f"--python-version={BROWSER_PYTHON}", "--implementation=py", "--abi=none", "--platform=any"]
    command += [f"--find-links={stubs}", f"--constraint={constraints}", f"--dest={target}", *requirements]
    for reach in (["--no-index"], []):
        done = subprocess.run([*command, *reach], capture_output=True, text=True)
        if done.returncode == 0:
            return
    raise _explain(done.stderr, requirements)


def _explain(messages: str, requirements: Sequence[str]) -> Exception:
    if any(sign in messages for sign in _UNREACHABLE):
        return DownloadError("the package index cannot be reached")
    absent = re.search(r"No matching distribution found for (\S.*)", messages)
    if absent:
        return RequirementError(
            f"no pure-Python wheel of {absent[1].strip()} for Python {BROWSER_PYTHON}, "
            "and the Pyodide distribution does not carry it"
        )
    unsupported = re.search(r"ERROR: (\S+\.whl) is not a supported wheel", messages)
    if unsupported:
        return RequirementError(f"{unsupported[1]} is not a pure-Python wheel for Python {BROWSER_PYTHON}")
    errors = [line.removeprefix("ERROR: ") for line in messages.splitlines() if line.startswith("ERROR: ")]
    reason = errors[0] if errors else messages.strip().rpartition("\n")[2]
    return RequirementError(f"{' '.join(requirements)}: {reason}")


def _write_stub(folder: Path, name: str, version: str) -> None:
    """A wheel without content, by which pip learns that a distribution is provided.

    Its build tag makes pip prefer it to others of the same version.
    """
    stem = f"{name.replace('-', '_')}-{version}"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    wheel = "Wheel-Version: 1.0\nGenerator: pyinfer\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(folder / f"{stem}-1-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{stem}.dist-info/METADATA", metadata)
        archive.writestr(f"{stem}.dist-info/WHEEL", wheel)
        archive.writestr(f"{stem}.dist-info/RECORD", "")
