"""Draw the sample picture of the demo page: pebbles on sand, lit from the upper left.

Run on the host: ``python site/models/draw_sample.py``; writes ``site/sample.jpg``, the same
picture every time.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

SEED = 11
WIDTH, HEIGHT = 1200, 800
TRIES = 900
COLOURS = [(92, 96, 100), (126, 118, 108), (150, 138, 120), (74, 82, 88), (166, 158, 146), (128, 92, 74)]


def noise(rng: np.random.Generator, cells: int) -> np.ndarray:
    """Smooth noise with about ``cells`` bumps along the width, float32, (HEIGHT, WIDTH), about -1..1."""
    coarse = rng.normal(0, 0.6, (max(2, cells * HEIGHT // WIDTH), cells)).astype(np.float32)
    return cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)


def sand(rng: np.random.Generator) -> np.ndarray:
    """The ground, float32 (HEIGHT, WIDTH, 3) in RGB, 0..255."""
    ripples = noise(rng, 5) * 5 + noise(rng, 40) * 3 + rng.normal(0, 5, (HEIGHT, WIDTH)).astype(np.float32)
    return np.array([222, 211, 191], np.float32) + ripples[..., None]


def place(rng: np.random.Generator) -> list[tuple[float, float, float]]:
    """Centres and radii of pebbles that do not touch, largest first."""
    placed: list[tuple[float, float, float]] = []
    for attempt in range(TRIES):
        radius = 26 + 92 * (1 - attempt / TRIES) ** 2.5
        x = rng.uniform(radius + 24, WIDTH - radius - 24)
        y = rng.uniform(radius + 24, HEIGHT - radius - 24)
        if all(np.hypot(x - u, y - v) > 1.22 * (radius + r) for u, v, r in placed):
            placed.append((x, y, radius))
        if len(placed) == 26:
            break
    return placed


def add_pebble(picture: np.ndarray, x: float, y: float, radius: float, rng: np.random.Generator) -> None:
    """Draw one pebble and its shadow into ``picture``."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    turn, flat = rng.uniform(0, np.pi), rng.uniform(0.66, 0.92)
    u = (columns - x) * np.cos(turn) + (rows - y) * np.sin(turn)
    v = (-(columns - x) * np.sin(turn) + (rows - y) * np.cos(turn)) / flat
    angle = np.arctan2(v, u)
    rim = 1 + sum(rng.normal(0, 0.035) * np.cos(k * angle + rng.uniform(0, 6.3)) for k in (2, 3, 4))
    distance = (np.abs(u) ** 2.3 + np.abs(v) ** 2.3) ** (1 / 2.3) / (radius * rim)
    cover = np.clip((1 - distance) * radius / 1.4, 0, 1)
    shifted = np.roll(cover, (round(radius * 0.16), round(radius * 0.14)), (0, 1))
    shadow = cv2.GaussianBlur(shifted, (0, 0), radius * 0.12)
    picture *= (1 - 0.5 * shadow)[..., None]
    height = np.sqrt(np.clip(1 - distance**2, 0, 1))
    slope_y, slope_x = np.gradient(cv2.GaussianBlur(height * radius, (0, 0), 3))
    light = np.clip((0.45 * slope_x + 0.6 * slope_y + 0.85) / np.sqrt(1 + slope_x**2 + slope_y**2), 0, 1.2)
    speckle = 1 + 0.05 * noise(rng, 160) + 0.06 * noise(rng, 30)
    colour = np.array(COLOURS[rng.integers(len(COLOURS))], np.float32) * rng.uniform(0.85, 1.15)
    stone = colour * (light * speckle)[..., None]
    if rng.uniform() < 0.35:
        vein = np.abs(v / radius - rng.uniform(-0.4, 0.4) + 0.08 * noise(rng, 24)) < rng.uniform(0.04, 0.09)
        stone = np.where(vein[..., None], stone * 0.35 + 140 * light[..., None], stone)
    picture *= 1 - cover[..., None]
    picture += stone * cover[..., None]


def main() -> None:
    """Draw and write the picture."""
    rng = np.random.default_rng(SEED)
    picture = sand(rng)
    for x, y, radius in place(rng):
        add_pebble(picture, x, y, radius, rng)
    pixels = np.clip(picture, 0, 255).astype(np.uint8)
    target = Path(__file__).resolve().parent.parent / "sample.jpg"
    cv2.imwrite(str(target), cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 82])
    print(f"{target.name}: {WIDTH} x {HEIGHT}, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
