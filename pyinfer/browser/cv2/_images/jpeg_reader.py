"""JPEG files: decoded by libjpeg-turbo, bit for bit as natively; colour as grey, and CMYK, by Pillow."""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from typing import Any, NoReturn

import numpy as np
from PIL import ImageFile

from pyinfer.browser.bridge import get_bridge
from pyinfer.browser.bridge.codec import read_into, write_from
from pyinfer.errors import UnsupportedInBrowser

from .exif import orientation_of
from .pillow import opened_by_pillow
from .reader import Array, ImageReader, NoImageError, as_channels, grey_of_bgr, swapped

__all__ = ["JpegReader"]

_EXIF, _XMP, _PROFILE = range(3)
_EXIF_HEAD, _XMP_HEAD, _PROFILE_HEAD_SIZE = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/", 14

#: As utils.cpp weighs what was cyan, magenta and yellow: red, green, blue, shift, rounding.
_GREY_OF_INKS = (1868, 9617, 4899, 14, 1 << 13)


class JpegReader(ImageReader):
    """A JPEG file.

    Parameters
    ----------
    data : bytes
    whole : bool
        Whether a file that breaks off is no image; else what is missing is grey. Natively the one
        holds of a buffer, the other of a file.
    """

    def __init__(self, data: bytes, whole: bool) -> None:
        super().__init__()
        self._data = data
        self._whole = whole
        frame = None
        has_scan = False
        for marker, content in _segments(data):
            has_scan = marker == 0xDA
            if marker == 0xE1 and content.startswith(_EXIF_HEAD) and len(content) > len(_EXIF_HEAD):
                self.metadata[_EXIF] = content[len(_EXIF_HEAD) :]
                self.orientation = orientation_of(self.metadata[_EXIF])
            elif marker == 0xE1 and content.startswith(_XMP_HEAD):
                self.metadata[_XMP] = self.metadata.get(_XMP, b"") + content
            elif marker == 0xE2 and len(content) > _PROFILE_HEAD_SIZE:
                profile = self.metadata.get(_PROFILE, b"")
                self.metadata[_PROFILE] = profile + content[_PROFILE_HEAD_SIZE:]
            elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC) and len(content) > 5:
                frame = content
        if frame is None or not has_scan:
            raise NoImageError
        _, self.height, self.width, self._components = struct.unpack_from(">BHHB", frame)
        if not self.height or not self.width:
            raise NoImageError
        self.channels = 3 if self._components > 1 else 1

    def read(self, channels: int, dtype: np.dtype[Any], rgb: bool) -> Array:
        if self._components == 4:
            return self._read_inks(channels, rgb)
        if channels == 1 and self._components > 1:
            return self._pillow("L")
        pixels = self._decoded()
        if self._components == 1:
            return as_channels(pixels[..., 0], channels, rgb)
        return pixels if rgb else swapped(pixels)

    @staticmethod
    def refuse_reduction() -> NoReturn:
        """libjpeg-turbo's own arithmetic for smaller images is out of reach."""
        what = "the JPEG codec can't decode at a reduced size"
        raise UnsupportedInBrowser("cv2.imread", what, "cv2.resize of the whole image")

    def _pillow(self, mode: str) -> Array:
        """What Pillow decodes without converting colours: planes that are the same in every decoder."""
        previous, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, not self._whole
        try:
            with opened_by_pillow(self._data, "JPEG") as image:
                if mode == "L":
                    # The luminance plane as it is in the file, as native reads it.
                    image.draft("L", image.size)
                image.load()
                return np.asarray(image if image.mode == mode else image.convert(mode))
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = previous

    def _read_inks(self, channels: int, rgb: bool) -> Array:
        """CMYK: Pillow takes Adobe's files for inverted, native takes none for it."""
        inks = self._pillow("CMYK")
        adobe = next((c for m, c in _segments(self._data) if m == 0xEE and c.startswith(b"Adobe")), None)
        if adobe is not None:
            inks = 255 - inks
        black = inks[..., 3:].astype(np.int32)
        colours = (black - ((255 - inks[..., :3]) * black >> 8)).astype(np.uint8)
        if channels == 1:
            return grey_of_bgr(colours[..., ::-1], _GREY_OF_INKS[2::-1] + _GREY_OF_INKS[3:])
        return colours if rgb else swapped(colours)

    def _decoded(self) -> Array:
        codec = get_bridge().jpeg
        try:
            write_from(codec.stage(len(self._data)), np.frombuffer(self._data, np.uint8))
            decoded = codec.decode()
            if decoded is None:
                raise NoImageError
            width, height, components, broken = map(int, decoded.split(","))
            pixels = np.empty((height, width, components), np.uint8)
            read_into(codec.pixels(), pixels)
        finally:
            codec.release()
        if broken and self._whole:
            raise NoImageError
        if broken:
            print("Premature end of JPEG file", file=sys.stderr)
        return pixels


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Markers and what they hold, up to the first scan's."""
    place = 2
    while place + 4 <= len(data):
        if data[place] != 0xFF:
            place += 1
            continue
        marker = data[place + 1]
        if marker == 0xFF or marker == 0 or 0xD0 <= marker <= 0xD8 or marker == 1:
            place += 1 if marker == 0xFF else 2
            continue
        if marker == 0xD9:
            return
        (size,) = struct.unpack_from(">H", data, place + 2)
        yield marker, data[place + 4 : place + 2 + size]
        if marker == 0xDA:
            return
        place += 2 + size
