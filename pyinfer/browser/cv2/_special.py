"""Functions that no row can describe."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._call import call_by_name, spec_of
from ._umat import call_with_arrays, has_umat

__all__ = ["distanceTransform", "divide"]

#: Native's distance to nothing; its root where squares are computed, in images of fewer pixels than this.
_NOWHERE = float(np.finfo(np.float32).max)
_SMALL_IMAGE = 1 << 14
_DIST_L2, _DIST_MASK_PRECISE = 2, 0


def divide(*args: Any, **kwargs: Any) -> Any:
    """divide(src1, src2[, dst[, scale[, dtype]]]) or divide(scale, src2[, dst[, dtype]]).

    What becomes of a division by zero in an integer result is the processor's doing, unless both are arrays
    of integers: infinity converts to the lowest integer on a PC, and to the largest in WebAssembly.
    """
    if has_umat(args, kwargs):
        return call_with_arrays(divide, spec_of("divide"), args, kwargs)
    by_zero = _divided_by_zero(args, kwargs)  # while dst, which may be the divisor, is as it was
    quotient = call_by_name("divide", *args, **kwargs)
    if by_zero is not None and quotient.dtype.kind in "iu":
        if isinstance(by_zero, np.ndarray):
            by_zero = by_zero.reshape(quotient.shape)  # an axis for a single channel is gone
        quotient[by_zero] = np.iinfo(quotient.dtype).min
    return quotient


def _divided_by_zero(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """An index of the elements that are divided by zero as real numbers, or None."""
    dividend = args[0] if args else kwargs.get("src1", kwargs.get("scale"))
    divisor = args[1] if len(args) > 1 else kwargs.get("src2")
    if not _is_scalar(divisor):
        if not isinstance(divisor, np.ndarray):
            return None
        whole = isinstance(dividend, np.ndarray) and dividend.dtype.kind in "iu" and not _is_scalar(dividend)
        return None if whole and divisor.dtype.kind in "iu" else divisor == 0
    if not isinstance(dividend, np.ndarray):
        return None
    channels = dividend.shape[2] if dividend.ndim == 3 else 1
    numbers = [*divisor, 0, 0, 0, 0] if isinstance(divisor, (tuple, np.ndarray)) else [divisor] * 4
    zeros = [channel for channel in range(min(channels, 4)) if numbers[channel] == 0]
    if not zeros:
        return None
    return (..., zeros) if channels > 1 else ...


def distanceTransform(*args: Any, **kwargs: Any) -> Any:
    """distanceTransform(src, distanceType, maskSize[, dst[, dstType]]): (h, w) uint8 to float32 or uint8.

    An image without a zero has no distances: native's IPP gives the largest float for them, where OpenCV's
    own code gives a number near 65535.
    """
    if has_umat(args, kwargs):
        return call_with_arrays(distanceTransform, spec_of("distanceTransform"), args, kwargs)
    distances = call_by_name("distanceTransform", *args, **kwargs)
    if distances.dtype.kind == "f" and distances.all():
        kind = args[1] if len(args) > 1 else kwargs["distanceType"]
        mask_size = args[2] if len(args) > 2 else kwargs["maskSize"]
        is_precise = (kind, mask_size) == (_DIST_L2, _DIST_MASK_PRECISE)
        if not is_precise:
            distances[...] = _NOWHERE
        elif distances.size < _SMALL_IMAGE:
            distances[...] = _NOWHERE**0.5
    return distances


def _is_scalar(value: Any) -> bool:
    """Whether arithmetic takes something for numbers, one a channel."""
    if isinstance(value, np.ndarray):
        return value.ndim == 1 and len(value) <= 4
    return isinstance(value, (int, float, tuple))
