"""Parts a distribution's files: what a start reads, and what is fetched when it is imported."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from .distribution import Distribution
from .plan import Plan

__all__ = ["Split", "module_name", "module_names", "split"]


@dataclass(frozen=True)
class Split:
    """The parts, each as paths of the distribution's files.

    Attributes
    ----------
    first : tuple of str
        In place before Python starts; the extension modules are not among them.
    libraries : tuple of str
        Extension modules and shared libraries that are linked before the start, in that order.
    rest : tuple of str
        Everything else.
    """

    first: tuple[str, ...]
    libraries: tuple[str, ...]
    rest: tuple[str, ...]


def split(distribution: Distribution, plan: Plan) -> Split:
    """Part a distribution as a plan says.

    Beside the modules that are read, a start gets the data files of their packages.
    """
    if distribution.is_whole:
        return Split(tuple(distribution.files), (), ())
    paths = {distribution.place(path): path for path in distribution.files}
    libraries = tuple(paths[place] for place in plan.libraries if place in paths)
    read = {path for place, path in paths.items() if place in plan.files and path not in libraries}
    packages = {str(PurePosixPath(path).parent) for path in (*read, *libraries)}
    known = {str(PurePosixPath(path).parent) for path in paths.values() if path.endswith((".py", ".so"))}
    data = [path for path in paths.values() if not path.endswith((".py", ".so"))]
    read |= {path for path in data if _package_of(path, known) in packages}
    return Split(
        first=tuple(sorted(read)),
        libraries=libraries,
        rest=tuple(sorted(set(paths.values()) - read - set(libraries))),
    )


def _package_of(path: str, known: set[str]) -> str:
    """The nearest folder around a file that has modules; that of site-packages itself has no name."""
    around = (str(folder) for folder in PurePosixPath(path).parents)
    return next((folder for folder in around if folder in known), ".")


def module_name(path: str) -> str | None:
    """The dotted name of the module in a file, as it is imported; None if it has none."""
    if not path.endswith((".py", ".so")):
        return None
    folder, _, name = path.rpartition("/")
    stem = name.partition(".")[0]
    parts = [*folder.split("/"), stem] if folder else [stem]
    if parts[-1] == "__init__":
        parts.pop()
    # At the top any name will do: `sysconfig` imports a module with a hyphen.
    is_module = len(parts) == 1 or all(part.isidentifier() for part in parts)
    return ".".join(parts) if parts and is_module else None


def module_names(paths: Iterable[str], others: Iterable[str] = ()) -> list[str]:
    """The dotted names of the modules in files, sorted, with the packages that have no module of their own.

    Parameters
    ----------
    paths, others : iterable of str
        The files, and those that are found elsewhere.
    """
    names = {name for name in map(module_name, paths) if name is not None}
    elsewhere = {name for name in map(module_name, others) if name is not None}
    around = {name.rpartition(".")[0] for name in names}
    while around - {""}:
        names |= around - {""} - elsewhere
        around = {name.rpartition(".")[0] for name in around}
    return sorted(names)
