"""Distances between all pairs of vectors: modules/core/src/batch_distance.cpp."""

from __future__ import annotations

import numpy as np

from pyinfer.errors import UnsupportedInBrowser

from .._errors import failed_assertion, opencv_error
from .._table import DEPTHS
from ._arrays import Array, channels_of, or_none, present, size_of, type_of

__all__ = ["batchDistance"]

_L1, _L2, _L2SQR, _HAMMING, _HAMMING2 = 2, 4, 5, 6, 7
_WHOLE, _FLOAT = DEPTHS["int32"], DEPTHS["float32"]
_SOURCE = "core/src/batch_distance.cpp"

#: The distances of two types of vectors, by the type of the results.
_NORMS = {
    ("uint8", _WHOLE): (_L1, _L2SQR, _HAMMING, _HAMMING2),
    ("uint8", _FLOAT): (_L1, _L2SQR, _L2),
    ("float32", _FLOAT): (_L1, _L2SQR, _L2),
}

#: The dtype of the results, and the largest of its numbers.
_LARGEST: dict[int, tuple[str, float]] = {
    _WHOLE: ("int32", 2**31 - 1),
    _FLOAT: ("float32", float(np.finfo(np.float32).max)),
}

#: So many numbers are compared at once.
_BLOCK = 1 << 20


def batchDistance(
    src1: Array | None,
    src2: Array | None,
    dist: Array | None,
    dtype: int,
    nidx: Array | None,
    normType: int,
    K: int,
    mask: Array | None,
    update: int,
    crosscheck: bool,
) -> tuple[Array | None, Array | None]:
    """The ``K`` nearest rows of ``src2`` for each row of ``src1``, the nearest first.

    Computed in float64 where the distances are floats.

    Parameters
    ----------
    dist, nidx : ndarray, optional
        With ``update``, the nearest rows so far, among which the new ones are put in.
    update : int
        The number of the first row of ``src2``.

    Returns
    -------
    dist : (n, K) int32 or float32
        The largest number where there is no row.
    nidx : (n, K) int32
        -1 where there is no row.

    Raises
    ------
    cv2.error
        The arrays or the types don't fit together, or ``K`` is 0.
    """
    src1, src2 = present(src1), present(src2)
    columns = size_of(src1)[1], size_of(src2)[1]
    typed = src1.dtype.name in ("float32", "uint8") and channels_of(src1) == 1
    if type_of(src1) != type_of(src2) or columns[0] != columns[1] or not typed:
        condition = "type == src2.type() && src1.cols == src2.cols && (type == CV_32F || type == CV_8U)"
        raise failed_assertion(condition, "batchDistance", f"{_SOURCE}:274")
    if K <= 0:
        raise failed_assertion("_nidx.needed() == (K > 0)", "batchDistance", f"{_SOURCE}:276")
    if dtype == -1:
        dtype = _WHOLE if normType in (_HAMMING, _HAMMING2) else _FLOAT
    if not ((src1.dtype.name == "uint8" and dtype == _WHOLE) or dtype == _FLOAT):
        condition = "(type == CV_8U && dtype == CV_32S) || dtype == CV_32F"
        raise failed_assertion(condition, "batchDistance", f"{_SOURCE}:282")
    first, second = src1.reshape(size_of(src1)), src2.reshape(size_of(src2))
    K = min(K, len(second))
    if crosscheck and not (K == 1 and update == 0 and (mask is None or not mask.size)):
        condition = "K == 1 && update == 0 && mask.empty()"
        raise failed_assertion(condition, "batchDistance", f"{_SOURCE}:303")
    if normType not in _NORMS[first.dtype.name, dtype]:
        name = "Unsupported format or combination of formats"
        text = (
            f"The combination of type={type_of(src1)}, dtype={dtype} and normType={normType} is not supported"
        )
        raise opencv_error(-210, name, text, "batchDistance", f"{_SOURCE}:380")
    if crosscheck:
        distances, indices = _mutual(first, second, dtype, normType)
    else:
        chosen = None if mask is None or not mask.size else _chosen(mask, len(first), len(second))
        distances, indices = _nearest(first, second, dtype, normType, K, chosen, update)
        if update and dist is not None and nidx is not None and dist.shape == nidx.shape == indices.shape:
            distances = np.concatenate([dist, distances], 1)
            indices = np.concatenate([nidx, indices], 1)
            order = np.argsort(distances, 1, kind="stable")[:, :K]
            distances = np.take_along_axis(distances, order, 1)
            indices = np.take_along_axis(indices, order, 1)
    return or_none(distances), or_none(indices)


def _chosen(mask: Array, rows: int, columns: int) -> Array:
    if mask.nbytes != mask.size or mask.shape[:2] != (rows, columns):
        raise UnsupportedInBrowser(
            "cv2.batchDistance", "native reads other bytes than the mask's", "a uint8 mask for each pair"
        )
    return mask.reshape(rows, columns).astype(bool)


def _nearest(
    first: Array, second: Array, dtype: int, norm: int, count: int, chosen: Array | None, offset: int
) -> tuple[Array, Array]:
    """The nearest rows of ``second`` and how far they are; of equal ones the first."""
    kind, largest = _LARGEST[dtype]
    distances = np.full((len(first), count), largest, kind)
    indices = np.full((len(first), count), -1, np.int32)
    step = max(1, _BLOCK // max(1, second.size))
    for start in range(0, len(first) if count else 0, step):
        block = _distances(first[start : start + step], second, norm).astype(kind)
        if chosen is not None:
            block[~chosen[start : start + step]] = largest
        order = np.argsort(block, 1, kind="stable")[:, :count]
        nearest = np.take_along_axis(block, order, 1)
        found = nearest < largest
        part = slice(start, start + step)
        distances[part] = np.where(found, nearest, largest)
        indices[part] = np.where(found, order + offset, -1)
    return distances, indices


def _distances(first: Array, second: Array, norm: int) -> Array:
    """Between each row of one and each row of the other."""
    one, other = first[:, None], second[None]
    distances: Array
    if norm in (_HAMMING, _HAMMING2):
        bits: Array = one ^ other
        if norm == _HAMMING2:
            # Pairs of bits count as one.
            bits = (bits | bits >> 1) & 0x55
        distances = np.bitwise_count(bits).sum(-1, dtype=np.int64)
        return distances
    difference: Array = np.subtract(one, other, dtype=np.float64)
    if norm == _L1:
        distances = np.abs(difference).sum(-1)
        return distances
    distances = np.einsum("ijk,ijk->ij", difference, difference)
    return distances if norm == _L2SQR else np.sqrt(distances)


def _mutual(first: Array, second: Array, dtype: int, norm: int) -> tuple[Array, Array]:
    """For each row of ``first`` the nearest of those rows of ``second`` to which it is nearest.

    Where the row's own nearest one is not among them, native reports the distance, but -1.
    """
    back, back_index = _nearest(second, first, dtype, norm, 1, None, 0)
    _, own_index = _nearest(first, second, dtype, norm, 1, None, 0)
    kind, largest = _LARGEST[dtype]
    distances = np.full((len(first), 1), largest, kind)
    indices = np.full((len(first), 1), -1, np.int32)
    # From the farthest to the nearest, of equal ones the first last: what stays is the nearest.
    order = np.lexsort((np.arange(len(back)), back[:, 0]))[::-1]
    distances[back_index[order, 0]] = back[order]
    indices[back_index[order, 0], 0] = order
    lonely = back_index[own_index[:, 0], 0] != np.arange(len(first))
    indices[lonely] = -1
    return distances, indices
