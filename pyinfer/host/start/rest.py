"""What a start does not read: fetched as a whole when a module of it is imported."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyinfer.host.progress import note

from .browser_folders import PREFIX, SHARED_LIBRARIES
from .distribution import Distribution
from .split import Split, module_names

__all__ = ["Rest", "rests"]


@dataclass
class Rest:
    """The content of one archive.

    Attributes
    ----------
    name : str
        Of the distribution.
    folder : str
        Where to unpack it in the browser.
    modules : set of str
        Dotted names of what has not been there before. No other rest has one of them.
    files : dict of str to bytes
        Content by path, relative to the folder; some lie outside it.
    """

    name: str
    folder: str
    modules: set[str]
    files: dict[str, bytes]


def rests(splits: Sequence[tuple[Distribution, Split]], depends: Mapping[str, Iterable[str]]) -> list[Rest]:
    """The rests of all distributions.

    Distributions that share a package without a module of its own share a rest. Shared libraries come
    with what is linked with them. So do files that belong outside site-packages, if all of their
    distribution is fetched later; else there are none, and that is said.

    Parameters
    ----------
    splits : sequence of (Distribution, Split)
        What is parted.
    depends : mapping of str to iterable of str
        Names of the distributions that each needs.
    """
    libraries = {each.name: (each, parts) for each, parts in splits if each.folder == SHARED_LIBRARIES}
    found: list[Rest] = []
    for each, parts in splits:
        is_begun = bool(parts.first or parts.libraries)
        if each.data and is_begun:
            note(f"{each.name}: browsers lack its files for {PREFIX}{min(each.data).partition('/')[0]}")
        if not parts.rest or each.name in libraries:
            continue
        rest = Rest(
            each.name,
            each.folder,
            modules=set(module_names(parts.rest, (*parts.first, *parts.libraries))),
            files={path: each.files[path] for path in parts.rest},
        )
        for name in _needed(each.name, libraries, depends):
            library, split = libraries[name]
            for path in split.rest:
                rest.files[_seen_from(each.folder, library.place(path))] = library.files[path]
        if not is_begun:
            for path, content in each.data.items():
                rest.files[_seen_from(each.folder, f"{PREFIX}{path}")] = content
        _add(found, rest)
    return found


def _needed(
    name: str, libraries: Mapping[str, object], depends: Mapping[str, Iterable[str]]
) -> dict[str, None]:
    """The shared libraries that a distribution is linked with, and those that they are."""
    found: dict[str, None] = {}
    waiting = list(depends.get(name, ()))
    while waiting:
        other = waiting.pop()
        if other in libraries and other not in found:
            found[other] = None
            waiting += depends.get(other, ())
    return found


def _seen_from(folder: str, place: str) -> str:
    return posixpath.relpath(place, folder)


def _add(found: list[Rest], rest: Rest) -> None:
    """Add a rest to those that it has modules in common with, or as another."""
    for other in [*found]:
        if other.folder == rest.folder and not other.modules.isdisjoint(rest.modules):
            found.remove(other)
            rest = Rest(other.name, other.folder, other.modules | rest.modules, {**rest.files, **other.files})
    found.append(rest)
