"""A sheet to draw an object on, in the object's own coordinates."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

__all__ = ["Colour", "Sketch"]

Colour = tuple[float, float, float]
Points = Sequence[tuple[float, float]] | np.ndarray

#: Fractions of a pixel that OpenCV's drawing takes.
_SHIFT = 4


class Sketch:
    """An object on transparent ground.

    Parameters
    ----------
    side : int
        Width and height in pixels.
    matrix : numpy.ndarray
        float, (3, 3): from the object's coordinates, about -1 to 1 with y downwards, to pixels.

    Attributes
    ----------
    colour : numpy.ndarray
        uint8, (side, side, 3), RGB.
    mask : numpy.ndarray
        uint8, (side, side): 255 where something has been drawn.
    """

    def __init__(self, side: int, matrix: np.ndarray) -> None:
        self.colour = np.zeros((side, side, 3), np.uint8)
        self.mask = np.zeros((side, side), np.uint8)
        self._matrix = matrix
        self._scale = float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))

    def polygon(self, points: Points, colour: Colour) -> None:
        """Fill a polygon."""
        fixed = [self._fixed(points)]
        cv2.fillPoly(self.colour, fixed, colour, cv2.LINE_AA, _SHIFT)
        cv2.fillPoly(self.mask, fixed, 255, cv2.LINE_AA, _SHIFT)

    def ellipse(self, centre: tuple[float, float], radii: tuple[float, float], colour: Colour) -> None:
        """Fill an ellipse whose axes are those of the object."""
        self.polygon(arc(centre, radii, 0, 360), colour)

    def line(self, points: Points, width: float, colour: Colour, closed: bool = False) -> None:
        """Draw a line with round ends."""
        fixed = [self._fixed(points)]
        thickness = max(1, round(width * self._scale))
        cv2.polylines(self.colour, fixed, closed, colour, thickness, cv2.LINE_AA, _SHIFT)
        cv2.polylines(self.mask, fixed, closed, 255, thickness, cv2.LINE_AA, _SHIFT)

    def ring(
        self, centre: tuple[float, float], radii: tuple[float, float], width: float, colour: Colour
    ) -> None:
        """Draw the outline of an ellipse."""
        self.line(arc(centre, radii, 0, 360), width, colour, closed=True)

    def _fixed(self, points: Points) -> np.ndarray:
        homogeneous = np.c_[np.asarray(points, float), np.ones(len(points))] @ self._matrix.T
        pixels = homogeneous[:, :2] / homogeneous[:, 2:]
        return np.round(pixels * (1 << _SHIFT)).astype(np.int32)


def arc(
    centre: tuple[float, float], radii: tuple[float, float], start: float, end: float, steps: int = 48
) -> np.ndarray:
    """Points of an ellipse from one angle to another, in degrees, clockwise from the right."""
    angles = np.radians(np.linspace(start, end, steps))
    return np.c_[centre[0] + radii[0] * np.cos(angles), centre[1] + radii[1] * np.sin(angles)]
