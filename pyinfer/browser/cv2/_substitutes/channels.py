"""Single channels: modules/core/src/channels.cpp."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .._errors import failed_assertion

__all__ = ["extractChannel", "insertChannel"]

Array = npt.NDArray[Any]


def extractChannel(src: Array, coi: int) -> Array:
    """One channel, copied once."""
    channels = src.shape[2] if src.ndim == 3 else 1
    if not 0 <= coi < channels:
        raise failed_assertion("0 <= coi && coi < cn", "extractChannel", "core/src/channels.cpp:428")
    return src[:, :, coi].copy() if src.ndim == 3 else src.copy()


def insertChannel(src: Array, dst: Array, coi: int) -> Array:
    """``dst`` with ``src`` as one of its channels: written in place."""
    size = src.shape[:2] if src.ndim == 3 else src.shape
    if size != dst.shape[:2] or src.dtype != dst.dtype:
        raise failed_assertion(
            "_src.sameSize(_dst) && sdepth == ddepth", "insertChannel", "core/src/channels.cpp:456"
        )
    channels = dst.shape[2] if dst.ndim == 3 else 1
    if not (0 <= coi < channels and (src.ndim < 3 or src.shape[2] == 1)):
        raise failed_assertion(
            "0 <= coi && coi < dcn && scn == 1", "insertChannel", "core/src/channels.cpp:457"
        )
    np.copyto(dst[:, :, coi] if dst.ndim == 3 else dst, src.reshape(dst.shape[:2]))
    return dst
