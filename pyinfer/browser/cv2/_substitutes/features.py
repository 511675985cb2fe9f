"""Corners worth tracking: modules/features/src/featureselect.cpp, on the engine's corner measures."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .._call import call_by_name
from .._errors import failed_assertion
from ._arrays import Array, present

__all__ = ["goodFeaturesToTrack", "goodFeaturesToTrackWithQuality"]

_THRESH_TOZERO = 3


def goodFeaturesToTrack(
    image: Array | None,
    maxCorners: int,
    qualityLevel: float,
    minDistance: float,
    mask: Array | None = None,
    blockSize: int = 3,
    gradientSize: int = 3,
    useHarrisDetector: bool = False,
    k: float = 0.04,
) -> npt.NDArray[np.float32] | None:
    """The strongest corners, (n, 1, 2) float32; None if there are none.

    Raises
    ------
    cv2.error
        A number or the mask does not fit, or the image is none that has corners.
    """
    return goodFeaturesToTrackWithQuality(
        image, maxCorners, qualityLevel, minDistance, mask, blockSize, gradientSize, useHarrisDetector, k
    )[0]


def goodFeaturesToTrackWithQuality(
    image: Array | None,
    maxCorners: int,
    qualityLevel: float,
    minDistance: float,
    mask: Array | None,
    blockSize: int,
    gradientSize: int,
    useHarrisDetector: bool,
    k: float,
) -> tuple[npt.NDArray[np.float32] | None, npt.NDArray[np.float32] | None]:
    """The strongest corners, (n, 1, 2) float32, and how strong they are, (n, 1) float32.

    Raises
    ------
    cv2.error
        As for :func:`goodFeaturesToTrack`.
    """
    image = present(image)
    if not (qualityLevel > 0 and minDistance >= 0 and maxCorners >= 0):
        raise _failed("qualityLevel > 0 && minDistance >= 0 && maxCorners >= 0")
    if mask is not None and mask.size:
        channels = mask.shape[2] if mask.ndim == 3 else 1
        if mask.dtype not in (np.uint8, np.bool_) or channels != 1 or mask.shape[:2] != image.shape[:2]:
            raise _failed(
                "_mask.empty() || ((_mask.type() == CV_8UC1 || _mask.type() == CV_BoolC1)"
                " && _mask.sameSize(_image))"
            )
    if not image.size:
        return None, None
    if useHarrisDetector:
        strength = call_by_name("cornerHarris", image, blockSize, gradientSize, k)
    else:
        strength = call_by_name("cornerMinEigenVal", image, blockSize, ksize=gradientSize)
    allowed = mask.reshape(strength.shape) != 0 if mask is not None and mask.size else None
    candidates = strength if allowed is None else strength[allowed]
    strongest = float(candidates.max()) if candidates.size else 0.0
    strength = call_by_name("threshold", strength, strongest * qualityLevel, 0, _THRESH_TOZERO)[1]
    peak = (strength != 0) & (strength == call_by_name("dilate", strength, None))
    if allowed is not None:
        peak &= allowed
    inside = np.zeros_like(peak)
    inside[1:-1, 1:-1] = peak[1:-1, 1:-1]
    places = np.flatnonzero(inside)
    # The strongest first; among equals the last in memory.
    order = np.lexsort((-places, -strength.ravel()[places]))
    rows, columns = np.divmod(places[order], strength.shape[1])
    chosen = _spread(rows, columns, strength.shape, minDistance, maxCorners or len(order))
    if not chosen.size:
        return None, None
    corners = np.stack([columns[chosen], rows[chosen]], axis=1).astype(np.float32)
    return corners[:, np.newaxis], strength[rows[chosen], columns[chosen]][:, np.newaxis]


def _spread(rows: Array, columns: Array, shape: tuple[int, ...], distance: float, limit: int) -> Array:
    """Indices of the first points of which none is nearer than ``distance`` to one before."""
    if distance < 1:
        return np.arange(min(limit, len(rows)))
    reach = min(int(np.ceil(distance)) - 1, max(shape))
    offsets = np.arange(-reach, reach + 1, dtype=np.float32)
    near = offsets[:, np.newaxis] ** 2 + offsets**2 < distance * distance
    taken = np.zeros((shape[0] + 2 * reach, shape[1] + 2 * reach), np.bool_)
    chosen: list[int] = []
    for index, (row, column) in enumerate(zip(rows.tolist(), columns.tolist(), strict=True)):
        if not taken[row + reach, column + reach]:
            chosen.append(index)
            if len(chosen) == limit:
                break
            taken[row : row + 2 * reach + 1, column : column + 2 * reach + 1] |= near
    return np.array(chosen, np.intp)


def _failed(condition: str) -> Exception:
    return failed_assertion(condition, "goodFeaturesToTrack", "features/src/featureselect.cpp:299")
