"""Compares arrays, and what a script's variables hold."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .finding import Array, Comparison, Numbers, Pictures, Tolerance, Verdict, together

__all__ = ["compare_archives", "compare_arrays", "looks_like_image"]

_CHANNELS = (3, 4)
_SMALLEST_IMAGE = 8
_MOST_STEPS = 8
#: Python in the browser has 32 bits, and NumPy's integers are as wide by default.
_NARROWER = {("int64", "int32"), ("uint64", "uint32")}


def looks_like_image(array: Array) -> bool:
    """Whether an array is something to look at: bytes, or a plane of floats, of some size."""
    if min(array.shape[:2], default=0) < _SMALLEST_IMAGE or array.dtype.kind not in "ufib":
        return False
    if array.ndim == 3 and array.dtype == np.uint8:
        return array.shape[2] in (1, *_CHANNELS)
    return array.ndim == 2 and array.dtype.kind in "ufb"


def compare_arrays(
    native: Array, browser: Array, tolerance: Tolerance, *, is_bgr: bool = False
) -> Comparison:
    """Compare two arrays: shape, type and values.

    Parameters
    ----------
    native, browser : numpy.ndarray
    tolerance : Tolerance
    is_bgr : bool
        Of an image, whether its channels are blue, green, red.
    """
    kinds = f"natively {native.dtype} {native.shape}, in the browser {browser.dtype} {browser.shape}"
    if native.shape != browser.shape:
        return Comparison(Verdict.DIFFERS, f"another shape: {kinds}")
    narrower = (native.dtype.name, browser.dtype.name) in _NARROWER
    if native.dtype != browser.dtype and not narrower:
        return Comparison(Verdict.DIFFERS, f"another type: {kinds}")
    pictures = Pictures(native, browser, is_bgr) if looks_like_image(native) else None
    numbers = _numbers(native, browser.astype(native.dtype), tolerance)
    described = f"{native.dtype} {_shape_words(native)}"
    if numbers.unequal:
        verdict = Verdict.DIFFERS if numbers.beyond else Verdict.CLOSE
        details = [numbers.place(), *_steps(native, browser)]
        return Comparison(verdict, f"{described}, {numbers.words()}", details, numbers, pictures)
    if narrower:
        reason = f"equal, but {browser.dtype} in the browser, whose Python has 32 bits"
        return Comparison(Verdict.CLOSE, f"{described}, {reason}", (), numbers)
    return Comparison(Verdict.SAME, f"{described}, equal", (), numbers)


def _steps(native: Array, browser: Array) -> list[str]:
    """By how many levels how many integers differ, if these are few enough to tell."""
    if native.dtype.kind not in "iu" or native.dtype != browser.dtype:
        return []
    steps, counts = np.unique(_integer_differences(native, browser), return_counts=True)
    pairs = [(int(step), int(count)) for step, count in zip(steps, counts, strict=True) if step]
    told = [f"by {step:,}: {count:,}" for step, count in pairs[:_MOST_STEPS]]
    return [", ".join(told) + (", ..." if len(pairs) > _MOST_STEPS else "")]


def _shape_words(array: Array) -> str:
    return " x ".join(map(str, array.shape)) if array.ndim else "number"


def _numbers(native: Array, browser: Array, tolerance: Tolerance) -> Numbers:
    native, browser = np.atleast_1d(native), np.atleast_1d(browser)
    kind = native.dtype.kind
    if kind in "fc":
        unequal = ~((native == browser) | (np.isnan(native) & np.isnan(browser)))
        difference, beyond = _float_differences(native, browser, tolerance)
        beyond &= unequal
    elif kind in "iu":
        difference = _integer_differences(native, browser)
        unequal, beyond = difference > 0, difference > tolerance.levels
    else:
        unequal = beyond = np.asarray(native != browser)
        difference = unequal
    telling = beyond if beyond.any() else unequal
    index = np.unravel_index(int(telling.argmax()), telling.shape) if telling.size else (0,)
    differs = bool(telling.any())
    known = difference[np.isfinite(difference)].astype(np.float64)
    return Numbers(
        compared=native.size,
        unequal=int(unequal.sum()),
        beyond=int(beyond.sum()),
        maximum=float(known.max()) if known.size else 0.0,
        mean=float(known.mean()) if known.size else 0.0,
        first=f"[{', '.join(map(str, index))}]" if differs else "",
        native=str(native[index]) if differs else "",
        browser=str(browser[index]) if differs else "",
    )


def _float_differences(native: Array, browser: Array, tolerance: Tolerance) -> tuple[Array, Array]:
    wide = np.complex128 if native.dtype.kind == "c" else np.float64
    first, second = native.astype(wide), browser.astype(wide)
    with np.errstate(invalid="ignore"):
        difference = np.abs(first - second)
    relative = max(tolerance.relative, 2 * float(np.finfo(native.dtype).eps))
    size = np.abs(first)
    finite = size[np.isfinite(size)]
    largest = float(finite.max()) if finite.size else 0.0
    # As NumPy's assert_allclose, where what is small beside the largest may be rounding error alone.
    allowed = tolerance.absolute + relative * (largest + np.where(np.isfinite(size), size, 0.0))
    return difference, ~(difference <= allowed)


def _integer_differences(native: Array, browser: Array) -> Array:
    unsigned = np.dtype(f"u{native.dtype.itemsize}")
    larger, smaller = np.maximum(native, browser), np.minimum(native, browser)
    # Modulo 2 ** bits, which is the difference itself: it is never negative.
    difference: Array = larger.astype(unsigned) - smaller.astype(unsigned)
    return difference


def compare_archives(
    native: Mapping[str, Array], browser: Mapping[str, Array], tolerance: Tolerance
) -> Comparison:
    """Compare arrays by their names, as an ``.npz`` file has them."""
    parts = []
    for name in dict.fromkeys([*native, *browser]):
        if name not in browser:
            parts.append((name, Comparison(Verdict.DIFFERS, "natively only")))
        elif name not in native:
            parts.append((name, Comparison(Verdict.DIFFERS, "in the browser only")))
        else:
            parts.append((name, compare_arrays(native[name], browser[name], tolerance)))
    return together(parts, "arrays")
