"""Image files, written."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from ._errors import Mismatch, bad_arguments, error

__all__ = ["encode"]

Array = npt.NDArray[Any]

_JPEG_QUALITY = 1
_PNG_COMPRESSION = 16
_WEBP_QUALITY = 64

_PILLOW_FORMATS = {
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".jpe": "JPEG",
    ".bmp": "BMP",
    ".dib": "BMP",
    ".webp": "WEBP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".gif": "GIF",
    ".ppm": "PPM",
    ".pgm": "PPM",
}

_PNG_COLOUR_TYPES = {1: 0, 3: 2, 4: 6}


def encode(ext: str, img: Array, params: Any, function: str, line: int, complaint: str) -> bytes:
    """The bytes of an image file.

    PNG, BMP and TIFF decode to the same pixels as native's; JPEG and lossy WebP are compressed by
    other code and decode to slightly others.

    Parameters
    ----------
    ext : str
        File name extension.
    img : ndarray
    params : sequence of int
        ``IMWRITE_...`` and value in turn.
    function, line, complaint : str, int, str
        How native words that there is no such format.
    """
    if not isinstance(img, np.ndarray):
        text = "img is not a numpy array, neither a scalar"
        raise bad_arguments(function, [Mismatch(text, "img")], takes_arrays=True)
    values = [int(value) for value in params or ()]
    options = dict(zip(values[::2], values[1::2], strict=True))
    extension = ext.lower()
    if not img.size:
        raise _failure("-215:Assertion failed", "!img.empty()", function, line)
    channels = img.shape[2] if img.ndim == 3 else 1
    if img.ndim not in (2, 3) or channels not in (1, 3, 4):
        text = "image.channels() == 1 || image.channels() == 3 || image.channels() == 4"
        raise _failure("-215:Assertion failed", text, function, line)
    if extension == ".png":
        pixels = img if img.dtype in (np.uint8, np.uint16) else _saturate(img)
        return _encode_png(
            _to_rgb(pixels.reshape(*img.shape[:2], channels)), options.get(_PNG_COMPRESSION, 1)
        )
    if extension not in _PILLOW_FORMATS:
        text = f"{complaint} for the specified extension"
        raise _failure("-2:Unspecified error", text, function, line)
    rgb = _to_rgb(_saturate(img).reshape(*img.shape[:2], channels))
    image = Image.fromarray(rgb[..., 0] if channels == 1 else rgb)
    kind = _PILLOW_FORMATS[extension]
    out = io.BytesIO()
    if kind == "JPEG":
        image.convert("RGB" if channels > 1 else "L").save(
            out, kind, quality=options.get(_JPEG_QUALITY, 95), subsampling="4:2:0"
        )
    elif kind == "WEBP":
        quality = options.get(_WEBP_QUALITY, 101)
        image.save(out, kind, quality=min(quality, 100), lossless=quality > 100, exact=True)
    else:
        image.save(out, kind)
    return out.getvalue()


def _failure(code: str, text: str, function: str, line: int) -> error:
    return error.from_message(
        f"OpenCV(5.0.0) /io/opencv/modules/imgcodecs/src/loadsave.cpp:{line}: error: "
        f"({code}) {text} in function '{function}'\n",
        int(code.partition(":")[0]),
    )


def _saturate(img: Array) -> Array:
    """Native converts what a format can't hold to 8 bits, rounding half to even."""
    if img.dtype == np.uint8:
        return img
    return np.clip(np.rint(img), 0, 255).astype(np.uint8)


def _to_rgb(pixels: Array) -> Array:
    order = {1: [0], 3: [2, 1, 0], 4: [2, 1, 0, 3]}[pixels.shape[2]]
    return np.ascontiguousarray(pixels[..., order])


def _encode_png(pixels: Array, level: int) -> bytes:
    """Pillow can't write 16-bit colour; a PNG without row filters is short work."""
    height, width, channels = pixels.shape
    big_endian = pixels.astype(pixels.dtype.newbyteorder(">"))
    rows = np.zeros((height, 1 + width * channels * pixels.itemsize), np.uint8)
    rows[:, 1:] = big_endian.reshape(height, -1).view(np.uint8)
    header = struct.pack(">IIBBBBB", width, height, 8 * pixels.itemsize, _PNG_COLOUR_TYPES[channels], 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", header),
            _chunk(b"IDAT", zlib.compress(rows.tobytes(), level)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
