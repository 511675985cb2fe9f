"""Functions that no row can describe."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._call import call_by_name, spec_of
from ._umat import call_with_arrays, has_umat

__all__ = ["divide"]


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
    return (..., zeros) if dividend.ndim == 3 else ...


def _is_scalar(value: Any) -> bool:
    """Whether arithmetic takes something for numbers, one a channel."""
    if isinstance(value, np.ndarray):
        return value.ndim == 1 and len(value) <= 4
    return isinstance(value, (int, float, tuple))
