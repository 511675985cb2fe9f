"""JPEG files, byte for byte as native writes them."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .jpeg_coefficients import ZIGZAG, Component, components_of, in_scan_order, quantisation_table
from .jpeg_entropy import RAW, STANDARD_AC, STANDARD_DC, HuffmanTable, Scan, bit_lengths, low_bits
from .jpeg_progressive import ScanScript, progressive_scan, progressive_scripts

__all__ = ["SUBSAMPLED", "JpegOptions", "encode_jpeg"]

Array = npt.NDArray[Any]

#: Sampling factors (across, down) of Y, Cb and Cr: 4:2:0.
SUBSAMPLED = ((2, 2), (1, 1), (1, 1))

_SIXTEEN_ZEROS = 0xF0
_END_OF_BLOCK = 0


@dataclass(frozen=True)
class JpegOptions:
    """What ``IMWRITE_JPEG_...`` says."""

    quality: int = 95
    chroma_quality: int = 95
    factors: tuple[tuple[int, int], ...] = SUBSAMPLED
    restart_interval: int = 0
    progressive: bool = False
    optimise: bool = False


def encode_jpeg(image: Array, options: JpegOptions, segments: bytes = b"") -> bytes:
    """The bytes of a JPEG file.

    Parameters
    ----------
    image : ndarray
        uint8, (h, w), (h, w, 3) BGR or (h, w, 4) BGRA; alpha is left out.
    options : JpegOptions
    segments : bytes
        Application segments, to be written behind the header.
    """
    divisors = (
        quantisation_table(options.quality, chrominance=False),
        quantisation_table(options.chroma_quality, chrominance=True),
    )
    factors = options.factors if image.ndim == 3 and image.shape[2] > 1 else ((1, 1),)
    components = components_of(image, divisors, factors)
    parts = [b"\xff\xd8", _segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"), segments]
    for index in range(min(len(components), 2)):
        parts.append(_segment(0xDB, bytes([index]) + divisors[index][ZIGZAG].astype(np.uint8).tobytes()))
    frame = struct.pack(">BHHB", 8, *image.shape[:2], len(components))
    for index, (_, across, down, tables) in enumerate(components):
        frame += bytes([index + 1, across << 4 | down, tables])
    parts.append(_segment(0xC2 if options.progressive else 0xC0, frame))
    interval = options.restart_interval
    restart = _segment(0xDD, struct.pack(">H", interval)) if interval else b""
    if options.progressive:
        for script in progressive_scripts(len(components)):
            parts += _progressive(script, components, interval, restart)
            restart = b""
    else:
        parts += _sequential(components, interval, restart, options.optimise)
    return b"".join((*parts, b"\xff\xd9"))


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _table_segment(index: int, is_ac: bool, table: HuffmanTable) -> bytes:
    return _segment(0xC4, bytes([is_ac << 4 | index]) + table.counts + table.symbols)


def _scan_segment(selected: list[tuple[int, int]], script: ScanScript) -> bytes:
    """``selected``: number of each component, and its tables' indices."""
    content = bytes([len(selected)])
    for component, tables in selected:
        content += bytes([component + 1, tables])
    return _segment(0xDA, content + bytes([script.first, script.last, script.above << 4 | script.below]))


def _sequential(components: list[Component], interval: int, restart: bytes, optimise: bool) -> list[bytes]:
    count = min(len(components), 2)
    scan = _sequential_scan(components, interval)
    tables = scan.optimal_tables(2 * count) if optimise else [*STANDARD_DC[:count], *STANDARD_AC[:count]]
    parts = []
    for index in range(count):
        parts += [
            _table_segment(index, False, tables[index]),
            _table_segment(index, True, tables[count + index]),
        ]
    selected = [(index, component.tables * 0x11) for index, component in enumerate(components)]
    everything = ScanScript(tuple(range(len(components))), 0, 63, 0, 0)
    return [*parts, restart, _scan_segment(selected, everything), scan.data(tables)]


