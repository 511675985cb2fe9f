"""Where the pixels of a slice lie in the patient, in millimetres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Frame:
    """Which square of a slice's plane is looked at.

    Attributes
    ----------
    size : int
        Pixels along a side.
    field : float
        Millimetres along a side.
    x, y : float
        Millimetres from the middle of the body to the middle of the picture.
    angle : float
        By which the patient is turned, in degrees.
    """

    size: int
    field: float
    x: float = 0.0
    y: float = 0.0
    angle: float = 0.0

    @property
    def pixel(self) -> float:
        """The side of a pixel in mm."""
        return self.field / self.size

    def grid(self) -> tuple[np.ndarray, np.ndarray]:
        """The place of every pixel: x to the patient's left and y to the back, float32, (size, size)."""
        along = ((np.arange(self.size) + 0.5) / self.size - 0.5) * self.field
        u, v = np.meshgrid((along + self.x).astype(np.float32), (along + self.y).astype(np.float32))
        cosine, sine = (np.float32(f(np.deg2rad(self.angle))) for f in (np.cos, np.sin))
        return cosine * u + sine * v, cosine * v - sine * u

    def to_pixels(self, points: np.ndarray) -> np.ndarray:
        """Where points in mm, (N, 2), lie in the picture: the opposite of `grid`, in pixels."""
        cosine, sine = (f(np.deg2rad(self.angle)) for f in (np.cos, np.sin))
        turned = points @ np.array([[cosine, sine], [-sine, cosine]])
        return (turned - (self.x, self.y)) / self.pixel + self.size / 2 - 0.5
