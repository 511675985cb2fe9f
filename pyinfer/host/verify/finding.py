"""What a comparison finds, and how far numbers may be apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import numpy as np

__all__ = ["Comparison", "Finding", "Numbers", "Pictures", "Tolerance", "Verdict", "together"]

#: Of any shape and type.
Array = np.ndarray[Any, Any]


class Verdict(Enum):
    """What is to be said of one thing, from the best to the worst."""

    SAME = "same"
    CLOSE = "close"
    DIFFERS = "differs"

    @property
    def rank(self) -> int:
        """0 for the best."""
        return list(Verdict).index(self)


@dataclass(frozen=True)
class Tolerance:
    """How far numbers may be apart.

    Attributes
    ----------
    relative : float
        Of floats, relative to the native one; in an array to its largest, too. float16 has fewer digits,
        and is allowed two units in its last place.
    absolute : float
        Of floats.
    levels : int
        Of integers, grey levels among them.
    """

    relative: float = 1e-5
    absolute: float = 0.0
    levels: int = 0


@dataclass(frozen=True)
class Numbers:
    """How far apart the numbers of two sides are.

    Attributes
    ----------
    compared : int
        How many pairs there were.
    unequal, beyond : int
        How many of them are not equal, and how many are further apart than is tolerated.
    maximum, mean : float
        Of the absolute differences of all pairs that are finite on both sides.
    first : str
        Where the first pair is that is beyond the tolerance, or else the first that is unequal.
    native, browser : str
        That pair.
    """

    compared: int
    unequal: int
    beyond: int
    maximum: float
    mean: float
    first: str
    native: str
    browser: str

    def words(self) -> str:
        """In one line, of numbers that are not all equal."""
        many = self.beyond or self.unequal
        state = ("differs", "is") if many == 1 else ("differ", "are")
        outcome = state[0] if self.beyond else f"{state[1]} within tolerance"
        share = f"{many:,} of {self.compared:,} numbers {outcome}"
        return f"{share}: {self.maximum:.3g} at most, {self.mean:.3g} on average"

    def place(self) -> str:
        """Where the first difference is, and what it is."""
        return f"first at {self.first}: natively {self.native}, in the browser {self.browser}"


@dataclass(frozen=True)
class Pictures:
    """Two images to be shown beside each other.

    Attributes
    ----------
    native, browser : numpy.ndarray
        Height, width, and channels if there are several: red, green, blue, unless ``is_bgr``.
    is_bgr : bool
        Whether the channels are blue, green, red, as OpenCV has them.
    """

    native: Array
    browser: Array
    is_bgr: bool = False


@dataclass(frozen=True)
class Comparison:
    """What comparing one thing gave.

    Attributes
    ----------
    verdict : Verdict
    words : str
        One line.
    details : sequence of str
        More lines, for somebody who looks for the reason.
    numbers : Numbers, optional
        If both sides have numbers to be compared one by one.
    pictures : Pictures, optional
        If it is something to look at.
    """

    verdict: Verdict
    words: str
    details: Sequence[str] = ()
    numbers: Numbers | None = None
    pictures: Pictures | None = None


@dataclass(frozen=True)
class Finding:
    """One line of the report.

    Attributes
    ----------
    kind : str
        ``status``, ``stdout``, ``stderr``, ``file`` or ``variable``.
    name : str
        A file's or variable's name; else the kind once more, in words.
    comparison : Comparison
    counts : bool
        Whether it decides about the outcome; else it is for information.
    """

    kind: str
    name: str
    comparison: Comparison
    counts: bool = True


def together(parts: Iterable[tuple[str, Comparison]], what: str) -> Comparison:
    """One comparison of several: the worst one's, by name, and the others' words as details.

    Parameters
    ----------
    parts : iterable of (str, Comparison)
        What was compared, each with its name.
    what : str
        What they are, such as "arrays".
    """
    named = list(parts)
    if not named:
        return Comparison(Verdict.SAME, f"no {what} on either side")
    if len(named) == 1:
        name, only = named[0]
        return replace(only, words=f"{name}: {only.words}" if name else only.words)
    worst_name, worst = max(named, key=lambda part: part[1].verdict.rank)
    if worst.verdict is Verdict.SAME:
        return Comparison(Verdict.SAME, f"{len(named)} {what}, all of them equal")
    alike = sum(part.verdict is worst.verdict for _, part in named)
    verbs = ("differs", "is") if alike == 1 else ("differ", "are")
    state = verbs[0] if worst.verdict is Verdict.DIFFERS else f"{verbs[1]} within tolerance"
    others = [f"{name}: {part.words}" for name, part in named if part.verdict is not Verdict.SAME]
    return replace(
        worst,
        words=f"{alike} of {len(named)} {what} {state}; {worst_name}: {worst.words}",
        details=[*worst.details, *others] if len(others) > 1 else worst.details,
    )
