"""PNG files: unfiltered by Pillow, samples and colours made of them here as libpng does."""

from __future__ import annotations

import struct
import zlib
from typing import Any, NamedTuple

import numpy as np

from pyinfer.errors import UnsupportedInBrowser

from .exif import orientation_of
from .pillow import opened_by_pillow
from .reader import Array, ImageReader, NoImageError, as_channels, swapped

__all__ = ["SIGNATURE", "PngReader", "chunk"]

SIGNATURE = b"\x89PNG\r\n\x1a\n"

_MOST_SIDE = 1_000_000

_GREY, _RGB, _PALETTE, _GREY_ALPHA, _RGBA = 0, 2, 3, 4, 6
_SAMPLES = {_GREY: 1, _RGB: 3, _PALETTE: 1, _GREY_ALPHA: 2, _RGBA: 4}
_DEPTHS = {
    _GREY: (1, 2, 4, 8, 16),
    _PALETTE: (1, 2, 4, 8),
    **dict.fromkeys((_RGB, _GREY_ALPHA, _RGBA), (8, 16)),
}

#: OpenCV's 0.299 and 0.587 in libpng's units of 2**-15, blue the rest.
_RED, _GREEN = 29_900 * 32768 // 100_000, 58_700 * 32768 // 100_000
_BLUE = 32768 - _RED - _GREEN
_SRGB_GAMMA = 45455

_EXIF, _XMP, _PROFILE, _CICP = range(4)
_XMP_KEY = b"XML:com.adobe.xmp"


class _Chunk(NamedTuple):
    kind: bytes
    data: bytes


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk with length and checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


