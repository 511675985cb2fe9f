"""Transforms and spectra: modules/core/src/dxt.cpp and modules/imgproc/src/phasecorr.cpp."""

from __future__ import annotations

import numpy as np

from .._call import call_by_name
from .._errors import failed_assertion, opencv_error
from ._arrays import Array, channels_of, dimensions_of, present, size_of, sizes_of, type_of

__all__ = ["dct", "idct", "idft", "mulSpectrums", "phaseCorrelate"]

_INVERSE = 1
_ROWS = 4
_SOURCE = "core/src/dxt.cpp"
_CORRELATION = "imgproc/src/phasecorr.cpp"


def idft(src: Array | None, flags: int, nonzeroRows: int) -> Array | None:
    """``dft`` with ``DFT_INVERSE``, computed by opencv.js; not scaled unless ``flags`` say so."""
    result: Array | None = call_by_name("dft", present(src), flags=flags | _INVERSE, nonzeroRows=nonzeroRows)
    return result


def dct(src: Array | None, flags: int) -> Array | None:
    """The orthonormal cosine transform of the rows, and of the columns unless ``DCT_ROWS`` is set.

    Computed in float64. Of float32, native transforms odd lengths, too.

    Raises
    ------
    cv2.error
        ``src`` is no single-channel float32 or float64, or is float64 with odd sides.
    """
    src = present(src)
    if src.dtype.name not in ("float32", "float64") or channels_of(src) > 1:
        raise failed_assertion("type == CV_32FC1 || type == CV_64FC1", "dct", f"{_SOURCE}:4630")
    if not src.size:
        return None
    matrix = src.reshape(size_of(src))
    axes = [axis for axis in (1, 0) if matrix.shape[axis] > 1 and not (axis == 0 and flags & _ROWS)]
    if src.dtype.name == "float64" and any(matrix.shape[axis] % 2 for axis in axes):
        name = "The function/feature is not implemented"
        text = "Odd-size DCT's are not implemented"
        raise opencv_error(-213, name, text, "apply", f"{_SOURCE}:4535")
    numbers = matrix.astype(np.float64)
    for axis in axes:
        transform = _inverse_cosine_transform if flags & _INVERSE else _cosine_transform
        numbers = np.moveaxis(transform(np.moveaxis(numbers, axis, -1)), -1, axis)
    return np.ascontiguousarray(numbers, src.dtype)


def idct(src: Array | None, flags: int) -> Array | None:
    """:func:`dct` with ``DCT_INVERSE``."""
    return dct(src, flags | _INVERSE)


def _twist(length: int) -> Array:
    """What turns the Fourier coefficients of rearranged numbers into cosine coefficients."""
    twist: Array = np.exp(-0.5j * np.pi * np.arange(length) / length) * np.sqrt(2 / length)
    twist[0] *= np.sqrt(0.5)
    return twist


def _cosine_transform(numbers: Array) -> Array:
    """Along the last axis, by a Fourier transform of the even places and then the odd ones, backwards."""
    rearranged = np.concatenate([numbers[..., ::2], numbers[..., 1::2][..., ::-1]], -1)
    coefficients: Array = (np.fft.fft(rearranged) * _twist(numbers.shape[-1])).real
    return coefficients


