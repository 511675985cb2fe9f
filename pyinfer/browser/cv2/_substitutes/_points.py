"""Sets of points as OpenCV takes them, and the errors of its checks."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .._errors import error, opencv_error

__all__ = ["Check", "count_of", "empty_mask", "failed_check", "points_of", "shaped_mask"]

Array = npt.NDArray[Any]

_RELATIONS = {
    "==": "equal to",
    ">=": "greater than or equal to",
    ">": "greater than",
    "<=": "less than or equal to",
    "<": "less than",
}

#: An expression of the C++ source, and its value.
Check = tuple[str, int]


def count_of(array: Array | None, numbers: int) -> int:
    """``Mat::checkVector``: how many points of so many numbers the array holds; -1 if it holds no points."""
    if array is None or array.ndim > 3:
        return -1
    rows, columns, channels = _rows_columns_channels(array)
    single = (rows == 1 or columns == 1) and channels == numbers
    if single or (columns == numbers and channels == 1):
        return rows * columns * channels // numbers
    return -1


def points_of(array: Array, numbers: int, dtype: Any = None) -> Array:
    """The points, one a row: a copy, unless it is already so and of that dtype."""
    return np.ascontiguousarray(array.reshape(-1, numbers), dtype)


def _rows_columns_channels(array: Array) -> tuple[int, int, int]:
    if array.ndim == 3:
        return array.shape
    rows, columns = (1, 1, *array.shape)[-2:]
    return rows, columns, 1


def failed_check(message: str, left: Check, relation: str, right: Check, function: str, place: str) -> error:
    """Native's error for a failed ``CV_CheckGE`` and its like.

    Parameters
    ----------
    message : str
        The check's own text.
    left, relation, right
        ``("count", 1), ">=", ("2", 2)``.
    function : str
        The whole C++ signature.
    place : str
        As for :func:`.._errors.failed_assertion`.
    """
    text = (
        f"{message} (expected: '{left[0]} {relation} {right[0]}'), where\n"
        f"    '{left[0]}' is {left[1]}\n"
        f"must be {_RELATIONS[relation]}\n"
        f"    '{right[0]}' is {right[1]}"
    )
    return opencv_error(-2, "Unspecified error", text, function, place)


def empty_mask(count: int) -> Array:
    """A mask of no points."""
    return np.zeros((count, 1), np.uint8)


def shaped_mask(mask: Array, given: Array | None) -> Array:
    """The mask as a column, or as a row if one was given to be written to."""
    if given is not None and given.dtype == np.uint8 and given.shape == (1, mask.size):
        return mask.reshape(1, -1)
    return mask.reshape(-1, 1)
