"""Corners: modules/imgproc/src/cornersubpix.cpp and corner.cpp."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .._call import call_by_name
from .._errors import failed_assertion, opencv_error
from .._table import DEPTHS
from ._points import count_of

__all__ = ["cornerEigenValsAndVecs", "cornerSubPix"]

Array = npt.NDArray[Any]

_COUNT, _EPS = 1, 2
_MOST_ITERATIONS = 100
_SINGULAR = np.finfo(np.float64).eps ** 2


def cornerSubPix(
    image: Array,
    corners: Array | None,
    winSize: tuple[int, int],
    zeroZone: tuple[int, int],
    criteria: tuple[int, int, float],
) -> Array:
    """``corners``, float32, each moved to where the gradients around it meet; written in place.

    All corners that still move take a step at once.

    Raises
    ------
    cv2.error
        The corners are no contiguous float32 points or lie outside, or the image has channels or is smaller
        than a window.
    """
    kind, count, epsilon = criteria
    points = None if corners is None else _points(corners)
    if corners is None or points is None:
        raise _failed("count >= 0", 58)
    if not len(points):
        return corners
    width, height = winSize
    if not (width > 0 and height > 0):
        raise _failed("win.width > 0 && win.height > 0", 64)
    rows, columns = image.shape[:2] if image.ndim > 1 else (1, image.size)
    if not (columns >= width * 2 + 5 and rows >= height * 2 + 5):
        raise _failed("src.cols >= win.width*2 + 5 && src.rows >= win.height*2 + 5", 65)
    if image.ndim == 3 and image.shape[2] != 1:
        raise _failed("src.channels() == 1", 66)
    image = image.reshape(rows, columns)
    iterations = min(max(count, 1), _MOST_ITERATIONS) if kind & _COUNT else _MOST_ITERATIONS
    enough = max(epsilon, 0.0) ** 2 if kind & _EPS else 0.0
    inside = _inside(points, rows, columns)
    # Native has moved the corners in front of one that is outside before it raises.
    used = len(points) if inside.all() else int(np.argmin(inside))
    start = points[:used]
    refined = _refine(image, start, _weights(winSize, zeroZone), iterations, enough)
    far = np.any(np.abs(refined - start) > np.array([width, height], np.float32), axis=1, keepdims=True)
    points[:used] = np.where(far, start, refined)
    if used < len(points):
        raise opencv_error(
            -211,
            "One of the arguments' values is out of range",
            "cornerSubPix: initial corner is outside the image.",
            "cornerSubPix",
            "imgproc/src/cornersubpix.cpp:101",
        )
    return corners


def _points(corners: Array) -> npt.NDArray[np.float32] | None:
    """What OpenCV takes for points: contiguous (n, 2), (n, 1, 2) or (1, n, 2) float32."""
    if (
        corners.dtype != np.float32
        or not corners.flags.c_contiguous
        or (corners.size and count_of(corners, 2) < 0)
    ):
        return None
    return corners.reshape(-1, 2)


def _inside(points: Array, rows: int, columns: int) -> npt.NDArray[np.bool_]:
    inside: npt.NDArray[np.bool_] = (points >= 0) & (points < np.array([columns, rows]))
    return inside[:, 0] & inside[:, 1]


def _weights(window: tuple[int, int], zero: tuple[int, int]) -> Array:
    """A bell over the window with a hole in its middle."""
    width, height = window
    x, y = (np.arange(-reach, reach + 1, dtype=np.float32) / np.float32(reach) for reach in window)
    weights: Array = np.exp(-y * y)[:, np.newaxis] * np.exp(-x * x)
    if min(zero) >= 0 and zero[0] < width and zero[1] < height:
        weights[height - zero[1] : height + zero[1] + 1, width - zero[0] : width + zero[0] + 1] = 0
    return weights.astype(np.float64)


def _refine(image: Array, start: Array, weights: Array, iterations: int, enough: float) -> Array:
    rows, columns = image.shape
    height, width = weights.shape[0] // 2, weights.shape[1] // 2
    px, py = np.arange(-width, width + 1.0), np.arange(-height, height + 1.0)[:, np.newaxis]
    current = start.copy()
    moving = np.arange(len(current))
    for _ in range(iterations):
        if not moving.size:
            break
        at = current[moving]
        patches = _patches(image, at, weights.shape[1] + 2, weights.shape[0] + 2)
        gx = (patches[:, 1:-1, 2:] - patches[:, 1:-1, :-2]).astype(np.float64)
        gy = (patches[:, 2:, 1:-1] - patches[:, :-2, 1:-1]).astype(np.float64)
        gxx, gxy, gyy = gx * gx * weights, gx * gy * weights, gy * gy * weights
        a, b, c = (g.sum(axis=(1, 2)) for g in (gxx, gxy, gyy))
        right, down = (gxx * px + gxy * py).sum(axis=(1, 2)), (gxy * px + gyy * py).sum(axis=(1, 2))
        determinant = a * c - b * b
        solvable = ~(np.abs(determinant) <= _SINGULAR)
        scale = 1 / np.where(solvable, determinant, 1)
        moved = np.stack(
            [
                at[:, 0] + c * scale * right - b * scale * down,
                at[:, 1] - b * scale * right + a * scale * down,
            ],
            axis=1,
        ).astype(np.float32)
        distance = ((moved - at) ** 2).sum(axis=1, dtype=np.float32)
        accepted = solvable & _inside(moved, rows, columns)
        current[moving[accepted]] = moved[accepted]
        moving = moving[accepted & (distance > enough)]
    return current


def _patches(image: Array, centres: Array, width: int, height: int) -> Array:
    """getRectSubPix for all centres at once, (n, height, width) float32, borders replicated."""
    rows, columns = image.shape
    if image.dtype not in (np.uint8, np.float32):
        centre = float(centres[0, 0]), float(centres[0, 1])
        call_by_name("getRectSubPix", image, (width, height), centre, patchType=DEPTHS["float32"])
    one = np.float32(1)
    corner = centres - np.array([(width - 1) * 0.5, (height - 1) * 0.5], np.float32)
    whole = np.floor(corner).astype(np.int64)
    fraction = corner - whole.astype(np.float32)
    if image.dtype == np.uint8:
        # Where the patch is wholly inside, native divides by this.
        last = np.array([columns - width, rows - height])
        within = np.all((whole >= 0) & (whole < last), axis=1)
        fraction[within, 0] = np.maximum(fraction[within, 0], np.float32(0.0001))
    a, b = (fraction[:, axis, np.newaxis, np.newaxis] for axis in (0, 1))
    x = whole[:, 0, np.newaxis] + np.arange(width + 1)
    y = whole[:, 1, np.newaxis] + np.arange(height + 1)
    values = image[
        np.clip(y, 0, rows - 1)[:, :, np.newaxis], np.clip(x, 0, columns - 1)[:, np.newaxis, :]
    ].astype(np.float32)
    upper, lower = values[:, :-1], values[:, 1:]
    patches: Array = (
        upper[..., :-1] * ((one - a) * (one - b))
        + upper[..., 1:] * (a * (one - b))
        + lower[..., :-1] * ((one - a) * b)
        + lower[..., 1:] * (a * b)
    )
    return patches


def cornerEigenValsAndVecs(src: Array, blockSize: int, ksize: int, borderType: int) -> Array:
    """Both eigenvalues and eigenvectors of each pixel's gradients, (h, w, 6) float32.

    Raises
    ------
    cv2.error
        ``src`` is empty, has channels, or is neither uint8 nor float32.
    """
    total = float(1 << ((ksize if ksize > 0 else 3) - 1)) * blockSize
    if ksize < 0:
        total *= 2
    if src.dtype == np.uint8:
        total *= 255
    scale = 1 / total if total else float("inf")
    if src.dtype not in (np.uint8, np.float32) or (src.ndim == 3 and src.shape[2] != 1):
        raise failed_assertion(
            "src.type() == CV_8UC1 || src.type() == CV_32FC1",
            "cornerEigenValsVecs",
            "imgproc/src/corner.cpp:255",
        )
    depth = DEPTHS["float32"]
    size = {"ksize": ksize} if ksize > 0 else {}
    gradient = "Sobel" if ksize > 0 else "Scharr"
    dx, dy = (
        call_by_name(gradient, src, depth, *order, scale=scale, borderType=borderType, **size)
        for order in ((1, 0), (0, 1))
    )
    products = np.stack([dx * dx, dx * dy, dy * dy], axis=2)
    sums = call_by_name(
        "boxFilter", products, depth, (blockSize, blockSize), normalize=False, borderType=borderType
    )
    a, b, c = (sums[..., channel].astype(np.float64) for channel in range(3))
    middle, spread = (a + c) * 0.5, np.sqrt((a - c) * (a - c) * 0.25 + b * b)
    result = np.empty((*a.shape, 6), np.float32)
    for index, value in enumerate((middle + spread, middle - spread)):
        result[..., index] = value
        result[..., 2 * index + 2], result[..., 2 * index + 3] = _eigenvector(a, b, c, value)
    return result


def _eigenvector(a: Array, b: Array, c: Array, value: Array) -> tuple[Array, Array]:
    """From the first row of the matrix; from the second where that is next to nothing."""
    x, y = b, value - a
    small = np.abs(x) + np.abs(y) < 1e-4
    x, y = np.where(small, value - c, x), np.where(small, b, y)
    length = np.abs(x) + np.abs(y)
    # The offset is FLT_EPSILON.
    stretch = np.where(small & (length < 1e-4), 1 / (length + np.float64(np.finfo(np.float32).eps)), 1.0)
    x, y = x * stretch, y * stretch
    norm = 1 / np.sqrt(x * x + y * y + np.finfo(np.float64).eps)
    return x * norm, y * norm


def _failed(condition: str, line: int) -> Exception:
    return failed_assertion(condition, "cornerSubPix", f"imgproc/src/cornersubpix.cpp:{line}")
