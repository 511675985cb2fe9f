"""Find the heart in the slices of a chest CT: a rectangle in each, and one box around all of it.

The network sees a slice as 64 x 64 grey values, and says of each whether it is heart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
import onnxruntime as ort

SIDE = 64  # of the network's picture
SMALLEST = 200  # of its pixels; what is smaller is no heart,
TIP = 40  # unless it goes on in the next slice
BATCH = 32  # slices that the network gets at a time
SOFT_TISSUE = (-160.0, 240.0)  # Hounsfield units that are shown to it as black and as white
LARGEST_GAP = 0.03  # of the series: so much of the heart may be missed between its slices
OUTLIERS = 5  # percent of the slices that may stick out of the box on either side


class Part(NamedTuple):
    """What may be the heart in a slice: the rectangle around it in pixels, and its area in the network's."""

    x: int
    y: int
    width: int
    height: int
    area: float


@dataclass(frozen=True)
class Box:
    """The heart in a series: slices ``first`` to ``last``, and in these a rectangle, in pixels."""

    first: int
    last: int
    x: int
    y: int
    width: int
    height: int


def load(path: str) -> ort.InferenceSession:
    """Open the network: ``input`` float32 (batch, 1, 64, 64), grey values 0..255; ``output`` logits."""
    return ort.InferenceSession(path, providers=["CPUExecutionProvider"])


def locate(
    session: ort.InferenceSession,
    slices: Sequence[np.ndarray],
    window: tuple[float, float] = SOFT_TISSUE,
) -> list[Part | None]:
    """Find what may be the heart in each slice.

    Parameters
    ----------
    session : onnxruntime.InferenceSession
        The network.
    slices : sequence of numpy.ndarray
        Each (height, width), the patient's front up, of one size.
    window : tuple of float
        Which values are black and white.

    Returns
    -------
    list
        For each slice the largest part that looks like it, or None; `enclose` and `shown` have the last word.
    """
    parts: list[Part | None] = []
    for start in range(0, len(slices), BATCH):
        batch = slices[start : start + BATCH]
        parts += outline(see(session, prepare(batch, window)), batch[0].shape)
    return parts


def prepare(slices: Sequence[np.ndarray], window: tuple[float, float]) -> np.ndarray:
    """Make slices small, and their values grey: float32, (N, 1, 64, 64)."""
    low, high = window
    small = np.empty((len(slices), 1, SIDE, SIDE), np.float32)
    for pixels, each in zip(slices, small, strict=True):
        each[0] = cv2.resize(pixels, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    small -= low
    small *= 255 / (high - low)
    return np.clip(small, 0, 255, out=small)


def see(session: ort.InferenceSession, greys: np.ndarray) -> np.ndarray:
    """Ask the network which pixels are heart: uint8, (N, 64, 64), 1 where they are."""
    (logits,) = session.run(None, {session.get_inputs()[0].name: greys})
    return (logits[:, 0] > 0).astype(np.uint8)


def outline(hearts: np.ndarray, shape: tuple[int, ...]) -> list[Part | None]:
    """The largest part of each mask, its rectangle in pixels of slices of that shape."""
    across, down = shape[1] / SIDE, shape[0] / SIDE
    parts: list[Part | None] = []
    for heart, shows in zip(hearts, hearts.any(axis=(1, 2)).tolist(), strict=True):
        if not shows:
            parts.append(None)
            continue
        contours, _ = cv2.findContours(heart, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        areas = [cv2.contourArea(contour) for contour in contours]
        area = max(areas)
        if area < TIP:
            parts.append(None)
            continue
        largest = contours[areas.index(area)]
        x, y, width, height = cv2.boundingRect(largest)
        left, top = round(x * across), round(y * down)
        right, bottom = round((x + width) * across), round((y + height) * down)
        parts.append(Part(left, top, right - left, bottom - top, area))
    return parts


def enclose(parts: Sequence[Part | None]) -> Box | None:
    """One box around the heart, or None if there is none.

    It goes around the longest run of slices that show a heart, and its tips above and below. A slice here
    or there may have been missed, or have a rectangle that is too large.
    """
    found = [k for k, part in enumerate(parts) if part and part.area >= SMALLEST]
    if not found:
        return None
    gap = 1 + max(1, round(LARGEST_GAP * len(parts)))
    runs = np.split(found, np.flatnonzero(np.diff(found) > gap) + 1)
    run = max(runs, key=len).tolist()
    x, y, width, height, _ = np.array([parts[k] for k in run]).T
    left, top = (round(float(np.percentile(side, OUTLIERS))) for side in (x, y))
    right, bottom = (round(float(np.percentile(side, 100 - OUTLIERS))) for side in (x + width, y + height))

    def is_inside(k: int) -> bool:
        part = parts[k] if 0 <= k < len(parts) else None
        return (
            part is not None
            and left <= part.x + part.width / 2 < right
            and top <= part.y + part.height / 2 < bottom
        )

    first, last = run[0], run[-1]
    while is_inside(first - 1):
        first -= 1
    while is_inside(last + 1):
        last += 1
    return Box(first, last, left, top, right - left, bottom - top)


def shown(parts: Sequence[Part | None], box: Box | None) -> list[Part | None]:
    """The parts without those that are too small for a heart and no tip of the one in the box."""
    return [
        part if part and (part.area >= SMALLEST or (box and box.first <= k <= box.last)) else None
        for k, part in enumerate(parts)
    ]
