"""checkRange: modules/core/src/mathfuncs.cpp."""

from __future__ import annotations

import math

import numpy as np

from pyinfer.errors import UnsupportedInBrowser

from .._errors import failed_assertion, opencv_error
from ._arrays import Array, channels_of, dimensions_of, present, size_of

__all__ = ["checkRange"]

_LARGEST_INTEGER = 2**31 - 1
_LARGEST = {"float32": float(np.finfo(np.float32).max), "float64": float(np.finfo(np.float64).max)}


def checkRange(
    a: Array | None, quiet: bool, minVal: float | None, maxVal: float | None
) -> tuple[bool, tuple[int, int]]:
    """Whether every number is in [minVal, maxVal), and where the first is that is not.

    Native compares floats by their bits, which puts -0.0 below 0.0.

    Returns
    -------
    bool
    (int, int)
        x and y of an element; (0, 0) if there is none to tell of.

    Raises
    ------
    cv2.error
        A number is out of range and ``quiet`` is false, or ``a`` has more than two dimensions.
    UnsupportedInBrowser
        For depths at which native reads beyond the array.
    """
    src = present(a)
    lowest = -_LARGEST["float64"] if minVal is None else minVal
    limit = _LARGEST["float64"] if maxVal is None else maxVal
    if dimensions_of(src) > 2:
        raise failed_assertion("pt == NULL", "checkRange", "core/src/mathfuncs.cpp:1253")
    if src.dtype.name in _LARGEST:
        outside = _floats_outside(src, lowest, limit)
    elif src.dtype.kind == "f" or src.dtype.name in ("bool", "uint32"):
        raise UnsupportedInBrowser(
            "cv2.checkRange", f"native takes the bytes of {src.dtype} for float64", "convert to float32"
        )
    else:
        outside = _integers_outside(src, lowest, limit)
    if outside is None:
        return True, (0, 0)
    _, columns = size_of(src)
    place = outside % columns if columns else 0, outside // columns if columns else 0
    if not quiet:
        numbers = src.reshape(-1, channels_of(src))[outside].tolist()
        text = ", ".join(_written(number, src.dtype) for number in numbers)
        raise opencv_error(
            -211,
            "One of the arguments' values is out of range",
            f"the value at ({place[0]}, {place[1]})=[{text}] is out of range [{lowest:f}, {limit:f})",
            "checkRange",
            "core/src/mathfuncs.cpp:1353",
        )
    return False, place


def _first(outside: Array, src: Array) -> int | None:
    """The first element with a number outside."""
    flat = outside.ravel()
    index = int(flat.argmax()) if flat.size else 0
    return index // channels_of(src) if flat.size and flat[index] else None


def _floats_outside(src: Array, lowest: float, limit: float) -> int | None:
    largest = _LARGEST[src.dtype.name]
    if src.dtype.name == "float32":
        lowest, limit = max(lowest, -largest), min(limit, largest)
    bits = np.dtype(f"int{8 * src.itemsize}")
    keys = _ordered_bits(np.ascontiguousarray(src).view(bits))
    bounds = _ordered_bits(np.array([lowest, limit], src.dtype).view(bits))
    return _first((keys < bounds[0]) | (keys >= bounds[1]), src)


def _ordered_bits(bits: Array) -> Array:
    """Integers in the order of the floats whose bits these are."""
    return np.where(bits < 0, bits ^ np.iinfo(bits.dtype).max, bits)


def _integers_outside(src: Array, lowest: float, limit: float) -> int | None:
    first = -_LARGEST_INTEGER - 1 if lowest <= -_LARGEST_INTEGER - 1 else math.floor(lowest)
    last = _LARGEST_INTEGER if limit > _LARGEST_INTEGER else math.ceil(limit) - 1
    possible = np.iinfo(src.dtype)
    if first < possible.min and last > possible.max:
        return None
    if first > possible.max or last < possible.min or last < first:
        return 0
    return _first((src < first) | (src > last), src)


def _written(number: float, dtype: np.dtype[np.generic]) -> str:
    """A number as OpenCV prints it in a matrix."""
    if dtype.kind != "f":
        return f"{number:3d}" if dtype.itemsize == 1 else str(number)
    if math.isnan(number):
        return "-nan" if math.copysign(1, number) < 0 else "nan"
    return f"{number:.{8 if dtype.itemsize == 4 else 16}g}"
