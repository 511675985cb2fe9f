"""Which distribution an import or a requirement means, and whether a browser can have it."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from pyinfer.check.conditions import BROWSER_VERSION
from pyinfer.check.verdict import MISSING, UNCLEAR, WORKS, Verdict
from pyinfer.errors import DownloadError
from pyinfer.host.lock_file import SHADOWED
from pyinfer.host.package_index import ReleaseFile, release_files
from pyinfer.host.pins import read_pins
from pyinfer.host.pyodide_wheels import pyodide_lock

__all__ = ["Distributions", "judge_files"]

_PYTHON = Version(".".join(map(str, BROWSER_VERSION[:3])))


class Distributions:
    """What the browser can have: stand-ins, the Pyodide distribution, and pure wheels of the index.

    Parameters
    ----------
    requirements : iterable of Requirement
        What the program states: imports are looked for among them.
    folders : iterable of Path
        Where else distributions are installed, beside what is checked.
    ask_index : bool
        Whether the package index may be asked.
    """

    def __init__(self, requirements: Iterable[Requirement], folders: Iterable[Path], ask_index: bool) -> None:
        self._stated = {canonicalize_name(each.name): each for each in requirements}
        self._folders = list(folders)
        self._ask_index = ask_index
        self._listed: dict[str, list[ReleaseFile]] = {}
        self._unreachable = False

    @cached_property
    def _stand_ins(self) -> Mapping[str, str]:
        return read_pins().stand_ins

    @cached_property
    def _entries(self) -> dict[str, Any]:
        """The Pyodide distribution's packages that programs may have."""
        return {
            name: entry
            for name, entry in pyodide_lock()["packages"].items()
            if entry["package_type"] == "package" and name not in SHADOWED and not name.endswith("-tests")
        }

    @cached_property
    def _by_import(self) -> dict[str, str]:
        """Top-level module -> the distribution that has it."""
        found = dict(_installed(self._folders))
        for name, entry in self._entries.items():
            found |= {module.partition(".")[0]: name for module in entry["imports"]}
        return found

    def requirement_of(self, module: str) -> Requirement:
        """The distribution that an import needs, as it is stated or else by its name."""
        top = module.partition(".")[0]
        return self._stated_for(top) or Requirement(canonicalize_name(self._by_import.get(top, top)))

    def judge_import(self, module: str) -> tuple[str, Verdict]:
        """The name of what a module needs, and whether a browser can have it."""
        requirement = self.requirement_of(module)
        verdict = self.verdict(requirement)
        if self.is_guessed(module):
            why = f"{verdict.why} (no requirement says what it is: taken by its name)"
            verdict = replace(verdict, why=why)
        return requirement.name, verdict

    def is_guessed(self, module: str) -> bool:
        """Whether nothing but its name tells what an import needs."""
        top = module.partition(".")[0]
        return top not in self._by_import and self._stated_for(top) is None

    def _stated_for(self, top: str) -> Requirement | None:
        name = canonicalize_name(top)
        # As distributions are often called: pyDeprecate brings `deprecate`.
        usual = (
            self._by_import.get(top, top),
            top,
            f"py{name}",
            f"python-{name}",
            f"{name}-python",
            f"py-{name}",
        )
        found = (self._stated.get(canonicalize_name(each)) for each in usual)
        return next(filter(None, found), None)

    def prepare(self, requirements: Iterable[Requirement]) -> None:
        """Ask the index for all that only it can know, at once."""
        names = {canonicalize_name(each.name) for each in requirements if not each.url}
        wanted = sorted(names - self._stand_ins.keys() - self._entries.keys() - self._listed.keys())
        if not wanted or not self._ask_index or self._unreachable:
            return
        try:
            self._listed |= release_files(wanted)
        except DownloadError:
            self._unreachable = True

    def verdict(self, requirement: Requirement) -> Verdict:
        """Whether a browser can have it; those that `prepare` was not told of are not known."""
        name = canonicalize_name(requirement.name)
        if name in self._stand_ins:
            return Verdict(WORKS, f"pyinfer's own, as version {self._stand_ins[name]}")
        if requirement.url:
            return Verdict(UNCLEAR, "it comes from an address, which is not asked")
        if name in self._entries:
            version = self._entries[name]["version"]
            if requirement.specifier.contains(version, prereleases=True):
                return Verdict(WORKS, f"in the Pyodide distribution, as version {version}")
            return Verdict(
                MISSING,
                f"the Pyodide distribution has version {version}, not {requirement.specifier}",
                f"{name}=={version}",
            )
        if name not in self._listed:
            return Verdict(
                UNCLEAR, "not known (no network)" if self._ask_index else "the package index was not asked"
            )
        return judge_files(requirement, self._listed[name])


def _installed(folders: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Top-level modules of installed distributions."""
    for module, names in importlib.metadata.packages_distributions().items():
        yield module, names[0]
    for distribution in importlib.metadata.distributions(path=[str(folder) for folder in folders]):
        for file in distribution.files or ():
            if file.suffix == ".py" and len(file.parts) <= 2 and ".." not in file.parts:
                yield file.parts[0].removesuffix(".py"), distribution.metadata["Name"]


def judge_files(requirement: Requirement, files: list[ReleaseFile]) -> Verdict:
    """Whether one of the files that the index lists, the newest first, is for a browser's Python."""
    if not files:
        return Verdict(UNCLEAR, f"the package index has no project {requirement.name}")
    fitting = [each for each in files if _fits(each, requirement)]
    pure = next((each for each in fitting if _is_pure(each.file_name)), None)
    if pure:
        return Verdict(WORKS, f"a pure-Python wheel of the package index, version {pure.version}")
    if not fitting:
        return Verdict(
            MISSING, f"no release for {requirement} and Python {BROWSER_VERSION[0]}.{BROWSER_VERSION[1]}"
        )
    if any(each.file_name.endswith(".whl") for each in fitting):
        return Verdict(MISSING, "its wheels are for desktops, and none is pure Python")
    return Verdict(
        UNCLEAR,
        "the package index has its source only",
        f"`pip wheel --no-deps {requirement.name}`: if its wheel ends in -none-any.whl, a browser takes that",
    )


def _fits(file: ReleaseFile, requirement: Requirement) -> bool:
    try:
        needs = SpecifierSet(file.requires_python)
        return Version(file.version) in requirement.specifier and _PYTHON in needs
    except (InvalidVersion, InvalidSpecifier):
        return False


def _is_pure(file_name: str) -> bool:
    try:
        tags = parse_wheel_filename(file_name)[3]
    except InvalidWheelFilename:
        return False
    return any(
        tag.abi == "none" and tag.platform == "any" and tag.interpreter in ("py3", "py314") for tag in tags
    )
