"""Files with several images: pages and animations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .animation import Animation
from .arguments import bound
from .decode import IGNORE_ORIENTATION, UNCHANGED, bytes_of, opened, page_of, read_file, warn
from .errors import comparison_failed
from .reader import Array, ImageReader, NoImageError, caller_owned, turned

__all__ = ["imcount", "imdecodeanimation", "imdecodemulti", "imreadanimation", "imreadmulti"]

_COLOR = 1
_ANYCOLOR = 4
_MOST_PIXELS = 1 << 30
_MOST_FRAMES = 0x7FFF
_STILL_DURATION = 1000


@bound
def imreadmulti(
    filename: str,
    start: int = 0,
    count: int | None = None,
    flags: int | None = None,
    mats: Sequence[Array] | None = None,
) -> tuple[bool, tuple[Array, ...]]:
    """Read the pages of a file: ``imreadmulti(filename[, mats[, flags]])`` or
    ``imreadmulti(filename, start, count[, mats[, flags]])``.

    Returns
    -------
    (bool, tuple of ndarray)
        Whether there are any, and at most ``count`` pages from ``start``. Of animations native passes over
        frames in its own ways (GIF: two steps a frame; WebP: not at all), and so does this.

    Raises
    ------
    cv2.error
        ``start`` is negative; a page is too large.
    """
    if start < 0:
        signature = "bool cv::imreadmulti_(const String&, int, std::vector<Mat>&, int, int)"
        raise comparison_failed("Start index cannont be < 0", "start >= 0", start, 0, signature, 645)
    data = read_file(filename)
    reader = None if data is None else opened(data, whole=False, animated=True)
    if flags is None:
        flags = _COLOR if count is None else _ANYCOLOR
    pages = [] if reader is None else _pages(reader, flags, start, -1 if count is None else count)
    return bool(pages), tuple(pages or ())


@bound
def imdecodemulti(
    buf: Array, flags: int, range: tuple[int, int] | None = None, mats: Sequence[Array] | None = None
) -> tuple[bool, tuple[Array, ...]]:
    """Read the pages of a file from its bytes.

    Parameters
    ----------
    range : (int, int), optional
        The first page, and the one behind the last.

    Returns
    -------
    (bool, tuple of ndarray)
        Nothing if one of the pages can't be read.
    """
    data = bytes_of(buf, "imdecodemulti_", (1463, 1465))
    start, count = 0, -1
    if range is not None and range != (-(1 << 31), (1 << 31) - 1):
        signature = "bool cv::imdecodemulti(InputArray, int, std::vector<Mat>&, const Range&)"
        start, count = range[0], range[1] - range[0]
        if start < 0:
            text = "Range start cannot be negative."
            raise comparison_failed(text, "range.start >= 0", start, 0, signature, 1609)
        if count <= 0:
            raise comparison_failed("Range cannot be empty.", "range.size() > 0", count, 0, signature, 1610)
    reader = opened(data, whole=True, animated=True)
    pages = None if reader is None else _pages(reader, flags, start, count, all_or_none=True)
    return bool(pages), tuple(pages or ())


@bound
def imreadanimation(filename: str, start: int = 0, count: int = _MOST_FRAMES) -> tuple[bool, Animation]:
    """Read an animated GIF, PNG or WebP file.

    Returns
    -------
    (bool, Animation)
        Whether it could be read. An image that does not move has one frame.
    """
    data = read_file(filename)
    reader = None if data is None else opened(data, whole=False, animated=True)
    if reader is None:
        warn(f"global loadsave.cpp:835 imreadanimation_ Decoder for {filename} not found!\n")
    return _animation(reader, start, count)


@bound
def imdecodeanimation(buf: Array, start: int = 0, count: int = _MOST_FRAMES) -> tuple[bool, Animation]:
    """Read an animation from the bytes of its file, as :func:`imreadanimation`."""
    reader = opened(np.ascontiguousarray(buf).tobytes(), whole=True, animated=True) if buf.size else None
    if reader is None:
        warn("global loadsave.cpp:946 imdecodeanimation_ Decoder for buffer not found!\n")
    return _animation(reader, start, count)


@bound
def imcount(filename: str, flags: int = _ANYCOLOR) -> int:
    """How many pages or frames a file has; 0 if it is no image."""
    data = read_file(filename)
    reader = None if data is None else opened(data, whole=False, animated=True)
    return 0 if reader is None else reader.frames


def _pages(
    reader: ImageReader, flags: int, start: int, count: int, all_or_none: bool = False
) -> list[Array] | None:
    pages: list[Array] = []
    for _ in range(start):
        if not reader.next_page():
            return None
    while count < 0 or len(pages) < count:
        pixels = page_of(reader, flags)
        if pixels is None:
            return None if all_or_none else pages
        if flags != UNCHANGED and not flags & IGNORE_ORIENTATION:
            pixels = turned(pixels, reader.orientation)
        pages.append(caller_owned(pixels))
        if not _next_page(reader):
            break
    return pages


def _next_page(reader: ImageReader) -> bool:
    try:
        return reader.next_page()
    except NoImageError:
        return False


def _animation(reader: ImageReader | None, start: int, count: int) -> tuple[bool, Animation]:
    animation = Animation()
    if reader is None:
        return False, animation
    start = max(start, 0)
    count = _MOST_FRAMES if count < 0 else count
    count = min(count, reader.frames - start)
    if reader.width * reader.height * (count + 4) > _MOST_PIXELS:
        return False, animation
    frames: list[Array] = []
    durations: list[int] = []
    done = False
    for current in range(start + count):
        pixels = page_of(reader, UNCHANGED)
        done = pixels is not None
        if pixels is None:
            break
        if current >= start:
            frames.append(caller_owned(pixels))
            durations.append(reader.duration if reader.duration is not None else _STILL_DURATION)
        if not _next_page(reader):
            break
    animation.frames, animation.durations = frames, durations
    animation.bgcolor, animation.loop_count = reader.background, reader.loop_count
    animation.still_image = reader.still_image
    return done, animation
