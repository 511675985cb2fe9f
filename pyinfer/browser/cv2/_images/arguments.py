"""Arguments of the image file functions, bound by native's signatures and refused in its words."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np

from .._bind import bind
from .._errors import Mismatch, bad_arguments
from .._spec import FunctionSpec, Overload, Parameter, parse_row
from .._substitute import checked_output, converted, mat_of
from .._table import SIGNATURES
from .._umat import call_with_arrays, has_umat
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
        mismatches = []
        for overload in spec.overloads:
            try:
                given = _given(name, overload, args, kwargs)
            except Mismatch as mismatch:
                mismatch.twice = overload.takes_arrays
                mismatches.append(mismatch)
            else:
                return cast(Callable[..., R], function)(**given)
        if has_umat(args, kwargs):
            return cast(R, call_with_arrays(call, spec, args, kwargs))
        raise bad_arguments(spec.name, mismatches, spec.takes_arrays)

    return call


def _given(name: str, overload: Overload, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    given = {}
    for parameter, value in zip(overload.parameters, bind(name, overload, args, kwargs), strict=True):
        if value is not None or (parameter.required and parameter.input):
            given[parameter.name] = _taken(parameter, value)
    return given


def _taken(parameter: Parameter, value: Any) -> Any:
    if parameter.name == "filename":
        try:
            return os.fsdecode(value)
        except TypeError:
            raise Mismatch("Expected 'filename' to be a str or path-like object") from None
    if parameter.output and parameter.kind == "Mat":
        return checked_output(parameter, value)
    if parameter.kind == "Animation" and not isinstance(value, Animation):
        raise Mismatch(f"Expected cv::Animation for argument '{parameter.name}'")
    return converted(parameter, value, _image)


def _image(parameter: Parameter, value: Any) -> Any:
    """The array of an image or of bytes: nothing is empty, booleans are bytes, and one axis is a row."""
    array = mat_of(parameter, value)
    if array is None:
        return np.empty((0, 0), np.uint8)
    if array.dtype == bool:
        array = array.view(np.uint8)
    return array.reshape(1, -1) if array.ndim < 2 else array
