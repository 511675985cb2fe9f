"""Images to blobs and back: modules/dnn/src/dnn_utils.cpp, registry.cpp."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .._call import call_by_name
from .._errors import failed_assertion

__all__ = ["blobFromImages", "getAvailableTargets", "imagesFromBlob"]

Array = npt.NDArray[Any]

_SOURCE = "dnn/src/dnn_utils.cpp"
_NOTHING = np.empty((0, 0), np.uint8)
_BACKENDS_ON_CPU = {0, 3}
_TARGET_CPU = 0


def blobFromImages(
    images: list[Array | None],
    scalefactor: float,
    size: tuple[int, int],
    mean: tuple[float, ...],
    swapRB: bool,
    crop: bool,
    ddepth: int,
) -> Array:
    """One blob of several images: (images, channels, height, width), float32 or uint8.

    Without ``size`` all are brought to the size of the first.

    Raises
    ------
    cv2.error
        No images, or images that differ in depth or channels; whatever blobFromImage raises.
    """
    if ddepth in (0, 5) and not images:
        raise failed_assertion("!images.empty()", "blobFromImagesWithParamsImpl", f"{_SOURCE}:254")
    blobs: list[Array] = []
    for image in images or [None]:
        pixels = _NOTHING if image is None else image
        if blobs:
            _check_like(pixels, images[0])
        elif size == (0, 0) and pixels.ndim >= 2:
            size = pixels.shape[1], pixels.shape[0]
        blobs.append(call_by_name("dnn.blobFromImage", pixels, scalefactor, size, mean, swapRB, crop, ddepth))
    return blobs[0] if len(blobs) == 1 else np.concatenate(blobs)


def _check_like(image: Array, first: Array | None) -> None:
    assert first is not None  # or its blob could not have been made
    function = "blobFromImagesNCHWImpl"
    if image.dtype != first.dtype:
        raise failed_assertion("images[k].depth() == images[0].depth()", function, f"{_SOURCE}:144")
    if image.shape[2:] != first.shape[2:]:
        raise failed_assertion("images[k].channels() == images[0].channels()", function, f"{_SOURCE}:145")


def imagesFromBlob(blob_: Array | None) -> tuple[Array, ...]:
    """The images of a float32 blob: (height, width, channels), (height, width) for one channel."""
    if blob_ is None or blob_.dtype != np.float32:
        raise failed_assertion("blob_.depth() == CV_32F", "imagesFromBlob", f"{_SOURCE}:499")
    if blob_.ndim != 4:
        raise failed_assertion("blob_.dims == 4", "imagesFromBlob", f"{_SOURCE}:500")
    count, channels, height, width = blob_.shape
    if count and not channels:
        raise failed_assertion("mv && n > 0", "merge", "core/src/merge.dispatch.cpp:123")
    if count and not height * width:
        raise failed_assertion("!mv[0].empty()", "merge", "core/src/merge.dispatch.cpp:124")
    if channels == 1:
        return tuple(image[0].copy() for image in blob_)
    return tuple(np.ascontiguousarray(image.transpose(1, 2, 0)) for image in blob_)


def getAvailableTargets(be: int) -> Array | tuple[()]:
    """The CPU, for native's own backend and the default one; nothing for any other."""
    return np.array([_TARGET_CPU], np.int32) if be in _BACKENDS_ON_CPU else ()
