"""What a call reported, in native's types and order: a reader a kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pyinfer.browser.bridge import JsHandle

from ._convert import Call
from ._mat import MatLease, read_mat
from ._spec import MOMENTS, Overload
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


def read_results(call: Call, overload: Overload, report: str) -> Any:
    """None, the one result, or a tuple of them: the returned value, then the outputs in C++ order."""
    parts = report.split(_SEPARATOR) if report else []
    results: list[Any] = []
    taken = 0
    if overload.returns:
        results += _returned(call, overload.returns, parts[0])
        taken = 1
    kinds = (parameter.kind for parameter in overload.parameters if parameter.output)
    for kind, lease, part in zip(kinds, call.outputs, parts[taken:], strict=True):
        results.append(_output(call, kind, lease, part))
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


def _output(call: Call, kind: str, lease: MatLease | VectorLease | None, part: str) -> Any:
    if isinstance(lease, VectorLease):
        return lease.read_back(call.engine, call.scope, part)
    identifier, _, header = part.partition(",")
    if lease is not None:
        return lease.read_back(header)
    if kind == "Mat":
        mat = int(identifier)
        call.scope.add(JsHandle("Mat", mat, call.engine.release))
        return read_mat(call.engine, mat, header)
    if kind == "Mat[]":
        vector = int(part.partition(";")[0])
        call.scope.add(JsHandle("MatVector", vector, call.engine.release))
        return read_vector(call.engine, call.scope, part)
    numbers = part.split(",")
    if kind == "Point[]":
        return np.array(_whole(numbers), np.int32).reshape(-1, 2) if part else ()
    return _STRUCTURES[kind][1](numbers)
