"""Huffman codes and the bits of a JPEG scan, for all symbols at once."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["RAW", "STANDARD_AC", "STANDARD_DC", "HuffmanTable", "Scan", "bit_lengths", "low_bits"]

Array = npt.NDArray[Any]

#: The symbol of bits that are written as they are.
RAW = -1

_MOST_CODE_BITS = 16

#: Bits of a code's length.
_CODE_SHIFT = 5


class HuffmanTable(NamedTuple):
    """A table as a file has it: how many codes of 1 to 16 bits, and their symbols in order."""

    counts: bytes
    symbols: bytes

    @classmethod
    def optimal(cls, frequencies: Array) -> HuffmanTable:
        """The table with the shortest code (ITU-T T.81, K.2); ties are broken as libjpeg does."""
        present = [int(symbol) for symbol in np.flatnonzero(frequencies)]
        # One symbol more, so that no real one gets the code of all ones.
        heap = [(int(frequencies[symbol]), -place) for place, symbol in enumerate(present)]
        heap.append((1, -len(present)))
        members = [[place] for place in range(len(heap))]
        sizes = [0] * len(heap)
        heapq.heapify(heap)
        while len(heap) > 1:
            (rarest, first), (second_rarest, second) = heapq.heappop(heap), heapq.heappop(heap)
            members[-first] += members[-second]
            for place in members[-first]:
                sizes[place] += 1
            heapq.heappush(heap, (rarest + second_rarest, first))
        counts = [0] * (max(*sizes, _MOST_CODE_BITS) + 1)
        for size in sizes:
            counts[size] += 1
        for size in range(len(counts) - 1, _MOST_CODE_BITS, -1):
            while counts[size]:
                shorter = next(n for n in range(size - 2, 0, -1) if counts[n])
                counts[size] -= 2
                counts[size - 1] += 1
                counts[shorter + 1] += 2
                counts[shorter] -= 1
        counts[max(size for size, count in enumerate(counts) if count)] -= 1
        by_size = sorted(range(len(present)), key=lambda place: sizes[place])
        return cls(bytes(counts[1 : _MOST_CODE_BITS + 1]), bytes(present[place] for place in by_size))

    def codes(self) -> Array:
        """Code of each symbol, shifted by `_CODE_SHIFT`, and its length below; 0 where there is none."""
        codes = np.zeros(256, np.uint32)
        code = place = 0
        for length, count in enumerate(self.counts, 1):
            for _ in range(count):
                codes[self.symbols[place]] = code << _CODE_SHIFT | length
                code, place = code + 1, place + 1
            code <<= 1
        return codes


def _standard(counts: str, symbols: str) -> HuffmanTable:
    return HuffmanTable(bytes.fromhex(counts), bytes.fromhex(symbols))


#: ITU-T T.81, tables K.3 to K.6: of luminance and chrominance.
STANDARD_DC = (
    _standard("00010501010101010100000000000000", "000102030405060708090a0b"),
    _standard("00030101010101010101010000000000", "000102030405060708090a0b"),
)
STANDARD_AC = (
    _standard(
        "0002010303020403050504040000017d",
        "01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728"
        "292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a83848586878889"
        "8a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2"
        "e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa",
    ),
    _standard(
        "00020102040403040705040400010277",
        "000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434e125f11718191a26"
        "2728292a35363738393a434445464748494a535455565758595a636465666768696a737475767778797a828384858687"
        "88898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9da"
        "e2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa",
    ),
)


def bit_lengths(values: Array) -> Array:
    """How many bits each value's magnitude has: of 0 none; int32."""
    # The exponent of a float32, which no integer of up to 24 bits is rounded in.
    exponents = np.abs(values).astype(np.float32).view(np.int32) >> 23
    lengths: Array = np.maximum(exponents - 126, 0)
    return lengths


