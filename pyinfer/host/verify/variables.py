"""Compares what a script's variables hold at its end on both sides."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .arrays import compare_arrays
from .finding import Array, Comparison, Tolerance, Verdict, together
from .text import compare_texts

__all__ = ["Variables", "compare_variables"]


@dataclass
class Variables:
    """What ``pyinfer.browser.variables`` wrote down.

    Parameters
    ----------
    path : Path
        The file; without it nothing is defined.
    """

    path: Path

    def __post_init__(self) -> None:
        self._leaves: dict[str, list[tuple[str, dict[str, Any]]]] = {}
        self._arrays: dict[str, Array] = {}
        if self.path.is_file():
            with np.load(self.path, allow_pickle=False) as stored:
                self._leaves = json.loads(stored["description"].tobytes())
                self._arrays = {name: stored[name] for name in stored.files}

    def leaves(self, name: str) -> dict[str, Array | str | TypeError] | None:
        """What a variable holds: by the way there an array, a text, or an error that names another type.

        Returns
        -------
        dict or None
            None if there is no such variable.
        """
        if name not in self._leaves:
            return None
        return {where: self._value(kept) for where, kept in self._leaves[name]}

    def _value(self, kept: dict[str, Any]) -> Array | str | TypeError:
        if "array" in kept:
            return self._arrays[f"array{kept['array']}"]
        return TypeError(kept["type"]) if "type" in kept else str(kept["text"])


def compare_variables(name: str, native: Variables, browser: Variables, tolerance: Tolerance) -> Comparison:
    """Compare one variable.

    Parameters
    ----------
    name : str
    native, browser : Variables
    tolerance : Tolerance
    """
    ours, theirs = native.leaves(name), browser.leaves(name)
    if ours is None or theirs is None:
        where = "on either side" if ours is theirs else "natively" if ours is None else "in the browser"
        return Comparison(Verdict.DIFFERS, f"not defined {where} when the script ended")
    parts = []
    for way in dict.fromkeys([*ours, *theirs]):
        if way in ours and way in theirs:
            parts.append((way, _compare(ours[way], theirs[way], tolerance)))
        else:
            side = "natively only" if way in ours else "in the browser only"
            parts.append((way, Comparison(Verdict.DIFFERS, side)))
    # The number of its items is told only where it is not the same.
    telling = [
        part for part in parts if not part[0].startswith("len(") or part[1].verdict is not Verdict.SAME
    ]
    return together(telling or parts, "values")


def _compare(
    native: Array | str | TypeError, browser: Array | str | TypeError, tolerance: Tolerance
) -> Comparison:
    for value in (native, browser):
        if isinstance(value, TypeError):
            return Comparison(Verdict.DIFFERS, f"a {value}, which can't be compared: give an array")
    if isinstance(native, str) and isinstance(browser, str):
        return compare_texts(native, browser, tolerance)
    if isinstance(native, str) or isinstance(browser, str) or isinstance(native, TypeError):
        return Comparison(Verdict.DIFFERS, "a text or None on one side, numbers on the other")
    assert not isinstance(browser, TypeError)
    return compare_arrays(native, browser, tolerance, is_bgr=True)
