"""What a bench gives: some values side by side, and their ratios."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from playwright.sync_api import Browser, BrowserType

__all__ = ["Bench", "Machine", "Measurement", "Ratio", "ratio"]


class Ratio(NamedTuple):
    """One value in another, and what the project has set itself, if anything."""

    words: str
    value: float
    goal: str = ""


@dataclass(frozen=True)
class Measurement:
    """Values of one kind, taken side by side.

    Attributes
    ----------
    title : str
    unit : str
        Of all values.
    values : mapping of str to float
        By what was measured.
    ratios : sequence of Ratio
    spans : mapping of str to (float, float)
        Phases in the order in which they began, if it is a course of time: from and to, in the unit.
    table : mapping of str to mapping of str to float
        Values and ratios by row and column, where there are too many to name each alone.
    notes : sequence of str
        What else is to be said.
    """

    title: str
    unit: str
    values: Mapping[str, float] = field(default_factory=dict)
    ratios: Sequence[Ratio] = ()
    spans: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    table: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Machine:
    """What a bench measures with.

    Attributes
    ----------
    browser : Browser
        For benches of speed.
    chromium_type : BrowserType
        For those that start browsers themselves.
    url : str
        Where a runtime bundle and the bench's own files are served; ``/blank`` is an empty page.
    """

    browser: Browser
    chromium_type: BrowserType
    url: str


@dataclass(frozen=True)
class Bench:
    """One entry of the list of benches.

    Attributes
    ----------
    words : str
        One line for ``--help``.
    measure : callable
        Gives measurements as they are taken.
    """

    words: str
    measure: Callable[[Machine], Iterator[Measurement]]


def ratio(values: Mapping[str, float], dividend: str, divisor: str, goal: str = "") -> Ratio:
    """The ratio of two values."""
    return Ratio(f"{dividend} / {divisor}", values[dividend] / values[divisor], goal)
