"""Thresholds below a mask: modules/imgproc/src/thresh.cpp."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from pyinfer.errors import UnsupportedInBrowser

from .._call import call_by_name
from .._errors import error, failed_assertion, opencv_error
from .._table import DEPTHS
from ._arrays import type_of
from ._type_names import type_name

__all__ = ["thresholdWithMask"]

Array = npt.NDArray[Any]

_KINDS = 7
_OTSU, _TRIANGLE = 8, 16
_DRY_RUN = 128
_8UC1, _16UC1 = DEPTHS["uint8"], DEPTHS["uint16"]
_DEPTHS = ("uint8", "int16", "uint16", "float32", "float64")


def thresholdWithMask(
    src: Array, dst: Array | None, mask: Array | None, thresh: float, maxval: float, type: int
) -> tuple[float, Array | None]:
    """The threshold, and ``dst`` with the values of ``src`` below the mask put through it.

    As natively, integers below a threshold that all or none of them pass are all written, mask or not.

    Raises
    ------
    cv2.error
        ``dst`` differs from ``src``, or ``src`` is of a depth that has no such threshold.
    UnsupportedInBrowser
        The mask is not (h, w) bytes; native then writes what happens to be in its memory.
    """
    if mask is None or not mask.size:
        value, result = call_by_name("threshold", src, thresh, maxval, type)
        return value, dst if type & _DRY_RUN else result
    if dst is None or dst.shape[:2] != src.shape[:2] or type_of(dst) != type_of(src):
        raise _failed(
            "_mask.empty() || ( ( _dst.size() == _src.size() ) && ( _dst.type() == _src.type() ) )", 1757
        )
    _check(src, type)
    if mask.shape != src.shape[:2] or mask.dtype not in (np.uint8, np.int8, np.bool_):
        raise UnsupportedInBrowser("cv2.thresholdWithMask", "the mask must be bytes in the size of the image")
    chosen = mask != 0
    values = src[chosen]
    if type & (_OTSU | _TRIANGLE) and not values.size:
        raise UnsupportedInBrowser(
            "cv2.thresholdWithMask", "nothing is below the mask to find a threshold for"
        )
    if values.size:
        value, passed = call_by_name("threshold", values[:, np.newaxis], thresh, maxval, type & ~_DRY_RUN)
    else:
        value, passed = float(math.floor(thresh)) if src.dtype.kind in "iu" else thresh, values
    if type & _DRY_RUN:
        return value, dst
    if src.dtype.kind in "iu" and not np.iinfo(src.dtype).min <= value < np.iinfo(src.dtype).max:
        dst[...] = call_by_name("threshold", src, value, maxval, type & _KINDS)[1]
    else:
        dst[chosen] = passed.reshape(values.shape)
    return value, dst


def _check(src: Array, kind: int) -> None:
    code = type_of(src)
    if kind & _OTSU and kind & _TRIANGLE:
        raise _failed("automatic_thresh != (cv::THRESH_OTSU | cv::THRESH_TRIANGLE)", 1777)
    if kind & _OTSU and code not in (_8UC1, _16UC1):
        condition = "src_type == CV_8UC1 || src_type == CV_16UC1"
        text = f"THRESH_OTSU mode:\n    '{condition}'\nwhere\n    'src_type' is {code} ({type_name(code)})"
        function = (
            "double cv::thresholdWithMask(InputArray, InputOutputArray, InputArray, double, double, int)"
        )
        raise opencv_error(-2, "Unspecified error", text, function, "imgproc/src/thresh.cpp:1781")
    if kind & _TRIANGLE and code != _8UC1:
        raise _failed("src.type() == CV_8UC1", 1788)
    if src.dtype.name not in _DEPTHS:
        text = "Unsupported format or combination of formats"
        raise opencv_error(-210, text, "", "thresholdWithMask", "imgproc/src/thresh.cpp:1886")


def _failed(condition: str, line: int) -> error:
    return failed_assertion(condition, "thresholdWithMask", f"imgproc/src/thresh.cpp:{line}")
