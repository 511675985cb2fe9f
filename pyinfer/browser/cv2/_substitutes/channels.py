"""Single channels: modules/core/src/channels.cpp."""

from __future__ import annotations

import numpy as np

from .._errors import failed_assertion
from ._arrays import Array, channels_of, or_none, present, sizes_of

__all__ = ["extractChannel", "insertChannel"]


def extractChannel(src: Array | None, coi: int) -> Array | None:
    """One channel, copied once: the shape of ``src`` without its channels; None if there is nothing in it.

    Raises
    ------
    cv2.error
        There is no such channel.
    """
    src = present(src)
    channels = channels_of(src)
    if not 0 <= coi < channels:
        raise failed_assertion("0 <= coi && coi < cn", "extractChannel", "core/src/channels.cpp:428")
    return or_none(src.reshape(*sizes_of(src), channels)[..., coi].copy())


def insertChannel(src: Array | None, dst: Array | None, coi: int) -> Array:
    """``dst`` with ``src`` as one of its channels: written in place.

    Raises
    ------
    cv2.error
        The two differ in size or depth, ``src`` has several channels, or ``dst`` has no such channel.
    """
    src, dst = present(src), present(dst)
    sizes = sizes_of(dst)
    if sizes_of(src) != sizes or src.dtype != dst.dtype:
        raise failed_assertion(
            "_src.sameSize(_dst) && sdepth == ddepth", "insertChannel", "core/src/channels.cpp:456"
        )
    if not (0 <= coi < channels_of(dst) and channels_of(src) == 1):
        raise failed_assertion(
            "0 <= coi && coi < dcn && scn == 1", "insertChannel", "core/src/channels.cpp:457"
        )
    target = dst[..., coi] if len(sizes) < dst.ndim else dst
    np.copyto(target, src.reshape(sizes))
    return dst
