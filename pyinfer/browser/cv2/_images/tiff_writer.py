"""TIFF files, written: any depth, several pages."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image

from pyinfer.errors import UnsupportedInBrowser

from .reader import Array, NoImageError, swapped

__all__ = ["encode_tiff"]

_UNIT, _X_DENSITY, _Y_DENSITY, _COMPRESSION, _ROWS, _PREDICTOR = 256, 257, 258, 259, 278, 317

_NONE, _LZW, _DEFLATE, _PACKED, _OLD_DEFLATE = 1, 5, 8, 32773, 32946
_PILLOW_NAMES = {_LZW: "tiff_lzw", _PACKED: "packbits"}
_FORMATS = {"u": 1, "i": 2, "f": 3}
_STRIP_SIZE = 1 << 13

_SHORT, _LONG, _FRACTION = 3, 4, 5

_Tag = tuple[int, int, Sequence[int]]


def encode_tiff(pages: Sequence[Array], options: Mapping[int, int]) -> bytes:
    """A TIFF file, little-endian, with the tags that native's has.

    Parameters
    ----------
    pages : sequence of ndarray
        Grey, BGR or BGRA of any dtype.
    options : mapping
        ``IMWRITE_TIFF_...``.

    Raises
    ------
    NoImageError
        Native fails too: a predictor for floats on integers.
    UnsupportedInBrowser
        A compression other than none, LZW, deflate and PackBits.
    """
    out = bytearray(b"II*\0\0\0\0\0")
    pointer = 4
    for number, page in enumerate(pages):
        strips, tags = _encoded_page(page, options)
        offsets = []
        for strip in strips:
            offsets.append(len(out))
            out += strip + bytes(len(strip) % 2)
        tags += [(273, _LONG, offsets), (279, _LONG, [len(strip) for strip in strips])]
        if len(pages) > 1:
            tags += [(254, _LONG, [2]), (297, _SHORT, [number, len(pages)])]
        struct.pack_into("<I", out, pointer, len(out))
        pointer = _append_directory(out, tags)
    return bytes(out)


def _append_directory(out: bytearray, tags: Sequence[_Tag]) -> int:
    """Append a page's tags; where the next page's offset is to be put."""
    start = len(out)
    extra_start = start + 2 + 12 * len(tags) + 4
    extra = b""
    body = struct.pack("<H", len(tags))
    for tag, kind, values in sorted(tags, key=lambda entry: entry[0]):
        content = struct.pack(f"<{len(values)}{'H' if kind == _SHORT else 'I'}", *values)
        count = len(values) // 2 if kind == _FRACTION else len(values)
        if len(content) > 4:
            field = struct.pack("<I", extra_start + len(extra))
            extra += content + bytes(len(content) % 2)
        else:
            field = content.ljust(4, b"\0")
        body += struct.pack("<HHI", tag, kind, count) + field
    out += body + bytes(4) + extra
    return extra_start - 4


def _encoded_page(image: Array, options: Mapping[int, int]) -> tuple[list[bytes], list[_Tag]]:
    height, width = image.shape[:2]
    channels = image.shape[2] if image.ndim == 3 else 1
    is_float32 = image.dtype == np.float32
    compression = options.get(_COMPRESSION, _NONE if is_float32 else _LZW)
    predictor = options.get(_PREDICTOR, 3 if is_float32 else 2)
    if image.dtype == np.float64:
        compression = _NONE
    if compression not in (_NONE, _LZW, _DEFLATE, _PACKED, _OLD_DEFLATE):
        what = f"TIFF compression {compression} can't be written"
        raise UnsupportedInBrowser("cv2.imwrite", what, "IMWRITE_TIFF_COMPRESSION_LZW")
    predicts = compression in (_LZW, _DEFLATE, _OLD_DEFLATE)
    if predicts and predictor == 3 and image.dtype.kind != "f":
        raise NoImageError
    rows = _predicted(_rgb(image), predictor if predicts else 1)
    rows_in_strip = options.get(_ROWS, _STRIP_SIZE // rows.shape[1])
    rows_in_strip = max(1, min(height, rows_in_strip))
    strips = _compressed(rows, rows_in_strip, compression)
    bits = 8 * image.itemsize
    tags: list[_Tag] = [
        (256, _LONG, [width]),
        (257, _LONG, [height]),
        (258, _SHORT, [bits] * channels),
        (259, _SHORT, [compression]),
        (262, _SHORT, [2 if channels > 1 else 1]),
        (277, _SHORT, [channels]),
        (278, _LONG, [rows_in_strip]),
        (284, _SHORT, [1]),
        (339, _SHORT, [_FORMATS[image.dtype.kind]] * channels),
    ]
    if predicts:
        tags.append((317, _SHORT, [predictor]))
    if 1 <= options.get(_UNIT, 0) <= 3:
        tags.append((296, _SHORT, [options[_UNIT]]))
    for key, tag in ((_X_DENSITY, 282), (_Y_DENSITY, 283)):
        if options.get(key, 0) > 0:
            tags.append((tag, _FRACTION, [options[key], 1]))
    return strips, tags


def _rgb(image: Array) -> Array:
    if image.ndim < 3:
        return image[..., None]
    return swapped(image)


def _predicted(pixels: Array, predictor: int) -> Array:
    """Bytes of each row: of the differences between neighbours, if so."""
    pixels = np.ascontiguousarray(pixels)
    height = len(pixels)
    if predictor == 2:
        integers = pixels.view(f"u{pixels.itemsize}")
        differences = integers.copy()
        differences[:, 1:] -= integers[:, :-1]
        pixels = differences
    elif predictor == 3:
        big = pixels.astype(pixels.dtype.newbyteorder(">")).view(np.uint8)
        planes = big.reshape(height, -1, pixels.itemsize).transpose(0, 2, 1).reshape(height, -1)
        differences = planes.copy()
        step = pixels.shape[2]
        differences[:, step:] -= planes[:, :-step]
        return differences
    return pixels.view(np.uint8).reshape(height, -1)


def _compressed(rows: Array, rows_in_strip: int, compression: int) -> list[bytes]:
    """The bytes of each strip."""
    if compression not in _PILLOW_NAMES:
        strips = (rows[start : start + rows_in_strip] for start in range(0, len(rows), rows_in_strip))
        pack = bytes if compression == _NONE else zlib.compress
        return [pack(strip.tobytes()) for strip in strips]
    out = io.BytesIO()
    name, size = _PILLOW_NAMES[compression], rows_in_strip * rows.shape[1]
    Image.fromarray(rows).save(out, "TIFF", compression=name, strip_size=size)
    with Image.open(out) as image:
        places = zip(image.tag_v2[273], image.tag_v2[279], strict=True)  # type: ignore[attr-defined]
    data = out.getbuffer()
    return [bytes(data[place : place + length]) for place, length in places]
