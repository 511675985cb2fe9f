"""Corners of chessboards, drawn: modules/objdetect/src/calibinit.cpp."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .._call import call_by_name
from .._errors import failed_assertion, opencv_error
from ._arrays import channels_of, or_none, type_of
from ._points import count_of
from ._type_names import type_name

__all__ = ["drawChessboardCorners"]

Array = npt.NDArray[Any]
Point = tuple[int, int]

_LINE_8, _LINE_AA = 8, 16
_RADIUS = 4
#: How far from its ends a line or from its centre a mark may leave ink.
_MARGIN = _RADIUS + 4
_SCALES = {np.dtype(np.uint8): 1.0, np.dtype(np.uint16): 256.0, np.dtype(np.float32): 1.0 / 255}
_ROW_COLORS = (
    (0, 0, 255, 0),
    (0, 128, 255, 0),
    (0, 200, 200, 0),
    (0, 255, 0, 0),
    (200, 200, 0, 0),
    (255, 0, 0, 0),
    (255, 0, 255, 0),
)
_GREY = (200, 200, 200, 200)


def drawChessboardCorners(
    image: Array, patternSize: tuple[int, int], corners: Array | None, patternWasFound: bool
) -> Array | None:
    """``image`` with a mark at each corner; if the pattern was found, in a colour a row and joined by lines.

    Drawn in place, and only around each corner, which spares copies of the whole image.

    Raises
    ------
    cv2.error
        The image has two or more than four channels, or is neither uint8, uint16 nor float32; the corners are
        no contiguous float32 points.
    """
    channels = channels_of(image)
    if channels not in (1, 3, 4):
        raise _wrong_type(
            image, "cn == 1 || cn == 3 || cn == 4", "Number of channels must be 1, 3 or 4", 2096
        )
    scale = _SCALES.get(image.dtype)
    if scale is None:
        text = "Only 8-bit, 16-bit or floating-point 32-bit images are supported"
        raise _wrong_type(image, "depth == CV_8U || depth == CV_16U || depth == CV_32F", text, 2100)
    if corners is None or not corners.size:
        return or_none(image)
    if corners.dtype != np.float32 or count_of(corners, 2) < 0 or not corners.flags.c_contiguous:
        place = "objdetect/src/calibinit.cpp:2109"
        raise failed_assertion("nelems >= 0", "drawChessboardCorners", place)
    points: list[Point] = [(x, y) for x, y in np.rint(corners.reshape(-1, 2)).astype(int).tolist()]
    line_type = _LINE_AA if image.dtype == np.uint8 and channels < 4 else _LINE_8
    columns = patternSize[0]
    used = columns * patternSize[1] if patternWasFound else len(points)
    for index, point in enumerate(points[: max(used, 0)]):
        row = index // columns if patternWasFound else 0
        color = _GREY if channels == 1 else _ROW_COLORS[row % len(_ROW_COLORS)]
        ink = tuple(part * scale for part in color)
        if patternWasFound and index:
            _draw(image, [(points[index - 1], point)], ink, line_type)
        x, y = point
        cross: list[tuple[Point, Point]] = [
            ((x - _RADIUS, y - _RADIUS), (x + _RADIUS, y + _RADIUS)),
            ((x - _RADIUS, y + _RADIUS), (x + _RADIUS, y - _RADIUS)),
        ]
        _draw(image, cross, ink, line_type, point)
    return or_none(image)


def _draw(
    image: Array,
    lines: list[tuple[Point, Point]],
    ink: tuple[float, ...],
    line_type: int,
    centre: Point | None = None,
) -> None:
    """Lines, and a circle, on the part of the image that they touch."""
    ends = np.array(lines).reshape(-1, 2)
    height, width = image.shape[:2]
    left, top = (int(end) for end in np.maximum(ends.min(axis=0) - _MARGIN, 0))
    right, bottom = (int(end) for end in np.minimum(ends.max(axis=0) + _MARGIN + 1, (width, height)))
    if left >= right or top >= bottom:
        return
    part = image[top:bottom, left:right]
    for first, second in lines:
        start, end = (first[0] - left, first[1] - top), (second[0] - left, second[1] - top)
        call_by_name("line", part, start, end, ink, 1, line_type)
    if centre is not None:
        middle = centre[0] - left, centre[1] - top
        call_by_name("circle", part, middle, _RADIUS + 1, ink, 1, line_type)


def _wrong_type(image: Array, condition: str, text: str, line: int) -> Exception:
    code = type_of(image)
    return opencv_error(
        -2,
        "Unspecified error",
        f"{text}:\n    '{condition}'\nwhere\n    'type' is {code} ({type_name(code)})",
        "void cv::drawChessboardCorners(InputOutputArray, Size, InputArray, bool)",
        f"objdetect/src/calibinit.cpp:{line}",
    )
