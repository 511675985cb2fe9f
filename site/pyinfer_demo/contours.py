"""The classic recipe: shrink a photo, find its contours, draw them."""

from __future__ import annotations

import inspect
import sys
import time
from typing import Any

import cv2
import numpy as np

LONGEST_SIDE = 960  # pixels of the picture that is worked on
SMALLEST_EXTENT = 8  # pixels; what is smaller counts as noise
COLOUR = (0, 140, 255)  # blue, green, red

_photo: np.ndarray | None = None


def open_photo(data: bytes) -> dict[str, Any]:
    """Decode a photo and shrink it; later calls of `find` work on it.

    Parameters
    ----------
    data : bytes
        An encoded picture: JPEG, PNG, WebP, ...

    Returns
    -------
    dict
        ``size`` of the photo and ``working_size`` (both width, height in pixels), the ``pixels`` that
        are worked on, uint8 (height, width, 4), red first, and ``milliseconds`` spent.

    Raises
    ------
    ValueError
        The bytes are no picture that OpenCV can decode.
    """
    global _photo
    started = time.perf_counter()
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    if image is None:
        raise ValueError("this file is no picture that OpenCV can decode")
    height, width = image.shape[:2]
    scale = min(1.0, LONGEST_SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    _photo = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return {
        "size": [width, height],
        "working_size": list(size),
        "pixels": cv2.cvtColor(_photo, cv2.COLOR_BGR2RGBA),
        "milliseconds": (time.perf_counter() - started) * 1000,
    }


def find(method: str, level: int) -> dict[str, Any]:
    """Find the contours of the open photo and draw them over it.

    Parameters
    ----------
    method : {"edges", "brightness"}
        Canny's edges, or what is brighter than the level.
    level : int
        0..255. For edges, the stronger of Canny's two thresholds.

    Returns
    -------
    dict
        ``count`` of contours, ``points`` in them, ``largest_area``, that of the contour of
        greatest extent, in square pixels, ``pixels`` of
        the result, uint8 (height, width, 4), red first, and ``milliseconds`` spent.
    """
    result, contours, milliseconds = draw(method, level)
    return {
        "count": len(contours),
        "points": sum(len(contour) for contour in contours),
        "largest_area": cv2.contourArea(max(contours, key=extent)) if contours else 0.0,
        "pixels": cv2.cvtColor(result, cv2.COLOR_BGR2RGBA),
        "milliseconds": milliseconds,
    }


def draw(method: str, level: int) -> tuple[np.ndarray, list[np.ndarray], float]:
    """The recipe itself: the picture with contours, the contours, and milliseconds spent."""
    if _photo is None:
        raise RuntimeError("call open_photo(data) first")
    started = time.perf_counter()
    grey = cv2.cvtColor(_photo, cv2.COLOR_BGR2GRAY)
    grey = cv2.GaussianBlur(grey, (5, 5), 0)
    if method == "edges":
        shapes = cv2.Canny(grey, level / 2, level)
    else:
        _, shapes = cv2.threshold(grey, level, 255, cv2.THRESH_BINARY)
    found, _ = cv2.findContours(shapes, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    contours = [contour for contour in found if extent(contour) >= SMALLEST_EXTENT]
    faded = cv2.addWeighted(_photo, 0.45, np.full_like(_photo, 255), 0.55, 0)
    result = cv2.drawContours(faded, contours, -1, COLOUR, 2, cv2.LINE_AA)
    return result, contours, (time.perf_counter() - started) * 1000


def extent(contour: np.ndarray) -> int:
    """The longer side of the box around a contour, in pixels."""
    return int(np.ptp(contour[:, 0], axis=0).max()) + 1


def save(method: str, level: int) -> bytes:
    """The result as a PNG file."""
    result, _, _ = draw(method, level)
    written, data = cv2.imencode(".png", result)
    if not written:
        raise RuntimeError("OpenCV could not write the PNG")
    return data.tobytes()


def source() -> str:
    """This file's own text: what the page shows is what ran."""
    return inspect.getsource(sys.modules[__name__])
