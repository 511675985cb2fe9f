"""What a call reported, in native's types and order: a reader a kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ._convert import Call
from ._mat import MatLease
from ._spec import MOMENTS
from ._vector import VectorLease, read_vector

__all__ = ["read_results"]

_SEPARATOR = "\x1f"


def _whole(numbers: list[str]) -> tuple[int, ...]:
    return tuple(int(number) for number in numbers)


def _real(numbers: list[str]) -> tuple[float, ...]:
    return tuple(float(number) for number in numbers)


def _rotated_rectangle(numbers: list[str]) -> Any:
    x, y, width, height, angle = _real(numbers)
    return (x, y), (width, height), angle


#: Kind -> how many numbers make it up, and how.
_STRUCTURES: dict[str, tuple[int, Callable[[list[str]], Any]]] = {
    "int": (1, lambda numbers: int(numbers[0])),
    "double": (1, lambda numbers: float(numbers[0])),
    "float": (1, lambda numbers: float(numbers[0])),
    "bool": (1, lambda numbers: numbers[0] != "0"),
    "Size": (2, _whole),
    "Point": (2, _whole),
    "Point2f": (2, _real),
    "Rect": (4, _whole),
    "Scalar": (4, _real),
    "RotatedRect": (5, _rotated_rectangle),
    "Moments": (24, lambda numbers: dict(zip(MOMENTS, _real(numbers), strict=True))),
}


def read_results(call: Call, returns: tuple[str, ...], outputs: tuple[str, ...], report: str) -> Any:
    """None, the one result, or a tuple of them: the returned value, then the outputs in C++ order.

    Parameters
    ----------
    returns : tuple of str
        The kinds that make up the returned value; empty for none.
    outputs : tuple of str
        The kinds of the output parameters.
    """
    if not returns and len(outputs) == 1:
        return _output(call, outputs[0], call.outputs[0], report)
    parts = report.split(_SEPARATOR) if report else []
    results = _returned(call, returns, parts.pop(0)) if returns else []
    for kind, written, part in zip(outputs, call.outputs, parts, strict=True):
        results.append(_output(call, kind, written, part))
    if len(results) > 1:
        return tuple(results)
    return results[0] if results else None


def _returned(call: Call, kinds: tuple[str, ...], part: str) -> list[Any]:
    if kinds in (("Mat",), ("Mat[]",)):
        return [_output(call, kinds[0], None, part)]
    if kinds == ("String",):
        return [part]
    numbers = part.split(",")
    values = []
    for kind in kinds:
        count, make = _STRUCTURES[kind]
        values.append(make(numbers[:count]))
        numbers = numbers[count:]
    return values


def _output(call: Call, kind: str, written: MatLease | VectorLease | None, part: str) -> Any:
    scope = call.scope
    if isinstance(written, VectorLease):
        return written.read_back(scope, part)
    identifier, _, header = part.partition(",")
    if written is not None:
        return written.read_back(scope, header)
    if kind == "Mat":
        return scope.read(scope.own(int(identifier)), header)
    if kind == "Mat[]":
        scope.own(int(part.partition(";")[0]))
        return read_vector(scope, part)
    if kind == "Point[]":
        return np.array(_whole(part.split(",")), np.int32).reshape(-1, 2) if part else ()
    return _STRUCTURES[kind][1](part.split(","))
