"""Changes without a seam: modules/photo/src/seamless_cloning.cpp and seamless_cloning_impl.cpp.

Gradients are put together as wanted, and the image that has them and keeps its border is found by the
engine's own discrete Fourier transform. Native cuts fractions off; where the exact value is a whole number,
its last bits decide, so that a value may be one level apart.

Native works in the caller's mask where it has one channel and leaves it eroded and inverted. So it is here,
unless the mask is read-only.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pyinfer.errors import UnsupportedInBrowser

from .._call import call_by_name
from .._errors import error, failed_assertion
from .._table import DEPTHS
from ._arrays import channels_of, size_of

__all__ = ["colorChange", "illuminationChange", "seamlessClone", "textureFlattening"]

Array = npt.NDArray[Any]
Pair = tuple[Array, Array]

_NORMAL, _MIXED, _MONOCHROME, _WIDE = 1, 2, 3, 8
_BGRA2GRAY, _BGR2GRAY = 10, 6
_DFT_INVERSE, _DFT_SCALE, _DFT_ROWS = 1, 2, 4
_EROSIONS = 3

#: What a pixel's right neighbour has more than it, and what it has more than its left one.
_FORWARD = np.array([[0, -1, 1]], np.int8)
_BACKWARD = np.array([[-1, 1, 0]], np.int8)


def seamlessClone(src: Array, dst: Array, mask: Array | None, p: tuple[int, int], flags: int) -> Array:
    """``dst`` with the masked part of ``src`` around ``p``, without a seam.

    Raises
    ------
    cv2.error
        An image is empty or has one channel, or the masked part does not lie within it.
    """
    if not src.size:
        raise failed_assertion("!_src.empty()", "seamlessClone", "photo/src/seamless_cloning.cpp:70")
    if not dst.size:
        raise failed_assertion("!_dst.empty()", "seamlessClone", "photo/src/seamless_cloning.cpp:71")
    wanted = _checked(mask, src)
    _check_part(wanted, 1, 1, wanted.shape[1] - 2, wanted.shape[0] - 2)
    inner = np.zeros_like(wanted)
    inner[1:-1, 1:-1] = wanted[1:-1, 1:-1]
    _leave(inner, wanted, mask)
    left, top, width, height = call_by_name("boundingRect", inner)
    if not (width > 0 and height > 0):
        return dst.copy()
    x, y = p[0] - width // 2, p[1] - height // 2
    if flags > _WIDE:
        x, y = p[0] - (inner.shape[1] // 2 - left), p[1] - (inner.shape[0] // 2 - top)
    _check_part(dst, x, y, width, height)
    _check_part(src, left, top, width, height)
    part = slice(top, top + height), slice(left, left + width)
    place = slice(y, y + height), slice(x, x + width)
    patch = np.zeros_like(src[part])
    np.copyto(patch, src[part], where=_spread(inner[part] != 0, patch))
    # Gradients and erosion look over the part's edge.
    own = _gradients(dst)
    eroded = _eroded(inner)[part]
    _leave(np.invert(eroded), wanted[part], mask)
    new = _patch_gradients(patch, (own[0][place], own[1][place]), eroded, flags)
    result = dst.copy()
    result[place] = _solved(dst[place], (own[0][place], own[1][place]), new, eroded)
    return result


def colorChange(src: Array, mask: Array | None, red_mul: float, green_mul: float, blue_mul: float) -> Array:
    """``src`` with the masked part in another colour.

    Raises
    ------
    cv2.error
        The mask differs from ``src`` in size or is no mask, or ``src`` has one channel.
    """
    patch, eroded = _masked(src, mask)
    factors = np.array([blue_mul, green_mul, red_mul], np.float32)
    new = tuple(gradient * factors for gradient in _weighted(_gradients(patch), eroded))
    return _solved(src, _gradients(src), (new[0], new[1]), eroded)


def illuminationChange(src: Array, mask: Array | None, alpha: float, beta: float) -> Array:
    """``src`` with less light and shadow in the masked part.

    Raises
    ------
    cv2.error
        As for :func:`colorChange`.
    """
    patch, eroded = _masked(src, mask)
    x, y = _weighted(_gradients(patch), eroded)
    steepness = call_by_name("magnitude", x.reshape(len(x), -1), y.reshape(len(y), -1)).reshape(x.shape)
    with np.errstate(all="ignore"):
        factor = np.float32(np.power(np.float32(alpha), np.float32(beta)))
        flatter = np.power(steepness, np.float32(-beta))
        new = [
            np.nan_to_num(gradient * factor * flatter, nan=0.0, posinf=np.inf, neginf=-np.inf)
            for gradient in (x, y)
        ]
    return _solved(src, _gradients(src), (new[0], new[1]), eroded)


def textureFlattening(
    src: Array, mask: Array | None, low_threshold: float, high_threshold: float, kernel_size: int
) -> Array:
    """``src`` with only the edges of the masked part left.

    Raises
    ------
    cv2.error
        As for :func:`colorChange`.
    """
    patch, eroded = _masked(src, mask)
    edges = call_by_name("Canny", patch, low_threshold, high_threshold, apertureSize=kernel_size) == 255
    kept = [gradient * edges[..., np.newaxis] for gradient in _gradients(patch)]
    return _solved(src, _gradients(src), _weighted((kept[0], kept[1]), eroded), eroded)


def _checked(mask: Array | None, image: Array) -> Array:
    """The mask in one channel; everything if there is none."""
    if mask is None or not mask.size:
        return np.full(image.shape[:2], 255, np.uint8)
    if channels_of(mask) in (3, 4):
        grey: Array = call_by_name("cvtColor", mask, _BGRA2GRAY)
        return grey
    return mask[..., 0] if mask.ndim == 3 and mask.shape[2] == 1 else mask


def _masked(src: Array, mask: Array | None) -> Pair:
    """The masked part of ``src``, and the mask eroded."""
    wanted = _checked(mask, src)
    if wanted.dtype not in (np.uint8, np.int8, np.bool_) or wanted.ndim != 2:
        raise failed_assertion(
            "(mask.depth() == CV_8U || mask.depth() == CV_8S || mask.depth() == CV_Bool)"
            " && (mcn == 1 || mcn == cn)",
            "copyTo",
            "core/src/copy.cpp:588",
        )
    if wanted.shape != src.shape[:2]:
        raise failed_assertion("size() == mask.size()", "copyTo", "core/src/copy.cpp:592")
    patch = np.zeros_like(src)
    np.copyto(patch, src, where=_spread(wanted != 0, patch))
    _check_channels(src)
    eroded = _eroded(wanted)
    _leave(np.invert(eroded), wanted, mask)
    return patch, eroded


def _leave(values: Array, part: Array, mask: Array | None) -> None:
    """Write to the caller's mask, or the part of it, that native takes as it is."""
    taken = part.flags.writeable and part.strides[1] == part.itemsize
    if mask is not None and taken and np.may_share_memory(part, mask):
        part[...] = values


