"""Pillow, as the readers use it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, ImageFile

from .reader import NoImageError

__all__ = ["opened_by_pillow"]


@contextmanager
def opened_by_pillow(data: bytes, kind: str) -> Iterator[ImageFile.ImageFile]:
    """An image of one format, its pixels not yet decoded.

    Native has limits of its own for large images; Pillow's is lower, and is lifted meanwhile.

    Raises
    ------
    NoImageError
        It is none, or breaks off while it is read.
    """
    previous, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as image:
            Image.MAX_IMAGE_PIXELS = previous
            yield image
    except (OSError, SyntaxError, ValueError, TypeError, EOFError):
        raise NoImageError from None
    finally:
        Image.MAX_IMAGE_PIXELS = previous
