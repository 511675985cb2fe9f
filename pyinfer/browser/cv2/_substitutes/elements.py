"""Functions of single elements: modules/core/src/mathfuncs.cpp, copy.cpp, sum.dispatch.cpp,
norm.dispatch.cpp, nan_mask.dispatch.cpp and matmul.dispatch.cpp.
"""

from __future__ import annotations

import math

import numpy as np

from .._call import call_by_name
from .._errors import failed_assertion, opencv_error
from ._arrays import (
    Array,
    channels_of,
    dimensions_of,
    or_none,
    present,
    size_of,
    sizes_of,
    type_of,
)

__all__ = [
    "PSNR",
    "borderInterpolate",
    "cartToPolar",
    "copyTo",
    "cubeRoot",
    "fastAtan2",
    "finiteMask",
    "patchNaNs",
    "phase",
    "scaleAdd",
    "sumElems",
]

_MASKS = frozenset({"uint8", "int8", "bool"})
_DOUBLE_EPSILON = 2.0**-52
_NORM_L2SQR = 5


def copyTo(src: Array | None, mask: Array | None, dst: Array | None) -> Array | None:
    """``src`` where ``mask`` is not zero; what ``dst`` holds, else 0, elsewhere.

    Parameters
    ----------
    mask : (h, w) or one value a channel, uint8, int8 or bool
        Everything is copied without one.

    Raises
    ------
    cv2.error
        The mask has another size, depth or number of channels.
    """
    src = present(src)
    if mask is None:
        return or_none(src.copy())
    channels = channels_of(src)
    masks = channels_of(mask)
    if mask.dtype.name not in _MASKS or masks not in (1, channels):
        condition = (
            "(mask.depth() == CV_8U || mask.depth() == CV_8S || mask.depth() == CV_Bool) && "
            "(mcn == 1 || mcn == cn)"
        )
        raise failed_assertion(condition, "copyTo", "core/src/copy.cpp:588")
    if dimensions_of(src) <= 2:
        if dimensions_of(mask) > 2 or size_of(src) != size_of(mask):
            raise failed_assertion("size() == mask.size()", "copyTo", "core/src/copy.cpp:592")
    elif sizes_of(src) != sizes_of(mask):
        raise failed_assertion("A.size == arrays[i0]->size", "init", "core/src/matrix_iterator.cpp:71")
    if masks == 1 and dimensions_of(src) <= 2 and src.size:
        # A masked bitwise operation leaves the rest of dst as it is, too.
        whole: Array = call_by_name("bitwise_and", src, src, dst=dst, mask=mask.view(np.uint8))
        return whole
    fits = dst is not None and type_of(dst) == type_of(src) and sizes_of(dst) == sizes_of(src)
    copied = dst if dst is not None and fits else np.zeros_like(src)
    sizes = sizes_of(src)
    chosen = mask.astype(bool, copy=False).reshape(*sizes, masks)
    np.copyto(copied.reshape(*sizes, channels), src.reshape(*sizes, channels), where=chosen)
    return or_none(copied)


def sumElems(src: Array | None) -> tuple[float, ...]:
    """The sum of each channel.

    Returns
    -------
    tuple of 4 floats

    Raises
    ------
    cv2.error
        There are more than 4 channels.
    """
    src = present(src)
    channels = channels_of(src)
    if channels > 4:
        text = (
            "cv::sum does not support more than 4 channels (expected: 'cn <= 4'), where\n"
            f"    'cn' is {channels}\nmust be less than or equal to\n    '4' is 4"
        )
        function = "cv::Scalar cv::sum(InputArray)"
        raise opencv_error(-2, "Unspecified error", text, function, "core/src/sum.dispatch.cpp:134")
    if src.dtype.name == "bool" and channels > 1:
        raise opencv_error(
            -213,
            "The function/feature is not implemented",
            "",
            "sum",
            "core/src/sum.dispatch.cpp:150",
        )
    # Whole numbers are added exactly, also natively; float16 as float32.
    whole = {"u": np.uint64, "i": np.int64, "b": np.int64}
    precision = np.float32 if src.dtype.name == "float16" else whole.get(src.dtype.kind, np.float64)
    if channels > 1:
        sums = src.sum(axis=0, dtype=precision).sum(axis=0).tolist()
    else:
        sums = [src.sum(dtype=precision).item()]
    return (*map(float, sums), *(0.0,) * (4 - channels))