def _inverse_cosine_transform(coefficients: Array) -> Array:
    length = coefficients.shape[-1]
    twist = _twist(length)
    sums = coefficients / np.abs(twist)
    mirrored = np.zeros_like(sums)
    mirrored[..., 1:] = sums[..., :0:-1]
    rearranged = np.fft.ifft((sums - 1j * mirrored) * np.abs(twist) / twist).real
    numbers = np.empty_like(coefficients)
    numbers[..., ::2] = rearranged[..., : (length + 1) // 2]
    numbers[..., 1::2] = rearranged[..., : (length - 1) // 2 : -1]
    return numbers


def mulSpectrums(a: Array | None, b: Array | None, flags: int, conjB: bool) -> Array | None:
    """The products of two spectra, packed as ``dft`` packs them or with two channels.

    Raises
    ------
    cv2.error
        The two differ in type or size, or are no spectra.
    """
    a, b = present(a), present(b)
    if type_of(a) != type_of(b) or size_of(a) != size_of(b):
        condition = "type == srcB.type() && srcA.size() == srcB.size()"
        raise failed_assertion(condition, "mulSpectrums", f"{_SOURCE}:3731")
    if a.dtype.name not in ("float32", "float64") or channels_of(a) > 2:
        condition = "type == CV_32FC1 || type == CV_32FC2 || type == CV_64FC1 || type == CV_64FC2"
        raise failed_assertion(condition, "mulSpectrums", f"{_SOURCE}:3732")
    if not a.size:
        return None
    rows, columns = size_of(a)
    if channels_of(a) == 2:
        return _products(a.reshape(rows, columns, 2), b.reshape(rows, columns, 2), conjB)
    first, second = a.reshape(rows, columns), b.reshape(rows, columns)
    result = np.empty_like(first)
    if columns == 1 and rows > 1 and not flags & _ROWS:
        result.T[:] = _packed_products(first.T, second.T, conjB)
    elif rows == 1 or flags & _ROWS:
        result[:] = _packed_products(first, second, conjB)
    else:
        edges = [0] if columns % 2 else [0, columns - 1]
        inner = slice(1, columns - 1 + columns % 2)
        result[:, edges] = _packed_products(first.T[edges], second.T[edges], conjB).T
        result[:, inner] = _pair_products(first[:, inner], second[:, inner], conjB)
    return result


def _packed_products(a: Array, b: Array, conjugate: bool) -> Array:
    """Of rows that begin with a real number, and end with one if they are of even length."""
    columns = a.shape[1]
    result = np.empty(a.shape, a.dtype)
    ends = [0] if columns % 2 else [0, columns - 1]
    inner = slice(1, columns - 1 + columns % 2)
    result[:, ends] = a[:, ends] * b[:, ends]
    result[:, inner] = _pair_products(a[:, inner], b[:, inner], conjugate)
    return result


def _pair_products(a: Array, b: Array, conjugate: bool) -> Array:
    """Of rows of real and imaginary parts in turn."""
    shape = (a.shape[0], a.shape[1] // 2, 2)
    return _products(a.reshape(shape), b.reshape(shape), conjugate).reshape(a.shape)


def _products(a: Array, b: Array, conjugate: bool) -> Array:
    """Complex products of the pairs along the last axis, computed in float64."""
    one, other = (array.astype(np.float64) for array in (a, b))
    if conjugate:
        other[..., 1] *= -1
    result = np.empty(a.shape, a.dtype)
    result[..., 0] = one[..., 0] * other[..., 0] - one[..., 1] * other[..., 1]
    result[..., 1] = one[..., 0] * other[..., 1] + one[..., 1] * other[..., 0]
    return result


def phaseCorrelate(
    src1: Array | None, src2: Array | None, window: Array | None
) -> tuple[tuple[float, float], float]:
    """By how much ``src2`` is shifted against ``src1``, and how strong the peak is that tells so.

    Computed in float64, also for float32.

    Returns
    -------
    (float, float)
    float

    Raises
    ------
    cv2.error
        The images, or the window, differ in size or type or are not single-channel floats.
    """
    src1, src2 = present(src1), present(src2)
    if type_of(src1) != type_of(src2):
        raise failed_assertion("src1.type() == src2.type()", "phaseCorrelate", f"{_CORRELATION}:329")
    if src1.dtype.name not in ("float32", "float64") or channels_of(src1) > 1 or dimensions_of(src1) > 2:
        condition = "src1.type() == CV_32FC1 || src1.type() == CV_64FC1"
        raise failed_assertion(condition, "phaseCorrelate", f"{_CORRELATION}:330")
    if sizes_of(src1) != sizes_of(src2):
        raise failed_assertion("src1.size == src2.size", "phaseCorrelate", f"{_CORRELATION}:331")
    weights: Array | float = 1.0
    if window is not None and window.size:
        if type_of(window) != type_of(src1):
            condition = "src1.type() == window.type()"
            raise failed_assertion(condition, "phaseCorrelate", f"{_CORRELATION}:335")
        if sizes_of(window) != sizes_of(src1):
            condition = "src1.size == window.size"
            raise failed_assertion(condition, "phaseCorrelate", f"{_CORRELATION}:336")
        weights = window.reshape(size_of(window)).astype(np.float64)
    if not src1.size:
        return (0.5, 0.5), 0.0
    rows, columns = (call_by_name("getOptimalDFTSize", side) for side in size_of(src1))
    spectra = [
        np.fft.rfft2(image.reshape(size_of(image)).astype(np.float64) * weights, (rows, columns))
        for image in (src1, src2)
    ]
    product = spectra[0] * spectra[1].conj()
    strength = np.abs(product)
    epsilon = float(np.finfo(src1.dtype).eps)
    phases = product * strength / (strength * strength + epsilon)
    # What is real natively has another guard against a division by zero.
    for row in {0, rows // 2 if rows % 2 == 0 else 0}:
        for column in {0, columns // 2 if columns % 2 == 0 else 0}:
            phases[row, column] = product[row, column] / (strength[row, column] + epsilon)
    correlation = np.fft.fftshift(np.fft.irfft2(phases, (rows, columns), norm="forward"))
    return _weighted_peak(correlation)


def _weighted_peak(correlation: Array) -> tuple[tuple[float, float], float]:
    """The centre of the 5x5 numbers around the largest, seen from the middle; and their mean strength."""
    rows, columns = correlation.shape
    y, x = divmod(int(correlation.argmax()), columns)
    top, left = max(y - 2, 0), max(x - 2, 0)
    box = correlation[top : y + 3, left : x + 3]
    total = float(box.sum())
    guarded = total + 2.0**-52
    center_x = float(box.sum(0) @ np.arange(left, left + box.shape[1])) / guarded
    center_y = float(box.sum(1) @ np.arange(top, top + box.shape[0])) / guarded
    return (columns / 2.0 - center_x, rows / 2.0 - center_y), total / (rows * columns)
