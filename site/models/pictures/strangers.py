"""What the classifier has no class for: kinds to learn from, and others that are held out."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from .household import OBJECTS
from .sketch import Sketch, arc

__all__ = ["HELD_OUT", "LEARNT"]

Rng = np.random.Generator


def _colour(rng: Rng) -> tuple[float, float, float]:
    red, green, blue = rng.uniform(10, 245, 3)
    return float(red), float(green), float(blue)


def _nothing(sketch: Sketch, rng: Rng) -> None:
    """The ground alone."""


def _polygons(sketch: Sketch, rng: Rng) -> None:
    for _ in range(rng.integers(1, 5)):
        corners = rng.integers(3, 9)
        angles = np.sort(rng.uniform(0, 2 * np.pi, corners))
        radii = rng.uniform(0.25, 0.95, corners)
        centre = rng.uniform(-0.4, 0.4, 2)
        sketch.polygon(np.c_[radii * np.cos(angles), radii * np.sin(angles)] * 0.8 + centre, _colour(rng))


def _strokes(sketch: Sketch, rng: Rng) -> None:
    for _ in range(rng.integers(1, 6)):
        points = np.cumsum(rng.normal(0, 0.35, (rng.integers(3, 9), 2)), axis=0)
        sketch.line(points - points.mean(0), rng.uniform(0.03, 0.2), _colour(rng))


def _ellipses(sketch: Sketch, rng: Rng) -> None:
    for _ in range(rng.integers(1, 6)):
        centre = tuple(rng.uniform(-0.6, 0.6, 2))
        radii = tuple(rng.uniform(0.1, 0.7, 2))
        if rng.random() < 0.6:
            sketch.ellipse(centre, radii, _colour(rng))
        else:
            sketch.ring(centre, radii, rng.uniform(0.04, 0.2), _colour(rng))


def _parts(sketch: Sketch, rng: Rng) -> None:
    """A known object, of which more than half is cut away."""
    name = rng.choice(list(OBJECTS))
    OBJECTS[name](sketch, rng)
    side = sketch.mask.shape[0]
    rows, columns = np.mgrid[:side, :side] / side - 0.5
    turn = rng.uniform(0, 2 * np.pi)
    sketch.mask[np.cos(turn) * rows + np.sin(turn) * columns > rng.uniform(-0.22, -0.1)] = 0


def _letters(sketch: Sketch, rng: Rng) -> None:
    text = "".join(rng.choice(list("ABCDEFGHKLMNPRSTUVXYZ23456789"), rng.integers(1, 4)))
    side = sketch.mask.shape[0]
    scale = rng.uniform(4, 9) * side / 448
    place = (int(side * rng.uniform(0.05, 0.3)), int(side * rng.uniform(0.5, 0.85)))
    thickness = int(rng.integers(8, 36) * side / 448)
    cv2.putText(
        sketch.colour, text, place, cv2.FONT_HERSHEY_SIMPLEX, scale, _colour(rng), thickness, cv2.LINE_AA
    )
    cv2.putText(sketch.mask, text, place, cv2.FONT_HERSHEY_SIMPLEX, scale, 255, thickness, cv2.LINE_AA)


def _star(sketch: Sketch, rng: Rng) -> None:
    corners = rng.integers(5, 9)
    angles = np.linspace(0, 2 * np.pi, 2 * corners, endpoint=False)
    radii = np.where(np.arange(2 * corners) % 2, rng.uniform(0.3, 0.5), 0.9)
    sketch.polygon(np.c_[radii * np.cos(angles), radii * np.sin(angles)], _colour(rng))


def _house(sketch: Sketch, rng: Rng) -> None:
    sketch.polygon([(-0.6, -0.1), (0.6, -0.1), (0.6, 0.8), (-0.6, 0.8)], _colour(rng))
    sketch.polygon([(-0.75, -0.1), (0, -0.85), (0.75, -0.1)], _colour(rng))
    sketch.polygon([(-0.15, 0.3), (0.15, 0.3), (0.15, 0.8), (-0.15, 0.8)], _colour(rng))
    sketch.polygon([(0.25, 0.1), (0.5, 0.1), (0.5, 0.35), (0.25, 0.35)], _colour(rng))


def _fish(sketch: Sketch, rng: Rng) -> None:
    body = _colour(rng)
    sketch.ellipse((-0.1, 0), (0.65, rng.uniform(0.25, 0.4)), body)
    sketch.polygon([(0.45, 0), (0.95, -0.35), (0.85, 0), (0.95, 0.35)], body)
    sketch.ellipse((-0.5, -0.08), (0.06, 0.06), (250.0, 250.0, 250.0))
    sketch.line(arc((-0.35, 0), (0.15, 0.25), -60, 60), 0.03, _colour(rng))


def _tree(sketch: Sketch, rng: Rng) -> None:
    sketch.polygon([(-0.1, 0.2), (0.1, 0.2), (0.14, 0.95), (-0.14, 0.95)], (96.0, 66.0, 40.0))
    for _ in range(6):
        centre = (rng.uniform(-0.4, 0.4), rng.uniform(-0.6, 0.1))
        sketch.ellipse(centre, (0.35, 0.3), (rng.uniform(20, 90), rng.uniform(90, 170), rng.uniform(20, 80)))


def _car(sketch: Sketch, rng: Rng) -> None:
    paint = _colour(rng)
    sketch.polygon(
        [
            (-0.9, 0),
            (-0.55, -0.05),
            (-0.35, -0.4),
            (0.3, -0.4),
            (0.55, -0.05),
            (0.92, 0.02),
            (0.92, 0.35),
            (-0.9, 0.35),
        ],
        paint,
    )
    sketch.polygon([(-0.4, -0.05), (-0.28, -0.32), (0.25, -0.32), (0.4, -0.05)], (190.0, 215.0, 230.0))
    for x in (-0.5, 0.5):
        sketch.ellipse((x, 0.35), (0.2, 0.2), (25.0, 25.0, 28.0))
        sketch.ellipse((x, 0.35), (0.09, 0.09), (180.0, 180.0, 185.0))


def _butterfly(sketch: Sketch, rng: Rng) -> None:
    wing, other = _colour(rng), _colour(rng)
    for side in (-1, 1):
        sketch.ellipse((side * 0.42, -0.3), (0.4, 0.42), wing)
        sketch.ellipse((side * 0.35, 0.4), (0.3, 0.32), other)
    sketch.ellipse((0, 0), (0.07, 0.6), (30.0, 26.0, 24.0))


LEARNT: dict[str, Callable[[Sketch, Rng], None]] = {
    "nothing": _nothing,
    "polygons": _polygons,
    "strokes": _strokes,
    "ellipses": _ellipses,
    "parts": _parts,
    "letters": _letters,
}
HELD_OUT: dict[str, Callable[[Sketch, Rng], None]] = {
    "star": _star,
    "house": _house,
    "fish": _fish,
    "tree": _tree,
    "car": _car,
    "butterfly": _butterfly,
}
