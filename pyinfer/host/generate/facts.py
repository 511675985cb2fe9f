"""The text of ``coverage.json``: what the coverage page tells, for programs such as ``pyinfer check``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pyinfer.browser.cv2._spec import parse_row

from .coverage import DIFFERS, MISSING, Coverage, Entry
from .surface import Name

__all__ = ["render_facts"]

#: Classes that functions don't return in Python: arrays and tuples stand for them.
_CONVERTED = frozenset({"Mat", "RotatedRect"})


def render_facts(
    coverage: Coverage,
    version: str,
    names: Iterable[Name],
    bases: Mapping[str, str],
    rows: Mapping[str, tuple[str, ...]],
) -> str:
    """The file.

    Parameters
    ----------
    coverage : Coverage
        What the page is made of.
    version : str
        Native OpenCV's.
    names : iterable of Name
        All of native's.
    bases : mapping
        Class -> the one that it is derived from, or an empty string.
    rows : mapping
        Function -> its overloads, which tell what it returns.

    Returns
    -------
    str
        JSON. Names are below ``cv2``, in lists of words; ``differs`` has how, ``missing`` why and what
        instead. ``makes`` has the class of the object that a function returns.
    """
    kinds = {name.full: name.kind for name in names}
    entries = list(_entries(coverage))
    missing: dict[tuple[str, str | None], list[str]] = {}
    for entry in entries:
        if entry.lack:
            missing.setdefault((entry.lack.reason, entry.lack.alternative), []).append(entry.name)
    content = {
        "version": version,
        "modules": _words(name for name, kind in kinds.items() if kind == "module"),
        "values": _words(name for name, kind in kinds.items() if kind in ("constant", "value")),
        "functions": _words(coverage.functions),
        "classes": {name: bases.get(name, "") for name in sorted(coverage.classes)},
        "members": {
            name: _words(entry.name.rpartition(".")[2] for entry in members)
            for name, members in coverage.members.items()
        },
        "aliases": coverage.aliases,
        "makes": dict(sorted(_makers(coverage, rows))),
        "differs": {entry.name: entry.how for entry in entries if entry.status == DIFFERS},
        MISSING: [[why, instead, _words(alike)] for (why, instead), alike in missing.items()],
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _entries(coverage: Coverage) -> Iterator[Entry]:
    yield from coverage.functions.values()
    yield from coverage.classes.values()
    for members in coverage.members.values():
        yield from members


def _makers(coverage: Coverage, rows: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """Functions that return one object of a class, whatever the overload."""
    for name in coverage.functions:
        found = {parse_row(row).returns for row in rows.get(name, ())}
        kinds: tuple[Any, ...] = found.pop() if len(found) == 1 else ()
        if len(kinds) == 1:
            module = name.rpartition(".")[0]
            for candidate in (f"{module}.{kinds[0]}".strip("."), kinds[0]):
                if candidate in coverage.classes and candidate not in _CONVERTED:
                    yield name, candidate
                    break


def _words(names: Iterable[str]) -> str:
    return " ".join(sorted(names))
