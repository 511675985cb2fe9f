"""TIFF files: tags read here, compressed bytes by libtiff (through Pillow), samples made of them by NumPy.

Pillow reads neither 16-bit colour nor float colour. It does decompress the bytes of any sample, so it is
given the same file with other tags: one grey byte a column.
"""

from __future__ import annotations

import struct
import zlib
from typing import Any

import numpy as np

from pyinfer.errors import UnsupportedInBrowser

from .pillow import opened_by_pillow
from .reader import Array, ImageReader, NoImageError, as_channels, swapped, turned

__all__ = ["TiffReader"]

_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC = 256, 257, 258, 259, 262
_FILL_ORDER, _STRIP_OFFSETS, _ORIENTATION, _SAMPLES, _ROWS_PER_STRIP = 266, 273, 274, 277, 278
_STRIP_SIZES, _PLANAR, _FAX_OPTIONS, _PREDICTOR, _COLOUR_MAP = 279, 284, 292, 317, 320
_TILE_WIDTH, _TILE_HEIGHT, _TILE_OFFSETS, _TILE_SIZES = 322, 323, 324, 325
_EXTRA_SAMPLES, _SAMPLE_FORMAT = 338, 339

_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE, _CMYK = 0, 1, 2, 3, 5
_UNASSOCIATED = 2
_NO_COMPRESSION, _LZW, _DEFLATE, _OLD_DEFLATE, _PACKED = 1, 5, 8, 32946, 32773
_FAX = (2, 3, 4)

#: Type -> struct's letter.
_LETTERS = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I", 16: "Q", 18: "Q"}

_KINDS = {1: "u", 2: "i", 3: "f"}
_MOST_ENTRIES = 1 << 12