def _check_part(image: Array, x: int, y: int, width: int, height: int) -> None:
    rows, columns = size_of(image)
    if min(x, width, y, height) < 0 or x + width > columns or y + height > rows:
        raise failed_assertion(
            "0 <= roi.x && 0 <= roi.width && roi.x + roi.width <= m.cols"
            " && 0 <= roi.y && 0 <= roi.height && roi.y + roi.height <= m.rows",
            "Mat",
            "core/src/matrix.cpp:1259",
        )


def _check_channels(image: Array) -> None:
    """Native has three of everything; with more it works on memory that it never wrote."""
    if channels_of(image) == 1:
        raise failed_assertion("!_src.empty()", "Laplacian", "imgproc/src/deriv.cpp:711")
    if channels_of(image) != 3:
        raise UnsupportedInBrowser("cv2.seamlessClone", "OpenCV clones three channels only")


def _spread(mask: Array, image: Array) -> Array:
    return mask if image.ndim == 2 else mask[..., np.newaxis]


def _eroded(mask: Array) -> Array:
    kernel = np.ones((3, 3), np.uint8)
    eroded: Array = call_by_name("erode", mask, kernel, iterations=_EROSIONS)
    return eroded


def _gradients(image: Array) -> Pair:
    """Towards the right and the lower neighbour, (h, w, 3) float32."""
    if channels_of(image) not in (1, 3):
        raise UnsupportedInBrowser("cv2.seamlessClone", "OpenCV clones three channels only")
    x, y = (call_by_name("filter2D", image, DEPTHS["float32"], kernel) for kernel in (_FORWARD, _FORWARD.T))
    if x.ndim == 2:
        x, y = (np.repeat(gradient[..., np.newaxis], 3, axis=2) for gradient in (x, y))
    return x, y


