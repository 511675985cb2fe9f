"""PBM, PGM, PPM, PAM and PFM files."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from pyinfer.errors import UnsupportedInBrowser

from .reader import Array, ImageReader, NoImageError, as_channels, saturated, swapped

__all__ = ["PamReader", "PfmReader", "PnmReader"]

_NUMBER = re.compile(rb"(?:\s|#[^\r\n]*[\r\n])*(\d+)")
_MOST_VALUE = 65535
_MOST_NUMBER = (1 << 31) - 1
_TUPLE_TYPES = (b"BLACKANDWHITE", b"GRAYSCALE", b"GRAYSCALE_ALPHA", b"RGB", b"RGB_ALPHA")


class PnmReader(ImageReader):
    """``P1`` to ``P6``."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._data = data
        self._kind = data[1] - ord("0")
        place = 2
        numbers = []
        for _ in range(2 if self._kind in (1, 4) else 3):
            match = _NUMBER.match(data, place)
            if match is None:
                raise NoImageError
            numbers.append(int(match[1]))
            place = match.end()
        if max(numbers) > _MOST_NUMBER:
            raise NoImageError
        self.width, self.height, *rest = numbers
        self._most = rest[0] if rest else 1
        if not (self.width and self.height and 0 < self._most <= _MOST_VALUE):
            raise NoImageError
        self._place = place + 1
        self.channels = 3 if self._kind in (3, 6) else 1
        self.dtype = np.dtype(np.uint16 if self._most > 255 else np.uint8)

    def read(self, channels: int, dtype: np.dtype[Any], rgb: bool) -> Array:
        values = self._text() if self._kind <= 3 else self._binary()
        pixels = values.reshape(self.height, self.width, self.channels)
        if self.dtype.itemsize > dtype.itemsize:
            pixels = (pixels >> 8).astype(np.uint8)
        return as_channels(pixels[..., 0] if self.channels == 1 else swapped(pixels), channels, rgb)

    def _text(self) -> Array:
        count = self.width * self.height * self.channels
        text = re.sub(rb"#[^\r\n]*[\r\n]", b"", self._data[self._place - 1 :])
        if self._kind == 1:
            digits = b"".join(text.split())[:count]
            if len(digits) < count or not digits.isdigit():
                raise NoImageError
            return np.where(np.frombuffer(digits, np.uint8) == ord("0"), 255, 0).astype(np.uint8)
        # Native looks at what follows a number, behind the last one too.
        numbers = (text + b".").split(None, count)[: count + 1]
        if len(numbers) <= count or not b"".join(numbers[:count]).isdigit():
            raise NoImageError
        values = np.array(numbers[:count]).astype(np.int64)
        if values.max() > _MOST_NUMBER:
            raise NoImageError
        values = np.minimum(values, self._most)
        if self._most <= 255:
            values = values * 255 // self._most
        return values.astype(self.dtype)

    def _binary(self) -> Array:
        if self._kind == 4:
            row_size = (self.width + 7) // 8
            rows = _take(self._data, self._place, row_size * self.height).reshape(self.height, row_size)
            return np.where(np.unpackbits(rows, axis=1)[:, : self.width], 0, 255).astype(np.uint8)
        size = self.width * self.height * self.channels * self.dtype.itemsize
        values = _take(self._data, self._place, size)
        return values.view(">u2").astype(np.uint16) if self.dtype.itemsize == 2 else values


class PamReader(ImageReader):
    """``P7``."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        head, found, _ = data.partition(b"ENDHDR\n")
        if not found:
            raise NoImageError
        fields = dict(
            line.split(None, 1)
            for line in head.split(b"\n")[1:]
            if line.strip() and not line.startswith(b"#") and len(line.split(None, 1)) == 2
        )
        try:
            sizes = [int(fields[name]) for name in (b"WIDTH", b"HEIGHT", b"DEPTH", b"MAXVAL")]
        except (KeyError, ValueError):
            raise NoImageError from None
        self.width, self.height, self._samples, self._most = sizes
        if min(sizes) < 1 or self._most > _MOST_VALUE or self._samples > 4:
            raise NoImageError
        kind = fields.get(b"TUPLTYPE", b"").strip()
        is_known = kind in _TUPLE_TYPES if kind else self._samples in (1, 3) and self._most < 256
        if not is_known:
            raise NoImageError
        self._pixels = data[len(head) + len(found) :]
        self.channels = self._samples
        self.dtype = np.dtype(np.uint16 if self._most > 255 else np.uint8)

    def read(self, channels: int, dtype: np.dtype[Any], rgb: bool) -> Array:
        count = self.width * self.height * self._samples
        raw = _take(self._pixels, 0, count * self.dtype.itemsize)
        values = raw.view(">u2").astype(np.uint16) if self.dtype.itemsize == 2 else raw
        pixels = values.reshape(self.height, self.width, self._samples)
        if self._most == 1:
            pixels = pixels * np.uint8(255)
        if self.dtype.itemsize > dtype.itemsize:
            pixels = (pixels >> 8).astype(np.uint8)
        if self._samples == 1:
            return as_channels(pixels[..., 0], channels, rgb)
        if channels != self._samples or self._most == 1:
            what = "PAM files of colour are read with their own channels only"
            raise UnsupportedInBrowser("cv2.imread", what, "IMREAD_UNCHANGED")
        return pixels


class PfmReader(ImageReader):
    """``Pf`` and ``PF``: floats."""

    dtype = np.dtype(np.float32)

    def __init__(self, data: bytes) -> None:
        super().__init__()
        match = re.match(rb"P[fF]\s+(\d+)\s+(\d+)\s+(\S+)\s", data)
        if match is None:
            raise NoImageError
        self.width, self.height = int(match[1]), int(match[2])
        self.channels = 3 if data[1:2] == b"F" else 1
        try:
            self._scale = float(match[3])
        except ValueError:
            raise NoImageError from None
        if not (self.width and self.height and self._scale):
            raise NoImageError
        self._pixels = data[match.end() :]

    def read(self, channels: int, dtype: np.dtype[Any], rgb: bool) -> Array:
        count = self.width * self.height * self.channels
        order = "<f4" if self._scale < 0 else ">f4"
        values = _take(self._pixels, 0, 4 * count).view(order).astype(np.float32)
        pixels = values.reshape(self.height, self.width, self.channels)[::-1] * np.float32(
            1 / abs(self._scale)
        )
        if self.channels == 1:
            pixels = pixels[..., 0]
        elif not rgb:
            pixels = swapped(pixels)
        return saturated(pixels) if dtype.itemsize == 1 else pixels


def _take(data: bytes, place: int, size: int) -> Array:
    if place + size > len(data):
        raise NoImageError
    return np.frombuffer(data, np.uint8, size, place)
