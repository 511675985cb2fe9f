"""PNG files, written: still ones and animations."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence

import numpy as np

from .animation import Animation
from .png_reader import SIGNATURE, chunk
from .reader import Array, NoImageError, saturated, swapped

__all__ = ["encode_png", "encode_png_animation"]

_COMPRESSION, _STRATEGY, _BILEVEL, _FILTER = 16, 17, 18, 19
_RLE = 3
_NONE, _SUB, _UP, _AVERAGE, _PAETH = 8, 16, 32, 64, 128
_ALL = _NONE | _SUB | _UP | _AVERAGE | _PAETH
_FILTERS = (_NONE, _SUB, _UP, _AVERAGE, _PAETH, _NONE | _SUB | _UP, _ALL)

_COLOUR_TYPES = {1: 0, 3: 2, 4: 6}
_EXIF, _XMP, _PROFILE, _CICP = range(4)


def encode_png(image: Array, options: Mapping[int, int], metadata: Mapping[int, bytes]) -> bytes:
    """A PNG file: filtered and compressed as natively; another zlib may make other bytes of it.

    Parameters
    ----------
    image : ndarray
        uint8 or uint16, grey, BGR or BGRA.
    options : mapping
        ``IMWRITE_PNG_...``.
    metadata : mapping
        Bytes by ``IMAGE_METADATA_...``.

    Raises
    ------
    NoImageError
        Native fails too: two levels of colour.
    """
    bilevel = bool(options.get(_BILEVEL, 0)) and image.dtype == np.uint8
    if bilevel and image.ndim == 3:
        raise NoImageError
    bits = 1 if bilevel else 8 * image.itemsize
    channels = image.shape[2] if image.ndim == 3 else 1
    level = min(max(options.get(_COMPRESSION, 1), 0), 9)
    strategy = 0 if _COMPRESSION in options else _RLE
    asked = options.get(_STRATEGY, strategy)
    strategy = asked if 0 <= asked <= 4 else _RLE
    default = (_NONE if bilevel else _ALL) if _COMPRESSION in options else _SUB
    filters = options.get(_FILTER, default)
    filters = filters if filters in _FILTERS else _SUB
    rows = np.packbits(image != 0, axis=1) if bilevel else _rows(image)
    size = max(1, channels * bits // 8)
    parts = [
        SIGNATURE,
        chunk(b"IHDR", _header(image, bits)),
        *_metadata_chunks(metadata),
        chunk(b"IDAT", _compressed(_filtered(rows, size, filters), level, strategy)),
        chunk(b"IEND", b""),
    ]
    return b"".join(parts)


def encode_png_animation(animation: Animation, options: Mapping[int, int]) -> bytes:
    """An animated PNG file with whole frames; native writes what has changed, to be seen the same."""
    level = min(max(options.get(_COMPRESSION, 1), 0), 9)
    frames, durations = _distinct(animation)
    still = None if animation.still_image is None else _eight_bits(animation.still_image)
    height, width = frames[0].shape[:2]
    parts = [SIGNATURE, chunk(b"IHDR", _header(frames[0], 8))]
    if len(frames) > 1:
        parts.append(chunk(b"acTL", struct.pack(">II", len(frames), animation.loop_count)))
    if any(animation.bgcolor) and frames[0].ndim == 3:
        colour = (int(animation.bgcolor[index]) & 0xFF for index in (2, 1, 0))
        parts.append(chunk(b"bKGD", struct.pack(">HHH", *colour)))
    if still is not None and len(frames) > 1:
        parts.append(chunk(b"IDAT", _image_data(still, level)))
    number = 0
    for index, (frame, duration) in enumerate(zip(frames, durations, strict=True)):
        data = _image_data(frame, level)
        if len(frames) > 1:
            control = (number, width, height, 0, 0, duration & 0xFFFF, 1000, 0, 0)
            parts.append(chunk(b"fcTL", struct.pack(">IIIIIHHBB", *control)))
            number += 1
        if index == 0 and (still is None or len(frames) == 1):
            parts.append(chunk(b"IDAT", data))
        else:
            parts.append(chunk(b"fdAT", struct.pack(">I", number) + data))
            number += 1
    return b"".join((*parts, chunk(b"IEND", b"")))


def _distinct(animation: Animation) -> tuple[list[Array], list[int]]:
    """Frames that differ from the one before, with the time of those that don't."""
    frames: list[Array] = []
    durations: list[int] = []
    for frame, duration in zip(map(_eight_bits, animation.frames), animation.durations, strict=True):
        if frames and np.array_equal(frames[-1], frame):
            durations[-1] += int(duration)
        else:
            frames.append(frame)
            durations.append(int(duration))
    return frames, durations


