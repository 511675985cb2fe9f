"""WebP files, read by libwebp (through Pillow)."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image

from .exif import orientation_of
from .pillow import opened_by_pillow
from .reader import CVT_COLOR, Array, ImageReader, NoImageError, as_channels, swapped

__all__ = ["WebpReader"]

_EXIF, _XMP, _PROFILE = range(3)
_MOST_SIZE = 64 << 20


class WebpReader(ImageReader):
    """A WebP file, or an animation of them."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        if len(data) > _MOST_SIZE:
            raise NoImageError
        self._data = data
        self._page = 0
        with opened_by_pillow(data, "WEBP") as image:
            self.width, self.height = image.size
            self.channels = 4 if image.mode == "RGBA" else 3
            for kind, key in ((_EXIF, "exif"), (_XMP, "xmp"), (_PROFILE, "icc_profile")):
                if image.info.get(key):
                    self.metadata[kind] = image.info[key]
            self.frames = getattr(image, "n_frames", 1)
            if self.frames > 1:
                self.loop_count = image.info.get("loop", 0)
                red, green, blue, alpha = image.info.get("background", (0, 0, 0, 0))
                self.background = tuple(map(float, (alpha, red, green, blue)))
        self.orientation = orientation_of(self.metadata.get(_EXIF, b""))

    def read(self, channels: int, dtype: np.dtype[Any], rgb: bool) -> Array:
        if self._page >= self.frames:
            raise NoImageError
        with opened_by_pillow(self._data, "WEBP") as image:
            pixels = self._frame(image) if self.frames > 1 else _pixels(image, self.channels)
        return as_channels(pixels, channels, rgb, CVT_COLOR)

    def _frame(self, image: Image.Image) -> Array:
        image.seek(self._page)
        pixels = _pixels(image, 4)
        self.duration = image.info.get("duration", 0)
        self._page += 1
        return pixels

    def next_page(self) -> bool:
        """Whether there is one; reading goes on to it, so that natively no frame can be passed over."""
        return self.frames > 1 and self._page < self.frames


def _pixels(image: Image.Image, channels: int) -> Array:
    mode = "RGBA" if channels == 4 else "RGB"
    pixels = np.asarray(image if image.mode == mode else image.convert(mode))
    return swapped(pixels)