def _weighted(gradients: Pair, mask: Array) -> Pair:
    weight = (mask.astype(np.float32) * np.float32(1 / 255))[..., np.newaxis]
    return gradients[0] * weight, gradients[1] * weight


def _patch_gradients(patch: Array, own: Pair, mask: Array, flags: int) -> Pair:
    kind = flags - _WIDE if flags > _WIDE else flags
    if kind == _MONOCHROME:
        patch = call_by_name("cvtColor", patch, _BGR2GRAY)
    x, y = _gradients(patch)
    if kind == _MIXED:
        steeper = np.abs(x - y) > np.abs(own[0] - own[1])
        x, y = np.where(steeper, x, own[0]), np.where(steeper, y, own[1])
    return _weighted((x, y), mask) if kind in (_NORMAL, _MIXED, _MONOCHROME) else (x, y)


def _solved(image: Array, own: Pair, new: Pair, mask: Array) -> Array:
    """The image with the new gradients where the mask is, its own elsewhere, and its own border."""
    _check_channels(image)
    if image.dtype != np.uint8:
        raise UnsupportedInBrowser("cv2.seamlessClone", "OpenCV takes the image for bytes, whatever it is")
    height, width = mask.shape
    if min(height, width) < 2:
        raise error.from_message("vector::_M_default_append", 0)
    if min(height, width) < 3:
        raise failed_assertion("!fixedSize()", "release", "core/src/matrix_wrap.cpp:2044")
    kept = _weighted(own, np.invert(mask))
    depth = DEPTHS["float32"]
    wanted = call_by_name("filter2D", kept[0] + new[0], depth, _BACKWARD)
    wanted = wanted + call_by_name("filter2D", kept[1] + new[1], depth, _BACKWARD.T)
    border = image.copy()
    border[1:-1, 1:-1] = 0
    result = image.copy()
    for channel in range(3):
        known = call_by_name("Laplacian", np.ascontiguousarray(border[..., channel]), depth)
        solution = _poisson((wanted[..., channel] - known)[1:-1, 1:-1])
        # Fractions are cut off. Not-a-number goes through both of native's comparisons, and becomes 0.
        result[1:-1, 1:-1, channel] = np.clip(np.nan_to_num(solution, nan=0.0), 0, 255).astype(np.uint8)
    return result


def _poisson(laplacian: Array) -> Array:
    """What has this Laplacian, and zeros around it."""
    rows, columns = (
        np.float32(2) * np.cos(np.pi / (size + 1) * np.arange(1, size + 1)).astype(np.float32)
        for size in laplacian.shape
    )
    frequencies = _sine_transform(laplacian, _DFT_ROWS)
    frequencies /= columns + rows[:, np.newaxis] - np.float32(4)
    return _sine_transform(frequencies, _DFT_ROWS | _DFT_SCALE | _DFT_INVERSE)


def _sine_transform(image: Array, flags: int) -> Array:
    """Along the rows, then along the columns."""
    for _ in range(2):
        rows, columns = image.shape
        odd = np.zeros((rows, 2 * columns + 2, 2), np.float32)
        odd[:, 1 : columns + 1, 0] = image
        odd[:, columns + 2 :, 0] = -image[:, ::-1]
        image = call_by_name("dft", odd, flags=flags)[:, 1 : columns + 1, 1].T
    return image