def PSNR(src1: Array | None, src2: Array | None, R: float) -> float:
    """The peak signal-to-noise ratio in decibels, for signals up to ``R``.

    Raises
    ------
    cv2.error
        The two differ in type or size.
    """
    src1, src2 = present(src1), present(src2)
    if type_of(src1) != type_of(src2):
        condition = "_src1.type() == _src2.type()"
        raise failed_assertion(condition, "PSNR", "core/src/norm.dispatch.cpp:704")
    if sizes_of(src1) == sizes_of(src2) and not src1.size:
        return math.nan
    squares = call_by_name("norm", src1, src2, normType=_NORM_L2SQR)
    difference = math.sqrt(squares / src1.size)
    ratio = R / (difference + _DOUBLE_EPSILON)
    if ratio > 0:
        return 20 * math.log10(ratio)
    return -math.inf if ratio == 0 else math.nan


def phase(x: Array | None, y: Array | None, angleInDegrees: bool) -> Array | None:
    """The angle of each vector in [0, 360) or [0, 2 pi), by OpenCV's polynomial (0.3 degrees at worst).

    Raises
    ------
    cv2.error
        The two are not of one size and type, float32 or float64.
    """
    x, y = present(x), present(y)
    for array in (x, y):
        if dimensions_of(array) > 2:
            raise failed_assertion("m->dims <= 2", "size", "core/src/matrix_wrap.cpp:511")
    if size_of(x) != size_of(y) or type_of(x) != type_of(y) or x.dtype.name not in ("float32", "float64"):
        condition = (
            "src1.size() == src2.size() && type == src2.type() && (depth == CV_32F || depth == CV_64F)"
        )
        raise failed_assertion(condition, "phase", "core/src/mathfuncs.cpp:190")
    return _angles(x, y, angleInDegrees) if x.size else None


def cartToPolar(x: Array | None, y: Array | None, angleInDegrees: bool) -> tuple[Array | None, Array | None]:
    """The length of each vector, by opencv.js, and its angle as :func:`phase` has it.

    opencv.js takes the arc tangent itself for the last elements, which differs by up to 0.01 degrees.
    """
    magnitude, angle = call_by_name("cartToPolar", x, y, angleInDegrees=angleInDegrees)
    if angle is None or x is None or y is None:
        return magnitude, angle
    return magnitude, _angles(x, y, angleInDegrees).reshape(angle.shape)


def _angles(x: Array, y: Array, degrees: bool) -> Array:
    angles = _degrees(y.astype(np.float32, copy=False).reshape(x.shape), x.astype(np.float32, copy=False))
    if not degrees:
        angles *= np.float32(math.pi / 180)
    return angles.astype(x.dtype, copy=False)


#: Of the odd powers of a slope up to 1, in degrees, highest first.
_ATAN = [
    np.float32(factor) * np.float32(180 / math.pi)
    for factor in (-0.04432655554792128, 0.1555786518463281, -0.3258083974640975, 0.9997878412794807)
]


def _degrees(y: Array, x: Array) -> Array:
    """Angles in [0, 360), computed in float32."""
    across, up = np.abs(x), np.abs(y)
    with np.errstate(invalid="ignore", over="ignore"):
        slope = np.minimum(across, up) / (np.maximum(across, up) + np.float32(_DOUBLE_EPSILON))
        square = slope * slope
        angle = np.full_like(slope, _ATAN[0])
        for factor in _ATAN[1:]:
            angle *= square
            angle += factor
        angle *= slope
    angle = np.where(across >= up, angle, np.float32(90) - angle)
    angle = np.where(x < 0, np.float32(180) - angle, angle)
    return np.where(y < 0, np.float32(360) - angle, angle)


def fastAtan2(y: float, x: float) -> float:
    """The angle of one vector in degrees, as :func:`phase` computes it."""
    return float(_degrees(np.array([y], np.float32), np.array([x], np.float32))[0])


#: Numerator and denominator of the cube root on [0.125, 1), highest power first.
_CUBE_ROOT = (
    (45.2548339756803, 192.2798368355061, 119.16548242855816, 13.432501390862399, 0.16361612265857542),
    (14.808840932191346, 151.97140510444356, 168.52544141015682, 33.99059413502156, 1.0),
)


