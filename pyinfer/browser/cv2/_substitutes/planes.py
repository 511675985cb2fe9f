"""Colours from two planes: modules/imgproc/src/color.cpp and color_yuv.dispatch.cpp."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pyinfer.errors import UnsupportedInBrowser

from .._call import call_by_name
from .._errors import failed_assertion, opencv_error

__all__ = ["cvtColorTwoPlane"]

Array = npt.NDArray[Any]

#: COLOR_YUV2RGB_NV12 to COLOR_YUV2BGRA_NV21.
_CODES = range(90, 98)


def cvtColorTwoPlane(src1: Array, src2: Array, code: int, hint: int) -> Array:
    """BGR or RGB of brightness (h, w) and colour (h / 2, w / 2, 2), all uint8.

    Raises
    ------
    cv2.error
        The code is none for two planes, or their sizes or depths don't fit.
    """
    if code not in _CODES:
        raise opencv_error(
            -206,
            "Bad flag (parameter or structure field)",
            "Unknown/unsupported color conversion code",
            "cvtColorTwoPlane",
            "imgproc/src/color.cpp:180",
        )
    function, place = "cvtColorTwoPlaneYUV2BGRpair", "imgproc/src/color_yuv.dispatch.cpp:535"
    if src1.dtype != np.uint8:
        raise failed_assertion("depth == CV_8U", function, place)
    height, width = src2.shape[:2]
    if src1.shape[:2] != (height * 2, width * 2):
        raise failed_assertion("ysz.width == uvs.width * 2 && ysz.height == uvs.height * 2", function, place)
    if src1.size != 4 * height * width or src2.size != 2 * height * width or src2.dtype != np.uint8:
        raise UnsupportedInBrowser(
            "cv2.cvtColorTwoPlane", "OpenCV takes the planes for bytes, one and two each"
        )
    planes = np.concatenate([src1.reshape(height * 2, -1), src2.reshape(height, -1)])
    converted: Array = call_by_name("cvtColor", planes, code, hint=hint)
    return converted
