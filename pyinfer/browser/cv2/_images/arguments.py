"""Arguments of the image file functions, bound by native's signatures and refused in its words."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np

from .._bind import bind
from .._convert import CONVERTERS
from .._convert_arrays import Call
from .._errors import Mismatch, bad_arguments, no_overload, wrong_item
from .._mat import check_output, element_type_and_sizes, narrow
from .._spec import ARRAYS, FunctionSpec, Overload, Parameter, parse_row
from .._table import SIGNATURES
from .animation import Animation

__all__ = ["bound"]

P = ParamSpec("P")
R = TypeVar("R")


def bound(function: Callable[P, R]) -> Callable[P, R]:
    """Have a function called with native's arguments, by keyword; those left out are left out.

    Raises
    ------
    cv2.error, TypeError
        No overload fits.
    """
    name = function.__name__
    spec = FunctionSpec.of(name, map(parse_row, SIGNATURES[name]))

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> R:
        mismatches: list[tuple[Overload, Mismatch]] = []
        for overload in spec.overloads:
            try:
                given = _given(name, overload, args, kwargs)
            except Mismatch as mismatch:
                mismatches.append((overload, mismatch))
            else:
                return cast(Callable[..., R], function)(**given)
        raise _refusal(spec, mismatches)

    return call


def _given(name: str, overload: Overload, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    given = {}
    for parameter, value in zip(overload.parameters, bind(name, overload, args, kwargs), strict=True):
        if value is not None or (parameter.required and parameter.input):
            given[parameter.name] = _converted(parameter, value)
    return given


def _refusal(spec: FunctionSpec, mismatches: list[tuple[Overload, Mismatch]]) -> Exception:
    """Native tries an overload with arrays twice; one of several may have none."""
    without = [m for overload, m in mismatches if not any(p.kind in ARRAYS for p in overload.parameters)]
    if not without or len(mismatches) == 1:
        return bad_arguments(spec.name, [mismatch for _, mismatch in mismatches], spec.takes_arrays)
    reasons = [str(mismatch) for _, mismatch in mismatches]
    for _, mismatch in mismatches:
        if mismatch not in without:
            with_array = f"Expected Ptr<cv::UMat> for argument '{mismatch.array}'"
            reasons.append(with_array if mismatch.array else str(mismatch))
    return no_overload(spec.name, reasons)


def _converted(parameter: Parameter, value: Any) -> Any:
    if parameter.name == "filename":
        try:
            return os.fsdecode(value)
        except TypeError:
            raise Mismatch("Expected 'filename' to be a str or path-like object") from None
    if parameter.kind == "Mat":
        if parameter.output:
            check_output(value, parameter.name)
            return value
        return _array(parameter, value)
    if parameter.kind == "Mat[]":
        return _arrays(parameter, value)
    if parameter.kind == "Animation":
        if not isinstance(value, Animation):
            raise Mismatch(f"Expected cv::Animation for argument '{parameter.name}'")
        return value
    call = Call()
    letter = CONVERTERS[parameter.kind](call, parameter, value)
    if letter == "i":
        return call.flat[1:]
    return call.flat[0] if len(call.flat) == 1 else tuple(call.flat)


def _array(parameter: Parameter, value: Any) -> Any:
    if value is None:
        return np.empty((0, 0), np.uint8)
    if isinstance(value, (int, float)):
        return np.array([[value], [0], [0], [0]], np.float64)
    if not isinstance(value, np.ndarray):
        raise Mismatch(f"{parameter.name} is not a numpy array, neither a scalar", parameter.name)
    element_type_and_sizes(value, parameter.name, nd=False)
    array = narrow(value)
    if array.dtype == bool:
        array = array.view(np.uint8)
    return array.reshape(1, -1) if array.ndim < 2 else array


def _arrays(parameter: Parameter, value: Any) -> list[Any]:
    if not isinstance(value, (Sequence, np.ndarray)):
        raise Mismatch(f"Can't parse '{parameter.name}'. Input argument doesn't provide sequence protocol")
    arrays = []
    for index, item in enumerate(value):
        try:
            arrays.append(_array(parameter, item))
        except Mismatch:
            raise wrong_item(parameter.name, index) from None
    return arrays