def _sequential_scan(components: list[Component], interval: int) -> Scan:
    """The symbols of all blocks: tables 0 (and 1) for DC, then as many for AC."""
    units, owners = in_scan_order(components)
    count = min(len(components), 2)
    # A place more for the end of the block.
    blocks = np.zeros((units.shape[0] * units.shape[1], 65), np.int16)
    blocks[:, :64] = units.reshape(-1, 64)
    blocks[:, 0] = _differences(units[..., 0], owners, interval).reshape(-1)
    is_coded = blocks != 0
    is_coded[:, 0] = True
    is_coded[:, 64] = ~is_coded[:, 63]
    in_block = np.count_nonzero(is_coded, axis=1)
    ends = np.cumsum(in_block)
    starts, coded_ends = ends - in_block, ends[is_coded[:, 64]] - 1

    at = np.flatnonzero(is_coded)
    values = blocks.reshape(-1).take(at, mode="clip").astype(np.int32)
    zeros = np.diff(at, prepend=0) - 1
    zeros[starts] = zeros[coded_ends] = 0
    lengths = bit_lengths(values)
    tables = 256 * np.tile(np.minimum(owners, 1), len(units))
    symbols = np.repeat(tables + 256 * count, in_block)
    symbols[starts] = tables
    symbols += (zeros & 15) << 4
    symbols += lengths
    scan = Scan(symbols, low_bits(values, lengths), lengths, np.empty(0, np.intp))
    long = np.flatnonzero(zeros > 15)
    if long.size:
        sixteens = zeros[long] >> 4
        places = np.repeat(long, sixteens)
        filler = (symbols[places] & ~255) + _SIXTEEN_ZEROS
        scan = Scan(
            np.insert(scan.symbols, places, filler),
            np.insert(scan.bits, places, 0),
            np.insert(scan.bit_counts, places, 0),
            scan.restarts,
        )
        ends += np.append(0, np.cumsum(sixteens))[np.searchsorted(long, ends)]
    step = interval * len(owners)
    return scan._replace(restarts=ends[step - 1 : -1 : step]) if interval else scan


def _differences(means: Array, owners: Array, interval: int) -> Array:
    """Each block's mean less that of the one before it, of the same component and restart interval."""
    out = np.empty(means.shape, np.int32)
    for owner in range(int(owners[-1]) + 1):
        own = owners == owner
        run = means[:, own].astype(np.int32)
        flat = np.diff(run.reshape(-1), prepend=0).reshape(run.shape)
        if interval:
            flat[::interval, 0] = run[::interval, 0]
        out[:, own] = flat
    return out


def _progressive(
    script: ScanScript, components: list[Component], interval: int, restart: bytes
) -> list[bytes]:
    chosen = [components[index] for index in script.components]
    if script.first == 0:
        units, owners = in_scan_order(chosen)
        means = units[..., 0] >> script.below
        if script.above:
            scan = _mean_bits(means, interval)
            tables: list[HuffmanTable] = []
        else:
            scan = _mean_scan(_differences(means, owners, interval), owners, interval)
            tables = scan.optimal_tables(min(len(chosen), 2))
        segments = [_table_segment(index, False, table) for index, table in enumerate(tables)]
        selected = [(i, component.tables << 4 if tables else 0) for i, component in enumerate(chosen)]
    else:
        (index,) = script.components
        scan = progressive_scan(chosen[0].blocks.reshape(-1, 64), script, interval)
        tables = scan.optimal_tables(1)
        segments = [_table_segment(chosen[0].tables, True, tables[0])]
        selected = [(index, chosen[0].tables)]
    return [*segments, restart, _scan_segment(selected, script), scan.data(tables)]


def _restarts(blocks: Array, interval: int) -> Array:
    step = interval * blocks.shape[1]
    return np.arange(step, blocks.size, step) if interval else np.empty(0, np.int64)


def _mean_scan(differences: Array, owners: Array, interval: int) -> Scan:
    flat = differences.reshape(-1)
    lengths = bit_lengths(flat)
    symbols = np.tile(np.minimum(owners, 1), len(differences)) * 256 + lengths
    restarts = _restarts(differences, interval)
    return Scan(symbols, low_bits(flat, lengths), lengths, restarts)


def _mean_bits(means: Array, interval: int) -> Scan:
    flat = means.reshape(-1)
    restarts = _restarts(means, interval)
    return Scan(np.full(flat.shape, RAW), flat & 1, np.ones(flat.shape, np.int64), restarts)