def _eight_bits(image: Array) -> Array:
    return image if image.dtype == np.uint8 else saturated(image * (1.0 / 255))


def _image_data(image: Array, level: int) -> bytes:
    size = image.shape[2] if image.ndim == 3 else 1
    return _compressed(_filtered(_rows(image), size, _ALL), level, 0)


def _header(image: Array, bits: int) -> bytes:
    height, width = image.shape[:2]
    kind = _COLOUR_TYPES[image.shape[2] if image.ndim == 3 else 1]
    return struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0)


def _rows(image: Array) -> Array:
    """The bytes of each row: red first, big-endian."""
    if image.ndim == 3:
        image = swapped(image)
    return np.ascontiguousarray(image, image.dtype.newbyteorder(">")).view(np.uint8).reshape(len(image), -1)


def _filtered(rows: Array, size: int, filters: int) -> Array:
    """Rows with the filter's number before each: of those allowed, that with the smallest sum.

    Parameters
    ----------
    rows : ndarray of uint8
    size : int
        Bytes of a pixel.
    filters : int
        ``IMWRITE_PNG_FILTER_...``, several added up.
    """
    best = np.zeros((len(rows), rows.shape[1] + 1), np.uint8)
    if filters == _SUB:
        # As many as ever are written so: nothing is to be chosen.
        best[:, 0] = 1
        best[:, 1 : 1 + size] = rows[:, :size]
        np.subtract(rows[:, size:], rows[:, :-size], out=best[:, 1 + size :])
        return best
    left = np.zeros_like(rows)
    left[:, size:] = rows[:, :-size]
    up = np.zeros_like(rows)
    up[1:] = rows[:-1]
    least = np.full(len(rows), np.iinfo(np.int64).max)
    for number, bit in enumerate((_NONE, _SUB, _UP, _AVERAGE, _PAETH)):
        if not filters & bit:
            continue
        predicted = _predicted(number, left, up, size)
        residue = rows - predicted
        cost = np.where(residue < 128, residue, 256 - residue.astype(np.int16)).sum(axis=1, dtype=np.int64)
        better = cost < least
        least[better] = cost[better]
        best[better, 0] = number
        best[better, 1:] = residue[better]
    return best


def _predicted(number: int, left: Array, up: Array, size: int) -> Array:
    if number == 1:
        return left
    if number == 2:
        return up
    if number == 3:
        return ((left.astype(np.uint16) + up) // 2).astype(np.uint8)
    if number == 4:
        corner = np.zeros_like(up)
        corner[:, size:] = up[:, :-size]
        a, b, c = (plane.astype(np.int16) for plane in (left, up, corner))
        to_left, to_up, to_corner = np.abs(b - c), np.abs(a - c), np.abs(a + b - 2 * c)
        is_left = (to_left <= to_up) & (to_left <= to_corner)
        return np.where(is_left, left, np.where(to_up <= to_corner, up, corner))
    return np.zeros_like(left)


def _compressed(rows: Array, level: int, strategy: int) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, 15, 8, strategy)
    return packer.compress(rows.tobytes()) + packer.flush()


def _metadata_chunks(metadata: Mapping[int, bytes]) -> Sequence[bytes]:
    chunks = []
    if metadata.get(_CICP):
        chunks.append(chunk(b"cICP", metadata[_CICP]))
    if metadata.get(_PROFILE):
        chunks.append(chunk(b"iCCP", b"ICC Profile\0\0" + zlib.compress(metadata[_PROFILE])))
    if metadata.get(_EXIF):
        chunks.append(chunk(b"eXIf", metadata[_EXIF]))
    if metadata.get(_XMP):
        chunks.append(chunk(b"tEXt", b"XML:com.adobe.xmp\0" + metadata[_XMP].rstrip(b"\0")))
    return chunks
