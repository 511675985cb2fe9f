"""How two images lie on each other: modules/video/src/ecc.cpp and imgproc/src/phasecorr_iterative.cpp."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from .._call import call_by_name
from .._errors import failed_assertion, opencv_error
from .._table import DEPTHS
from ._arrays import channels_of, type_of

__all__ = ["computeECC", "phaseCorrelateIterative"]

Array = npt.NDArray[Any]
Point = tuple[float, float]

_DFT_INVERSE, _DFT_SCALE, _DFT_COMPLEX_OUTPUT, _DFT_REAL_OUTPUT = 1, 2, 16, 32
#: Side of the enlarged neighbourhood of the peak, and the parts of it that are tried.
_ENLARGED = 223
_RATIO, _RATIO_STEP = 0.45, 0.025


def computeECC(templateImage: Array, inputImage: Array, inputMask: Array | None) -> float:
    """The correlation of two images of one type, 1 for equal ones.

    Raises
    ------
    cv2.error
        An image is empty, has neither one nor three channels, or the two differ in type or size.
    """
    for image, name, line in ((templateImage, "templateImage", 292), (inputImage, "inputImage", 293)):
        if not image.size:
            raise failed_assertion(f"!{name}.empty()", "computeECC", f"video/src/ecc.cpp:{line}")
    if channels_of(templateImage) not in (1, 3):
        condition = "templateImage.channels() == 1 || templateImage.channels() == 3"
        raise failed_assertion(condition, "computeECC", "video/src/ecc.cpp:295")
    if type_of(templateImage) != type_of(inputImage):
        text = "Both input images must have the same data type"
        wrong = "Formats of input arguments do not match"
        raise opencv_error(-205, wrong, text, "computeECC", "video/src/ecc.cpp:298")
    if inputMask is None or not inputMask.size:
        inputMask, count = None, math.prod(templateImage.shape[:2])
    else:
        count = call_by_name("countNonZero", inputMask)
    centred, lengths = [], []
    for image in (templateImage, inputImage):
        mean, deviation = call_by_name("meanStdDev", image, mask=inputMask)
        # Colours stay unsigned, as natively: what is darker than the mean becomes 0.
        signed = {np.dtype(np.uint8): np.int16, np.dtype(np.uint16): np.int32}
        if channels_of(image) == 1:
            image = image.astype(signed.get(image.dtype, image.dtype))
        scalar = (*mean.ravel().tolist(), 0.0, 0.0, 0.0)[:4]
        centred.append(call_by_name("subtract", image, scalar, mask=inputMask))
        lengths.append(math.sqrt(count * float((deviation * deviation).sum())))
    if centred[0].shape != centred[1].shape:
        raise failed_assertion("mat.size == size", "dot", "core/src/matmul.dispatch.cpp:998")
    product = np.float64((centred[0].astype(np.float64) * centred[1]).sum())
    with np.errstate(all="ignore"):
        return float(product / np.float64(lengths[0] * lengths[1]))


def phaseCorrelateIterative(src1: Array, src2: Array, L2size: int, maxIters: int) -> Point:
    """How far ``src2`` has moved from ``src1``, from where the phases agree most.

    Raises
    ------
    cv2.error
        The two differ in type or size, or are no single-channel float32 or float64.
    """
    conditions = (
        (type_of(src1) == type_of(src2), "src1.type() == src2.type()"),
        (src1.shape == src2.shape, "src1.size() == src2.size()"),
        (
            src1.dtype.kind == "f" and src1.itemsize > 2 and channels_of(src1) == 1,
            "src1.type() == CV_32FC1 || src1.type() == CV_64FC1",
        ),
    )
    for line, (met, condition) in enumerate(conditions, 165):
        if not met:
            place = f"imgproc/src/phasecorr_iterative.cpp:{line}"
            raise failed_assertion(condition, "phaseCorrelateIterative", place)
    window = call_by_name("createHanningWindow", src1.shape[1::-1], DEPTHS[src1.dtype.name])
    first, second = (
        call_by_name("dft", call_by_name("multiply", image, window), flags=_DFT_COMPLEX_OUTPUT)
        for image in (src1, src2)
    )
    landscape = _cross_power(first, second)
    landscape = call_by_name("dft", landscape, flags=_DFT_INVERSE | _DFT_SCALE | _DFT_REAL_OUTPUT)
    _swap_quadrants(landscape)
    middle = np.array(landscape.shape[1::-1]) // 2
    peak = np.array(call_by_name("minMaxLoc", landscape)[3])
    size = L2size
    while _outside(peak, landscape, size):
        size -= 2
        if size < 3:
            return _point(peak - middle)
    near = _part(landscape, peak - size // 2, size)
    enlarged = call_by_name("resize", np.ascontiguousarray(near), (_ENLARGED, _ENLARGED))
    refined = _refined(enlarged, maxIters)
    if refined is not None:
        return _point(peak - middle + refined / (_ENLARGED / size))
    return _point(peak - middle + _centroid(near) - size // 2)


def _cross_power(first: Array, second: Array) -> Array:
    """The phases of the product of one spectrum and the other's conjugate."""
    a, b, c, d = first[..., 0], first[..., 1], second[..., 0], second[..., 1]
    real, imaginary = a * c + b * d, a * d - b * c
    with np.errstate(all="ignore"):
        length = np.sqrt(real * real + imaginary * imaginary)
        return np.stack([real / length, imaginary / length], axis=-1)


def _swap_quadrants(image: Array) -> None:
    """Bring the origin to the middle; an odd last row or column stays where it is."""
    y, x = image.shape[0] // 2, image.shape[1] // 2
    for first, second in (
        ((slice(0, y), slice(0, x)), (slice(y, 2 * y), slice(x, 2 * x))),
        ((slice(0, y), slice(x, 2 * x)), (slice(y, 2 * y), slice(0, x))),
    ):
        image[first], image[second] = image[second].copy(), image[first].copy()


def _refined(enlarged: Array, iterations: int) -> Array | None:
    """How far the peak is from the middle; None if it was not found."""
    middle = np.array([_ENLARGED // 2] * 2, np.float64)
    ratio = _RATIO
    while (size := _odd(math.floor(ratio * _ENLARGED))) > 0:
        at = middle.copy()
        for _ in range(iterations):
            if _outside(np.rint(at).astype(int), enlarged, size):
                break
            centre = _centroid(_part(enlarged, (at - size // 2).astype(int), size))
            offset = centre - size // 2
            at += np.trunc(offset + np.copysign(0.5, offset))
            if (np.abs(offset) < 0.5).all():
                found: Array = at - middle + offset
                return found
        ratio -= _RATIO_STEP
    return None


def _odd(size: int) -> int:
    return size if size % 2 else size + 1


def _outside(peak: Array, image: Array, size: int) -> bool:
    height, width = image.shape
    low, high = peak - size // 2, peak + size // 2
    return bool(low.min() < 0 or high[0] >= width or high[1] >= height)


def _part(image: Array, corner: Array, size: int) -> Array:
    return image[corner[1] : corner[1] + size, corner[0] : corner[0] + size]


def _centroid(image: Array) -> Array:
    moments = call_by_name("moments", np.ascontiguousarray(image))
    with np.errstate(all="ignore"):
        return np.array([moments["m10"], moments["m01"]]) / np.float64(moments["m00"])


def _point(offset: Array) -> Point:
    return float(offset[0]), float(offset[1])
