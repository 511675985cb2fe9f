"""BMP files, read as native's BmpDecoder does (grfmt_bmp.cpp)."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from .reader import GREY_OF_COLOUR, Array, ImageReader, NoImageError, as_channels, grey_of_bgr

__all__ = ["BmpReader"]

_PLAIN, _RLE8, _RLE4, _BIT_FIELDS = range(4)
_COMPRESSIONS = {
    1: (_PLAIN,),
    4: (_PLAIN, _RLE4),
    8: (_PLAIN, _RLE8),
    16: (_PLAIN, _BIT_FIELDS),
    24: (_PLAIN,),
    32: (_PLAIN, _BIT_FIELDS),
}
_OS2_HEADER, _LEAST_HEADER, _HEADER_WITH_MASKS = 12, 36, 56
_MASKS_555, _MASKS_565 = (0x7C00, 0x3E0, 0x1F), (0xF800, 0x7E0, 0x1F)
_MOST_SIDE = 1 << 31

_END_OF_LINE, _END_OF_FILE, _MOVE = range(3)


class BmpReader(ImageReader):
    """A BMP file."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._data = data
        self._offset, size = struct.unpack_from("<ii", data, 10)
        self._palette = np.zeros((256, 3), np.uint8)
        self._masks: tuple[int, ...] = ()
        self._compression = _PLAIN
        if size >= _LEAST_HEADER:
            has_colour = self._read_header(size)
        elif size == _OS2_HEADER:
            has_colour = self._read_os2_header()
        else:
            raise NoImageError
        is_plain = self._bits != 32 or self._compression == _PLAIN
        self.channels = (3 if is_plain else 4) if has_colour else 1

    def _read_header(self, size: int) -> bool:
        """Whether the image has colour."""
        self.width, height, _, self._bits, self._compression = struct.unpack_from("<iiHHi", self._data, 18)
        (used,) = struct.unpack_from("<i", self._data, 46)
        self._set_height(height)
        if self._compression not in _COMPRESSIONS.get(self._bits, ()):
            raise NoImageError
        end = 14 + size
        if self._bits <= 8:
            if not 0 <= used <= 256:
                raise NoImageError
            count = used or 1 << self._bits
            entries = struct.unpack_from(f"{4 * count}B", self._data, end)
            self._palette[:count] = np.reshape(entries, (count, 4))[:, :3]
            palette = self._palette[: 1 << self._bits]
            return bool((palette != palette[:, :1]).any())
        if self._bits == 32 and self._compression == _BIT_FIELDS and size >= _HEADER_WITH_MASKS:
            self._masks = struct.unpack_from("<4I", self._data, 54)
            if not all(self._masks[:3]):
                self._masks = ()
        elif self._bits == 16:
            masks = _MASKS_555
            if self._compression == _BIT_FIELDS:
                masks = struct.unpack_from("<3I", self._data, end)
            if masks not in (_MASKS_555, _MASKS_565):
                raise NoImageError
            self._masks = masks
        return True

    def _read_os2_header(self) -> bool:
        """Natively such an image passes for grey, unless colour is asked for."""
        self.width, height, _, self._bits = struct.unpack_from("<4H", self._data, 18)
        self._set_height(height)
        if self._bits == 16 or self._bits not in _COMPRESSIONS:
            raise NoImageError
        if self._bits <= 8:
            count = 1 << self._bits
            entries = struct.unpack_from(f"{3 * count}B", self._data, 26)
            self._palette[:count] = np.reshape(entries, (count, 3))
        return False

    def _set_height(self, height: int) -> None:
        if self.width <= 0 or height in (0, -_MOST_SIDE):
            raise NoImageError
        self.height, self._is_upward = abs(height), height > 0

    def read(self, channels: int, dtype: np.dtype[Any], rgb: bool) -> Array:
        try:
            pixels = self._pixels(channels)
        except (struct.error, IndexError):
            raise NoImageError from None
        if self._is_upward:
            pixels = pixels[::-1]
        return as_channels(pixels, channels, rgb and channels == 3)

    def _pixels(self, channels: int) -> Array:
        """Grey or colour, the file's first row first."""
        if self._compression in (_RLE8, _RLE4):
            indices = self._run_lengths(4 if self._compression == _RLE4 else 8)
            return self._coloured(indices, channels)
        rows = self._rows()
        if self._bits <= 8:
            if self._bits < 8:
                bits = np.unpackbits(rows, axis=1).reshape(self.height, -1, self._bits)
                rows = np.packbits(bits, axis=2)[..., 0] >> (8 - self._bits)
            return self._coloured(rows[:, : self.width], channels)
        if self._bits == 16:
            return self._sixteen_bits(np.ascontiguousarray(rows[:, : 2 * self.width]).view("<u2"))
        samples = self._bits // 8
        pixels = rows[:, : samples * self.width].reshape(self.height, self.width, samples)
        if samples == 4 and self._masks:
            pixels = self._masked(np.ascontiguousarray(pixels).view("<u4")[..., 0])
            if channels == 1:
                return _weighed(pixels)
        return pixels

    def _rows(self) -> Array:
        pitch = (self.width * self._bits + 31) // 32 * 4
        if self._offset < 0 or self._offset + pitch * self.height > len(self._data):
            raise NoImageError
        rows = np.frombuffer(self._data, np.uint8, pitch * self.height, self._offset)
        return rows.reshape(self.height, pitch)

    def _coloured(self, indices: Array, channels: int) -> Array:
        table = self._palette
        if channels == 1:
            table = grey_of_bgr(table, GREY_OF_COLOUR)
        return np.take(table, indices, axis=0)

    def _sixteen_bits(self, values: Array) -> Array:
        """Samples are shifted up, what is below them is zero."""
        if self._masks == _MASKS_565:
            green, red = values >> 3 & 0xFC, values >> 8 & 0xF8
        else:
            green, red = values >> 2 & 0xF8, values >> 7 & 0xF8
        return np.stack((values << 3 & 0xF8, green, red), axis=2).astype(np.uint8)

    def _masked(self, values: Array) -> Array:
        """BGRA samples that masks (of red, green, blue, alpha) cut out, scaled up to 255."""
        out = np.full((*values.shape, 4), 255, np.uint8)
        for place, mask in zip((2, 1, 0, 3), self._masks, strict=True):
            if mask:
                shift = (mask & -mask).bit_length() - 1
                scale = np.float32(255) / np.float32(mask >> shift)
                samples = ((values & np.uint32(mask)) >> shift).astype(np.float32)
                out[..., place] = (samples * scale).astype(np.uint8)
        return out

    def _run_lengths(self, bits: int) -> Array:
        """The palette indices of a compressed image, (h, w)."""
        out = np.zeros(self.height * self.width, np.uint8)
        place, x, y = self._offset, 0, 0
        has_wrapped = False
        while y < self.height:
            count, code = self._data[place], self._data[place + 1]
            place += 2
            start = y * self.width + x
            if count or code > _MOVE:
                length = count or code
                if x + length > self.width:
                    raise NoImageError
                if count:
                    out[start : start + length] = np.resize(_indices(bytes([code]), bits), length)
                else:
                    size = (length * bits + 7) // 8
                    piece = self._data[place : place + size + size % 2]
                    if len(piece) < size + size % 2:
                        raise NoImageError
                    out[start : start + length] = _indices(piece, bits)[:length]
                    place += len(piece)
                x += length
                # What is spelt out leaves the place at the line's end until something else moves it.
                has_wrapped = bool(count) and bits == 8 and x == self.width
                if has_wrapped:
                    x, y = 0, y + 1
                continue
            if bits == 8 and code == _END_OF_LINE and has_wrapped and x == 0:
                has_wrapped = False
                continue
            moved = self.width - x
            if bits == 8 and code == _END_OF_FILE:
                moved += (self.height - y) * self.width
            if code == _MOVE:
                moved = self._data[place] + (self._data[place + 1] * self.width if bits == 8 else 0)
                place += 2
            has_wrapped = False
            # Natively what is moved over has the first colour, which its index 0 gives here too.
            y, x = divmod(start + moved, self.width)
        return out.reshape(self.height, self.width)


def _indices(piece: bytes, bits: int) -> Array:
    values = np.frombuffer(piece, np.uint8)
    return values if bits == 8 else np.stack((values >> 4, values & 15), axis=1).reshape(-1)


def _weighed(pixels: Array) -> Array:
    """Grey of what masks cut out: here native reckons with floats."""
    blue, green, red = (pixels[..., channel].astype(np.float32) for channel in range(3))
    weighed: Array = np.float32(0.299) * red + np.float32(0.587) * green + np.float32(0.114) * blue
    return weighed.astype(np.uint8)
