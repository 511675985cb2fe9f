"""GIF files, written with the fixed colours that are native's default."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from PIL import Image

from pyinfer.errors import UnsupportedInBrowser

from .gif_dither import dithered
from .reader import Array, NoImageError

__all__ = ["encode_gif"]

_QUALITY, _DITHER, _TRANSPARENCY, _COLOUR_TABLE = 1026, 1027, 1028, 1029
_PLAIN, _DITHERED = 1, 2
_MOST_SIDE = 0xFFFF
_RESTORE_PREVIOUS = 3 << 2

#: The index that native keeps for what is transparent: the middle of the colours.
_TRANSPARENT = 0x92


def encode_gif(
    frames: Sequence[Array], durations: Iterable[int], loops: int, options: Mapping[int, int]
) -> bytes:
    """A GIF file; its pixels are native's, the compressed bytes are Pillow's.

    Parameters
    ----------
    frames : sequence of ndarray
        uint8, (h, w, 3) BGR or (h, w, 4) BGRA, of one size.
    durations : iterable of int
        In milliseconds.
    loops : int
        0 is for ever.
    options : mapping
        ``IMWRITE_GIF_...``.

    Raises
    ------
    NoImageError
        Native fails too.
    UnsupportedInBrowser
        Other colours than the fixed ones, or dithering.
    """
    quality = options.get(_QUALITY, _DITHERED)
    if _DITHER in options or quality not in (_PLAIN, _DITHERED) or options.get(_COLOUR_TABLE, 0) > 0:
        what = "GIF files are written with 256 fixed colours only"
        raise UnsupportedInBrowser("cv2.imwrite", what, "PNG, or Pillow's quantize")
    critical = min(max(options.get(_TRANSPARENCY, 1), 0), 255)
    if any(frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape != frames[0].shape for frame in frames):
        raise NoImageError
    height, width = frames[0].shape[:2]
    if max(height, width) > _MOST_SIDE:
        raise NoImageError
    transparent = _TRANSPARENT
    shade = (0, 0, 0)
    if quality == _DITHERED:
        hidden = [frame[frame[..., 3] < critical] for frame in frames if frame.shape[2] == 4]
        last = next((pixels[-1] for pixels in reversed(hidden) if len(pixels)), None)
        frames = [dithered(frame, critical) for frame in frames]
        if last is None:
            transparent = critical = 0
        else:
            blue, green, red = (int(value) for value in last[:3])
            shade = (red, green, blue)
    table = _colours(transparent, shade)
    out = struct.pack("<6sHHBBB", b"GIF89a", width, height, 0xF7, 0, 0) + table
    if loops != 1:
        out += b"!\xff\x0bNETSCAPE2.0\3\1" + struct.pack("<HB", max(loops - 1, 0), 0)
    for frame, duration in zip(frames, durations, strict=True):
        if not 0 <= duration // 10 <= 0xFFFF:
            raise NoImageError
        flags = _RESTORE_PREVIOUS | (critical > 0)
        out += struct.pack("<BBBBHBB", 0x21, 0xF9, 4, flags, duration // 10, transparent, 0)
        out += struct.pack("<BHHHHB", 0x2C, 0, 0, width, height, 7)
        out += _packed(_indices(frame, critical, transparent), table)
    return out + b";"


def _colours(transparent: int, shade: tuple[int, int, int]) -> bytes:
    """Eight shades of red and green, four of blue, and the one that stands for nothing."""
    index = np.arange(256)
    shades = np.stack(((index >> 5 & 7) * 36, (index >> 2 & 7) * 36, (index & 3) * 85), axis=1)
    shades[transparent] = shade
    return shades.astype(np.uint8).tobytes()


def _indices(frame: Array, critical: int, transparent: int) -> Array:
    blue, green, red = (frame[..., channel] for channel in range(3))
    indices = red & 0xE0 | green >> 3 & 0x1C | blue >> 6
    if critical:
        # A colour that would be transparent: native takes the next darker green.
        indices = np.where(indices == transparent, np.uint8(transparent - 4), indices)
    if frame.shape[2] == 4:
        indices = np.where(frame[..., 3] < critical, np.uint8(transparent), indices)
    return indices


def _packed(indices: Array, table: bytes) -> bytes:
    """The compressed indices, as Pillow writes them into a file of its own."""
    image = Image.frombytes("P", indices.shape[::-1], np.ascontiguousarray(indices).tobytes())
    image.putpalette(table)
    out = io.BytesIO()
    image.save(out, "GIF", optimize=False, interlace=0)
    data = out.getvalue()
    descriptor = struct.pack("<BHHHH", 0x2C, 0, 0, *image.size)
    return data[data.index(descriptor, 13 + len(table)) + 10 : -1]
