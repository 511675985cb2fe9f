"""Finds what meets requirements in the browser.

A requirement is met by the pinned Pyodide distribution where that carries it (NumPy, SciPy,
scikit-learn, lxml, ...), by the stand-ins where it names what the shims replace, and else by
pure-Python wheels that pip chooses and the cache folder keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from pyinfer.errors import DownloadError, RequirementError
from pyinfer.host.lock_file import BROWSER_ENVIRONMENT, SHADOWED, locked_packages
from pyinfer.host.places import wheels_dir
from pyinfer.host.progress import Progress
from pyinfer.host.pyodide_wheels import fetch_wheels
from pyinfer.host.resolve import Provided, resolve

__all__ = ["Choose", "Found", "gather", "is_file", "provided_by", "split", "wheel_path"]


#: Chooses, for some requirements and what is provided, names of what is provided and wheels of the rest.
Choose = Callable[[Sequence[str], Provided], tuple[list[str], list[Path]]]


class Found(NamedTuple):
    """What meets some requirements.

    ``names`` are to be loaded, ``carried`` of the pinned distribution are fetched for them, and
    ``wheels`` are the files of the others.
    """

    names: list[str]
    carried: list[str]
    wheels: dict[str, Path]


def gather(
    requirements: Sequence[str],
    provided: Provided,
    pinned: dict[str, Any],
    own: dict[str, Any],
    choose: Choose = resolve,
) -> Found:
    """Find and fetch what meets some requirements, and all of theirs.

    Parameters
    ----------
    requirements : sequence of str
        Names, specifiers, or paths of wheel files.
    provided : mapping
        What needs no package index, see :func:`provided_by`.
    pinned, own : dict
        Entries of the pinned lock file, and those that the bundle has in any case, by canonical name.
    choose : callable, optional
        Chooses wheels of the package index, as :func:`pyinfer.host.resolve.resolve` does.

    Raises
    ------
    RequirementError
        A requirement is not understood, or nothing that runs in a browser meets it.
    SetupError
        What meets it cannot be fetched.
    """
    names, others = split(requirements, provided)
    wheels: dict[str, Path] = {}
    while True:
        if others:
            names, files = choose(list(dict.fromkeys([*others, *names])), provided)
            wheels = {canonicalize_name(path.name.partition("-")[0]): path for path in files}
        closure = locked_packages({"packages": pinned}, [name for name in names if name not in own])
        carried = [name for name in closure if name not in {*own, *wheels}]
        try:
            fetch_wheels(carried, Progress())
            return Found(names, carried, wheels)
        except DownloadError:
            # A pure-Python package can be had from the package index, too.
            absent = [name for name in carried if not wheel_path(pinned[name]).is_file()]
            pure = [name for name in absent if _is_pure(pinned[name])]
            if not pure:
                raise
            provided = {name: value for name, value in provided.items() if name not in pure}
            others += pure


def wheel_path(entry: Mapping[str, Any]) -> Path:
    """Where the file of an entry of the pinned lock file lies, if it has been fetched."""
    return wheels_dir() / str(entry["file_name"])


def is_file(requirement: str) -> bool:
    """Whether a requirement is the path of a wheel."""
    return requirement.endswith(".whl") and "://" not in requirement


def _is_pure(entry: Mapping[str, Any]) -> bool:
    return str(entry["file_name"]).endswith("-none-any.whl")


def provided_by(pinned: dict[str, Any], own: dict[str, Any]) -> Provided:
    """What needs no package index, by canonical name: its version, and whether it is the only choice."""
    provided = {
        name: (entry["version"], not _is_pure(entry))
        for name, entry in pinned.items()
        if entry["package_type"] == "package" and name not in SHADOWED and not name.endswith("-tests")
    }
    # What the bundle carries is loaded in any case.
    return provided | {name: (entry["version"], True) for name, entry in own.items()}


def split(requirements: Iterable[str], provided: Provided) -> tuple[list[str], list[str]]:
    """Names that meet requirements without looking further, and the other requirements."""
    direct: list[str] = []
    others: list[str] = []
    for text in requirements:
        if is_file(text):
            path = Path(text).expanduser().absolute()
            if not path.is_file():
                raise RequirementError(f"{text}: no such file")
            others.append(str(path))
            continue
        try:
            requirement = Requirement(text)
        except InvalidRequirement as error:
            reason = str(error).splitlines()[0]
            raise RequirementError(f"{text}: neither a wheel file nor a requirement: {reason}") from None
        if requirement.marker and not requirement.marker.evaluate(BROWSER_ENVIRONMENT):
            continue
        version, is_only = provided.get(canonicalize_name(requirement.name), (None, False))
        meets = version is not None and requirement.specifier.contains(version, prereleases=True)
        if is_only and not meets:
            raise RequirementError(f"{text}: the browser has {requirement.name} {version} and no other")
        if meets and not requirement.extras and not requirement.url:
            direct.append(canonicalize_name(requirement.name))
        else:
            others.append(text)
    return direct, others
