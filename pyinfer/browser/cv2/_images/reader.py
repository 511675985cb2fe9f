"""What the readers of all image formats share: native's BaseImageDecoder (grfmt_base.hpp)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = [
    "CVT_COLOR",
    "GREY_OF_COLOUR",
    "Array",
    "ImageReader",
    "NoImageError",
    "as_channels",
    "caller_owned",
    "grey_of_bgr",
    "saturated",
    "swapped",
    "turned",
]

Array = npt.NDArray[Any]

#: Red, green, blue, shift and what is added for rounding: cvtColor's weights, and those of native's
#: own loops (imgcodecs/src/utils.cpp).
CVT_COLOR = (9798, 19235, 3735, 15, 1 << 14)
GREY_OF_COLOUR = (4899, 9617, 1868, 14, 1 << 13)

_INTEGER_LIMIT = float(1 << 31)


class NoImageError(Exception):
    """The file breaks off, or is of no kind that native reads: natively None."""


class ImageReader:
    """A file whose header has been read.

    Attributes
    ----------
    width, height, channels : int
    dtype : numpy.dtype
        Of the file, before flags ask for something else.
    frames : int
        Pages, or frames of an animation.
    orientation : int
        How the camera was held, as EXIF has it; 1 is upright.
    duration : int or None
        How long the last frame read is shown, in milliseconds; None if the file doesn't say.
    loop_count, background, still_image
        Of an animation, see `Animation`.
    metadata : dict
        Bytes by ``IMAGE_METADATA_...``.
    """

    width: int
    height: int
    channels = 3
    dtype: np.dtype[Any] = np.dtype(np.uint8)
    frames = 1
    orientation = 1
    duration: int | None = None
    loop_count = 0
    background: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)
    still_image: Array | None = None

    def __init__(self) -> None:
        self.metadata: dict[int, bytes] = {}

    def read(self, channels: int, dtype: np.dtype[Any], rgb: bool) -> Array:
        """The pixels of the current page, (h, w) or (h, w, channels).

        Raises
        ------
        NoImageError
            They can't be made out.
        """
        raise NotImplementedError

    def next_page(self) -> bool:
        """Go on to the next page, if there is one; the attributes are its own then."""
        return False


def grey_of_bgr(pixels: Array, weights: tuple[int, int, int, int, int]) -> Array:
    """Grey by integer weights, of pixels in blue, green, red order."""
    red, green, blue, shift, rounding = weights
    wide = np.uint32 if pixels.itemsize > 1 else np.int32
    total = pixels[..., 0] * wide(blue)
    total += pixels[..., 1] * wide(green)
    total += pixels[..., 2] * wide(red)
    total += wide(rounding)
    total >>= wide(shift)
    grey: Array = total.astype(pixels.dtype)
    return grey


def as_channels(
    pixels: Array, channels: int, rgb: bool, weights: tuple[int, int, int, int, int] = GREY_OF_COLOUR
) -> Array:
    """Pixels, (h, w), (h, w, 3) BGR or (h, w, 4) BGRA, with as many channels as are asked for."""
    has = pixels.shape[2] if pixels.ndim == 3 else 1
    if channels == 1:
        return pixels if has == 1 else grey_of_bgr(pixels, weights)
    if has == 1:
        pixels = np.repeat(pixels.reshape(*pixels.shape[:2], 1), 3, axis=2)
    if channels == 4 and pixels.shape[2] == 3:
        opaque = np.full((*pixels.shape[:2], 1), np.iinfo(pixels.dtype).max, pixels.dtype)
        pixels = np.concatenate((pixels, opaque), axis=2)
    pixels = pixels[..., :channels]
    return swapped(pixels) if rgb else pixels


def swapped(pixels: Array) -> Array:
    """Red for blue, of pixels with three channels or four; a copy, each channel at once."""
    out = np.empty(pixels.shape, pixels.dtype)
    for channel in range(pixels.shape[2]):
        out[..., channel] = pixels[..., (2, 1, 0, 3)[channel]]
    return out


def saturated(pixels: Array) -> Array:
    """As 8 bits: native rounds halves to even, and what no int32 holds gives 0."""
    if pixels.dtype.kind == "f":
        pixels = np.rint(np.where(np.abs(pixels) < _INTEGER_LIMIT, pixels, 0))
    return np.clip(pixels, 0, 255).astype(np.uint8)


def caller_owned(pixels: Array) -> Array:
    """The same, contiguous and writable: what is read off a file's bytes is not."""
    pixels = np.ascontiguousarray(pixels)
    return pixels if pixels.flags.writeable else pixels.copy()


def turned(pixels: Array, orientation: int) -> Array:
    """Undo the camera's orientation (EXIF 2.3, tag 0x0112)."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return pixels
