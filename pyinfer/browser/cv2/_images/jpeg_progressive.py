"""Scans of a progressive JPEG file that have other coefficients than the means.

ITU-T T.81, G.1.2: a first scan of a band, and its refinement by one bit.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .jpeg_entropy import RAW, Scan, bit_lengths, low_bits

__all__ = ["ScanScript", "progressive_scan", "progressive_scripts"]

Array = npt.NDArray[Any]

_SIXTEEN_ZEROS = 0xF0
_LONGEST_RUN = 0x7FFF

#: libjpeg ends a run of blocks when it holds more correction bits than this.
_MOST_CORRECTIONS = 1000 - 64 + 1


class ScanScript(NamedTuple):
    """What a scan has."""

    components: tuple[int, ...]
    #: Coefficients, in zigzag order.
    first: int
    last: int
    #: Bits that earlier scans (0: none were) and this scan leave away at the lower end.
    above: int
    below: int


def progressive_scripts(components: int) -> list[ScanScript]:
    """The scans that libjpeg makes of 1 (grey) or 3 (colour) components."""
    if components == 1:
        return [
            ScanScript((0,), 0, 0, 0, 1),
            ScanScript((0,), 1, 5, 0, 2),
            ScanScript((0,), 6, 63, 0, 2),
            ScanScript((0,), 1, 63, 2, 1),
            ScanScript((0,), 0, 0, 1, 0),
            ScanScript((0,), 1, 63, 1, 0),
        ]
    return [
        ScanScript((0, 1, 2), 0, 0, 0, 1),
        ScanScript((0,), 1, 5, 0, 2),
        ScanScript((2,), 1, 63, 0, 1),
        ScanScript((1,), 1, 63, 0, 1),
        ScanScript((0,), 6, 63, 0, 2),
        ScanScript((0,), 1, 63, 2, 1),
        ScanScript((0, 1, 2), 0, 0, 1, 0),
        ScanScript((2,), 1, 63, 1, 0),
        ScanScript((1,), 1, 63, 1, 0),
        ScanScript((0,), 1, 63, 1, 0),
    ]


class _Entries:
    """Symbols in any order, with the keys that say where they belong."""

    def __init__(self) -> None:
        self._parts: list[tuple[Array, ...]] = []

    def add(self, block: Array, step: Any, rank: Any, symbol: Any, bits: Any, bit_count: Any) -> None:
        columns = np.broadcast_arrays(block, step, rank, symbol, bits, bit_count)
        self._parts.append(tuple(np.asarray(column, np.int64) for column in columns))

    def scan(self, blocks: int, interval: int) -> Scan:
        """Sorted by block, step and rank, each rank in the order in which it was added."""
        columns = [np.concatenate(column) for column in zip(*self._parts, strict=True)]
        order = np.lexsort((columns[2], columns[1], columns[0]))
        block, _, _, symbols, bits, counts = (column[order] for column in columns)
        limits = np.arange(interval, blocks, interval) if interval else np.empty(0, np.int64)
        return Scan(symbols, bits, counts, np.searchsorted(block, limits))


#: Steps within a block: coefficients have their own from 0 on; what ends a run comes last.
_STEPS = 1 << 10
_LAST_STEP = _STEPS - 1


def progressive_scan(blocks: Array, script: ScanScript, interval: int) -> Scan:
    """A scan of one component's coefficients ``script.first`` to ``script.last``.

    Parameters
    ----------
    blocks : ndarray
        int16 (blocks, 64) in zigzag order.
    script : ScanScript
    interval : int
        Blocks between restart markers; 0 for none.
    """
    band = blocks[:, script.first : script.last + 1].astype(np.int32)
    magnitudes = np.abs(band) >> script.below
    entries = _Entries()
    refine = _refinement if script.above else _first_pass
    open_blocks, empty_blocks, corrections, correction_bits = refine(entries, band, magnitudes)
    limit = interval or len(blocks)
    _end_runs(entries, open_blocks, empty_blocks, corrections, correction_bits, limit)
    return entries.scan(len(blocks), interval)


def _first_pass(entries: _Entries, band: Array, magnitudes: Array) -> tuple[Array, Array, Array, Array]:
    block, place = np.nonzero(magnitudes)
    is_first = np.diff(block, prepend=-1) != 0
    zeros = np.where(is_first, place, np.diff(place, prepend=0) - 1)
    fillers = (zeros // 16).astype(np.intp)
    entries.add(np.repeat(block, fillers), np.repeat(place, fillers), 0, _SIXTEEN_ZEROS, 0, 0)
    values = magnitudes[block, place]
    lengths = bit_lengths(values)
    values = np.where(band[block, place] < 0, -values, values)
    entries.add(block, place, 1, (zeros % 16 << 4) + lengths, low_bits(values, lengths), lengths)
    nothing = np.zeros(len(band), np.int64)
    is_empty: Array = ~np.any(magnitudes, axis=1)
    return magnitudes[:, -1] == 0, is_empty, nothing, np.empty(0, np.int64)


def _refinement(entries: _Entries, band: Array, magnitudes: Array) -> tuple[Array, Array, Array, Array]:
    """New coefficients get symbols; those that were there before get a correction bit.

    Correction bits follow the next symbol of the block, or else what ends the run.
    """
    count, size = magnitudes.shape
    is_new = magnitudes == 1
    last_new = np.where(is_new.any(axis=1), size - 1 - np.argmax(is_new[:, ::-1], axis=1), -1)
    # Zeros since the last new coefficient, up to each place.
    zeros = np.cumsum(magnitudes == 0, axis=1)
    at_new = np.maximum.accumulate(np.where(is_new, zeros, 0), axis=1)
    since = zeros - np.concatenate((np.zeros((count, 1), at_new.dtype), at_new[:, :-1]), axis=1)
    # Where an index has 32 bits, as in WebAssembly, the keys below need more.
    block, place = (index.astype(np.int64) for index in np.nonzero(magnitudes))
    sixteens = np.where(place <= last_new[block], since[block, place] // 16, 0)
    # Of those, what an earlier coefficient (since the last new one) has seen to.
    follows = (np.diff(block, prepend=-1) == 0) & ~np.concatenate(([False], is_new[block, place][:-1]))
    earlier = np.where(follows, np.concatenate(([0], sixteens[:-1])), 0)
    fillers = sixteens - earlier
    new = is_new[block, place]

    # A step is a symbol with the correction bits behind it: the first of several fillers takes them.
    has_filler = fillers > 0
    entries.add(block[has_filler], 2 * place[has_filler], 0, _SIXTEEN_ZEROS, 0, 0)
    more = np.maximum(fillers - 1, 0).astype(np.intp)
    entries.add(np.repeat(block, more), np.repeat(2 * place, more), 2, _SIXTEEN_ZEROS, 0, 0)
    entries.add(
        block[new],
        2 * place[new] + 1,
        0,
        (since[block, place][new] % 16 << 4) + 1,
        band[block, place][new] >= 0,
        1,
    )
    # The symbol that each correction bit follows: the next one, a filler at its own place not counting.
    none = np.iinfo(np.int64).max
    step = np.where(has_filler, 2 * place, 2 * place + 1)
    keys = np.where(has_filler | new, block * _STEPS + step, none)
    following = np.append(np.minimum.accumulate(keys[::-1])[::-1][1:], none)
    old = ~new
    target = following[old]
    in_block = target // _STEPS == block[old]
    bits = magnitudes[block, place][old] & 1
    entries.add(block[old][in_block], target[in_block] % _STEPS, 1, RAW, bits[in_block], 1)
    left = ~in_block
    corrections = np.bincount(block[old][left], minlength=count)
    open_blocks = (zeros[:, -1] - at_new[:, -1] > 0) | (corrections > 0)
    return open_blocks, ~(is_new.any(axis=1)), corrections, bits[left]


def _end_runs(
    entries: _Entries, is_open: Array, is_empty: Array, corrections: Array, bits: Array, limit: int
) -> None:
    """Runs of blocks that end without a symbol of their own, and the corrections they hold.

    Parameters
    ----------
    is_open : ndarray of bool
        Blocks whose last coefficient has no symbol.
    is_empty : ndarray of bool
        Blocks without any symbol.
    corrections : ndarray
        How many correction bits each block leaves to the run's end.
    bits : ndarray
        Those bits.
    limit : int
        Runs don't reach over multiples of this.
    """
    blocks = np.arange(len(is_open))
    continues = is_open & is_empty & np.concatenate(([False], is_open[:-1])) & (blocks % limit != 0)
    starts = np.flatnonzero(is_open & ~continues)
    ends = np.append(starts[1:], len(is_open))
    open_until = np.concatenate(([0], np.cumsum(is_open)))
    lengths = open_until[ends] - open_until[starts]
    held = np.concatenate(([0], np.cumsum(corrections)))
    starts, lengths = _split_runs(starts, lengths, held)
    last = starts + lengths - 1
    extra = bit_lengths(np.minimum(lengths, _LONGEST_RUN)).astype(np.int64) - 1
    entries.add(last, _LAST_STEP, 0, extra << 4, lengths & ((1 << extra) - 1), extra)
    run_of_block = np.searchsorted(last, blocks[corrections > 0])
    entries.add(
        np.repeat(last[run_of_block], corrections[corrections > 0].astype(np.intp)),
        _LAST_STEP,
        1,
        RAW,
        bits,
        1,
    )


def _split_runs(starts: Array, lengths: Array, held: Array) -> tuple[Array, Array]:
    """Runs as short as libjpeg makes them: it ends one that is long or holds many correction bits."""
    if (lengths <= _LONGEST_RUN).all() and (held[starts + lengths] - held[starts] <= _MOST_CORRECTIONS).all():
        return starts, lengths
    out_starts, out_lengths = [], []
    for start, length in zip(starts.tolist(), lengths.tolist(), strict=True):
        end = start + length
        while start < end:
            full = int(np.searchsorted(held, held[start] + _MOST_CORRECTIONS, side="right"))
            stop = min(end, start + _LONGEST_RUN, max(full, start + 1))
            out_starts.append(start)
            out_lengths.append(stop - start)
            start = stop
    return np.array(out_starts), np.array(out_lengths)
