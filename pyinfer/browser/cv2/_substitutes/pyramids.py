"""The pyramid of an image for optical flow: modules/video/src/lkpyramid.cpp."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .._call import call_by_name
from .._errors import failed_assertion
from .._table import DEPTHS
from ._arrays import channels_of

__all__ = ["buildOpticalFlowPyramid"]

Array = npt.NDArray[Any]


def buildOpticalFlowPyramid(
    img: Array,
    winSize: tuple[int, int],
    maxLevel: int,
    withDerivatives: bool,
    pyrBorder: int,
    derivBorder: int,
    tryReuseInputImage: bool,
) -> tuple[int, tuple[Array, ...]]:
    """The last level, and each level, uint8, followed by its derivatives if wanted, int16.

    The derivatives of a channel are two channels, x and y. What native keeps around each level, which the
    borders say, is not seen from Python.

    Raises
    ------
    cv2.error
        ``img`` is not uint8, or the window not larger than 2x2.
    """
    if img.dtype != np.uint8 or min(winSize) <= 2:
        raise failed_assertion(
            "img.depth() == CV_8U && winSize.width > 2 && winSize.height > 2",
            "buildOpticalFlowPyramid",
            "video/src/lkpyramid.cpp:675",
        )
    pyramid: list[Array] = []
    level, image = 0, img.copy()
    while True:
        pyramid.append(image)
        if withDerivatives:
            pyramid.append(_derivatives(image))
        height, width = ((size + 1) // 2 for size in image.shape[:2])
        if level == maxLevel or width <= winSize[0] or height <= winSize[1]:
            return level, tuple(pyramid)
        image = call_by_name("pyrDown", image, dstsize=(width, height))
        level += 1


def _derivatives(image: Array) -> Array:
    depth = DEPTHS["int16"]
    pairs = [call_by_name("Scharr", image, depth, *order) for order in ((1, 0), (0, 1))]
    return np.stack(pairs, axis=-1).reshape(*image.shape[:2], 2 * channels_of(image))
