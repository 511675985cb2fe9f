"""Mean shift in position and colour: modules/imgproc/src/segmentation.cpp."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .._call import call_by_name
from .._errors import opencv_error

__all__ = ["pyrMeanShiftFiltering"]

Array = npt.NDArray[Any]

_COUNT, _EPS = 1, 2
_MOST_LEVELS = 8
_MOST_ITERATIONS = 100

#: Pixels times neighbours that are worked on at once: what fits the processor's cache.
_BATCH = 1 << 15


def pyrMeanShiftFiltering(
    src: Array | None, sp: float, sr: float, maxLevel: int, termcrit: tuple[int, int, float]
) -> Array | None:
    """``src``, uint8 BGR, in patches of one colour each, and native's numbers.

    All pixels of a batch take a step at once, along one row of their windows after the other.

    Raises
    ------
    cv2.error
        ``src`` is not uint8 BGR, or ``maxLevel`` is out of range.
    """
    if src is None or not src.size:
        return None
    if not 0 <= maxLevel <= _MOST_LEVELS:
        raise opencv_error(
            -211,
            "One of the arguments' values is out of range",
            "The number of pyramid levels is too large or negative",
            "pyrMeanShiftFiltering",
            "imgproc/src/segmentation.cpp:351",
        )
    if src.dtype != np.uint8 or src.ndim != 3 or src.shape[2] != 3:
        raise opencv_error(
            -210,
            "Unsupported format or combination of formats",
            "Only 8-bit, 3-channel images are supported",
            "pyrMeanShiftFiltering",
            "imgproc/src/segmentation.cpp:369",
        )
    kind, count, epsilon = termcrit
    steps = min(max(count if kind & _COUNT else 5, 1), _MOST_ITERATIONS)
    enough = max(epsilon if kind & _EPS else 1.0, 0.0)
    near = round(sr * sr)
    pyramid = [src]
    for _ in range(maxLevel):
        pyramid.append(call_by_name("pyrDown", pyramid[-1]))
    result: Array | None = None
    for level in range(maxLevel, -1, -1):
        image = pyramid[level]
        reach = max(np.float32(sp / (1 << level)), np.float32(1))
        if result is None:
            result, changing = image.copy(), np.ones(image.shape[:2], np.bool_)
        else:
            changing = _edges(result, image.shape[:2], max(near, 16))
            result = call_by_name("pyrUp", result, dstsize=image.shape[1::-1])
        rows, columns = np.nonzero(changing)
        width = 2 * int(np.ceil(reach)) + 1
        size = max(1, _BATCH // width)
        packed = image.astype(np.int32) @ np.array([1, 1 << 8, 1 << 16], np.int32)
        for first in range(0, len(rows), size):
            batch = slice(first, first + size)
            colors = _shifted(packed, rows[batch], columns[batch], reach, near, steps, enough)
            result[rows[batch], columns[batch]] = colors
    return result


def _edges(coarse: Array, shape: tuple[int, ...], far: int) -> npt.NDArray[np.bool_]:
    """Which pixels of the next finer level are near an edge of the coarser one."""
    mask = np.zeros(shape, np.uint8)
    height, width = coarse.shape[:2]
    values = coarse.astype(np.int32)
    middle = values[1:-1, 1:-1]
    differs = np.zeros(middle.shape[:2], np.bool_)
    for y in range(3):
        for x in range(3):
            other = values[y : y + height - 2, x : x + width - 2]
            differs |= ((other - middle) ** 2).sum(axis=2) >= far
    mask[3 : 2 * height - 2 : 2, 1 : 2 * width - 4 : 2] = differs
    edges: npt.NDArray[np.bool_] = call_by_name("dilate", mask, None) != 0
    return edges


def _shifted(
    packed: Array, rows: Array, columns: Array, reach: np.float32, near: int, steps: int, enough: float
) -> Array:
    """The colours that pixels arrive at."""
    height, width = packed.shape
    start = packed[rows, columns]
    colors = np.stack([start >> shift & 255 for shift in (0, 8, 16)])
    place = np.stack([columns, rows]).astype(np.int32)
    moving = np.arange(len(rows))
    last = np.array([[width - 1], [height - 1]], np.int32)
    for _ in range(steps):
        at, color = place[:, moving], colors[:, moving]
        low = np.maximum(np.rint(at.astype(np.float32) - reach), 0).astype(np.int32)
        high = np.minimum(np.rint(at.astype(np.float32) + reach).astype(np.int32), last)
        count, sums, centre = _window_sums(packed, low, high, color, near)
        alive = count > 0
        scale = 1.0 / np.where(alive, count, 1)
        mean = np.rint(sums * scale).astype(np.int32)
        moved = np.rint(centre * scale).astype(np.int32)
        distance = np.abs(moved - at).sum(axis=0) + ((mean - color) ** 2).sum(axis=0)
        still = (moved == at).all(axis=0) | (distance <= enough)
        colors[:, moving[alive]], place[:, moving[alive]] = mean[:, alive], moved[:, alive]
        moving = moving[alive & ~still]
        if not moving.size:
            break
    return colors.T


def _window_sums(
    packed: Array, low: Array, high: Array, color: Array, near: int
) -> tuple[Array, Array, Array]:
    """How many pixels of each window are like its colour; the sums of their colours and of their places."""
    across = np.arange(int((high[0] - low[0]).max()) + 1, dtype=np.int32)
    columns = low[0][:, np.newaxis] + across
    outside = columns > high[0][:, np.newaxis]
    count = np.zeros(low.shape[1], np.int64)
    sums = np.zeros((3, low.shape[1]), np.int64)
    centre = np.zeros((2, low.shape[1]), np.int64)
    flat = packed.ravel()
    for row in range(int((high[1] - low[1]).max()) + 1):
        y = low[1] + row
        values = flat.take(columns + (y * packed.shape[1])[:, np.newaxis], mode="clip")
        channels = [values & 255, values >> 8 & 255, values >> 16]
        distance = np.zeros_like(values)
        for channel, own in zip(channels, color, strict=True):
            difference = channel - own[:, np.newaxis]
            difference *= difference
            distance += difference
        alike = distance <= near
        alike &= ~outside
        alike[y > high[1]] = False
        inside = alike.sum(axis=1)
        count += inside
        centre[0] += (columns * alike).sum(axis=1)
        centre[1] += y * inside
        for total, channel in zip(sums, channels, strict=True):
            total += (channel * alike).sum(axis=1)
    return count, sums, centre
