"""Disparities put right: modules/stereo/src/stereosgbm.cpp."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._call import call_by_name
from .._errors import failed_assertion
from ._arrays import Array, channels_of, present, size_of, sizes_of

__all__ = ["filterSpeckles", "validateDisparity"]

_SOURCE = "stereo/src/stereosgbm.cpp"
_SHIFT = 4
_SCALE = 1 << _SHIFT
_BYTES_PER_PIXEL = 9


def filterSpeckles(
    img: Array | None, newVal: float, maxSpeckleSize: int, maxDiff: float, buf: Array | None
) -> tuple[Array | None, Array]:
    """``img``, uint8 or int16, with ``newVal`` in place of small regions of near values: in place.

    Natively ``buf`` is memory that the work was done in: here a large enough array is left as it is, and
    a new one is full of zeros.

    Raises
    ------
    cv2.error
        ``img`` has another dtype, or several channels.
    """
    image = present(img)
    if image.dtype not in (np.uint8, np.int16) or channels_of(image) > 1:
        condition = "type == CV_8UC1 || type == CV_16SC1"
        raise failed_assertion(condition, "filterSpeckles", f"{_SOURCE}:2496")
    needed = image.size * _BYTES_PER_PIXEL + 1
    if buf is None or buf.nbytes < needed:
        buf = np.zeros((1, needed), np.uint8)
    if img is None:
        return None, buf
    new, difference = (_wrapped(round(value), image.dtype) for value in (newVal, maxDiff))
    labels, counts = _regions(image.astype(np.int32), new, difference)
    image[(counts <= maxSpeckleSize)[labels] & (labels > 0)] = new
    return image, buf


def _wrapped(value: int, dtype: np.dtype[np.integer[Any]]) -> int:
    """The value as it is cast to the dtype."""
    limits = np.iinfo(dtype)
    return (value - int(limits.min)) % (int(limits.max) - int(limits.min) + 1) + int(limits.min)


def _regions(image: Array, new: int, difference: int) -> tuple[Array, Array]:
    """Labels of regions in which neighbours are near, 0 where the value is ``new``, and their pixels."""
    # Pixels lie two apart, and between near ones there is a bridge.
    good = image != new
    height, width = image.shape
    bridged = np.zeros((2 * height - 1, 2 * width - 1), np.uint8)
    bridged[::2, ::2] = good
    near = np.abs(np.diff(image, axis=1)) <= difference
    bridged[::2, 1::2] = near & good[:, 1:] & good[:, :-1]
    near = np.abs(np.diff(image, axis=0)) <= difference
    bridged[1::2, ::2] = near & good[1:] & good[:-1]
    labels = call_by_name("connectedComponents", bridged, connectivity=4)[1][::2, ::2]
    return labels, np.bincount(labels.reshape(-1))


def validateDisparity(
    disparity: Array | None,
    cost: Array | None,
    minDisparity: int,
    numberOfDisparities: int,
    disp12MaxDisp: int,
) -> Array:
    """``disparity``, int16 in sixteenths, without what the other view does not confirm: in place.

    Raises
    ------
    cv2.error
        No disparities, arrays of other dtypes or of two sizes.
    """
    left, costs = present(disparity), present(cost)
    if not (
        numberOfDisparities > 0
        and left.dtype == np.int16
        and channels_of(left) == 1
        and costs.dtype in (np.int16, np.int32)
        and channels_of(costs) == 1
        and sizes_of(left) == sizes_of(costs)
    ):
        condition = (
            "numberOfDisparities > 0 && disp.type() == CV_16S && (costType == CV_16S || costType == CV_32S) "
            "&& disp.size() == cost.size()"
        )
        raise failed_assertion(condition, "validateDisparity", f"{_SOURCE}:2526")
    rows, columns = size_of(left)
    first = max(minDisparity + numberOfDisparities, 0)
    last = columns + min(minDisparity, 0)
    invalid = (minDisparity - 1) * _SCALE
    values = left.reshape(rows, columns)
    row, x = (axis.reshape(-1) for axis in np.mgrid[:rows, first : max(first, last)])
    d = values[row, x].astype(np.int64)
    known = d != invalid
    row, x, d = row[known], x[known], d[known]
    right = _seen_from_the_right(row, x, d, costs.reshape(rows, columns), invalid)
    refuted = np.ones(len(d), bool)
    for shift in (d >> _SHIFT, (d + _SCALE - 1) >> _SHIFT):
        there = x - shift
        inside = (there >= 0) & (there < columns)
        other = right[row, np.where(inside, there, 0)]
        refuted &= inside & (other > invalid) & (np.abs(other - d) > disp12MaxDisp * _SCALE)
    values[row[refuted], x[refuted]] = invalid
    if not np.shares_memory(values, left):
        left[...] = values.reshape(left.shape)
    return left


def _seen_from_the_right(row: Array, x: Array, d: Array, costs: Array, invalid: int) -> Array:
    """For each place of the other view the disparity of least cost, of several the leftmost."""
    right = np.full(costs.shape, invalid, np.int64)
    there = x - ((d + _SCALE // 2) >> _SHIFT)
    inside = (there >= 0) & (there < costs.shape[1])
    row, x, d, there = row[inside], x[inside], d[inside], there[inside]
    order = np.lexsort((-x, -costs[row, x].astype(np.int64)))  # what is written last stays
    right[row[order], there[order]] = d[order]
    return right
