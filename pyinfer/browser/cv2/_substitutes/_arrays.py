"""What the families ask of an array as OpenCV sees it: its type, size and channels."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .._errors import error, opencv_error
from .._mat import element_type_and_sizes
from .._table import CHANNEL_SHIFT

__all__ = [
    "Array",
    "channels_of",
    "dimensions_of",
    "empty_operand",
    "or_none",
    "present",
    "size_of",
    "sizes_of",
    "type_of",
]

Array = npt.NDArray[Any]

_EMPTY = np.empty((0, 0), np.uint8)


def present(array: Array | None) -> Array:
    """The array; what OpenCV takes None for, an empty one of bytes."""
    return _EMPTY if array is None else array


def or_none(array: Array) -> Array | None:
    """The array as a result: None if it holds no data."""
    return array if array.size else None


def empty_operand() -> error:
    """Native's error where one factor of a product, or one term of a sum, of matrices is empty."""
    text, place = "Matrix operand is an empty matrix.", "core/src/matrix_expressions.cpp:24"
    return opencv_error(-5, "Bad argument", text, "checkOperandsExist", place)


def type_of(array: Array) -> int:
    """``CV_8UC3`` and so on."""
    return element_type_and_sizes(array, "", nd=False)[0]


def sizes_of(array: Array) -> tuple[int, ...]:
    """The shape without the channels."""
    return element_type_and_sizes(array, "", nd=False)[1]


def dimensions_of(array: Array) -> int:
    """``Mat::dims``: how many axes there are beside the channels."""
    return len(sizes_of(array))


def channels_of(array: Array) -> int:
    """How many numbers make up one element."""
    return (type_of(array) >> CHANNEL_SHIFT) + 1


def size_of(array: Array) -> tuple[int, int]:
    """(rows, columns) of an array with at most two dimensions: one dimension is a row."""
    rows, columns = (1, 1, *sizes_of(array))[-2:]
    return rows, columns
