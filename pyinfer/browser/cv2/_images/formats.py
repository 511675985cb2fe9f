"""Which reader reads a file: native's findDecoder (loadsave.cpp)."""

from __future__ import annotations

import struct
from collections.abc import Callable

from pyinfer.errors import UnsupportedInBrowser

from .bmp_reader import BmpReader
from .gif_reader import GifReader
from .jpeg_reader import JpegReader
from .netpbm_reader import PamReader, PfmReader, PnmReader
from .out_of_reach import OUT_OF_REACH
from .png_reader import SIGNATURE as PNG_SIGNATURE
from .png_reader import PngReader
from .reader import ImageReader, NoImageError
from .tiff_reader import TiffReader
from .webp_reader import WebpReader

__all__ = ["HEAD_SIZE", "find_reader", "open_image"]

#: How many bytes at the beginning tell the format.
HEAD_SIZE = 32

_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_SPACE = b" \t\n\v\f\r"

#: Formats that native reads, but nothing here does.
_UNREAD: dict[str, Callable[[bytes], bool]] = {
    **OUT_OF_REACH,
    "Sun raster": lambda head: head.startswith(b"\x59\xa6\x6a\x95"),
    "Radiance HDR": lambda head: head.startswith((b"#?RGBE", b"#?RADIANCE")),
}


def find_reader(head: bytes, whole: bool) -> Callable[[bytes], ImageReader] | None:
    """The reader for a file that begins so; None if it is no image.

    Raises
    ------
    UnsupportedInBrowser
        It is one, but there is no reader in a browser.
    """
    letter = head[1:2]
    is_netpbm = head[:1] == b"P" and head[2:3] and head[2] in _SPACE
    if head.startswith(b"BM"):
        return BmpReader
    if head.startswith(b"GIF"):
        return GifReader
    if head.startswith(b"\xff\xd8\xff"):
        return lambda data: JpegReader(data, whole)
    if len(head) >= HEAD_SIZE and head.startswith(b"RIFF") and head[8:15] == b"WEBPVP8":
        return WebpReader
    if is_netpbm and letter in b"123456":
        return PnmReader
    if is_netpbm and letter == b"7":
        return PamReader
    if is_netpbm and letter in b"fF":
        return PfmReader
    if head.startswith(_TIFF):
        return lambda data: TiffReader(data, whole)
    if head.startswith(PNG_SIGNATURE):
        return PngReader
    for name, fits in _UNREAD.items():
        if fits(head):
            raise UnsupportedInBrowser("cv2.imread", f"{name} files are not read", "PNG or TIFF")
    return None


def open_image(data: bytes, whole: bool) -> ImageReader:
    """The reader of a file, its header read.

    Parameters
    ----------
    data : bytes
    whole : bool
        Whether a JPEG file that breaks off is no image.

    Raises
    ------
    NoImageError
        It is none.
    UnsupportedInBrowser
        It is one that nothing here reads.
    """
    reader = find_reader(data[:HEAD_SIZE], whole)
    if reader is None:
        raise NoImageError
    try:
        return reader(data)
    except (struct.error, IndexError):
        raise NoImageError from None
