"""Connected components by a named algorithm: modules/imgproc/src/connectedcomponents.cpp.

The algorithms find the same components. Those that look at single pixels number them by their first pixel,
row by row; those that look at blocks of two by two, the engine's among them, by their first block.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .._call import call_by_name
from .._errors import failed_assertion

__all__ = ["connectedComponentsWithAlgorithm", "connectedComponentsWithStatsWithAlgorithm"]

Array = npt.NDArray[Any]

_ALGORITHMS = range(-1, 6)
#: Wu's algorithm by its two names.
_BY_PIXEL = (0, 3)


def connectedComponentsWithAlgorithm(
    image: Array, connectivity: int, ltype: int, ccltype: int
) -> tuple[int, Array]:
    """How many labels there are, background included, and the label of each pixel.

    Raises
    ------
    cv2.error
        The image is not (h, w) of bytes, or the connectivity, the labels' type or the algorithm is unknown.
    """
    count, labels = call_by_name("connectedComponents", image, connectivity=connectivity, ltype=ltype)
    _check(ccltype)
    if ccltype in _BY_PIXEL:
        labels = _numbers(labels, count)[0][labels]
    return count, labels


def connectedComponentsWithStatsWithAlgorithm(
    image: Array, connectivity: int, ltype: int, ccltype: int
) -> tuple[int, Array, Array, Array]:
    """Also the box and area, and the centre, of each label.

    Raises
    ------
    cv2.error
        As for :func:`connectedComponentsWithAlgorithm`.
    """
    count, labels, stats, centroids = call_by_name(
        "connectedComponentsWithStats", image, connectivity=connectivity, ltype=ltype
    )
    _check(ccltype)
    if ccltype in _BY_PIXEL:
        number, order = _numbers(labels, count)
        labels, stats, centroids = number[labels], stats[order], centroids[order]
    return count, labels, stats, centroids


def _numbers(labels: Array, count: int) -> tuple[Array, Array]:
    """The new label of each old one, by its first pixel, and the old one of each new one."""
    first = np.full(count, labels.size, np.int64)
    found, places = np.unique(labels, return_index=True)
    first[found] = places
    first[0] = -1
    order = np.argsort(first, kind="stable")
    number = np.empty(count, labels.dtype)
    number[order] = np.arange(count)
    return number, order


def _check(algorithm: int) -> None:
    if algorithm not in _ALGORITHMS:
        names = ("SPAGHETTI", "BBDT", "SAUF", "BOLELLI", "GRANA", "WU", "DEFAULT")
        condition = " || ".join(f"ccltype == CCL_{name}" for name in names)
        place = "imgproc/src/connectedcomponents.cpp:5655"
        raise failed_assertion(condition, "connectedComponents_sub1", place)
