"""The one thing that pixels depend on in EXIF data: how the camera was held."""

from __future__ import annotations

import struct

__all__ = ["orientation_of"]

_ORIENTATION = 0x0112


def orientation_of(exif: bytes) -> int:
    """The orientation in EXIF data (a TIFF header and what follows); 1, upright, if there is none."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return 1
    try:
        mark, offset = struct.unpack_from(order + "HI", exif, 2)
        if mark != 42:
            return 1
        (count,) = struct.unpack_from(order + "H", exif, offset)
        for entry in range(count):
            place = offset + 2 + 12 * entry
            (tag,) = struct.unpack_from(order + "H", exif, place)
            if tag == _ORIENTATION:
                (value,) = struct.unpack_from(order + "H", exif, place + 8)
                return int(value)
    except struct.error:
        pass
    return 1
