"""Drawing copies only the part of an image that it can touch: nothing that native draws may be missing."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

HEIGHT, WIDTH = 150, 190
FONTS = [
    *(cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_PLAIN, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX),
    *(cv2.FONT_HERSHEY_TRIPLEX, cv2.FONT_HERSHEY_COMPLEX_SMALL, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX),
    *(cv2.FONT_HERSHEY_SCRIPT_COMPLEX, cv2.FONT_HERSHEY_SIMPLEX | cv2.FONT_ITALIC),
]


class Chance:
    """Arguments by chance, the same natively and in the browser."""

    def __init__(self, seed):
        self.integers = np.random.default_rng(seed).integers

    def whole(self, low, high):
        return int(self.integers(low, high))

    def point(self, shift=0):
        return self.whole(-60, WIDTH + 60) << shift, self.whole(-60, HEIGHT + 60) << shift

    def within(self):
        """A point of the image, far enough from its edges for a line."""
        return self.whole(10, WIDTH - 10), self.whole(10, HEIGHT - 10)

    def color(self):
        return tuple(self.integers(0, 256, 3).tolist())

    def thickness(self, filled=True):
        return (-1 if filled and self.whole(0, 3) == 0 else self.whole(1, 30)), (4, 8, 16)[self.whole(0, 3)]

    def polygon(self, shift=0):
        return np.array([self.point(shift) for _ in range(self.whole(1, 9))], np.int32)


def ellipse(a, c):
    axes = (c.whole(0, 120), c.whole(0, 120))
    cv2.ellipse(
        a, c.point(), axes, c.whole(-400, 400), c.whole(-90, 90), c.whole(90, 400), c.color(), *c.thickness()
    )


def ellipse_box(a, c):
    size = (float(c.whole(0, 200)), float(c.whole(0, 200)))
    cv2.ellipse(a, (c.point(), size, c.whole(-400, 400)), c.color(), *c.thickness())


def text(a, c):
    words = ("ÅÂgjpq|_Q", "Wf", "42 %", "Łódź", "yyy" * 9)[c.whole(0, 5)]
    font, scale = FONTS[c.whole(0, len(FONTS))], c.whole(3, 45) / 10
    cv2.putText(
        a, words, c.point(), font, scale, c.color(), c.whole(1, 9), (8, 16)[c.whole(0, 2)], c.whole(0, 3) == 0
    )


CALLS = {
    "line": lambda a, c: cv2.line(a, c.point(3), c.point(3), c.color(), *c.thickness(False), 3),
    "arrowedLine": lambda a, c: cv2.arrowedLine(
        a, c.point(), c.point(), c.color(), *c.thickness(False), 0, c.whole(0, 20) / 10
    ),
    "rectangle": lambda a, c: cv2.rectangle(a, c.point(2), c.point(2), c.color(), *c.thickness(), 2),
    "rectangle_rect": lambda a, c: cv2.rectangle(
        a, (*c.point(), c.whole(0, 99), c.whole(0, 99)), c.color(), *c.thickness()
    ),
    "rectangle_within": lambda a, c: cv2.rectangle(
        *(a, c.within(), c.within(), c.color(), c.whole(0, 12), (1, 4, 8, 16)[c.whole(0, 4)])
    ),
    "circle": lambda a, c: cv2.circle(a, c.point(4), c.whole(0, 1500), c.color(), *c.thickness(), 4),
    "ellipse": ellipse,
    "ellipse_box": ellipse_box,
    "drawMarker": lambda a, c: cv2.drawMarker(
        a, c.point(), c.color(), c.whole(0, 7), c.whole(1, 90), *c.thickness(False)
    ),
    "putText": text,
    "polylines": lambda a, c: cv2.polylines(
        a, [c.polygon(), c.polygon()], bool(c.whole(0, 2)), c.color(), *c.thickness(False)
    ),
    "fillPoly": lambda a, c: cv2.fillPoly(
        a, [c.polygon(2), c.polygon(2)], c.color(), 8, 2, (c.whole(-50, 50), c.whole(-50, 50))
    ),
    "fillConvexPoly": lambda a, c: cv2.fillConvexPoly(
        a, cv2.convexHull(c.polygon()), c.color(), c.thickness()[1]
    ),
    "drawContours": lambda a, c: cv2.drawContours(a, [c.polygon()], -1, c.color(), *c.thickness()),
    "drawContours_offset": lambda a, c: cv2.drawContours(
        a, [c.polygon()], 0, c.color(), 2, offset=(c.whole(-50, 50), c.whole(-50, 50))
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_all_that_is_drawn_is_there(name, parity):
    chance = Chance(sum(map(ord, name)))
    drawn = []
    for _ in range(40):
        image = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
        CALLS[name](image, chance)
        drawn.append(image)
    parity(np.array(drawn))


def test_empty_list_of_points(parity):
    parity(cv2.polylines(np.zeros((HEIGHT, WIDTH, 3), np.uint8), [], True, (1, 2, 3)))


def test_rows_of_a_crop(parity):
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    cv2.rectangle(image[20:140, 30:180], (100, 20), (149, 90), (9, 8, 7), 3)
    parity(image)
