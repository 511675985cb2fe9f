"""Python values to C++'s vectors, points, rectangles and wide integers, for what opencv.js does not compute.

Each mirrors the ``pyopencv_to`` of its type in native's cv2_convert.cpp and cv2_convert.hpp, messages
included. Where the items have several numbers the result is an array with a row an item.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from ._convert import CONVERTERS
from ._convert_arrays import Call, is_sequence, length_of, numbers_of, sequence_of
from ._errors import Mismatch, Overflow, wrong_item
from ._spec import Parameter
from ._structures import KeyPoint

__all__ = ["SEQUENCES"]

Array = npt.NDArray[Any]
ItemConverter = Callable[[Parameter, Any], list[Any]]


def _by_engine(kind: str) -> ItemConverter:
    """What the engine's converter of this kind makes of one item."""

    def convert(parameter: Parameter, value: Any) -> list[Any]:
        call = Call()
        CONVERTERS[kind](call, parameter, value)
        return call.flat

    return convert


def _doubles(count: int) -> ItemConverter:
    number = _by_engine("double")

    def convert(parameter: Parameter, value: Any) -> list[Any]:
        name = parameter.name
        if value is None:
            return [0.0] * count
        if is_sequence(value) and length_of(value) != count:
            length = length_of(value)
            raise Mismatch(f"Can't parse '{name}'. Expected sequence length {count}, got {length}")
        sequence_of(name, value)
        numbers = []
        for index in range(count):
            try:
                numbers += number(parameter, value[index])
            except Mismatch:
                raise wrong_item(name, index) from None
        return numbers

    return convert


def _rows(item: ItemConverter, count: int, dtype: Any, fitting: str) -> Callable[[Parameter, Any], Array]:
    """Items of ``count`` numbers; arrays of the ``fitting`` kinds need no loop."""

    def convert(parameter: Parameter, value: Any) -> Array:
        if value is None:
            return np.empty((0, count), dtype)
        sequence_of(parameter.name, value)
        array = _as_array(value, fitting, dtype)
        if array is not None and array.shape[1:] == (count,):
            return array.astype(dtype)
        rows = []
        for index in range(len(value)):
            try:
                rows.append(item(parameter, value[index]))
            except Mismatch:
                raise wrong_item(parameter.name, index) from None
        return np.array(rows, dtype).reshape(-1, count)

    return convert


def _numbers(kind: str, dtype: Any, fitting: str) -> Callable[[Parameter, Any], list[Any]]:
    convert_items = _by_engine(kind)

    def convert(parameter: Parameter, value: Any) -> list[Any]:
        if isinstance(value, np.ndarray) and value.ndim > 1:
            raise Mismatch(f"Can't parse {value.ndim}D array as '{parameter.name}' vector argument")
        array = _as_array(value, fitting, dtype)
        if array is not None and array.ndim == 1:
            return cast(list[Any], array.astype(dtype).tolist())
        return convert_items(parameter, value)[1:]

    return convert


def _as_array(value: Any, fitting: str, dtype: Any) -> Array | None:
    """An array of numbers, or one made of a list, if native takes each of them for this type; else None."""
    if isinstance(value, np.ndarray):
        return value if _fits(value, fitting, dtype) else None
    if not isinstance(value, (list, tuple)):
        return None
    types = set(map(type, value))
    if types <= {list, tuple}:
        types = set(map(type, chain.from_iterable(value)))
        if types == {float} and "f" in fitting and len(set(map(len, value))) == 1:
            return np.fromiter(chain.from_iterable(value), np.float64).reshape(len(value), -1)
    elif types == {np.ndarray} and all(_fits(row, fitting, dtype) for row in value):
        types = set()
    if not types <= {int, float}:
        return None
    try:
        array = np.array(value)
    except (ValueError, OverflowError):
        return None
    if array.dtype.kind in "iu" and "f" in fitting:
        return array.astype(np.float64)  # Python's integers, or arrays that have been looked at
    return array if _fits(array, fitting, dtype) else None


