"""Which part of an image a drawing call can touch: only that is copied to the engine and back.

Copying a whole 1080p image in and out takes some hundred times as long as drawing a box into it. A region
is never too small: it may hold more than is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ._convert_arrays import Call

__all__ = ["DRAWING", "region_of"]

Region = tuple[int, int, int, int]
"""Left, top, right, bottom; right and bottom excluded."""

Array = np.ndarray[Any, Any]

#: Below this many bytes the whole image crosses sooner than a region is found.
_SMALL = 8192

#: What line ends, antialiasing and rounding may add.
_MARGIN = 3

#: No glyph of OpenCV's fonts is as tall, in pixels at scale 1, above or below the baseline.
_GLYPH = 64


def region_of(name: str, layout: str, call: Call) -> Region | None:
    """The part of ``image`` that a call may change; None for all of it.

    Parameters
    ----------
    name : str
        As opencv.js names the function.
    layout : str
        The layout of the call, which has its arguments already; the first is the image.
    """
    written = call.outputs[0]
    if written is None or written.arrays[0].nbytes < _SMALL:
        return None
    flat = call.flat
    offset = flat[-2:] if layout[-1] == "p" else (0, 0)
    if name in _FINDERS:
        box = _FINDERS[name](flat)
    elif layout[1] == "v":
        count = flat[1]
        box = _POINT_FINDERS[name](flat[2 + count :], call.kept[:count], offset)
    else:
        box = _POINT_FINDERS[name](flat[2:], [] if call.first is None else [call.first], offset)
    if box is None:
        return None
    left, top, right, bottom = box
    height, width = written.arrays[0].shape[:2]
    left, top = max(left, 0), max(top, 0)
    right, bottom = min(right, width), min(bottom, height)
    return (left, top, right, bottom) if left < right and top < bottom else (0, 0, 0, 0)


def _around(xs: Sequence[int], ys: Sequence[int], reach: float, shift: int = 0) -> Region:
    """The box of some points, widened by ``reach`` pixels; coordinates have ``shift`` fractional bits."""
    margin = int(reach) + _MARGIN
    return (
        (min(xs) >> shift) - margin,
        (min(ys) >> shift) - margin,
        (max(xs) >> shift) + margin + 1,
        (max(ys) >> shift) + margin + 1,
    )


def _argument(flat: Sequence[Any], index: int, default: int) -> int:
    return int(flat[index]) if index < len(flat) else default


def _two_points(flat: Sequence[Any]) -> Region:
    thickness, shift = _argument(flat, 9, 1), _argument(flat, 11, 0)
    return _around(flat[1:5:2], flat[2:5:2], abs(thickness), shift)


def _arrow(flat: Sequence[Any]) -> Region:
    x1, y1, x2, y2 = flat[1:5]
    tip = flat[12] if len(flat) > 12 else 0.1
    shift = _argument(flat, 11, 0)
    length = (abs(x1 - x2) + abs(y1 - y2)) * abs(tip) / (1 << shift)
    return _around((x1, x2), (y1, y2), length + abs(_argument(flat, 9, 1)), shift)


def _rectangle(flat: Sequence[Any]) -> Region:
    x, y, width, height = flat[1:5]
    return _around((x, x + width), (y, y + height), abs(_argument(flat, 9, 1)), _argument(flat, 11, 0))


def _circle(flat: Sequence[Any]) -> Region:
    x, y, radius = flat[1:4]
    shift = _argument(flat, 10, 0)
    return _around((x - radius, x + radius), (y - radius, y + radius), abs(_argument(flat, 8, 1)), shift)


def _ellipse(flat: Sequence[Any]) -> Region:
    x, y, width, height = flat[1:5]
    radius = max(abs(width), abs(height))
    shift = _argument(flat, 14, 0)
    return _around((x - radius, x + radius), (y - radius, y + radius), abs(_argument(flat, 12, 1)), shift)


def _ellipse_in_box(flat: Sequence[Any]) -> Region | None:
    x, y, width, height = flat[1:5]
    radius = abs(width) + abs(height)
    if not abs(x) + abs(y) + radius < 1e9:  # not a number, or none that an int holds
        return None
    return _around(
        (int(x - radius), int(x + radius)),
        (int(y - radius), int(y + radius)),
        abs(_argument(flat, 10, 1)),
    )


def _marker(flat: Sequence[Any]) -> Region:
    return _around(flat[1:2], flat[2:3], abs(_argument(flat, 8, 20)) + abs(_argument(flat, 9, 1)))


def _text(flat: Sequence[Any]) -> Region | None:
    text, _, y = flat[1:4]
    if "\n" in text:
        return None
    reach = _GLYPH * max(abs(flat[5]), 1.0) + 2 * abs(_argument(flat, 10, 1))
    return (0, int(y - reach), 2**31 - 1, int(y + reach)) if reach < 1e6 else None


def _of_points(thickness_at: int | None, shift_at: int | None) -> Callable[..., Region | None]:
    """A finder for what is drawn between given points.

    Parameters
    ----------
    thickness_at, shift_at : int, optional
        Where these stand among the arguments behind the points.
    """

    def find(flat: Sequence[Any], points: list[Array], offset: Sequence[int]) -> Region | None:
        if not all(array.dtype.kind in "iu" and array.shape[-1:] == (2,) for array in points if array.size):
            return None
        corners = np.concatenate([array.reshape(-1, 2) for array in points if array.size] or [_NO_POINTS])
        if not corners.size:
            return None
        low, high = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
        thickness = 1 if thickness_at is None else _argument(flat, thickness_at, 1)
        shift = 0 if shift_at is None else _argument(flat, shift_at, 0)
        xs, ys = ([low[axis] + offset[axis], high[axis] + offset[axis]] for axis in (0, 1))
        return _around(xs, ys, abs(thickness), shift)

    return find


_NO_POINTS = np.empty((0, 2), np.int32)

#: What opencv.js calls a function -> how to find its region.
_FINDERS: dict[str, Callable[[Sequence[Any]], Region | None]] = {
    "line": _two_points,
    "arrowedLine": _arrow,
    "rectangle": _two_points,
    "rectangle1": _rectangle,
    "circle": _circle,
    "ellipse": _ellipse,
    "ellipse1": _ellipse_in_box,
    "drawMarker": _marker,
    "putText": _text,
}

#: The same, of points: the arguments behind the points are looked at.
_POINT_FINDERS = {
    "polylines": _of_points(5, 7),
    "fillPoly": _of_points(None, 5),
    "fillConvexPoly": _of_points(None, 5),
    "drawContours": _of_points(5, None),
}

#: The functions that a region can be found for.
DRAWING = frozenset({*_FINDERS, *_POINT_FINDERS})
