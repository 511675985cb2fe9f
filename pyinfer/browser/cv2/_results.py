"""What a call reported, in native's types and order: a reader a kind."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ._convert_arrays import Written
from ._errors import raise_engine_failure
from ._mat import MOST_ARGUMENTS, Array, Engine, new_array
from ._spec import MOMENTS

__all__ = [
    "HOLDERS",
    "READERS",
    "STRUCTURES",
    "Later",
    "Reader",
    "read_array",
    "read_results",
    "real",
    "whole",
]

_SEPARATOR = "\x1f"

#: Stands for an output that the engine has copied to the array it was given.
_WRITTEN = "="


def whole(numbers: list[str]) -> tuple[int, ...]:
    """Integers."""
    return tuple(int(number) for number in numbers)


def real(numbers: list[str]) -> tuple[float, ...]:
    """Floats."""
    return tuple(float(number) for number in numbers)


def _rotated_rectangle(numbers: list[str]) -> Any:
    x, y, width, height, angle = real(numbers)
    return (x, y), (width, height), angle


#: Kind -> how many numbers make it up, and how.
STRUCTURES: dict[str, tuple[int, Callable[[list[str]], Any]]] = {
    "int": (1, lambda numbers: int(numbers[0])),
    "enum": (1, lambda numbers: int(numbers[0])),
    "double": (1, lambda numbers: float(numbers[0])),
    "float": (1, lambda numbers: float(numbers[0])),
    "bool": (1, lambda numbers: numbers[0] != "0"),
    "Size": (2, whole),
    "Point": (2, whole),
    "Point2f": (2, real),
    "Rect": (4, whole),
    "Scalar": (4, real),
    "RotatedRect": (5, _rotated_rectangle),
    "Moments": (24, lambda numbers: dict(zip(MOMENTS, real(numbers), strict=True))),
}


@dataclass(frozen=True)
class Later:
    """A result that can be made when the arrays have been fetched."""

    make: Callable[[], Any]


def _finished(kind: str, written: Written | None) -> Any:
    """The arrays that were given, when the engine has written to them."""
    assert written is not None
    written.finish()
    finished = tuple(written.arrays) if kind.endswith("[]") else written.arrays[0]
    return HOLDERS[kind](finished) if kind in HOLDERS else finished


class Reader:
    """Makes results out of a report, and gathers the arrays whose elements are still to be fetched."""

    __slots__ = ("arrays",)

    def __init__(self) -> None:
        self.arrays: list[Array] = []

    def mat(self, part: str) -> Array | None:
        if not part:
            return None
        array = new_array(part)
        self.arrays.append(array)
        return array

    def output(self, kind: str, written: Written | None, part: str) -> Any:
        if part == _WRITTEN:
            return _finished(kind, written)
        if kind == "Mat":
            return self.mat(part)
        if kind == "Mat[]":
            return tuple(map(self.mat, part.split(";")[1:]))
        if kind in READERS:
            return READERS[kind](self, part)
        return STRUCTURES[kind][1](part.split(","))

    def returned(self, kinds: tuple[str, ...], part: str) -> list[Any]:
        if kinds in (("Mat",), ("Mat[]",)) or kinds[0] in READERS:
            return [self.output(kinds[0], None, part)]
        if kinds == ("String",):
            return [json.loads(part)]
        numbers = part.split(",")
        values = []
        for kind in kinds:
            count, make = STRUCTURES[kind]
            values.append(make(numbers[:count]))
            numbers = numbers[count:]
        return values


#: Kind -> what holds the arrays that were given, if it is not themselves; other modules add them.
HOLDERS: dict[str, Callable[[Any], Any]] = {}

#: Readers of kinds that other modules add.
READERS: dict[str, Callable[[Reader, str], Any]] = {}


def read_array(engine: Engine, report: str) -> Array:
    """The array of a call that reports one new array and nothing else, in a second crossing."""
    array = new_array(report)
    if not engine.fetch(id(array)):
        raise_engine_failure()
    return array


def read_results(
    engine: Engine,
    returns: tuple[str, ...],
    outputs: tuple[str, ...],
    written: list[Written | None],
    report: str,
) -> Any:
    """None, the one result, or a tuple of them: the returned value, then the outputs in C++ order.

    Parameters
    ----------
    returns : tuple of str
        The kinds that make up the returned value; empty for none.
    outputs : tuple of str
        The kinds of the output parameters, as far as they took part and further.
    written : list
        For each output the arrays that were given to be written to.
    report : str
        What the call returned. Arrays are fetched in one crossing more, or several if many; copied once.
    """
    if report == _WRITTEN:
        return _finished(outputs[0], written[0])
    reader = Reader()
    if not returns and len(written) == 1:
        results = [reader.output(outputs[0], written[0], report)]
    else:
        # An array without data is an empty part, and may be all that is reported.
        parts = report.split(_SEPARATOR) if report or returns else []
        results = reader.returned(returns, parts.pop(0)) if returns else []
        for kind, target, part in zip(outputs[: len(written)], written, parts, strict=True):
            results.append(reader.output(kind, target, part))
    for first in range(0, len(reader.arrays), MOST_ARGUMENTS):
        if not engine.fetch(*map(id, reader.arrays[first : first + MOST_ARGUMENTS])):
            raise_engine_failure()
    for index, result in enumerate(results):
        if type(result) is Later:
            results[index] = result.make()
    return tuple(results) if len(results) > 1 else results[0] if results else None
