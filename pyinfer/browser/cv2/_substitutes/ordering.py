"""Order and places of elements: modules/core/src/matrix_operations.cpp, count_non_zero.dispatch.cpp,
has_non_zero.dispatch.cpp and minmax.dispatch.cpp.
"""

from __future__ import annotations

import numpy as np

from .._errors import failed_assertion, opencv_error
from ._arrays import Array, channels_of, dimensions_of, or_none, present
from ._introsort import argsort_rows

__all__ = ["findNonZero", "hasNonZero", "reduceArgMax", "reduceArgMin", "sort", "sortIdx"]

_EVERY_COLUMN = 1
_DESCENDING = 16

#: The depths that native sorts.
_SORTABLE = frozenset({"uint8", "int8", "uint16", "int16", "int32", "float32", "float64"})

#: The depths in which native looks for extremes.
_COMPARABLE = _SORTABLE | {"uint32", "float16"}


def sort(src: Array | None, flags: int) -> Array | None:
    """Each row sorted, or each column: the shape and dtype of ``src``.

    Where a row holds NaN, natively its order is undefined; here NaN comes last.

    Raises
    ------
    cv2.error
        ``src`` has channels or more than two dimensions, or a depth that native doesn't sort.
    """
    src = _sortable(src, "sort", 1273, 1284)
    if src.size == 0:
        return None
    ordered = np.sort(np.atleast_2d(src), 0 if flags & _EVERY_COLUMN else 1)
    return _directed(ordered, flags).reshape(src.shape)


def sortIdx(src: Array | None, flags: int) -> Array | None:
    """The places of the elements in each sorted row or column, int32.

    Equal elements come in the order in which std::sort leaves them.

    Raises
    ------
    cv2.error
        As for :func:`sort`.
    """
    src = _sortable(src, "sortIdx", 1294, 1309)
    if src.size == 0:
        return None
    table = np.atleast_2d(src)
    if flags & _EVERY_COLUMN:
        order = argsort_rows(np.ascontiguousarray(table.T)).T
    else:
        order = argsort_rows(np.ascontiguousarray(table))
    return np.ascontiguousarray(_directed(order, flags), np.int32).reshape(src.shape)


def _sortable(src: Array | None, function: str, shape_line: int, depth_line: int) -> Array:
    src = present(src)
    if dimensions_of(src) > 2 or channels_of(src) > 1:
        condition = "src.dims <= 2 && src.channels() == 1"
        raise failed_assertion(condition, function, f"core/src/matrix_operations.cpp:{shape_line}")
    if src.dtype.name not in _SORTABLE:
        raise failed_assertion("func != 0", function, f"core/src/matrix_operations.cpp:{depth_line}")
    return src


def _directed(ordered: Array, flags: int) -> Array:
    if not flags & _DESCENDING:
        return ordered
    return ordered[::-1] if flags & _EVERY_COLUMN else ordered[:, ::-1]


def findNonZero(src: Array | None, idx: Array | None) -> Array | None:
    """The (x, y) of every element that is not zero, row by row.

    Returns
    -------
    ndarray of int32, (n, 2), or None if there is none
        An ``idx`` of shape (n, 1, 2) or (1, n, 2) is filled in.

    Raises
    ------
    cv2.error
        ``src`` has channels, or not two dimensions; None has none.
    """
    if src is None or channels_of(src) != 1 or dimensions_of(src) != 2:
        condition = "src.channels() == 1 && src.dims == 2"
        raise failed_assertion(condition, "findNonZero", "core/src/count_non_zero.dispatch.cpp:156")
    rows, columns = np.nonzero(src.reshape(src.shape[:2]))
    if not len(rows):
        return None
    places = np.empty((len(rows), 2), np.int32)
    places[:, 0] = columns
    places[:, 1] = rows
    if idx is not None and idx.shape in ((len(rows), 1, 2), (1, len(rows), 2)):
        return places.reshape(idx.shape)
    return places


def hasNonZero(src: Array | None) -> bool:
    """Whether any element is not zero.

    Raises
    ------
    cv2.error
        ``src`` has channels.
    """
    src = present(src)
    if channels_of(src) != 1:
        raise failed_assertion("cn == 1", "hasNonZero", "core/src/has_non_zero.dispatch.cpp:65")
    return bool(src.any())


def reduceArgMax(src: Array | None, axis: int, lastIndex: bool) -> Array | None:
    """Where along an axis the largest element is, the first or the last of equal ones.

    Returns
    -------
    ndarray of int32
        The axis keeps one element.

    Raises
    ------
    cv2.error
        ``src`` has channels or a depth that native doesn't compare, or the axis lies before the first.
    """
    return _places_of_extremes(present(src), axis, lastIndex, largest=True)


def reduceArgMin(src: Array | None, axis: int, lastIndex: bool) -> Array | None:
    """As :func:`reduceArgMax`, of the smallest element."""
    return _places_of_extremes(present(src), axis, lastIndex, largest=False)


def _places_of_extremes(src: Array, axis: int, last: bool, largest: bool) -> Array | None:
    dimensions = max(1, dimensions_of(src))
    if channels_of(src) > 1 or axis + dimensions < 0:
        condition = "srcMat.channels() == 1 && axis >= 0 && axis <= srcMat.dims"
        raise failed_assertion(condition, "reduceMinMax", "core/src/minmax.dispatch.cpp:495")
    axis = (axis + dimensions) % dimensions
    if src.dtype.name not in _COMPARABLE:
        place = "core/include/opencv2/core/detail/dispatch_helper.impl.hpp:55"
        name = "Input image depth is not supported by function"
        raise opencv_error(-17, name, "Unsupported matrix type.", "depthDispatch", place)
    shape = tuple(1 if i == axis else length for i, length in enumerate(src.shape))
    if src.size == 0:
        return or_none(np.zeros(shape, np.int32))
    src = np.atleast_1d(src)
    # A comparison with NaN never holds: natively NaN is skipped, unless it comes first and so stays.
    numbers, first = src, None
    if src.dtype.kind == "f" and np.isnan(src).any():
        numbers = np.where(np.isnan(src), -np.inf if largest else np.inf, src)
        first = np.isnan(src.take([0], axis))
    find = np.argmax if largest else np.argmin
    places = src.shape[axis] - 1 - find(np.flip(numbers, axis), axis) if last else find(numbers, axis)
    result = np.asarray(places, np.int32).reshape(shape)
    if first is not None:
        result[first] = 0
    return result
