"""Compares texts line by line: words exactly, the numbers between them with a tolerance."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple

from .finding import Comparison, Numbers, Tolerance, Verdict

__all__ = ["compare_texts", "without_ignored"]

_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_IGNORED = "…"
_SHOWN_LINES = 5
_SHOWN_CHARACTERS = 160
#: What printed floats may be apart near zero, as in the parity tests.
_NEAR_ZERO = 1e-9


class _Pair(NamedTuple):
    native: str
    browser: str
    difference: float
    is_beyond: bool


@dataclass
class _Tally:
    """The numbers of a text so far."""

    compared: int = 0
    total: float = 0.0
    maximum: float = 0.0
    unequal: int = 0
    beyond: int = 0
    first: tuple[str, str, str] | None = None
    first_is_beyond: bool = False

    def add(self, pair: _Pair, line: int) -> None:
        self.compared += 1
        self.total += pair.difference
        self.maximum = max(self.maximum, pair.difference)
        self.unequal += pair.native != pair.browser
        self.beyond += pair.is_beyond
        if pair.native != pair.browser and (
            self.first is None or (pair.is_beyond and not self.first_is_beyond)
        ):
            self.first = (f"line {line}", pair.native, pair.browser)
            self.first_is_beyond = pair.is_beyond

    def numbers(self) -> Numbers:
        first = self.first or ("", "", "")
        mean = self.total / self.compared if self.compared else 0.0
        return Numbers(self.compared, self.unequal, self.beyond, self.maximum, mean, *first)


def without_ignored(text: str, ignored: Sequence[re.Pattern[str]]) -> tuple[str, int]:
    """A text without the passages that are not to be compared, and how many there were."""
    count = 0
    for pattern in ignored:
        text, found = pattern.subn(_IGNORED, text)
        count += found
    return text, count


def compare_texts(
    native: str, browser: str, tolerance: Tolerance, ignored: Sequence[re.Pattern[str]] = ()
) -> Comparison:
    """Compare two texts.

    Lines that agree but for their numbers are compared by these; spaces beside a number that has
    another length are no difference then.

    Parameters
    ----------
    native, browser : str
    tolerance : Tolerance
        An integer is a number without point and exponent, on both sides.
    ignored : sequence of pattern
        What they match is not compared.
    """
    native, left_out = without_ignored(native, ignored)
    browser, left_out_there = without_ignored(browser, ignored)
    tally = _Tally()
    different: list[tuple[int, str | None, str | None]] = []
    lines = 0
    for lines, (one, other) in enumerate(zip_longest(_lines(native), _lines(browser)), 1):
        pairs = None if one is None or other is None else _pairs(one, other, tolerance)
        for pair in pairs or ():
            tally.add(pair, lines)
        if pairs is None or any(pair.is_beyond for pair in pairs):
            different.append((lines, one, other))
    numbers = tally.numbers()
    size = f"{lines:,} line{'' if lines == 1 else 's'}" if lines else "nothing"
    passages = max(left_out, left_out_there)
    if passages:
        size += f" ({passages:,} passage{'' if passages == 1 else 's'} ignored)"
    if different:
        words = f"{len(different):,} of {size} differ{'s' if len(different) == 1 else ''}"
        if _agree_in_words(different):
            words += f", in numbers only: {numbers.maximum:.3g} at most"
        return Comparison(Verdict.DIFFERS, words, list(_shown(different)), numbers)
    if numbers.unequal:
        return Comparison(Verdict.CLOSE, f"{size}, {numbers.words()}", [numbers.place()], numbers)
    return Comparison(Verdict.SAME, f"{size}, equal" if lines else "nothing on either side")


def _lines(text: str) -> list[str]:
    return text.split("\n")[: -1 if text.endswith("\n") else None] if text else []


def _pairs(native: str, browser: str, tolerance: Tolerance) -> list[_Pair] | None:
    """The numbers of two lines; None if the lines differ in more than these."""
    if native == browser:
        return [_Pair(text, text, 0.0, False) for text in _NUMBER.findall(native)]
    ours, theirs = _NUMBER.findall(native), _NUMBER.findall(browser)
    if len(ours) != len(theirs) or ours == theirs or _words(native) != _words(browser):
        return None
    return [_pair(one, other, tolerance) for one, other in zip(ours, theirs, strict=True)]


def _words(line: str) -> list[str]:
    return [" ".join(part.split()) for part in _NUMBER.split(line)]


def _pair(native: str, browser: str, tolerance: Tolerance) -> _Pair:
    if native == browser:
        return _Pair(native, browser, 0.0, False)
    if _is_integer(native) and _is_integer(browser):
        apart = abs(int(native) - int(browser))
        return _Pair(native, browser, float(apart), apart > tolerance.levels)
    difference = abs(float(native) - float(browser))
    allowed = max(_NEAR_ZERO, tolerance.absolute + tolerance.relative * abs(float(native)))
    return _Pair(native, browser, difference, not difference <= allowed)


def _is_integer(text: str) -> bool:
    return text.lstrip("+-").isdecimal()


def _agree_in_words(different: Sequence[tuple[int, str | None, str | None]]) -> bool:
    return all(one and other and _words(one) == _words(other) for _, one, other in different)


def _shown(different: Sequence[tuple[int, str | None, str | None]]) -> Iterator[str]:
    for line, native, browser in different[:_SHOWN_LINES]:
        yield f"line {line} natively:       {_shortened(native, browser)}"
        yield f"line {line} in the browser: {_shortened(browser, native)}"
    if len(different) > _SHOWN_LINES:
        yield f"and {len(different) - _SHOWN_LINES:,} more"


def _shortened(line: str | None, other: str | None) -> str:
    """A line, or the part of a long one that begins shortly before it differs."""
    if line is None:
        return "(no such line)"
    if len(line) <= _SHOWN_CHARACTERS:
        return line
    differs = next((i for i, (a, b) in enumerate(zip(line, other or "", strict=False)) if a != b), 0)
    begin = max(0, differs - _SHOWN_CHARACTERS // 2)
    part = line[begin : begin + _SHOWN_CHARACTERS]
    return f"{'…' if begin else ''}{part}{'…' if begin + _SHOWN_CHARACTERS < len(line) else ''}"
