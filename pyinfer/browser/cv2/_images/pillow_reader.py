"""BMP and WebP files, read by Pillow."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from PIL import Image

from .exif import orientation_of
from .pillow import opened_by_pillow
from .reader import CVT_COLOR, GREY_OF_COLOUR, Array, ImageReader, NoImageError, as_channels

__all__ = ["BmpReader", "WebpReader"]

_EXIF, _XMP, _PROFILE = range(3)
_BIT_FIELDS = 3
_MOST_WEBP_SIZE = 64 << 20


class _PillowReader(ImageReader):
    """An image that Pillow has opened."""

    _weights = GREY_OF_COLOUR

    def __init__(self, data: bytes, kind: str) -> None:
        super().__init__()
        self._data, self._kind = data, kind
        with opened_by_pillow(self._data, self._kind) as image:
            self.width, self.height = image.size
            self._mode = image.mode
            self._describe(image)

    def _describe(self, image: Image.Image) -> None:
        """Set ``channels``, and what else the format tells."""

    def read(self, channels: int, dtype: np.dtype[Any], rgb: bool) -> Array:
        mode = {1: "L", 3: "RGB", 4: "RGBA"}[self.channels]
        with opened_by_pillow(self._data, self._kind) as image:
            pixels = np.asarray(image if image.mode == mode else image.convert(mode))
        if pixels.ndim == 3:
            pixels = pixels[..., [2, 1, 0, 3][: pixels.shape[2]]]
        return as_channels(pixels, channels, rgb, self._weights)


class BmpReader(_PillowReader):
    """A BMP file. Of 16 bits a pixel, samples are shifted up, which Pillow doesn't do."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data, "BMP")

    def _describe(self, image: Image.Image) -> None:
        (header_size,) = struct.unpack_from("<I", self._data, 14)
        self._bits, self._compression = 24, 0
        if header_size >= 36 and len(self._data) >= 34:
            self._bits, self._compression = struct.unpack_from("<HI", self._data, 28)
        if self._bits == 32 and self._compression == _BIT_FIELDS:
            self.channels = 4
        elif image.mode in ("1", "L"):
            self.channels = 1
        elif image.mode == "P":
            table = np.array(image.getpalette("RGB") or ()).reshape(-1, 3)
            self.channels = 3 if header_size < 36 or (table != table[:, :1]).any() else 1

    def read(self, channels: int, dtype: np.dtype[Any], rgb: bool) -> Array:
        rgb = rgb and channels == 3
        if self._bits == 16:
            return as_channels(self._sixteen_bits(), channels, rgb)
        if self.channels == 4 and channels == 1:
            # Here native reckons with floats.
            pixels = super().read(4, dtype, rgb=True).astype(np.float32)
            weighed = pixels[..., :3] * np.array((0.299, 0.587, 0.114), np.float32)
            return (weighed[..., 0] + weighed[..., 1] + weighed[..., 2]).astype(np.uint8)
        return super().read(channels, dtype, rgb)

    def _sixteen_bits(self) -> Array:
        (offset,) = struct.unpack_from("<I", self._data, 10)
        (height,) = struct.unpack_from("<i", self._data, 22)
        pitch = (2 * self.width + 3) // 4 * 4
        if offset + pitch * self.height > len(self._data):
            raise NoImageError
        raw = np.frombuffer(self._data, np.uint8, pitch * self.height, offset)
        rows = raw.reshape(self.height, pitch)[:, : 2 * self.width].copy().view("<u2")
        six_green = self._compression == _BIT_FIELDS and struct.unpack_from("<I", self._data, 58)[0] == 0x7E0
        green, red = (
            (rows >> 3 & 0xFC, rows >> 8 & 0xF8) if six_green else (rows >> 2 & 0xF8, rows >> 7 & 0xF8)
        )
        pixels = np.stack((rows << 3 & 0xF8, green, red & 0xF8), axis=2).astype(np.uint8)
        return pixels[::-1] if height > 0 else pixels


class WebpReader(_PillowReader):
    """A WebP file, or an animation of them."""

    _weights = CVT_COLOR

    def __init__(self, data: bytes) -> None:
        super().__init__(data, "WEBP")

    def _describe(self, image: Image.Image) -> None:
        if len(self._data) > _MOST_WEBP_SIZE:
            raise NoImageError
        self.channels = 4 if image.mode == "RGBA" else 3
        for kind, key in ((_EXIF, "exif"), (_XMP, "xmp"), (_PROFILE, "icc_profile")):
            if image.info.get(key):
                self.metadata[kind] = image.info[key]
        self.orientation = orientation_of(self.metadata.get(_EXIF, b""))
        self.frames = getattr(image, "n_frames", 1)
        if self.frames > 1:
            self.loop_count = image.info.get("loop", 0)
            red, green, blue, alpha = image.info.get("background", (0, 0, 0, 0))
            self.background = tuple(map(float, (alpha, red, green, blue)))
        self._page = 0

    def read(self, channels: int, dtype: np.dtype[Any], rgb: bool) -> Array:
        if self.frames == 1:
            return super().read(channels, dtype, rgb)
        if self._page >= self.frames:
            raise NoImageError
        with opened_by_pillow(self._data, self._kind) as image:
            image.seek(self._page)
            pixels = np.asarray(image.convert("RGBA"))[..., [2, 1, 0, 3]]
            self.duration = image.info.get("duration", 0)
            self._page += 1
        return as_channels(pixels, channels, rgb, self._weights)

    def next_page(self) -> bool:
        """Whether there is one; reading goes on to it, so that natively no frame can be passed over."""
        return self.frames > 1 and self._page < self.frames
