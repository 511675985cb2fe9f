"""Edge-aware smoothing and what is made of it: modules/photo/src/npr.cpp and npr.hpp.

An image is smoothed along its rows and columns, each stretched where neighbours differ, so that no smoothing
goes across an edge. Sums are made in native's order and precision, a column of all rows at once.
"""

from __future__ import annotations

import math

import numpy as np

from pyinfer.errors import UnsupportedInBrowser

from .._call import call_by_name
from .._table import DEPTHS
from ._arrays import Array, empty_operand

__all__ = ["detailEnhance", "edgePreservingFilter", "pencilSketch", "stylization"]

_RECURSIVE, _NORMALIZED = 1, 2
_BGR2LAB, _LAB2BGR = 44, 56
_BGR2YCRCB, _YCRCB2BGR = 36, 38
_ROUNDS = 3


def edgePreservingFilter(src: Array, flags: int, sigma_s: float, sigma_r: float) -> Array:
    """``src`` smoothed, uint8 of its shape.

    Raises
    ------
    cv2.error
        ``src`` is empty.
    UnsupportedInBrowser
        OpenCV goes outside of its memory: for more than three channels; with ``NORMCONV_FILTER`` also for
        fewer, and for flat rows that are shorter than what they are smoothed over.
    """
    _check_there(src)
    smooth = _filtered(_scaled(src), sigma_s, sigma_r, flags, "edgePreservingFilter")
    result: Array = call_by_name("convertScaleAbs", smooth, alpha=255, beta=0)
    return result


def detailEnhance(src: Array, sigma_s: float, sigma_r: float) -> Array:
    """``src`` with three times the detail in its lightness, uint8 BGR.

    Raises
    ------
    cv2.error
        ``src`` is no image in colour.
    """
    lab = call_by_name("cvtColor", _scaled(src), _BGR2LAB)
    lightness = lab[..., 0] * np.float32(1 / 255)
    smooth = _filtered(lightness, sigma_s, sigma_r, _RECURSIVE, "detailEnhance")
    lab[..., 0] = (smooth + (lightness - smooth) * np.float32(3)) * np.float32(255)
    return _bytes(call_by_name("cvtColor", lab, _LAB2BGR))


def stylization(src: Array, sigma_s: float, sigma_r: float) -> Array:
    """``src`` smoothed and with dark edges, uint8 BGR.

    Raises
    ------
    cv2.error
        ``src`` is empty.
    UnsupportedInBrowser
        As for :func:`edgePreservingFilter`.
    """
    _check_there(src)
    smooth = _filtered(_scaled(src), sigma_s, sigma_r, _NORMALIZED, "stylization")
    depth = DEPTHS["float32"]
    edges = np.float32(0)
    for plane in np.ascontiguousarray(np.moveaxis(smooth, 2, 0)):
        x = call_by_name("Sobel", plane, depth, 1, 0, ksize=3)
        y = call_by_name("Sobel", plane, depth, 0, 1, ksize=3)
        edges = edges + call_by_name("magnitude", x, y)
    return _bytes(smooth * np.subtract(1, edges, dtype=np.float32)[..., np.newaxis])


def pencilSketch(src: Array, sigma_s: float, sigma_r: float, shade_factor: float) -> tuple[Array, Array]:
    """Shades of grey, (h, w) uint8, and the same in the colours of ``src``, uint8 BGR.

    Raises
    ------
    cv2.error
        ``src`` is empty or has not three channels.
    """
    _check_there(src)
    image = _scaled(src)
    colors = call_by_name("cvtColor", image, _BGR2YCRCB)
    radius = np.float32(np.float32(math.sqrt(3)) * _reach(sigma_s, 0))
    widths = []
    for distances in _stretched(image, sigma_s, sigma_r):
        lower, upper = _bounds(np.cumsum(distances, axis=1, dtype=np.float32), radius)
        widths.append((upper - lower).astype(np.float32))
    shade = np.float32(shade_factor) * (widths[0] + widths[1].T)
    colors[..., 0] = shade
    return _bytes(shade), _bytes(call_by_name("cvtColor", colors, _YCRCB2BGR))


def _check_there(image: Array) -> None:
    if not image.size:
        raise empty_operand()


def _scaled(image: Array) -> Array:
    """In the range of 0 to 1, as convertTo does it."""
    if image.dtype in (np.int32, np.float64):
        return (image * (1 / 255)).astype(np.float32)
    return image.astype(np.float32) * np.float32(1 / 255)


