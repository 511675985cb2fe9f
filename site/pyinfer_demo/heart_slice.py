"""One slice as it came, with what is known of where it lies; and what can't be one."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np


class Unreadable(ValueError):
    """A file that is no slice; the message says what it is instead."""


@dataclass(frozen=True)
class Slice:
    """A slice.

    Attributes
    ----------
    name : str
        Of its file.
    pixels : numpy.ndarray
        (height, width), the larger the brighter.
    modality : str
        ``"CT"``, ``"MR"``, ...; empty for a picture. The values of a CT are Hounsfield units.
    series, identity : str
        What tells its series from others, and it from other slices; empty if nothing does.
    number : int or None
        Its place in the series, as the scanner counts.
    place : numpy.ndarray or None
        Millimetres to the patient's left, back and head of the middle of its first pixel.
    axes : numpy.ndarray or None
        (2, 3): the way along a row, and down a column.
    pixel : tuple of float or None
        Height and width of a pixel in mm.
    thickness : float or None
        In mm.
    """

    name: str
    pixels: np.ndarray
    modality: str = ""
    series: str = ""
    identity: str = ""
    number: int | None = None
    place: np.ndarray | None = None
    axes: np.ndarray | None = None
    pixel: tuple[float, float] | None = None
    thickness: float | None = None


def read_picture(name: str, data: bytes) -> Slice:
    """Read a slice that was saved as a picture, in 8 or 16 bits.

    Raises
    ------
    Unreadable
        The bytes are no picture.
    """
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED) if data else None
    if image is None:
        raise Unreadable("no picture that OpenCV can decode")
    if image.ndim == 3:
        image = cv2.cvtColor(image, cv2.COLOR_BGRA2GRAY if image.shape[2] == 4 else cv2.COLOR_BGR2GRAY)
    return Slice(name, image)
