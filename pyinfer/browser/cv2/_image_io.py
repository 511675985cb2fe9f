"""Image files, read, where npm's opencv.js is loaded: imread and what is like it.

npm's opencv.js has no codecs. JPEG is decoded by libjpeg-turbo, bit for bit as natively; other compressed
bytes are decompressed by Pillow, plain ones (BMP, Netpbm) read by NumPy. How samples become 8 or 16 bits,
grey or colour is native's own arithmetic, format by format, and that is mirrored in the readers.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pyinfer.errors import UnsupportedInBrowser

from ._call import call_by_name
from ._images.animation import Animation
from ._images.arguments import bound
from ._images.decode import (
    IGNORE_ORIENTATION,
    LOAD_GDAL,
    UNCHANGED,
    bytes_of,
    opened,
    page_of,
    read_file,
    type_of,
    warn_unreadable,
)
from ._images.errors import comparison_failed, type_name
from ._images.formats import HEAD_SIZE, find_reader
from ._images.jpeg_reader import JpegReader
from ._images.pages import imcount, imdecodeanimation, imdecodemulti, imreadanimation, imreadmulti
from ._images.reader import Array, ImageReader, caller_owned, turned
from ._images.write import (
    haveImageWriter,
    imencode,
    imencodeanimation,
    imencodemulti,
    imencodeWithMetadata,
    imwrite,
    imwriteanimation,
    imwritemulti,
    imwriteWithMetadata,
)

__all__ = [
    "Animation",
    "haveImageReader",
    "haveImageWriter",
    "imcount",
    "imdecode",
    "imdecodeWithMetadata",
    "imdecodeanimation",
    "imdecodemulti",
    "imencode",
    "imencodeWithMetadata",
    "imencodeanimation",
    "imencodemulti",
    "imread",
    "imreadWithMetadata",
    "imreadanimation",
    "imreadmulti",
    "imwrite",
    "imwriteWithMetadata",
    "imwriteanimation",
    "imwritemulti",
]

_COLOR = 1
_REDUCED = {16: 2, 32: 4, 64: 8}
_INTER_LINEAR_EXACT = 5


@bound
def imread(filename: str, flags: int = _COLOR, dst: Array | None = None) -> Array | None:
    """Read an image file: ``imread(filename[, flags])`` or ``imread(filename[, dst[, flags]])``.

    Pixels are decoded by libjpeg-turbo (JPEG), Pillow or NumPy and are native's own, but for CMYK JPEG with
    subsampled colour (a few grey levels) and lossy WebP of other libwebp versions.

    Parameters
    ----------
    filename : str or path-like
    flags : int
        ``IMREAD_...``; by default 8-bit BGR.
    dst : ndarray, optional
        Written to and returned; of the image's size and type. Copies the pixels once more.

    Returns
    -------
    ndarray or None
        (h, w), (h, w, 3) or (h, w, 4), uint8, or what the file has: uint16, float32, ... None if there
        is no such file, or it is no image (``dst``, if that is given); native's warning goes to stderr.

    Raises
    ------
    cv2.error
        More than 2**20 columns or rows, or 2**30 pixels; ``dst`` does not fit.
    UnsupportedInBrowser
        A reduced JPEG; AVIF, JPEG 2000 and Radiance files; JPEG-compressed and CIE TIFF.
    """
    data = read_file(filename)
    reader = None if data is None else opened(data, whole=False)
    return dst if reader is None else _read(reader, flags, dst, whole=False)


@bound
def imdecode(buf: Array, flags: int) -> Array | None:
    """Read an image from the bytes of its file; copies the bytes once.

    Parameters
    ----------
    buf : ndarray of uint8 or int8
        One row or column.
    flags : int
        ``IMREAD_...``.

    Returns
    -------
    ndarray or None
        As :func:`imread`; None if the bytes are no image.

    Raises
    ------
    cv2.error
        The buffer is empty, or no such array, or the image is too large, see :func:`imread`.
    """
    reader = opened(bytes_of(buf, "imdecode_", (1291, 1293)), whole=True, animated=True)
    return None if reader is None else _read(reader, flags, None, whole=True)


@bound
def imreadWithMetadata(
    filename: str, flags: int, metadata: Sequence[Array] | None = None
) -> tuple[Array | None, Any, tuple[Array, ...]]:
    """:func:`imread`, and what else the file holds.

    Returns
    -------
    (image, ndarray of int32, tuple of ndarray)
        ``IMAGE_METADATA_...`` of each item, and its bytes, (1, n); empty tuples if there is none.
    """
    data = read_file(filename)
    reader = None if data is None else opened(data, whole=False)
    if reader is None:
        return None, (), ()
    return _read(reader, flags, None, whole=False), *_metadata(reader)


@bound
def imdecodeWithMetadata(
    buf: Array, flags: int, metadata: Sequence[Array] | None = None
) -> tuple[Array | None, Any, tuple[Array, ...]]:
    """:func:`imdecode`, and what else the file holds, as :func:`imreadWithMetadata`."""
    reader = opened(bytes_of(buf, "imdecode_", (1291, 1293)), whole=True, animated=True)
    if reader is None:
        return None, (), ()
    return _read(reader, flags, None, whole=True), *_metadata(reader)


@bound
def haveImageReader(filename: str) -> bool:
    """Whether the file begins as an image that native can read; the rest is not looked at."""
    try:
        with Path(filename).open("rb") as file:
            head = file.read(HEAD_SIZE)
    except (OSError, ValueError):
        warn_unreadable(filename)
        return False
    try:
        return find_reader(head, whole=False) is not None
    except UnsupportedInBrowser:
        return False


def _read(reader: ImageReader, flags: int, dst: Array | None, whole: bool) -> Array | None:
    denominator = next((n for bit, n in _REDUCED.items() if flags > LOAD_GDAL and flags & bit), 1)
    if isinstance(reader, JpegReader) and denominator > 1:
        reader.refuse_reduction()
    if dst is not None:
        _check_destination(reader, flags, dst)
    pixels = page_of(reader, flags)
    if pixels is None:
        return None
    # A file is read into memory that natively must not change its shape on the way.
    channels, _ = type_of(reader, flags)
    shape = (reader.height, reader.width) if channels == 1 else (reader.height, reader.width, channels)
    if not whole and pixels.shape != shape:
        return None
    if denominator > 1:
        size = (reader.width // denominator, reader.height // denominator)
        pixels = call_by_name("resize", pixels, size, interpolation=_INTER_LINEAR_EXACT)
    if flags != UNCHANGED and not flags & IGNORE_ORIENTATION:
        pixels = turned(pixels, reader.orientation)
    if dst is not None and dst.shape == pixels.shape:
        np.copyto(dst, pixels)
        return dst
    return caller_owned(pixels)


def _check_destination(reader: ImageReader, flags: int, dst: Array) -> None:
    signature = "bool cv::imread_(const String&, int, OutputArray, std::vector<int>*, OutputArrayOfArrays)"
    size = f"[{reader.width} x {reader.height}]"
    has = f"[{dst.shape[1]} x {dst.shape[0]}]" if dst.ndim > 1 else f"[1 x {dst.size}]"
    if dst.size and size != has:
        raise comparison_failed("", "size == mat.size()", size, has, signature, 590)
    channels, dtype = type_of(reader, flags)
    if dst.size and (channels, dtype) != (dst.shape[2] if dst.ndim == 3 else 1, dst.dtype):
        types = type_name(dtype, channels), type_name(dst.dtype, dst.shape[2] if dst.ndim == 3 else 1)
        raise comparison_failed("", "type == mat.type()", *types, signature, 591)


def _metadata(reader: ImageReader) -> tuple[Any, tuple[Array, ...]]:
    kinds = sorted(reader.metadata)
    if not kinds:
        return (), ()
    pieces = (np.frombuffer(reader.metadata[kind], np.uint8).reshape(1, -1).copy() for kind in kinds)
    return np.array(kinds, np.int32), tuple(pieces)
