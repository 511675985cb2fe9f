"""GIF files: blocks read and frames composed here as native does, indices decompressed by Pillow."""

from __future__ import annotations

import struct
from typing import Any, NamedTuple

import numpy as np

from .pillow import opened_by_pillow
from .reader import CVT_COLOR, Array, ImageReader, NoImageError, as_channels

__all__ = ["GifReader"]

_EXTENSION, _IMAGE, _END = 0x21, 0x2C, 0x3B
_CONTROL, _APPLICATION = 0xF9, 0xFF
_TO_BACKGROUND, _TO_PREVIOUS = 2, 3
_MOST_DISPOSAL = 3


class _Frame(NamedTuple):
    left: int
    top: int
    width: int
    height: int
    colours: bytes
    interlaced: bool
    transparent: int | None
    disposal: int
    duration: int | None
    data: bytes


class GifReader(ImageReader):
    """A GIF file. Pages are composed frames."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        if data[:6] not in (b"GIF87a", b"GIF89a"):
            raise NoImageError
        self._data = data
        self.width, self.height, flags, background = struct.unpack_from("<HHBB", data, 6)
        self._place = 13
        self._colours = self._take(3 << (flags & 7) + 1) if flags & 0x80 else b""
        if not self.width or not self.height or (flags & 0x80 and background * 3 >= len(self._colours)):
            raise NoImageError
        self.loop_count = 1
        self._canvas_colour = np.zeros(4, np.uint8)
        if background * 3 < len(self._colours):
            self._canvas_colour[:3] = list(self._colours[3 * background : 3 * background + 3])[::-1]
        self._frames = self._read_blocks()
        if not self._frames:
            raise NoImageError
        self.frames = len(self._frames)
        self._page = 0
        self._canvas = np.broadcast_to(self._canvas_colour, (self.height, self.width, 4)).copy()
        self._has_read = False

    def _take(self, size: int) -> bytes:
        piece = self._data[self._place : self._place + size]
        if len(piece) < size:
            raise NoImageError
        self._place += size
        return piece

    def _blocks(self) -> bytes:
        """The data of blocks up to the empty one, without their lengths."""
        parts = []
        while size := self._take(1)[0]:
            parts.append(self._take(size))
        return b"".join(parts)

    def _read_blocks(self) -> list[_Frame]:
        frames: list[_Frame] = []
        transparent: int | None = None
        disposal = 0
        duration = None
        colours = self._colours
        while (kind := self._take(1)[0]) != _END:
            if kind == _EXTENSION:
                label = self._take(1)[0]
                content = self._blocks()
                if label == _CONTROL and len(content) == 4:
                    flags, delay, index = struct.unpack("<BHB", content)
                    self.channels = 4 if flags & 1 else 3
                    transparent, disposal = index if flags & 1 else None, flags >> 2 & 7
                    duration = delay * 10
                elif label == _APPLICATION and content.startswith(b"NETSCAPE2.0\1") and len(content) >= 14:
                    (loops,) = struct.unpack_from("<H", content, 12)
                    self.loop_count = loops + 1 if loops else 0
            elif kind == _IMAGE:
                left, top, width, height, flags = struct.unpack("<HHHHB", self._take(9))
                colours = self._take(3 << (flags & 7) + 1) if flags & 0x80 else self._colours or colours
                start = self._place
                self._take(1)
                self._blocks()
                data = self._data[start : self._place]
                control = transparent, disposal, duration
                frames.append(_Frame(left, top, width, height, colours, bool(flags & 0x40), *control, data))
                disposal = 0
            else:
                raise NoImageError
        return frames

    def read(self, channels: int, dtype: np.dtype[Any], rgb: bool) -> Array:
        if self._has_read:
            return self._canvas.copy()
        composed = self._compose(self._frames[self._page])
        self._has_read = True
        self.duration = self._frames[self._page].duration
        return as_channels(composed, channels, rgb, CVT_COLOR)

    def next_page(self) -> bool:
        """Native takes two steps to pass over a frame; the first leaves it to be read as it is."""
        if not self._has_read:
            self._compose(self._frames[self._page])
            self._has_read = True
            return True
        self._has_read = False
        self._page += 1
        return self._page < self.frames

    def _compose(self, frame: _Frame) -> Array:
        """The canvas with the frame on it; the canvas is then made ready for the next one."""
        right, bottom = frame.left + frame.width, frame.top + frame.height
        if not frame.width or not frame.height or right > self.width or bottom > self.height:
            raise NoImageError
        if frame.disposal > _MOST_DISPOSAL:
            raise NoImageError
        region = self._canvas[frame.top : bottom, frame.left : right]
        before = region.copy()
        indices = _indices(frame)
        if frame.colours:
            table = np.frombuffer(frame.colours, np.uint8).reshape(-1, 3)[:, ::-1]
        else:
            table = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
            table[1] = 255
        shown = (
            indices != frame.transparent if frame.transparent is not None else np.ones(indices.shape, bool)
        )
        if (indices[shown] >= len(table)).any():
            raise NoImageError
        region[shown, :3] = table[indices[shown]]
        region[shown, 3] = 255
        composed = self._canvas.copy()
        if frame.disposal == _TO_BACKGROUND:
            region[...] = self._canvas_colour
        elif frame.disposal == _TO_PREVIOUS:
            region[...] = before
        return composed


def _indices(frame: _Frame) -> Array:
    """The colour index of each pixel, by way of a file that has nothing but this frame."""
    colours = bytes(range(256)) + bytes(512)  # no shade of grey, else Pillow takes it for a grey image
    head = struct.pack("<6sHHBBB", b"GIF89a", frame.width, frame.height, 0xF7, 0, 0) + colours
    descriptor = struct.pack("<BHHHHB", _IMAGE, 0, 0, frame.width, frame.height, frame.interlaced << 6)
    with opened_by_pillow(head + descriptor + frame.data + bytes([_END]), "GIF") as image:
        return np.asarray(image).astype(np.int16)
