"""Lines against a rectangle: modules/imgproc/src/drawing.cpp."""

from __future__ import annotations

__all__ = ["clipLine"]

Point = tuple[int, int]


def clipLine(imgRect: tuple[int, int, int, int], pt1: Point, pt2: Point) -> tuple[bool, Point, Point]:
    """Whether a part of the line is inside, and the ends of that part.

    Those of a line outside of the rectangle may have moved as well. Quotients are rounded towards zero.
    """
    left, top, width, height = imgRect
    ends = [[_wrapped(pt[0] - left), _wrapped(pt[1] - top)] for pt in (pt1, pt2)]
    inside = width > 0 and height > 0 and _clip(ends, (width - 1, height - 1))
    first, second = ((_wrapped(x + left), _wrapped(y + top)) for x, y in ends)
    return inside, first, second


def _clip(ends: list[list[int]], last: Point) -> bool:
    """Move the ends to the edges, those above and below first."""
    for axis in (1, 0):
        codes = [_sides(end, last) for end in ends]
        if codes[0] & codes[1]:
            return False
        for end in ends:
            if not 0 <= end[axis] <= last[axis]:
                edge = 0 if end[axis] < 0 else last[axis]
                run = (ends[1][1 - axis] - ends[0][1 - axis], ends[1][axis] - ends[0][axis])
                end[1 - axis] += int(float(edge - end[axis]) * run[0] / run[1])
                end[axis] = edge
    return not any(_sides(end, last) for end in ends)


def _sides(end: list[int], last: Point) -> int:
    x, y = end
    return (x < 0) + 2 * (x > last[0]) + 4 * (y < 0) + 8 * (y > last[1])


def _wrapped(value: int) -> int:
    """As 32-bit integers overflow."""
    return (value + 2**31) % 2**32 - 2**31