def _fits(value: Array, fitting: str, dtype: Any) -> bool:
    """Whether each of the array's numbers is one that native takes for this type."""
    if value.dtype.kind not in fitting:
        return False
    if np.can_cast(value.dtype, dtype):
        return True
    if np.dtype(dtype).kind == "f":
        return value.dtype == np.float64  # whose numbers are Python's, too
    limits = np.iinfo(dtype)
    return not value.size or bool(limits.min <= value.min() and value.max() <= limits.max)


def _pair(parameter: Parameter, value: Any) -> tuple[Any, ...]:
    return tuple(_doubles(2)(parameter, value))


def _rectangle(parameter: Parameter, value: Any) -> tuple[Any, ...]:
    return tuple(_doubles(4)(parameter, value))


def _backend(parameter: Parameter, value: Any) -> int:
    return int(_by_engine("enum")(parameter, value)[0])


def _key_point(parameter: Parameter, value: Any) -> KeyPoint:
    if value is None:
        return KeyPoint()
    if not isinstance(value, KeyPoint):
        raise Mismatch(f"Expected cv::KeyPoint for argument '{parameter.name}'")
    return value


def _key_points(parameter: Parameter, value: Any) -> list[KeyPoint]:
    if value is None:
        return []
    sequence_of(parameter.name, value)
    found = []
    for index in range(len(value)):
        try:
            found.append(_key_point(parameter, value[index]))
        except Mismatch:
            raise wrong_item(parameter.name, index) from None
    return found


def _size_t(parameter: Parameter, value: Any) -> int:
    name = parameter.name
    number = _integer(parameter, value, "integer type")
    if number < 0 and isinstance(value, np.integer):
        raise Mismatch(f"Argument '{name}' can not be safely parsed to 'size_t'")
    if number < 0:
        raise Overflow("can't convert negative value to size_t")
    if number >= 2**64:
        raise Overflow("Python int too large to convert to C size_t")
    return number


def _int64(parameter: Parameter, value: Any) -> int:
    number = _integer(parameter, value, "integer")
    if not -(2**63) <= number < 2**63:
        raise Overflow("int too big to convert")
    return number


def _integer(parameter: Parameter, value: Any, wanted: str) -> int:
    if value is None:
        return int(parameter.default or 0)
    if isinstance(value, (bool, np.bool_)):
        raise Mismatch(f"Argument '{parameter.name}' must be {wanted}, not bool")
    if not isinstance(value, (int, np.integer)):
        raise Mismatch(f"Argument '{parameter.name}' is required to be an integer")
    return int(value)


def _vec2i(parameter: Parameter, value: Any) -> tuple[int, ...] | None:
    """C++ takes an array, or what stands for one, and rounds its numbers."""
    if value is None:
        return None
    numbers = np.ravel(value if isinstance(value, np.ndarray) else numbers_of(parameter, value))
    if numbers.size != 2:
        raise Mismatch(f"Conversion error: {parameter.name}, what: {numbers.size} numbers for two")
    limits = np.iinfo(np.int32)
    return tuple(np.clip(np.rint(numbers), limits.min, limits.max).astype(int).tolist())


#: Kind -> converter, which raises Mismatch.
SEQUENCES: dict[str, Callable[[Parameter, Any], Any]] = {
    "int[]": _numbers("int[]", np.int32, "iu"),
    "float[]": _numbers("float[]", np.float32, "iuf"),
    "double[]": _numbers("double[]", np.float64, "iuf"),
    "Point2d": _pair,
    "Rect2d": _rectangle,
    "Point2f[]": _rows(_by_engine("Point2f"), 2, np.float32, "iuf"),
    "Rect[]": _rows(_by_engine("Rect"), 4, np.int32, "iu"),
    "Rect2d[]": _rows(_doubles(4), 4, np.float64, "iuf"),
    "RotatedRect[]": _rows(_by_engine("RotatedRect"), 5, np.float32, ""),
    "dnn_Backend": _backend,
    "size_t": _size_t,
    "int64": _int64,
    "Vec2i": _vec2i,
    "KeyPoint": _key_point,
    "KeyPoint[]": _key_points,
}
