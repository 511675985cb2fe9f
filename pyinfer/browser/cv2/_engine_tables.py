"""The rows and lines of the loaded engine: npm's build of opencv.js, or our own, which has more of both."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache

from pyinfer.browser.bridge import get_bridge

from ._class_table import CLASSES
from ._table import FUNCTIONS

__all__ = ["class_lines", "engine_functions", "function_rows", "is_full"]

#: A function that only our own build has.
_MARK = "pyinferBuild"


@cache
def engine_functions() -> frozenset[str]:
    """What the loaded engine has."""
    return frozenset(get_bridge().opencv.functions().split())


@cache
def is_full() -> bool:
    """Whether our own build is loaded."""
    if _MARK not in engine_functions():
        return False
    # What only its rows have is not read for npm's. (`from . import` would ask the package's __getattr__.)
    importlib.import_module("._full_kinds", __package__).register()
    return True


def function_rows(name: str) -> tuple[str, ...]:
    """A function's overloads; none if it is not in the tables."""
    if is_full():
        from ._full_table import FUNCTIONS as MORE

        if name in MORE:
            return MORE[name]
    return FUNCTIONS.get(name, ())


@cache
def class_lines() -> Mapping[str, tuple[str, ...]]:
    """The lines of every class, by Python's name."""
    if not is_full():
        return CLASSES
    from ._full_class_table import CLASSES as MORE

    return {**CLASSES, **MORE}