def _bytes(image: Array) -> Array:
    scaled = image * np.float32(255)
    # Not-a-number becomes 0, as natively.
    return np.clip(np.rint(np.nan_to_num(scaled, nan=0.0)), 0, 255).astype(np.uint8)


def _reach(sigma: float, number: int) -> np.float32:
    """Over how much to smooth in a round: half as much in each."""
    return np.float32(sigma * math.sqrt(3) * 2.0 ** (_ROUNDS - 1 - number) / math.sqrt(4.0**_ROUNDS - 1))


def _stretched(image: Array, sigma_s: float, sigma_r: float) -> tuple[Array, Array]:
    """How far each pixel is from its left neighbour, and in the transposed image from its upper one."""
    planes = image.reshape(*image.shape[:2], -1)
    steps = []
    for pixels in (planes, planes.transpose(1, 0, 2)):
        distance = np.zeros(pixels.shape[:2], np.float32)
        for channel in range(pixels.shape[2]):
            distance[:, 1:] += np.abs(np.diff(pixels[..., channel], axis=1))
        steps.append(np.float32(1) + distance * (np.float32(sigma_s) / np.float32(sigma_r)))
    return steps[0], steps[1]


def _filtered(image: Array, sigma_s: float, sigma_r: float, flags: int, function: str) -> Array:
    pixels = image.reshape(*image.shape[:2], -1)
    if pixels.shape[2] > 3 or (pixels.shape[2] < 3 and flags == _NORMALIZED):
        raise UnsupportedInBrowser(f"cv2.{function}", "OpenCV breaks its memory for so many channels")
    steps = _stretched(image, sigma_s, sigma_r)
    if flags == _NORMALIZED:
        sums = [np.cumsum(step, axis=1, dtype=np.float32) for step in steps]
    for number in range(_ROUNDS if flags in (_RECURSIVE, _NORMALIZED) else 0):
        reach = _reach(sigma_s, number)
        for axis, step in enumerate(steps):
            if flags == _RECURSIVE:
                pixels = _recursive(pixels, step, reach)
            else:
                radius = np.float32(math.sqrt(3)) * reach
                pixels = _normalized(pixels, sums[axis], radius, function)
            pixels = pixels.transpose(1, 0, 2)
    return np.ascontiguousarray(pixels).reshape(image.shape)


def _recursive(pixels: Array, steps: Array, reach: np.float32) -> Array:
    """Each pixel moves towards its left neighbour, then each towards its right one."""
    base = np.float32(math.exp(-math.sqrt(2) / float(reach)))
    shares = np.ascontiguousarray(np.power(base, steps).T)[..., np.newaxis]
    columns = pixels.transpose(1, 0, 2).copy()
    for column in range(1, len(columns)):
        columns[column] += (columns[column - 1] - columns[column]) * shares[column]
    for column in range(len(columns) - 2, -1, -1):
        columns[column] += (columns[column + 1] - columns[column]) * shares[column + 1]
    return columns.transpose(1, 0, 2)


def _bounds(places: Array, radius: np.float32) -> tuple[Array, Array]:
    """The first pixel within the radius of each, and the first one behind."""
    height, width = places.shape
    lower, upper = (np.empty((height, width), np.int64) for _ in range(2))
    for row, (own, low, high) in enumerate(zip(places, places - radius, places + radius, strict=True)):
        lower[row] = np.searchsorted(own, low, side="right")
        upper[row] = np.searchsorted(own, high, side="right")
    # Native does not look behind the last pixel for the first one.
    upper[upper[:, 0] == width, 0] = 0
    return lower, upper


def _normalized(pixels: Array, places: Array, radius: np.float32, function: str) -> Array:
    """The mean of the pixels within the radius."""
    lower, upper = _bounds(places, radius)
    if not upper[:, 0].all():
        reason = (
            "flat rows are smoothed over more than their length, which OpenCV computes from random memory"
        )
        raise UnsupportedInBrowser(f"cv2.{function}", reason)
    height, width = places.shape
    sums = np.zeros((height, width + 1, 3), np.float32)
    np.cumsum(pixels, axis=1, dtype=np.float32, out=sums[:, 1:])
    first, behind = (np.take_along_axis(sums, bound[..., np.newaxis], axis=1) for bound in (lower, upper))
    means: Array = (behind - first) / (upper - lower).astype(np.float32)[..., np.newaxis]
    return means