class PngReader(ImageReader):
    """A PNG file; of an animated one the picture that viewers without animation show."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        chunks, self._is_whole = _chunks(data)
        if not chunks or chunks[0].kind != b"IHDR" or len(chunks[0].data) != 13:
            raise NoImageError
        if not any(piece.kind == b"IDAT" for piece in chunks):
            raise NoImageError
        self._chunks = chunks
        self._header = chunks[0].data
        self.width, self.height, self._bits, self._kind = struct.unpack_from(">IIBB", self._header)
        if self._bits not in _DEPTHS.get(self._kind, ()) or max(self.width, self.height) > _MOST_SIDE:
            raise NoImageError
        before = self._before_image()
        self._palette = np.frombuffer(before.get(b"PLTE", b""), np.uint8)
        if self._kind == _PALETTE and not self._palette.size:
            raise NoImageError
        self._transparency = self._find_transparency(before.get(b"tRNS", b""))
        alpha = self._kind in (_GREY_ALPHA, _RGBA) or (self._kind != _GREY and bool(self._transparency))
        self.channels = 4 if alpha else 1 if self._kind == _GREY else 3
        self.dtype = np.dtype(np.uint16 if self._bits == 16 else np.uint8)
        self._gamma = self._find_gamma(before)
        self._read_metadata()

    def _find_transparency(self, data: bytes) -> bytes:
        """What is transparent, if libpng accepts the chunk."""
        if self._kind == _PALETTE:
            fits = len(data) <= min(self._palette.size // 3, 1 << self._bits)
        else:
            fits = len(data) == {_GREY: 2, _RGB: 6}.get(self._kind)
        return data if fits else b""

    def _before_image(self) -> dict[bytes, bytes]:
        before: dict[bytes, bytes] = {}
        for kind, data in self._chunks:
            if kind == b"IDAT":
                break
            before.setdefault(kind, data)
        return before

    @staticmethod
    def _find_gamma(before: dict[bytes, bytes]) -> int:
        """The file's gamma, times 100,000; 0 if it says nothing or nothing that matters."""
        gamma = 0
        if len(before.get(b"gAMA", b"")) == 4:
            (gamma,) = struct.unpack(">I", before[b"gAMA"])
        if b"sRGB" in before:
            gamma = _SRGB_GAMMA
        return 0 if 95_000 <= gamma <= 105_000 else gamma

    def _read_metadata(self) -> None:
        for kind, data in self._chunks:
            if kind == b"bKGD":
                self.background = self._background_of(data) or self.background
            elif kind == b"eXIf" and data:
                self.metadata[_EXIF] = data
                self.orientation = orientation_of(data)
            elif kind in (b"tEXt", b"iTXt") and data.startswith(_XMP_KEY + b"\0"):
                text = data[len(_XMP_KEY) + 1 :] if kind == b"tEXt" else data.split(b"\0", 5)[-1]
                self.metadata[_XMP] = text.split(b"\0")[0] + b"\0"
            elif kind == b"iCCP":
                _, _, packed = data.partition(b"\0")
                try:
                    self.metadata[_PROFILE] = zlib.decompress(packed[1:])
                except zlib.error:
                    continue
            elif kind == b"cICP" and len(data) == 4:
                self.metadata[_CICP] = data

    def _background_of(self, data: bytes) -> tuple[float, ...] | None:
        """The colour in a chunk, blue first; None if it is of another kind of image."""
        if self._kind == _PALETTE:
            colour = self._palette[3 * data[0] : 3 * data[0] + 3] if len(data) == 1 else self._palette[:0]
        elif self._kind in (_GREY, _GREY_ALPHA):
            colour = np.repeat(np.frombuffer(data, ">u2"), 3) if len(data) == 2 else self._palette[:0]
        else:
            colour = np.frombuffer(data, ">u2") if len(data) == 6 else self._palette[:0]
        return (*colour[::-1].astype(float).tolist(), 0.0) if colour.size else None

    def read(self, channels: int, dtype: np.dtype[Any], rgb: bool) -> Array:
        if not self._is_whole:
            raise NoImageError
        samples = self._samples(self.width, self.height, self._image_data())
        return self._converted(samples, channels, dtype, rgb)

    def _image_data(self) -> list[bytes]:
        return [data for kind, data in self._chunks if kind == b"IDAT"]

    def _converted(self, samples: Array, channels: int, dtype: np.dtype[Any], rgb: bool) -> Array:
        pixels = self._coloured(samples, channels)
        if channels == 1 and pixels.ndim == 3:
            pixels = self._grey(pixels)
        if dtype.itemsize == 1 and self._bits == 16:
            pixels = (pixels >> 8).astype(np.uint8)
        return as_channels(pixels, channels, rgb)

    def _coloured(self, samples: Array, channels: int) -> Array:
        """Samples as (h, w) grey, (h, w, 3) BGR, or BGRA if ``channels`` are 4."""
        most = (1 << self._bits) - 1
        if self._kind == _PALETTE:
            table = np.zeros((256, 4), np.uint8)
            table[:, 3] = 255
            table[: self._palette.size // 3, :3] = self._palette[: self._palette.size // 3 * 3].reshape(-1, 3)
            alpha = np.frombuffer(self._transparency, np.uint8)[:256]
            table[: len(alpha), 3] = alpha
            colours = table[samples]
        elif self._kind == _GREY:
            return samples if self._bits >= 8 else (samples * (255 // most)).astype(np.uint8)
        elif self._kind == _GREY_ALPHA:
            if channels < 4:
                return samples[..., 0]
            colours = samples[..., [0, 0, 0, 1]]
        elif self._transparency and channels == 4:
            colour = np.array(struct.unpack(">HHH", self._transparency))
            opaque = (samples != colour).any(axis=2, keepdims=True)
            colours = np.concatenate((samples, opaque * samples.dtype.type(most)), axis=2)
        else:
            colours = samples
        return swapped(colours if channels == 4 else colours[..., :3])

    def _grey(self, pixels: Array) -> Array:
        """libpng's grey. Of a file that has a gamma, it weighs light instead of samples."""
        if self._gamma and pixels.itemsize > 1:
            what = "16-bit colour PNG files that state a gamma are not read as grey"
            raise UnsupportedInBrowser("cv2.imread", what, "IMREAD_ANYCOLOR and cv2.cvtColor")
        blue, green, red = (pixels[..., channel] for channel in range(3))
        if self._gamma:
            to_light = _gamma_table(10**10 / self._gamma)
            blue, green, red = (to_light[channel] for channel in (blue, green, red))
        total = np.full(red.shape, 1 << 14 if pixels.itemsize > 1 or self._gamma else 0, np.uint32)
        for weight, channel in ((_RED, red), (_GREEN, green), (_BLUE, blue)):
            total += channel * np.uint32(weight)
        total >>= np.uint32(15)
        grey = total.astype(pixels.dtype)
        if self._gamma:
            grey = _gamma_table(self._gamma)[grey]
        is_grey = (pixels[..., 0] == pixels[..., 1]) & (pixels[..., 1] == pixels[..., 2])
        return np.where(is_grey, pixels[..., 0], grey)

    def _samples(self, width: int, height: int, parts: list[bytes]) -> Array:
        """The samples of a picture, (h, w) or (h, w, samples)."""
        count = _SAMPLES[self._kind]
        header = struct.pack(">II", width, height) + self._header[8:]
        if self._bits == 16 and count == 3:
            high = _unfiltered(header, parts, "RGB;16B")
            low = _unfiltered(header, parts, "RGB;16L")
            return high.astype(np.uint16) << 8 | low
        if self._bits == 16 and count == 4:
            high = _unfiltered(header, parts, "RGBA;16B")
            low = _unfiltered(header, parts, "RGBA;16L")
            return high.astype(np.uint16) << 8 | low
        if self._bits == 16 and count == 2:
            # As long as four bytes of colour: filters and interlacing do not tell the difference.
            header = header[:8] + bytes([8, _RGBA]) + header[10:]
            return _unfiltered(header, parts).view(">u2").astype(np.uint16)
        if self._kind == _PALETTE or (self._kind == _GREY and self._bits < 8):
            # Read as grey, and scaled back to the indices that they are.
            header = header[:9] + bytes([_GREY]) + header[10:]
            grey = _unfiltered(header, parts)
            if grey.dtype == bool:
                return grey.astype(np.uint8)
            return grey // (255 // ((1 << self._bits) - 1)) if self._bits < 8 else grey
        return _unfiltered(header, parts)


def _gamma_table(gamma: float) -> Array:
    """libpng's 8-bit table; ``gamma`` times 100,000."""
    values = np.floor(255 * (np.arange(256) / 255.0) ** (gamma * 1e-5) + 0.5)
    return values.astype(np.uint8)


def _chunks(data: bytes) -> tuple[list[_Chunk], bool]:
    """The chunks of a file, and whether none is damaged that matters, up to the last."""
    place = len(SIGNATURE)
    chunks = []
    is_whole = True
    while place + 12 <= len(data):
        (size,) = struct.unpack_from(">I", data, place)
        kind, content = data[place + 4 : place + 8], data[place + 8 : place + 8 + size]
        place += 12 + size
        if place > len(data):
            break
        is_right = zlib.crc32(kind + content) == struct.unpack_from(">I", data, place - 4)[0]
        if is_right or kind[:1].isupper():
            chunks.append(_Chunk(kind, content))
            is_whole = is_whole and is_right
        if kind == b"IEND":
            return chunks, is_whole
    return chunks, False


def _unfiltered(header: bytes, parts: list[bytes], raw_mode: str | None = None) -> Array:
    """What Pillow makes of a picture; ``raw_mode`` says which byte of 16-bit samples it takes."""
    file = SIGNATURE + chunk(b"IHDR", header) + b"".join(chunk(b"IDAT", part) for part in parts)
    with opened_by_pillow(file + chunk(b"IEND", b""), "PNG") as image:
        if raw_mode is not None:
            image.tile = [tile._replace(args=raw_mode) for tile in image.tile]
        return np.asarray(image)
