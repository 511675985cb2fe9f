"""Optical flow in files of Middlebury's format: modules/video/src/optical_flow_io.cpp."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from ._arrays import Array, channels_of, or_none, present, size_of

__all__ = ["readOpticalFlow", "writeOpticalFlow"]

_MARK = b"PIEH"
_HEADER = struct.Struct("<4s2i")
_BYTES_PER_PIXEL = 8


def readOpticalFlow(path: str) -> Array | None:
    """The flow, float32 (h, w, 2); None if there is no such file, or no flow in it."""
    try:
        content = Path(path).read_bytes()
    except OSError:
        return None
    if len(content) < _HEADER.size:
        return None
    mark, width, height = _HEADER.unpack_from(content)
    size = width * height * _BYTES_PER_PIXEL
    if mark != _MARK or width < 0 or height < 0 or len(content) < _HEADER.size + size:
        return None
    numbers = np.frombuffer(content, "<f4", width * height * 2, _HEADER.size)
    return or_none(numbers.astype(np.float32).reshape(height, width, 2))


def writeOpticalFlow(path: str, flow: Array | None) -> bool:
    """Whether the flow, float32 (h, w, 2), could be written; nothing else can."""
    array = present(flow)
    if channels_of(array) != 2 or array.dtype != np.float32 or not path:
        return False
    rows, columns = size_of(array)
    content = _HEADER.pack(_MARK, columns, rows) + array.astype("<f4").tobytes()
    try:
        Path(path).write_bytes(content)
    except OSError:
        return False
    return True
