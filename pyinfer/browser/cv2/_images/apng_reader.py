"""Animated PNG files."""

from __future__ import annotations

import struct
from typing import Any, NamedTuple

import numpy as np

from .png_reader import PngReader
from .reader import CVT_COLOR, Array, NoImageError, as_channels

__all__ = ["ApngReader"]

_FRAME = struct.Struct(">IIIIHHBB")
_CONTROL_SIZE = 4 + _FRAME.size
_TO_BACKGROUND, _TO_PREVIOUS = 1, 2
_MOST_DISPOSAL, _MOST_BLEND = 2, 1
_DEFAULT_UNIT = 100


class _Frame(NamedTuple):
    width: int
    height: int
    x: int
    y: int
    delay: int
    unit: int
    disposal: int
    blend: int
    data: list[bytes]


class ApngReader(PngReader):
    """The frames of an animated PNG file, as they are to be seen."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._frames: list[_Frame] = []
        seen_image = False
        for kind, content in self._chunks:
            if kind == b"acTL" and len(content) == 8:
                _, self.loop_count = struct.unpack(">II", content)
            elif kind == b"fcTL" and len(content) == _CONTROL_SIZE:
                width, height, x, y, delay, unit, disposal, blend = _FRAME.unpack_from(content, 4)
                self._frames.append(_Frame(width, height, x, y, delay, unit, disposal, blend, []))
            elif kind == b"IDAT":
                seen_image = True
                if self._frames:
                    self._frames[-1].data.append(content)
            elif kind == b"fdAT" and self._frames:
                self._frames[-1].data.append(content[4:])
        if not seen_image or not self._frames:
            raise NoImageError
        self.frames = len(self._frames)
        self._page = self._pages_read = 0
        native = (self.height, self.width) if self.channels == 1 else (self.height, self.width, self.channels)
        self._canvas = np.zeros(native, self.dtype)
        if not any(kind == b"fcTL" for kind in self._kinds_before_image()):
            self.still_image = self._shown(self.width, self.height, self._image_data())

    @staticmethod
    def is_animated(data: bytes) -> bool:
        """Whether a PNG file has several frames."""
        place = data.find(b"acTL", 0, data.find(b"IDAT"))
        return place > 0 and len(data) >= place + 8 and struct.unpack_from(">I", data, place + 4)[0] > 1

    def _kinds_before_image(self) -> list[bytes]:
        kinds = [kind for kind, _ in self._chunks]
        return kinds[: kinds.index(b"IDAT")]

    def _shown(self, width: int, height: int, parts: list[bytes]) -> Array:
        pixels = self._converted(self._samples(width, height, parts), self.channels, self.dtype, rgb=False)
        return np.ascontiguousarray(pixels)

    def read(self, channels: int, dtype: np.dtype[Any], rgb: bool) -> Array:
        if self._pages_read != self._page:
            raise NoImageError  # natively no frame can be passed over
        frame = self._frames[self._page]
        right, bottom = frame.x + frame.width, frame.y + frame.height
        if right > self.width or bottom > self.height or frame.disposal > _MOST_DISPOSAL:
            raise NoImageError
        if frame.blend > _MOST_BLEND:
            raise NoImageError
        before = self._canvas
        shown = before.copy()
        region = shown[frame.y : bottom, frame.x : right]
        pixels = self._shown(frame.width, frame.height, frame.data)
        region[...] = _blended(region, pixels) if frame.blend and self.channels == 4 else pixels
        self.duration = round(1000.0 * frame.delay / (frame.unit or _DEFAULT_UNIT))
        self._canvas = before if frame.disposal == _TO_PREVIOUS else shown.copy()
        if frame.disposal == _TO_BACKGROUND:
            # Native counts in bytes here, and of as many channels as are asked for.
            rows = self._canvas.reshape(self.height, -1).view(np.uint8)
            rows[frame.y : bottom, frame.x * channels : right * channels] = 0
        self._pages_read += 1
        if self.dtype.itemsize > dtype.itemsize:
            shown = np.clip(np.rint(shown * (1 / 255)), 0, 255).astype(np.uint8)
        if channels != self.channels and self.channels == 1:
            raise NoImageError
        return as_channels(shown, channels, rgb, CVT_COLOR)

    def next_page(self) -> bool:
        self._page += 1
        return self._page < self.frames


def _blended(below: Array, above: Array) -> Array:
    """Pixels over others, colours not multiplied by alpha; rounded down."""
    most = np.uint64(np.iinfo(below.dtype).max)
    alpha: Array = above[..., 3:].astype(np.uint64)
    over, under = alpha * most, (most - alpha) * below[..., 3:]
    total = over + under
    safe = np.maximum(total, np.uint64(1))
    colours = (above[..., :3] * over + below[..., :3] * under) // safe
    mixed = np.concatenate((colours, total // most), axis=2).astype(below.dtype)
    replaces = (above[..., 3:] == most) | (below[..., 3:] == 0)
    return np.where(replaces, above, np.where(alpha == 0, below, mixed))