def cubeRoot(val: float) -> float:
    """The cube root as float32, by OpenCV's rational polynomial; only finite numbers have one."""
    with np.errstate(over="ignore"):
        bits = int(np.array(val, np.float32).view(np.int32))
    if not bits:
        return 0.0
    exponent = (bits >> 23 & 0xFF) - 127
    # Of the exponent a multiple of 3 is set apart, so that the rest is -3, -2 or -1.
    rest = exponent % 3 - 3
    fraction = float(np.array((bits & 0x7FFFFF) | (rest + 127) << 23, np.int32).view(np.float32))
    numerator, denominator = (_polynomial(factors, fraction) for factors in _CUBE_ROOT)
    root = int(np.array(numerator / denominator, np.float32).view(np.int32))
    root += ((exponent - rest) // 3 << 23) + (bits & -0x80000000)
    return float(np.array(root & 0xFFFFFFFF, np.uint32).view(np.float32))


def _polynomial(factors: tuple[float, ...], x: float) -> float:
    value = 0.0
    for factor in factors:
        value = value * x + factor
    return value


def borderInterpolate(p: int, len: int, borderType: int) -> int:
    """Which element of ``len`` a border of a kind repeats at place ``p``; -1 for a constant one.

    Raises
    ------
    cv2.error
        ``BORDER_TRANSPARENT`` and such have no such element. Without elements native hangs.
    """
    if 0 <= p < len or borderType == 0:
        return p if 0 <= p < len else -1
    if borderType not in (1, 2, 3, 4):
        text = "Unknown/unsupported border type"
        raise opencv_error(-5, "Bad argument", text, "borderInterpolate", "core/src/copy.cpp:995")
    if len <= 0:
        raise failed_assertion("len > 0", "borderInterpolate", "core/src/copy.cpp:956")
    if borderType == 1:
        return 0 if p < 0 else len - 1
    if borderType == 3:
        return p % len
    if len == 1:
        return 0
    # Forth and back: the ends come twice in a row, or once.
    twice = borderType == 2
    period = 2 * len if twice else 2 * len - 2
    place = p % period
    return place if place < len else period - place - twice


def finiteMask(src: Array | None) -> Array | None:
    """255 for each element whose channels are all finite, else 0.

    Raises
    ------
    cv2.error
        ``src`` has more than 4 channels or is neither float32 nor float64.
    """
    src = present(src)
    if channels_of(src) > 4:
        condition = "channels > 0 && channels <= 4"
        raise failed_assertion(condition, "finiteMask", "core/src/nan_mask.dispatch.cpp:124")
    if src.dtype.name not in ("float32", "float64"):
        condition = "depth == CV_32F || depth == CV_64F"
        raise failed_assertion(condition, "finiteMask", "core/src/nan_mask.dispatch.cpp:125")
    finite = np.isfinite(src).reshape(*sizes_of(src), -1).all(-1) if src.size else np.empty((0, 0), bool)
    return or_none(np.multiply(finite, np.uint8(255), dtype=np.uint8))


def patchNaNs(a: Array | None, val: float) -> Array | None:
    """``a`` with ``val`` in place of each NaN: written in place.

    Raises
    ------
    cv2.error
        ``a`` is neither float32 nor float64.
    """
    if a is None or a.dtype.name not in ("float32", "float64"):
        condition = "_a.depth() == CV_32F || _a.depth() == CV_64F"
        raise failed_assertion(condition, "patchNaNs", "core/src/nan_mask.dispatch.cpp:62")
    a[np.isnan(a)] = val
    return a


def scaleAdd(src1: Array | None, alpha: float, src2: Array | None) -> Array | None:
    """``alpha * src1 + src2``.

    Raises
    ------
    cv2.error
        The two differ in type or size.
    """
    src1, src2 = present(src1), present(src2)
    if type_of(src1) != type_of(src2):
        raise failed_assertion("type == _src2.type()", "scaleAdd", "core/src/matmul.dispatch.cpp:645")
    if src1.dtype.name not in ("float32", "float64"):
        result: Array | None = call_by_name("addWeighted", src1, alpha, src2, 1, 0)
        return result
    if sizes_of(src1) != sizes_of(src2):
        raise failed_assertion("src1.size == src2.size", "scaleAdd", "core/src/matmul.dispatch.cpp:657")
    with np.errstate(over="ignore", invalid="ignore"):
        return or_none(src1 * src1.dtype.type(alpha) + src2)