def low_bits(values: Array, lengths: Array) -> Array:
    """The bits that follow a symbol: those of a positive value, of a negative one their complement."""
    bits: Array = values - (values < 0) & (1 << lengths) - 1
    return bits


class Scan(NamedTuple):
    """The symbols of a scan in the order in which they are written."""

    #: Huffman table's index * 256 + symbol, or `RAW`.
    symbols: Array
    #: Bits behind each symbol, and how many.
    bits: Array
    bit_counts: Array
    #: Behind which entries a restart marker comes: indices into the above, rising.
    restarts: Array

    def optimal_tables(self, count: int) -> list[HuffmanTable]:
        """A table for each of ``count`` indices."""
        coded = self.symbols[self.symbols != RAW].astype(np.intp)
        frequencies = np.bincount(coded, minlength=256 * count).reshape(count, 256)
        return [HuffmanTable.optimal(of_table) for of_table in frequencies]

    def data(self, tables: Sequence[HuffmanTable]) -> bytes:
        """The bytes of the scan, restart markers included."""
        # RAW is the first entry: no code.
        of_symbols = np.concatenate([np.zeros(1, np.uint32)] + [table.codes() for table in tables])
        codes = of_symbols.take(self.symbols - RAW, mode="clip")
        values = codes >> _CODE_SHIFT << self.bit_counts.astype(np.uint32) | self.bits.astype(np.uint32)
        sizes = (codes & (1 << _CODE_SHIFT) - 1).astype(np.int32) + self.bit_counts
        ends = np.append(self.restarts, len(sizes))
        bits_until = np.append(0, np.cumsum(sizes, dtype=np.int64))[ends]
        lengths = np.diff(bits_until, prepend=0)
        padding = -lengths % 8
        packed = _pack(
            np.insert(values, ends, (1 << padding) - 1).astype(np.uint64), np.insert(sizes, ends, padding)
        )
        limits = np.cumsum(lengths + padding) // 8
        return _stuffed(packed, limits)


def _pack(values: Array, sizes: Array) -> Array:
    """Values of at most 32 bits each, one behind the other, as bytes.

    Parameters
    ----------
    values : ndarray of uint64
    sizes : ndarray of int32
        How many bits each has.
    """
    if len(values) % 2:
        values, sizes = np.append(values, np.uint64(0)), np.append(sizes, 0)
    # Two at a time fit into 64 bits, and leave half the work.
    pairs = values[::2] << sizes[1::2].astype(np.uint64) | values[1::2]
    pair_sizes = sizes[::2] + sizes[1::2]
    ends = np.cumsum(pair_sizes, dtype=np.int64)
    words = (ends - pair_sizes >> 6).astype(np.intp)
    firsts = np.flatnonzero(np.diff(words, prepend=-1))
    lasts = np.append(firsts[1:], len(words)) - 1
    # Bits of its word behind each pair; the last pair of a word may go on in the next one.
    behind = (words.astype(np.int64) + 1 << 6) - ends
    over = lasts[behind[lasts] < 0]
    beyond = -behind[over]
    shifted = pairs << np.maximum(behind, 0).astype(np.uint64)
    shifted[over] = pairs[over] >> beyond.astype(np.uint64)
    packed = np.zeros(int(words[-1]) + 2, np.uint64)
    packed[words[firsts]] = np.bitwise_or.reduceat(shifted, firsts)
    packed[words[over] + 1] |= pairs[over] << (64 - beyond).astype(np.uint64)
    return packed.astype(">u8").view(np.uint8)[: int(ends[-1]) // 8]


def _stuffed(data: Array, limits: Array) -> bytes:
    """Data with a zero behind each 255, and restart markers at all limits but the last."""
    parts = []
    start = 0
    for number, limit in enumerate(limits.tolist()):
        if number:
            parts.append(bytes([0xFF, 0xD0 + (number - 1) % 8]))
        parts.append(data[start:limit].tobytes().replace(b"\xff", b"\xff\0"))
        start = limit
    return b"".join(parts)
