"""Reads image files as arrays, to compare them by their pixels."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageSequence, UnidentifiedImageError

from .finding import Array

__all__ = ["IMAGE_SUFFIXES", "read_frames"]

#: By which a file is taken for an image.
IMAGE_SUFFIXES = frozenset(
    f".{name}"
    for name in (
        *("apng", "avif", "bmp", "gif", "jp2", "jpe", "jpeg", "jpg", "pbm", "pgm", "png", "pnm", "ppm"),
        *("tif", "tiff", "webp"),
    )
)

#: Their pixels are read as they are; those of others as colours.
_PLAIN_MODES = ("L", "LA", "RGB", "RGBA", "I", "I;16", "I;16B", "F", "1")


def read_frames(path: Path) -> list[Array] | None:
    """The pixels of an image file, frame by frame.

    Returns
    -------
    list of numpy.ndarray or None
        Height, width, and channels (red, green, blue, alpha) if there are several. None if the file
        can't be read without loss: Pillow knows no colours of 16 bits.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                if _loses_depth(image):
                    return None
                return [_pixels(frame) for frame in ImageSequence.Iterator(image)]
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombWarning):
        return None


def _loses_depth(image: Image.Image) -> bool:
    """Whether the file has more bits a channel than Pillow gives."""
    raw = str([tile[3] for tile in getattr(image, "tile", [])])
    return ";16" in raw and image.mode in ("RGB", "RGBA", "LA", "L")


def _pixels(frame: Image.Image) -> Array:
    return np.asarray(frame if frame.mode in _PLAIN_MODES else frame.convert("RGBA"))