class TiffReader(ImageReader):
    """A TIFF file, classic or big, of either byte order.

    Parameters
    ----------
    data : bytes
    whole : bool
        Whether natively the file is read from a buffer, see `_eight_bits`.
    """

    def __init__(self, data: bytes, whole: bool) -> None:
        super().__init__()
        self._data = data
        self._whole = whole
        self._order = "<" if data[:2] == b"II" else ">"
        self._big = data[2 + (self._order == ">")] == 43
        self._directories = self._find_directories()
        if not self._directories:
            raise NoImageError
        self.frames = len(self._directories)
        self._page = 0
        self._open()

    def next_page(self) -> bool:
        self._page += 1
        if self._page >= self.frames:
            return False
        self._open()
        return True

    def _find_directories(self) -> list[dict[int, tuple[int, ...]]]:
        """The tags of every page."""
        offset_format, size = (self._order + "Q", 8) if self._big else (self._order + "I", 4)
        directories: list[dict[int, tuple[int, ...]]] = []
        seen = set()
        place = size if self._big else 4
        while True:
            try:
                (offset,) = struct.unpack_from(offset_format, self._data, place)
                if not offset or offset in seen:
                    return directories
                seen.add(offset)
                tags, place = self._read_directory(offset)
            except struct.error:
                return directories
            directories.append(tags)

    def _read_directory(self, offset: int) -> tuple[dict[int, tuple[int, ...]], int]:
        head, entry, value_size = ("Q", "HHQ", 8) if self._big else ("H", "HHI", 4)
        (count,) = struct.unpack_from(self._order + head, self._data, offset)
        if count > _MOST_ENTRIES:
            raise NoImageError
        offset += struct.calcsize(self._order + head)
        tags = {}
        for _ in range(count):
            tag, kind, values = struct.unpack_from(self._order + entry, self._data, offset)
            offset += struct.calcsize(self._order + entry)
            letter = _LETTERS.get(kind)
            if letter is not None:
                form = f"{self._order}{values}{letter}"
                place = offset
                if struct.calcsize(form) > value_size:
                    pointer = self._order + ("Q" if self._big else "I")
                    (place,) = struct.unpack_from(pointer, self._data, offset)
                tags[tag] = struct.unpack_from(form, self._data, place)
            offset += value_size
        return tags, offset

    def _tag(self, tag: int, default: int) -> int:
        values = self._tags.get(tag)
        return values[0] if values else default

    def _open(self) -> None:
        self._tags = self._directories[self._page]
        if not {_WIDTH, _HEIGHT, _PHOTOMETRIC} <= set(self._tags):
            raise NoImageError
        self.width, self.height = self._tag(_WIDTH, 0), self._tag(_HEIGHT, 0)
        self._photometric = self._tag(_PHOTOMETRIC, 0)
        is_grey = self._photometric in (_WHITE_IS_ZERO, _BLACK_IS_ZERO)
        self._bits, self._samples = self._tag(_BITS, 1), self._tag(_SAMPLES, 1)
        form = self._tag(_SAMPLE_FORMAT, 1)
        self._turn = self._tag(_ORIENTATION, 1)
        if self._photometric > _PALETTE and self._photometric != _CMYK:
            raise UnsupportedInBrowser(
                "cv2.imread", f"TIFF files of colour space {self._photometric} are not read", "Pillow"
            )
        bits = self._bits
        if bits > 8 and (self._photometric > _RGB or self._samples not in (1, 3, 4)):
            bits = 8
        if not 1 <= self._samples <= 4 or form not in _KINDS or (form == 3 and bits < 32):
            raise NoImageError
        colours = 1 if is_grey else self._samples
        if bits in (1, 8):
            self.channels = 3 if self._photometric == _PALETTE and bits == 8 else colours
            self.dtype = np.dtype("i1" if form == 2 else "u1")
        elif bits == 4 and self._photometric == _PALETTE:
            self.channels, self.dtype = 3, np.dtype("u1")
        elif bits in (10, 12, 14, 16):
            self.channels, self.dtype = colours, np.dtype("i2" if form == 2 else "u2")
        elif bits in (32, 64):
            self.channels, self.dtype = self._samples, np.dtype(f"{_KINDS[form]}{bits // 8}")
        else:
            raise NoImageError

    def read(self, channels: int, dtype: np.dtype[Any], rgb: bool) -> Array:
        pixels = self._eight_bits() if dtype.itemsize == 1 else self._deep(channels)
        if pixels.dtype == np.int16:
            pixels = pixels.view(np.uint16)
        pixels = as_channels(pixels, channels, rgb and channels == 3)
        return turned(pixels.view(dtype), self._turn)

    def _deep(self, channels: int) -> Array:
        """Samples as they are in the file, colour in blue, green, red order."""
        if self._tag(_PLANAR, 1) != 1 and self._samples > 1:
            raise UnsupportedInBrowser(
                "cv2.imread", "deep TIFF files with separate colour planes are not read"
            )
        pixels = self._pixels()
        if self.dtype.itemsize > 2 and channels != self._samples:
            raise NoImageError
        return pixels

    def _eight_bits(self) -> Array:
        """What libtiff makes of an image that is to be shown: 8-bit grey, BGR or BGRA."""
        bits = self._bits
        if bits > 16 or bits in (10, 12, 14) or self._tag(_SAMPLE_FORMAT, 1) == 3:
            raise NoImageError
        is_plain = self._tag(_COMPRESSION, 1) == _NO_COMPRESSION
        if self._whole and _TILE_WIDTH in self._tags and is_plain and self._samples * bits != 32:
            raise NoImageError  # in a buffer, libtiff 4.7.1 takes the size of such tiles for wrong
        pixels = self._pixels()
        if self._photometric == _PALETTE:
            return self._coloured(pixels[..., 0] if pixels.ndim == 3 else pixels)
        if bits == 16:
            deep = pixels.view(np.uint16).astype(np.uint32)
            pixels = (deep >> 8 if self._is_grey() else (deep + 128) // 257).astype(np.uint8)
        elif bits < 8:
            pixels = (pixels.astype(np.uint16) * 255 // ((1 << bits) - 1)).astype(np.uint8)
        pixels = pixels.view(np.uint8)
        if self._is_grey():
            grey = pixels[..., 0] if pixels.ndim == 3 else pixels
            return 255 - grey if self._photometric == _WHITE_IS_ZERO else grey
        if self._photometric == _CMYK:
            wide = 255 - pixels.astype(np.uint16)
            inks = (wide[..., :3] * wide[..., 3:] // 255).astype(np.uint8)
            return as_channels(inks[..., ::-1] if self._samples == 3 else inks, 4, rgb=False)
        if self._samples == 4 and _UNASSOCIATED in self._tags.get(_EXTRA_SAMPLES, ()):
            alpha = pixels[..., 3:].astype(np.uint16)
            colours = ((pixels[..., :3] * alpha + 127) // 255).astype(np.uint8)
            return np.concatenate((colours, pixels[..., 3:]), axis=2)
        return pixels

    def _is_grey(self) -> bool:
        return self._photometric in (_WHITE_IS_ZERO, _BLACK_IS_ZERO)

    def _coloured(self, indices: Array) -> Array:
        table = np.array(self._tags.get(_COLOUR_MAP, ()), np.uint32)
        if table.size != 3 << self._bits:
            raise NoImageError
        if (table > 255).any():
            table >>= 8
        return table.astype(np.uint8).reshape(3, -1)[::-1].T[indices]

    def _pixels(self) -> Array:
        """All samples, (h, w) or (h, w, samples), colour in blue, green, red order."""
        separate = self._tag(_PLANAR, 1) != 1 and self._samples > 1
        if separate:
            planes = [self._plane(1, plane, self._samples) for plane in range(self._samples)]
            pixels = np.concatenate(planes, axis=2)
        else:
            pixels = self._plane(self._samples, 0, 1)
        if pixels.shape[2] == 1:
            return pixels[..., 0]
        if pixels.shape[2] >= 3:
            return swapped(pixels)
        return pixels

    def _plane(self, samples: int, plane: int, planes: int) -> Array:
        is_tiled = _TILE_WIDTH in self._tags
        width = self._tag(_TILE_WIDTH, 0) if is_tiled else self.width
        rows = (
            self._tag(_TILE_HEIGHT, 0) if is_tiled else min(self._tag(_ROWS_PER_STRIP, 1 << 32), self.height)
        )
        if width < 1 or rows < 1:
            raise NoImageError
        row_size = (width * samples * self._bits + 7) // 8
        across = -(-self.width // width)
        down = -(-self.height // rows)
        offsets = self._tags.get(_TILE_OFFSETS if is_tiled else _STRIP_OFFSETS, ())
        sizes = self._tags.get(_TILE_SIZES if is_tiled else _STRIP_SIZES, ())
        count = across * down
        if len(offsets) != count * planes or len(sizes) != len(offsets):
            raise NoImageError
        chosen = slice(plane * count, (plane + 1) * count)
        height = rows * count if is_tiled else self.height
        raw = self._bytes(offsets[chosen], sizes[chosen], row_size, rows, height)
        values = self._samples_of(raw.reshape(-1, row_size), width * samples, samples)
        tiles = values.reshape(down, across, -1, width, samples) if is_tiled else values
        if is_tiled:
            tiles = tiles.transpose(0, 2, 1, 3, 4)
        return tiles.reshape(-1, across * width, samples)[: self.height, : self.width]

    def _bytes(
        self, offsets: tuple[int, ...], sizes: tuple[int, ...], row_size: int, rows: int, height: int
    ) -> Array:
        """The decompressed bytes of all tiles, or of all strips, one behind the other."""
        compression = self._tag(_COMPRESSION, 1)
        supported = (_NO_COMPRESSION, _LZW, _DEFLATE, _OLD_DEFLATE, _PACKED, *_FAX)
        if compression not in supported:
            raise UnsupportedInBrowser(
                "cv2.imread", f"TIFF files with compression {compression} are not read", "Pillow"
            )
        if compression in (_NO_COMPRESSION, _DEFLATE, _OLD_DEFLATE):
            return self._plain_bytes(offsets, sizes, row_size, rows, height)
        is_fax = compression in _FAX
        tags: dict[int, tuple[int, ...]] = {
            _WIDTH: (self.width if is_fax else row_size,),
            _HEIGHT: (height,),
            _BITS: (1 if is_fax else 8,),
            _COMPRESSION: (compression,),
            _PHOTOMETRIC: (1,),
            _FILL_ORDER: (self._tag(_FILL_ORDER, 1),),
            _STRIP_OFFSETS: offsets,
            _SAMPLES: (1,),
            _ROWS_PER_STRIP: (rows,),
            _STRIP_SIZES: sizes,
            _FAX_OPTIONS: (self._tag(_FAX_OPTIONS, 0),),
        }
        with opened_by_pillow(self._with_tags(tags), "TIFF") as image:
            flat = np.asarray(image)
        return np.packbits(flat, axis=1) if is_fax else flat

    def _plain_bytes(
        self, offsets: tuple[int, ...], sizes: tuple[int, ...], row_size: int, rows: int, height: int
    ) -> Array:
        """The same without libtiff; Pyodide's has no deflate."""
        parts = []
        for index, (offset, size) in enumerate(zip(offsets, sizes, strict=True)):
            part = self._data[offset : offset + size]
            if self._tag(_COMPRESSION, 1) != _NO_COMPRESSION:
                try:
                    part = zlib.decompressobj().decompress(part)
                except zlib.error:
                    raise NoImageError from None
            wanted = row_size * min(rows, height - index * rows)
            if len(part) < wanted:
                raise NoImageError
            parts.append(part[:wanted])
        return np.frombuffer(b"".join(parts), np.uint8).reshape(height, row_size)

    def _with_tags(self, tags: dict[int, tuple[int, ...]]) -> bytes:
        """The file with one page that has these tags, little-endian."""
        start = len(self._data) + len(self._data) % 2
        body, extra = struct.pack("<H", len(tags)), b""
        extra_start = start + 2 + 12 * len(tags) + 4
        for tag, values in sorted(tags.items()):
            content = struct.pack(f"<{len(values)}I", *values)
            if len(values) > 1:
                field = struct.pack("<I", extra_start + len(extra))
                extra += content
            else:
                field = content
            body += struct.pack("<HHI", tag, 4, len(values)) + field
        head = b"II*\0" + struct.pack("<I", start)
        padding = bytes(start - len(self._data))
        return head + self._data[8:] + padding + body + bytes(4) + extra

    def _samples_of(self, rows: Array, count: int, samples: int) -> Array:
        """Samples of rows of bytes, the predictor undone."""
        bits, predictor = self._bits, self._tag(_PREDICTOR, 1)
        if self._tag(_COMPRESSION, 1) not in (_LZW, _DEFLATE, _OLD_DEFLATE):
            predictor = 1
        if bits < 8 or bits in (10, 12, 14):
            return _unpacked(rows, count, bits)
        dtype = np.dtype(f"{_KINDS[self._tag(_SAMPLE_FORMAT, 1)]}{bits // 8}")
        if predictor == 3:
            summed = np.cumsum(rows.reshape(len(rows), -1, samples), axis=1, dtype=np.uint8)
            planes = summed.reshape(len(rows), bits // 8, count)
            return planes.transpose(0, 2, 1).copy().view(dtype.newbyteorder(">"))[..., 0].astype(dtype)
        values = rows.copy().view(dtype.newbyteorder("<" if self._order == "<" else ">")).astype(dtype)
        if predictor == 2:
            integer = np.dtype(f"u{dtype.itemsize}")
            deltas = values.view(integer).reshape(len(rows), -1, samples)
            values = np.cumsum(deltas, axis=1, dtype=integer).reshape(len(rows), count).view(dtype)
        return values


def _unpacked(rows: Array, count: int, bits: int) -> Array:
    """Samples of fewer bits than a byte's, or than two; the latter are scaled up to 16 bits."""
    flat = np.unpackbits(rows, axis=1)[:, : count * bits].reshape(len(rows), count, bits)
    if bits < 8:
        return np.packbits(flat, axis=2)[..., 0] >> (8 - bits)
    pairs = np.packbits(flat, axis=2).astype(np.uint16)
    return pairs[..., 0] << 8 | pairs[..., 1]
