"""Cameras, videos and pictures for the camera page, drawn by the project's own scripts."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np

SITE = Path(__file__).resolve().parents[2] / "site"
sys.path[:0] = [str(SITE), str(SITE / "models")]

from pictures.household import OBJECTS  # noqa: E402
from pictures.scene import render  # noqa: E402
from pictures.strangers import HELD_OUT  # noqa: E402

__all__ = ["encoded", "frame_of", "write_camera", "write_video"]

#: Of drawings that native Python accepts, or rejects.
SEEDS = {"cup": 4, "key": 2, "bottle": 7, "book": 2, "house": 3, "car": 4}
FRAMES_OF_EACH = 25


def frame_of(name: str, height: int = 480, width: int = 640) -> np.ndarray:
    """An object on its ground, in the middle of grey: uint8 (height, width, 3), blue first."""
    kind = {**OBJECTS, **HELD_OUT}[name]
    frame = np.full((height, width, 3), 128, np.uint8)
    edge = min(height, width)
    drawn = cv2.resize(render(kind, np.random.default_rng(SEEDS[name]), 288), (edge, edge))
    top, left = (height - edge) // 2, (width - edge) // 2
    frame[top : top + edge, left : left + edge] = drawn[..., ::-1]
    return frame


def encoded(image: np.ndarray, suffix: str) -> bytes:
    """An image file's content."""
    return cv2.imencode(suffix, image)[1].tobytes()


def write_camera(path: Path, names: list[str]) -> None:
    """What Chromium's fake camera plays over and over: one object after the other, for a second each."""
    path.write_bytes(b"".join(encoded(frame_of(name), ".jpg") * FRAMES_OF_EACH for name in names))


def write_video(path: Path, name: str, frames: int = 20) -> None:
    """A short film of one object, as WebM."""
    frame = frame_of(name, 180, 240)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"VP80"), 25, (240, 180))
    for _ in range(frames):
        writer.write(frame)
    writer.release()
