"""Lines against a rectangle."""

from __future__ import annotations

import cv2
import numpy as np
import pytest


def many(rectangle, spread):
    generator = np.random.default_rng(spread)
    ends = generator.integers(-spread, spread, (300, 2, 2)).tolist()
    return [cv2.clipLine(rectangle, tuple(one), tuple(other)) for one, other in ends]


CASES = {
    **{f"many_{spread}": lambda s=spread: many((0, 0, 30, 20), s) for spread in (5, 40, 200, 10**9)},
    **{f"offset_{spread}": lambda s=spread: many((-7, 9, 31, 5), s) for spread in (12, 40, 1000)},
    "inside": lambda: cv2.clipLine((0, 0, 10, 10), (1, 2), (8, 9)),
    "point": lambda: [cv2.clipLine((0, 0, 10, 10), (x, 3), (x, 3)) for x in (-1, 0, 9, 10)],
    "upright": lambda: cv2.clipLine((0, 0, 10, 10), (4, -3), (4, 30)),
    "level": lambda: cv2.clipLine((0, 0, 10, 10), (40, 3), (-2, 3)),
    "no_width": lambda: cv2.clipLine((2, 3, 0, 10), (4, -3), (4, 30)),
    "keywords": lambda: cv2.clipLine(pt2=(30, 7), pt1=[1, -2], imgRect=np.array([1, 1, 5, 5])),
    "far": lambda: cv2.clipLine((0, 0, 10, 10), (-(2**31), 2**31 - 1), (2**31 - 1, -(2**31))),
    "far_offset": lambda: cv2.clipLine((100, 100, 10, 10), (-(2**31), 2**31 - 1), (2**31 - 1, -(2**31))),
}
ERRORS = {
    "fractional": lambda: cv2.clipLine((0, 0, 10, 10), (1.5, 2), (8, 9)),
    "too_few": lambda: cv2.clipLine((0, 0, 10, 10), (1, 2)),
    "rectangle": lambda: cv2.clipLine((0, 0, 10), (1, 2), (3, 4)),
}


@pytest.mark.parametrize("name", CASES)
def test_lines(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_lines_errors(name, parity):
    parity.raised(ERRORS[name])
