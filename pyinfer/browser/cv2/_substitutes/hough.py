"""Lines with their votes: modules/imgproc/src/hough.cpp."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from pyinfer.errors import UnsupportedInBrowser

from .._call import call_by_name
from .._errors import error, failed_assertion, opencv_error
from ._arrays import channels_of, size_of

__all__ = ["HoughLinesPointSet", "HoughLinesWithAccumulator"]

Array = npt.NDArray[Any]


def HoughLinesWithAccumulator(
    image: Array,
    rho: float,
    theta: float,
    threshold: int,
    srn: float,
    stn: float,
    min_theta: float,
    max_theta: float,
    use_edgeval: bool,
) -> Array | None:
    """Distance, angle and votes of each line, (n, 3) float32; None if there is none.

    Raises
    ------
    cv2.error
        ``image`` is not (h, w) uint8, or the steps or angles are out of range.
    UnsupportedInBrowser
        ``srn`` or ``stn`` is given: the search at several scales.
    """
    if srn or stn:
        raise UnsupportedInBrowser(
            "cv2.HoughLinesWithAccumulator",
            "votes at several scales are not counted",
            "cv2.HoughLines, or leave out srn and stn",
        )
    if image.dtype != np.uint8 or channels_of(image) != 1 or not max_theta >= min_theta or not rho:
        # The engine says what is wrong, as native does.
        call_by_name("HoughLines", image, rho, theta, threshold, min_theta=min_theta, max_theta=max_theta)
    distance, angle = np.float32(rho), np.float32(theta)
    pixels = image.reshape(size_of(image))
    y, x = np.nonzero(pixels)
    weights = pixels[y, x] if use_edgeval else None
    distances = round(float(np.float32(2 * sum(pixels.shape) + 1) / distance))
    angles = _angles(min_theta, max_theta, float(angle), np.float32(1) / distance)
    votes = np.zeros((len(angles) + 2, distances + 2), np.int32)
    shift = (distances - 1) // 2
    columns, rows = x.astype(np.float32), y.astype(np.float32)
    for number, (cosine, sine) in enumerate(angles, 1):
        at = np.rint(columns * cosine + rows * sine).astype(np.int64) + shift + 1
        votes[number] += np.bincount(at, weights, minlength=votes.shape[1]).astype(np.int32)
    places = _peaks(votes, threshold)
    if not places.size:
        return None
    row, column = np.divmod(places, votes.shape[1])
    lines = np.empty((len(places), 3), np.float32)
    lines[:, 0] = (column - 1 - shift).astype(np.float32) * distance
    lines[:, 1] = np.float32(min_theta) + (row - 1).astype(np.float32) * angle
    lines[:, 2] = votes.reshape(-1)[places]
    return lines


def HoughLinesPointSet(
    point: Array,
    lines_max: int,
    threshold: int,
    min_rho: float,
    max_rho: float,
    rho_step: float,
    min_theta: float,
    max_theta: float,
    theta_step: float,
) -> Array | None:
    """Votes, distance and angle of each line through points, (n, 3) float64; None if there is none.

    Raises
    ------
    cv2.error
        ``point`` is no float32 or int32 of two channels, or a range or a step is empty.
    """
    if channels_of(point) != 2:
        raise failed_assertion("CV_MAT_CN(stype) == CV_MAT_CN(dtype)", "copyTo", "core/src/copy.cpp:457")
    if point.dtype not in (np.float32, np.int32):
        condition = "_point.type() == CV_32FC2 || _point.type() == CV_32SC2"
        raise failed_assertion(condition, "HoughLinesPointSet", "imgproc/src/hough.cpp:969")
    if lines_max <= 0:
        raise _bad("lines_max must be greater than 0", 971)
    if threshold < 0:
        raise _bad("threshold must be greater than 0", 974)
    if max_rho - min_rho <= 0 or max_theta - min_theta <= 0:
        raise _bad("max must be greater than min", 977)
    if rho_step <= 0 or theta_step <= 0:
        raise _bad("step must be greater than 0", 980)
    inverse = np.float32(1) / np.float32(rho_step)
    first = np.float32(min_rho) * inverse
    distances = round((max_rho - min_rho + 1) / rho_step)
    angles = _angles(min_theta, max_theta, theta_step, inverse)
    x, y = point.reshape(-1, 2).astype(np.float32).T
    votes = np.zeros((len(angles) + 2, distances + 2), np.int32)
    for number, (cosine, sine) in enumerate(angles, 1):
        at = np.rint(x * cosine + y * sine - first).astype(np.int64)
        at = at[(at >= 0) & (at <= distances)]
        votes[number] += np.bincount(at + 1, minlength=distances + 2).astype(np.int32)
    places = _peaks(votes, threshold)[:lines_max]
    if not places.size:
        return None
    row, column = np.divmod(places, votes.shape[1])
    lines = np.empty((len(places), 3))
    lines[:, 0] = votes.reshape(-1)[places]
    lines[:, 1] = np.float32(min_rho) + (column - 1).astype(np.float32) * np.float32(rho_step)
    lines[:, 2] = np.float32(min_theta) + (row - 1).astype(np.float32) * np.float32(theta_step)
    return lines


def _angles(first: float, last: float, step: float, scale: np.float32) -> Array:
    """Cosine and sine of each angle, times ``scale``; steps add up in float32."""
    count = math.floor((last - first) / step) + 1
    if count > 1 and abs(math.pi - (count - 1) * step) < step / 2:
        count -= 1
    steps = np.full(max(count, 0), step, np.float32)
    steps[:1] = first
    angles = np.cumsum(steps, dtype=np.float32).astype(np.float64)
    return np.stack([np.cos(angles) * scale, np.sin(angles) * scale], axis=1).astype(np.float32)


def _peaks(votes: Array, threshold: int) -> Array:
    """Where there are more votes than all around, the most first."""
    inner = votes[1:-1, 1:-1]
    peak = (inner > threshold) & (inner > votes[1:-1, :-2]) & (inner >= votes[1:-1, 2:])
    peak &= (inner > votes[:-2, 1:-1]) & (inner >= votes[2:, 1:-1])
    numbers, places = np.nonzero(peak)
    indices = (numbers + 1) * votes.shape[1] + places + 1
    order = np.lexsort((indices, -votes.reshape(-1)[indices].astype(np.int64)))
    found: Array = indices[order]
    return found


def _bad(text: str, line: int) -> error:
    return opencv_error(-5, "Bad argument", text, "HoughLinesPointSet", f"imgproc/src/hough.cpp:{line}")
