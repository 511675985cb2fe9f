"""Filter kernels: modules/imgproc/src/smooth.dispatch.cpp, deriv.cpp, gabor.cpp and filter.dispatch.cpp."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from .._call import call_by_name
from .._errors import error, failed_assertion, opencv_error
from .._table import DEPTHS
from ._type_names import depth_name

__all__ = ["filter2Dp", "getDerivKernels", "getGaborKernel", "getGaussianKernel"]

Array = npt.NDArray[Any]

#: What the kernels that native writes out for a sigma of 0 are, in 256ths of their sum.
_SMALL_GAUSSIANS = {
    1: (256,),
    3: (64, 128, 64),
    5: (16, 64, 96, 64, 16),
    7: (8, 28, 56, 72, 56, 28, 8),
    9: (4, 13, 30, 51, 60, 51, 30, 13, 4),
}
_FLOATS = {DEPTHS["float32"]: np.float32, DEPTHS["float64"]: np.float64}
_LARGEST_SOBEL = 31


def getGaussianKernel(ksize: int, sigma: float, ktype: int) -> Array:
    """A column of ``ksize`` weights that sum to 1; even sizes have two in the middle.

    Raises
    ------
    cv2.error
        ``ksize`` is not positive, or ``ktype`` is neither CV_32F nor CV_64F.
    """
    if ktype not in _FLOATS:
        raise _wrong_type(ktype)
    if ksize <= 0:
        raise failed_assertion("n > 0", "getGaussianKernelBitExact", "imgproc/src/smooth.dispatch.cpp:81")
    if not sigma > 0 and ksize in _SMALL_GAUSSIANS:
        weights = np.array(_SMALL_GAUSSIANS[ksize]) / 256
    else:
        sigma = sigma if sigma > 0 else 0.15 * ksize + 0.35
        middle = (ksize - 1) // 2
        half = np.exp((np.arange(middle) * 2 + 1 - ksize) ** 2 * (-0.125 / (sigma * sigma)))
        ones = np.ones(ksize - 2 * middle)
        weights = np.concatenate([half, ones, half[::-1]])
        weights *= 1 / (2 * half.sum() + ones.sum())
    return weights.astype(_FLOATS[ktype])[:, np.newaxis]


def getDerivKernels(dx: int, dy: int, ksize: int, normalize: bool, ktype: int) -> tuple[Array, Array]:
    """Sobel's column and row, or Scharr's if ``ksize`` is not positive; each as a column.

    Raises
    ------
    cv2.error
        There is no such derivative of that size, or ``ktype`` is neither CV_32F nor CV_64F.
    """
    function, place = ("getScharrKernels", 60) if ksize <= 0 else ("getSobelKernels", 95)
    if ktype not in _FLOATS:
        raise _failed("ktype == CV_32F || ktype == CV_64F", function, place)
    if ksize <= 0:
        if not (dx >= 0 and dy >= 0 and dx + dy == 1):
            raise _failed("dx >= 0 && dy >= 0 && dx+dy == 1", function, 66)
        smooth = np.array([3, 10, 3]) / (32 if normalize else 1)
        kernels = [np.array([-1, 0, 1]) if order else smooth for order in (dx, dy)]
    else:
        if ksize % 2 == 0 or ksize > _LARGEST_SOBEL:
            raise opencv_error(
                -211,
                "One of the arguments' values is out of range",
                "The kernel size must be odd and not larger than 31",
                function,
                "imgproc/src/deriv.cpp:103",
            )
        if not (dx >= 0 and dy >= 0 and dx + dy > 0):
            raise _failed("dx >= 0 && dy >= 0 && dx+dy > 0", function, 106)
        kernels = [_sobel(order, 3 if ksize == 1 and order else ksize, normalize) for order in (dx, dy)]
    row, column = (kernel.astype(_FLOATS[ktype])[:, np.newaxis] for kernel in kernels)
    return row, column


def _sobel(order: int, size: int, normalize: bool) -> Array:
    """Binomial coefficients, differentiated ``order`` times."""
    if size <= order:
        raise _failed("ksize > order", "getSobelKernels", 114)
    kernel = np.ones(1, np.int64)
    for _ in range(size - order - 1):
        kernel = np.convolve(kernel, (1, 1))
    for _ in range(order):
        kernel = np.convolve(kernel, (-1, 1))
    return kernel / 2.0 ** (size - order - 1) if normalize else kernel


def getGaborKernel(
    ksize: tuple[int, int],
    sigma: float,
    theta: float,
    lambd: float,
    gamma: float,
    psi: float,
    ktype: int,
) -> Array:
    """A wave under a bell; a size that is not positive follows from three standard deviations.

    Raises
    ------
    cv2.error
        ``ktype`` is neither CV_32F nor CV_64F.
    """
    if ktype not in _FLOATS:
        raise failed_assertion(
            "ktype == CV_32F || ktype == CV_64F", "getGaborKernel", "imgproc/src/gabor.cpp:73"
        )
    cosine, sine = math.cos(theta), math.sin(theta)
    with np.errstate(all="ignore"):
        width = np.float64(sigma)
        height = width / gamma
        x = _positions(ksize[0], max(abs(3 * width * cosine), abs(3 * height * sine)))
        y = _positions(ksize[1], max(abs(3 * width * sine), abs(3 * height * cosine)))[:, np.newaxis]
        along = x * cosine + y * sine
        beside = y * cosine - x * sine
        bell = np.exp(-0.5 / (width * width) * along * along + -0.5 / (height * height) * beside * beside)
        kernel: Array = bell * np.cos(np.float64(math.pi * 2) / lambd * along + psi)
        return kernel.astype(_FLOATS[ktype])


def _positions(size: int, reach: float) -> Array:
    """Distances from the middle, falling."""
    if size <= 0 and not math.isfinite(reach):
        return np.array([-(2.0**31)])  # what native's rounding gives for infinity
    half = size // 2 if size > 0 else round(reach)
    return np.arange(half, -half - 1, -1.0)


def filter2Dp(
    src: Array,
    kernel: Array | None,
    anchorX: int,
    anchorY: int,
    borderType: int,
    ddepth: int,
    scale: float,
    shift: float,
) -> Array:
    """filter2D with a kernel times ``scale``, and ``shift`` added.

    Raises
    ------
    cv2.error
        Whatever filter2D raises.
    """
    if kernel is not None and scale != 1:
        kernel = (kernel * scale).astype(kernel.dtype if kernel.dtype.char in "fd" else np.float32)
    anchor = anchorX, anchorY
    filtered: Array = call_by_name("filter2D", src, ddepth, kernel, None, anchor, shift, borderType)
    return filtered


def _failed(condition: str, function: str, line: int) -> error:
    return failed_assertion(condition, function, f"imgproc/src/deriv.cpp:{line}")


def _wrong_type(depth: int) -> error:
    text = f":\n    'ktype == CV_32F || ktype == CV_64F'\nwhere\n    'ktype' is {depth} ({depth_name(depth)})"
    return opencv_error(
        -2,
        "Unspecified error",
        text,
        "cv::Mat cv::getGaussianKernel(int, double, int)",
        "imgproc/src/smooth.dispatch.cpp:200",
    )
