"""The JPEG codec, as native cv2's own libjpeg-turbo behind the same calls."""

from __future__ import annotations

import cv2 as native
import numpy as np

from .page import ArrayView

__all__ = ["FakeJpegCodec"]


class FakeJpegCodec:
    """What ``js_bridge/jpeg_calls.js`` is."""

    def __init__(self) -> None:
        self._staged: np.ndarray | None = None
        self._pixels = np.empty(0, np.uint8)

    def stage(self, size: int) -> ArrayView:
        self._staged = np.empty(size, np.uint8)
        return ArrayView(self._staged)

    def decode(self) -> str | None:
        flags = native.IMREAD_ANYCOLOR | native.IMREAD_IGNORE_ORIENTATION
        decoded = None if self._staged is None else native.imdecode(self._staged, flags)
        if decoded is None:
            return None
        height, width = decoded.shape[:2]
        components = decoded.shape[2] if decoded.ndim == 3 else 1
        rgb = decoded[..., ::-1] if components == 3 else decoded
        self._pixels = np.ascontiguousarray(rgb).reshape(-1)
        return f"{width},{height},{components},0"

    def pixels(self) -> ArrayView:
        return ArrayView(self._pixels)

    def release(self) -> None:
        self._staged = None

    def liveCount(self) -> int:
        return int(self._staged is not None)
