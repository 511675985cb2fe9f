"""The objects that the classifier knows, each drawn in shapes and colours of its kind."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .sketch import Colour, Sketch, arc

__all__ = ["OBJECTS"]

Rng = np.random.Generator


def _colour(rng: Rng) -> Colour:
    """Any colour, vivid or not."""
    grey = rng.uniform(30, 225)
    vivid = rng.uniform(0, 1) * rng.uniform(-120, 120, 3)
    return tuple(float(value) for value in np.clip(grey + vivid, 5, 250))


def _metal(rng: Rng) -> Colour:
    """Steel, or brass."""
    bright = rng.uniform(110, 220)
    tint = (1.0, 1.0, 1.04) if rng.random() < 0.6 else (1.0, 0.85, 0.5)
    return tuple(float(min(250, bright * part)) for part in tint)


def _shade(colour: Colour, factor: float) -> Colour:
    return tuple(float(np.clip(value * factor, 0, 255)) for value in colour)


def _cup(sketch: Sketch, rng: Rng) -> None:
    body = _colour(rng)
    top, bottom, high = rng.uniform(0.5, 0.65), rng.uniform(0.35, 0.6), rng.uniform(0.5, 0.7)
    side = rng.choice([-1, 1])
    handle = rng.uniform(0.22, 0.34)
    sketch.ring(
        (side * (top + 0.02), rng.uniform(-0.1, 0.1)), (handle, high * 0.55), 0.13, _shade(body, 0.85)
    )
    low = arc((0, high), (bottom, 0.12), 0, 180)
    sketch.polygon([(-top, -high), (top, -high), *low], body)
    if rng.random() < 0.5:
        stripe = rng.uniform(-0.2, 0.3)
        sketch.polygon(
            [
                (-top * 0.95, stripe),
                (top * 0.95, stripe),
                (top * 0.9, stripe + 0.2),
                (-top * 0.9, stripe + 0.2),
            ],
            _colour(rng),
        )
    sketch.ellipse((0, -high), (top, rng.uniform(0.12, 0.2)), _shade(body, 1.15))
    sketch.ellipse((0, -high + 0.02), (top * 0.88, rng.uniform(0.08, 0.13)), _shade(_colour(rng), 0.5))


def _bottle(sketch: Sketch, rng: Rng) -> None:
    glass = _colour(rng)
    wide, neck = rng.uniform(0.26, 0.38), rng.uniform(0.09, 0.14)
    shoulder, throat = rng.uniform(-0.35, -0.1), rng.uniform(-0.6, -0.45)
    bend = np.linspace(0, 1, 12)
    right = wide + (neck - wide) * (0.5 - 0.5 * np.cos(np.pi * bend))
    heights = shoulder + (throat - shoulder) * bend
    outline = [(wide, 0.95), *zip(right, heights, strict=True), (neck, -0.92)]
    sketch.polygon([*outline, *[(-x, y) for x, y in reversed(outline)]], glass)
    cap = _colour(rng)
    sketch.polygon(
        [(-neck * 1.15, -1.0), (neck * 1.15, -1.0), (neck * 1.15, -0.84), (-neck * 1.15, -0.84)], cap
    )
    if rng.random() < 0.8:
        top = rng.uniform(0.0, 0.2)
        sketch.polygon([(-wide, top), (wide, top), (wide, top + 0.45), (-wide, top + 0.45)], _colour(rng))
    sketch.line([(-wide * 0.65, shoulder + 0.15), (-wide * 0.65, 0.85)], 0.05, _shade(glass, 1.5))


def _scissors(sketch: Sketch, rng: Rng) -> None:
    steel, plastic = _metal(rng), _colour(rng)
    opening = rng.uniform(6, 28)
    for side in (-1, 1):
        turn = np.radians(side * opening)
        rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])

        def place(points: object, rotation: np.ndarray = rotation) -> np.ndarray:
            return np.asarray(points, float) @ rotation.T

        blade = place([(-0.07, 0.05), (-0.05 * side, -0.95), (0.02, -0.97), (0.07, 0.05)])
        sketch.polygon(blade, _shade(steel, 1 - 0.1 * side))
        sketch.line(place([(0, 0), (0.04 * -side, 0.42)]), 0.12, plastic)
        centre = place([(0.16 * -side, 0.66)])[0]
        sketch.ring((centre[0], centre[1]), (rng.uniform(0.16, 0.22), rng.uniform(0.22, 0.3)), 0.1, plastic)
    sketch.ellipse((0, 0), (0.05, 0.05), _shade(steel, 0.6))


def _spoon(sketch: Sketch, rng: Rng) -> None:
    metal = _metal(rng) if rng.random() < 0.8 else _colour(rng)
    wide, long = rng.uniform(0.2, 0.3), rng.uniform(0.28, 0.38)
    top = -0.95 + long
    thin, thick = rng.uniform(0.03, 0.05), rng.uniform(0.06, 0.11)
    sketch.polygon([(-thin, top), (thin, top), (thick, 0.85), (-thick, 0.85)], metal)
    sketch.ellipse((0, 0.86), (thick, thick), metal)
    sketch.ellipse((0, top), (wide, long), metal)
    sketch.ellipse((0.02, top + 0.02), (wide * 0.78, long * 0.8), _shade(metal, rng.uniform(0.6, 0.85)))
    sketch.ellipse((-wide * 0.3, top - long * 0.3), (wide * 0.15, long * 0.2), _shade(metal, 1.25))


def _key(sketch: Sketch, rng: Rng) -> None:
    metal = _metal(rng)
    bow = rng.uniform(0.24, 0.34)
    width = rng.uniform(0.09, 0.13)
    sketch.polygon([(-width / 2, -0.4), (width / 2, -0.4), (width / 2, 0.95), (-width / 2, 0.95)], metal)
    teeth = np.sort(rng.uniform(0.35, 0.9, rng.integers(2, 5)))
    for tooth in teeth:
        long = rng.uniform(0.12, 0.28)
        sketch.polygon(
            [(0, tooth - 0.04), (long, tooth - 0.04), (long, tooth + 0.04), (0, tooth + 0.04)], metal
        )
    if rng.random() < 0.5:
        sketch.ring((0, -0.62), (bow, bow), rng.uniform(0.1, 0.16), metal)
    else:
        sketch.ellipse((0, -0.62), (bow * 1.1, bow), metal)
        sketch.ellipse((0, -0.74), (0.08, 0.08), (20.0, 20.0, 20.0))
    sketch.line([(0, -0.3), (0, 0.9)], 0.025, _shade(metal, 0.7))


def _clock(sketch: Sketch, rng: Rng) -> None:
    frame, dial = _colour(rng), _shade((245.0, 242.0, 232.0), rng.uniform(0.75, 1))
    ink: Colour = (25.0, 25.0, 30.0)
    if rng.random() < 0.2:
        dial, ink = (30.0, 32.0, 40.0), (235.0, 235.0, 235.0)
    size = rng.uniform(0.75, 0.92)
    sketch.ellipse((0, 0), (size, size), frame)
    sketch.ellipse((0, 0), (size * 0.87, size * 0.87), dial)
    for hour in range(12):
        x, y = np.sin(hour * np.pi / 6), -np.cos(hour * np.pi / 6)
        inner, outer = size * (0.66 if hour % 3 == 0 else 0.73), size * 0.8
        sketch.line([(x * inner, y * inner), (x * outer, y * outer)], 0.05 if hour % 3 == 0 else 0.025, ink)
    for long, width in ((0.42, 0.07), (0.64, 0.04)):
        turn = rng.uniform(0, 2 * np.pi)
        sketch.line([(0, 0), (np.sin(turn) * long * size, -np.cos(turn) * long * size)], width, ink)
    sketch.ellipse((0, 0), (0.05, 0.05), _colour(rng))


def _book(sketch: Sketch, rng: Rng) -> None:
    cover = _colour(rng)
    wide, high, deep = rng.uniform(0.5, 0.65), rng.uniform(0.7, 0.85), rng.uniform(0.08, 0.2)
    sketch.polygon(
        [
            (-wide, -high),
            (wide, -high),
            (wide + deep, -high + deep),
            (wide + deep, high + deep),
            (-wide + deep, high + deep),
            (-wide, high),
        ],
        _shade(cover, 0.6),
    )
    paper = (238.0, 234.0, 220.0)
    sketch.polygon(
        [
            (wide, -high + 0.03),
            (wide + deep * 0.8, -high + deep),
            (wide + deep * 0.8, high + deep * 0.7),
            (wide, high - 0.03),
        ],
        paper,
    )
    sketch.polygon(
        [
            (-wide + 0.03, high),
            (wide, high),
            (wide + deep * 0.8, high + deep * 0.8),
            (-wide + deep, high + deep * 0.8),
        ],
        _shade(paper, 0.9),
    )
    sketch.polygon([(-wide, -high), (wide, -high), (wide, high), (-wide, high)], cover)
    sketch.polygon(
        [(-wide, -high), (-wide + 0.12, -high), (-wide + 0.12, high), (-wide, high)], _shade(cover, 0.75)
    )
    title = _colour(rng)
    for line in range(rng.integers(1, 4)):
        left, y = -wide + rng.uniform(0.25, 0.4), -high * 0.6 + line * 0.17
        sketch.line([(left, y), (wide - rng.uniform(0.15, 0.4), y)], 0.07, title)
    if rng.random() < 0.5:
        sketch.ellipse((0.08, high * 0.35), (0.2, 0.2), _colour(rng))


def _lamp(sketch: Sketch, rng: Rng) -> None:
    stem, shade = _metal(rng) if rng.random() < 0.6 else _colour(rng), _colour(rng)
    base = rng.uniform(0.3, 0.45)
    sketch.polygon([(-base, 0.95), (base, 0.95), (base * 0.75, 0.84), (-base * 0.75, 0.84)], stem)
    sketch.ellipse((0, 0.84), (base * 0.75, 0.05), _shade(stem, 1.2))
    sketch.line([(0, 0.85), (0, -0.2)], rng.uniform(0.05, 0.12), stem)
    if rng.random() < 0.4:
        sketch.ellipse((0, 0.35), (rng.uniform(0.12, 0.2), rng.uniform(0.18, 0.35)), _shade(stem, 0.9))
    top, bottom, high = rng.uniform(0.2, 0.4), rng.uniform(0.5, 0.7), rng.uniform(0.55, 0.75)
    sketch.polygon([(-top, -0.15 - high), (top, -0.15 - high), (bottom, -0.1), (-bottom, -0.1)], shade)
    sketch.polygon(
        [(-top * 0.4, -0.15 - high), (top * 0.4, -0.15 - high), (bottom * 0.4, -0.1), (-bottom * 0.4, -0.1)],
        _shade(shade, 1.2),
    )


#: In the order of the network's output.
OBJECTS: dict[str, Callable[[Sketch, Rng], None]] = {
    "book": _book,
    "bottle": _bottle,
    "clock": _clock,
    "cup": _cup,
    "key": _key,
    "lamp": _lamp,
    "scissors": _scissors,
    "spoon": _spoon,
}
