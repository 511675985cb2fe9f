"""What an app requires, found: packages of the Pyodide distribution and pure-Python wheels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from packaging.specifiers import SpecifierSet
from packaging.utils import parse_wheel_filename

from pyinfer.errors import BuildError
from pyinfer.host.app import AppSource
from pyinfer.host.app_lock import AppLock
from pyinfer.host.lock_file import (
    BROWSER_ENVIRONMENT,
    locked_packages,
    wheel_entry,
    wheel_requirement_lines,
    wheel_version,
)
from pyinfer.host.pins import read_pins
from pyinfer.host.pyodide_wheels import pyodide_lock
from pyinfer.host.requirements import Found, gather, provided_by
from pyinfer.host.runtime import name_of_wheel
from pyinfer.host.wheels import build_wheels

__all__ = ["app_packages"]


def app_packages(source: AppSource, wheels: Sequence[Path], lock: AppLock) -> Found:
    """Find and fetch what meets an app's requirements and those of its wheels, besides what every bundle has.

    Parameters
    ----------
    source : AppSource
        The app.
    wheels : sequence of Path
        The app's own wheel and those it brings along: nothing else is taken in their places.
    lock : AppLock
        Chooses what comes from the package index.

    Raises
    ------
    BuildError
        A wheel is for another platform or another Python.
    RequirementError
        A requirement can't be met.
    SetupError
        What meets it cannot be fetched.
    """
    for wheel in wheels:
        _refuse_foreign(wheel)
    distribution = pyodide_lock()
    own: dict[str, Any] = dict(locked_packages(distribution, read_pins().packages))
    for wheel in build_wheels():
        own[name_of_wheel(wheel)] = wheel_entry(wheel, wheel.name)
    local = {name_of_wheel(wheel): wheel_version(wheel)[0] for wheel in wheels}
    provided = dict(provided_by(distribution["packages"], own))
    provided |= {name: (version, True) for name, version in local.items()}
    required = [line for wheel in wheels for line in wheel_requirement_lines(wheel)]
    found = gather(
        list(dict.fromkeys([*source.requirements, *required])),
        provided,
        distribution["packages"],
        {**own, **dict.fromkeys(local)},
        lock.choose,
    )
    return found._replace(names=[name for name in found.names if name not in own])


def _refuse_foreign(wheel: Path) -> None:
    name_of_wheel(wheel)  # or it is no wheel's
    info = pyodide_lock()["info"]
    platforms = {"any", f"pyemscripten_{info['abi_version']}_{info['arch']}"}
    if not platforms & {tag.platform for tag in parse_wheel_filename(wheel.name)[3]}:
        raise BuildError(
            f"{wheel.name} is for another platform: a browser runs pure-Python wheels (none-any) and what "
            f"`pyodide build` makes for Pyodide's ABI {info['abi_version']}"
        )
    wanted = wheel_version(wheel)[1]
    python = BROWSER_ENVIRONMENT["python_version"]
    if python not in SpecifierSet(wanted):
        raise BuildError(f"{wheel.name} requires Python {wanted}, and the browser has {python}")
