"""Weights as 8-bit numbers: the arithmetic, in NumPy alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Codes", "Histogram", "look_up", "quantize_linear", "quantize_linear_symmetric"]

_LEVELS = 256
#: Of fewer weights, a zero point is more than 3 %.
_LEAST_CHANNEL = 32
#: Of a histogram: so fine that a bin's width is nothing beside the distance of two levels.
_BINS = 65536
#: k-means on a line has settled long before.
_MOST_ROUNDS = 300

#: Below it, float16 has fewer digits.
_LEAST_NORMAL = float(np.finfo(np.float16).smallest_normal)
_LARGEST_HALF = float(np.finfo(np.float16).max)

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Codes:
    """A tensor as ``(values - zero_point) * scale``, where values are the codes, or a table's at the codes.

    Attributes
    ----------
    codes : numpy.ndarray
        uint8 or int8, of the tensor's shape.
    scale : numpy.ndarray
        A number per channel, of a shape that broadcasts: float16 if that holds them exactly, else float32.
    zero_point : numpy.ndarray or None
        uint8, of the scale's shape; None for zero.
    table : numpy.ndarray or None
        float32, (256,): what the codes stand for; None for themselves.
    """

    codes: Array
    scale: Array
    zero_point: Array | None = None
    table: Array | None = None

    def expand(self) -> Array:
        """The tensor that a model computes with: float32."""
        values = self.codes.astype(np.float32) if self.table is None else self.table[self.codes]
        if self.zero_point is not None:
            values -= self.zero_point.astype(np.float32)
        return values * self.scale.astype(np.float32)


def quantize_linear(weights: Array, axis: int) -> Codes:
    """256 equal steps from each channel's least weight to its largest; zero stays zero.

    Channels of few weights have no zero points, which would be a notable part of them: there it does what
    `quantize_linear_symmetric` does.

    Parameters
    ----------
    weights : numpy.ndarray
        float32.
    axis : int
        The channels'.
    """
    if weights.size < _LEAST_CHANNEL * weights.shape[axis]:
        return quantize_linear_symmetric(weights, axis)
    others = _others(weights, axis)
    low = np.minimum(weights.min(axis=others, keepdims=True), 0)
    high = np.maximum(weights.max(axis=others, keepdims=True), 0)
    scale = _scale(high - low, _LEVELS - 1)
    steps = scale.astype(np.float32)
    zero_point = np.rint(-low / steps)
    codes = np.clip(np.rint(weights / steps) + zero_point, 0, _LEVELS - 1)
    return Codes(codes.astype(np.uint8), scale, zero_point.astype(np.uint8))


def quantize_linear_symmetric(weights: Array, axis: int) -> Codes:
    """127 equal steps to either side of zero, as far as each channel's largest weight.

    Parameters
    ----------
    weights, axis
        See `quantize_linear`.
    """
    scale = _symmetric_scale(weights, axis, 127)
    return Codes(np.rint(weights / scale.astype(np.float32)).astype(np.int8), scale)


class Histogram:
    """How often each weight occurs, relative to its channel's largest: all that k-means needs to know."""

    def __init__(self) -> None:
        self._counts = np.zeros(_BINS, np.int64)
        self._sums = np.zeros(_BINS)

    def add(self, weights: Array, axis: int) -> None:
        """Count a tensor's weights; see `quantize_linear`."""
        relative = (weights / _symmetric_scale(weights, axis, 1).astype(np.float32)).reshape(-1)
        bins = _bins(relative)
        self._counts += np.bincount(bins, minlength=_BINS)
        self._sums += np.bincount(bins, relative, minlength=_BINS)

    def table(self) -> Array:
        """The 256 numbers that are nearest to all weights, by k-means.

        On a line a cluster is what lies between two numbers, so that a round takes a search for 255 borders
        in the histogram, whatever the number of weights.

        Returns
        -------
        numpy.ndarray
            float32, (256,), rising.
        """
        found = np.flatnonzero(self._counts)
        counts, sums = self._counts[found], self._sums[found]
        places = sums / counts
        if len(found) <= _LEVELS:
            return np.pad(places, (0, _LEVELS - len(found)), mode="edge").astype(np.float32)
        # The best density of levels is near the cube root of that of the weights (Panter and Dite), which
        # only wide bins show where weights are few.
        wide = self._counts.reshape(_LEVELS, -1).sum(axis=1)
        share = np.concatenate([[0], np.cumsum(np.cbrt(wide))]) / np.cbrt(wide).sum()
        first = np.interp((np.arange(_LEVELS) + 0.5) / _LEVELS, share, np.linspace(-1, 1, _LEVELS + 1))
        table = np.asarray(first)
        totals = np.concatenate([[0], np.cumsum(counts)])
        weighted = np.concatenate([[0.0], np.cumsum(sums)])
        for _ in range(_MOST_ROUNDS):
            borders = np.searchsorted(places, (table[1:] + table[:-1]) / 2)
            edges = np.concatenate([[0], borders, [len(places)]])
            members = np.diff(totals[edges])
            means = np.diff(weighted[edges]) / np.maximum(members, 1)
            moved = np.where(members, means, table)
            if np.array_equal(moved, table):
                break
            table = moved
        return table.astype(np.float32)


def look_up(weights: Array, axis: int, table: Array) -> Codes:
    """For each weight the place of the nearest number in a table, relative to its channel's largest.

    Parameters
    ----------
    weights, axis
        See `quantize_linear`.
    table : numpy.ndarray
        What `Histogram.table` gives.
    """
    scale = _symmetric_scale(weights, axis, 1)
    nearest = np.searchsorted((table[1:] + table[:-1]) / 2, _centres()).astype(np.uint8)
    codes = nearest[_bins(weights / scale.astype(np.float32))]
    return Codes(codes, scale, table=table)


def _symmetric_scale(weights: Array, axis: int, steps: int) -> Array:
    return _scale(np.abs(weights).max(axis=_others(weights, axis), keepdims=True), steps)


def _scale(ranges: Array, steps: int) -> Array:
    """Steps of which so many span a range. Those of an empty range are ones."""
    exact = np.where(ranges > 0, ranges / steps, 1).astype(np.float32)
    if exact.min() < _LEAST_NORMAL or exact.max() >= _LARGEST_HALF / 2:
        # A tiny range divided by the steps may vanish in float32, too.
        return np.maximum(exact, np.finfo(np.float32).tiny)
    half = exact.astype(np.float16)
    # Never too short: the largest weight would not be reached.
    return np.where(half < exact, np.nextafter(half, np.float16(np.inf)), half)


def _others(weights: Array, axis: int) -> tuple[int, ...]:
    return tuple(other for other in range(weights.ndim) if other != axis % weights.ndim)


def _bins(relative: Array) -> Array:
    return np.rint((relative + 1) * ((_BINS - 1) / 2)).astype(np.uint16)


def _centres() -> Array:
    """What the bins stand for."""
    return np.linspace(-1, 1, _BINS)
