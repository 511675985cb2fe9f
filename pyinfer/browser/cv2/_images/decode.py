"""What reading one image and reading several have in common (loadsave.cpp)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

from .._errors import failed_assertion
from .apng_reader import ApngReader
from .errors import both_colours, validate_size
from .formats import open_image
from .png_reader import PngReader
from .reader import Array, ImageReader, NoImageError

__all__ = [
    "IGNORE_ORIENTATION",
    "LOAD_GDAL",
    "UNCHANGED",
    "bytes_of",
    "opened",
    "page_of",
    "read_file",
    "type_of",
    "warn",
    "warn_unreadable",
]

UNCHANGED = -1
_COLOR = 1
_ANYDEPTH = 2
_ANYCOLOR = 4
LOAD_GDAL = 8
IGNORE_ORIENTATION = 128
_COLOR_RGB = 256


def warn(text: str) -> None:
    print(f"[ WARN:0] {text}", file=sys.stderr)


def warn_unreadable(filename: str) -> None:
    warn(
        f"global loadsave.cpp:278 findDecoder imread_('{filename}'): can't open/read file: "
        "check file path/integrity"
    )


def read_file(filename: str) -> bytes | None:
    try:
        return Path(filename.partition("\0")[0]).read_bytes()
    except OSError:
        warn_unreadable(filename)
        return None


def bytes_of(buf: Array, function: str, lines: tuple[int, int]) -> bytes:
    empty_line, type_line = lines
    if not buf.size:
        raise failed_assertion("!buf.empty()", function, f"imgcodecs/src/loadsave.cpp:{empty_line}")
    # Of any dtype: the check for bytes that stands in the source is none.
    if 1 not in buf.shape[:2] or (buf.ndim > 2 and buf.shape[2] != 1):
        text = "buf.checkVector(1, CV_8U) > 0"
        raise failed_assertion(text, function, f"imgcodecs/src/loadsave.cpp:{type_line}")
    return np.ascontiguousarray(buf).tobytes()


def opened(data: bytes, whole: bool, animated: bool = False) -> ImageReader | None:
    """The reader of a file; None if it is no image.

    Parameters
    ----------
    data : bytes
    whole : bool
        See `open_image`.
    animated : bool
        Whether the frames of an animated PNG are wanted, rather than what other viewers show.
    """
    try:
        reader = open_image(data, whole)
        if animated and isinstance(reader, PngReader) and ApngReader.is_animated(data):
            return ApngReader(data)
    except NoImageError:
        return None
    return reader


def type_of(reader: ImageReader, flags: int) -> tuple[int, np.dtype[Any]]:
    """Channels and dtype that flags ask for: native's calcType."""
    if flags != UNCHANGED and flags & _COLOR and flags & _COLOR_RGB:
        raise both_colours(_COLOR | _COLOR_RGB)
    everything = _COLOR | _ANYCOLOR | _ANYDEPTH
    if flags & everything == everything or flags == UNCHANGED or flags & LOAD_GDAL:
        return reader.channels, reader.dtype
    dtype = reader.dtype if flags & _ANYDEPTH else np.dtype(np.uint8)
    if flags & (_COLOR | _COLOR_RGB) or (flags & _ANYCOLOR and reader.channels > 1):
        return 3, dtype
    return 1, dtype


def page_of(reader: ImageReader, flags: int) -> Array | None:
    """The current page, as flags ask for it but in the file's own orientation."""
    validate_size(reader.width, reader.height)
    channels, dtype = type_of(reader, flags)
    try:
        return reader.read(channels, dtype, rgb=flags != UNCHANGED and bool(flags & _COLOR_RGB))
    except NoImageError:
        return None
