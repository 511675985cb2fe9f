"""Forty functions that inference code calls most, natively: the twin of opencv_functions.js."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Array", "Call", "make_calls", "make_inputs"]

Array = NDArray[Any]

#: Gives its results; what it filled at one call it fills again at the next.
Call = Callable[[], Sequence[Array]]

_SPECKLE = 8


def make_inputs(width: int, height: int) -> dict[str, Array]:
    """What the functions work on: a picture as smooth as a photograph, and what is made from it."""
    random = np.random.default_rng(0)
    image = _picture(random, width, height)
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = (corners * 0.9 + np.array([[9, 7], [3, 21], [30, 5], [12, 14]])).astype(np.float32)
    across, down = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return {
        "image": image,
        "other": _picture(random, width, height),
        "grey": grey,
        "mask": np.where(cv2.GaussianBlur(grey, (15, 15), 0) > 127, 255, 0).astype(np.uint8),
        "gradient": cv2.Sobel(grey, cv2.CV_16S, 1, 0),
        "kernel": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], np.float32),
        "square": np.ones((3, 3), np.uint8),
        "turn": cv2.getRotationMatrix2D((width / 2, height / 2), 12, 0.9),
        "view": cv2.getPerspectiveTransform(seen, corners),
        "mapX": across + 4 * np.sin(down / 40),
        "mapY": down + 4 * np.cos(across / 40),
        "lower": np.array([[60.0], [70.0], [50.0]]),
        "upper": np.array([[200.0], [190.0], [210.0]]),
        "table": (255 * (np.arange(256) / 255) ** 0.6).astype(np.uint8)[None],
        "template": np.ascontiguousarray(grey[100:132, 100:132]),
    }


def _picture(random: np.random.Generator, width: int, height: int) -> Array:
    coarse = random.integers(0, 256, (height // 24, width // 24, 3), np.uint8)
    smooth = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    speckle = random.integers(-_SPECKLE, _SPECKLE, smooth.shape, np.int16)
    picture: Array = np.clip(smooth + speckle, 0, 255).astype(np.uint8)
    return picture


def make_calls(inputs: Mapping[str, Array]) -> dict[str, Call]:
    """The functions by the names that JavaScript has too.

    Parameters
    ----------
    inputs : mapping of str to ndarray
        Those of `make_inputs`.
    """
    image, other, grey, mask = (inputs[name] for name in ("image", "other", "grey", "mask"))
    square, table, template = (inputs[name] for name in ("square", "table", "template"))
    lower, upper = (tuple(inputs[name].ravel()) for name in ("lower", "upper"))
    map_x, map_y = inputs["mapX"], inputs["mapY"]
    height, width = grey.shape
    size, small = (width, height), (int(0.4 * width), int(0.4 * height))
    planes = cv2.split(image)
    clahe = cv2.createCLAHE(2, (8, 8))
    padding = (114, 114, 114, 0)
    adaptive = (255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 11, 2)
    return {
        "resize, bilinear": _filling(lambda out: cv2.resize(image, small, out)),
        "resize, area": _filling(lambda out: cv2.resize(image, small, out, interpolation=cv2.INTER_AREA)),
        "resize, nearest": _filling(
            lambda out: cv2.resize(image, small, out, interpolation=cv2.INTER_NEAREST)
        ),
        "cvtColor, BGR to RGB": _filling(lambda out: cv2.cvtColor(image, cv2.COLOR_BGR2RGB, out)),
        "cvtColor, BGR to grey": _filling(lambda out: cv2.cvtColor(image, cv2.COLOR_BGR2GRAY, out)),
        "cvtColor, BGR to HSV": _filling(lambda out: cv2.cvtColor(image, cv2.COLOR_BGR2HSV, out)),
        "warpAffine": _filling(lambda out: cv2.warpAffine(image, inputs["turn"], size, out)),
        "warpPerspective": _filling(lambda out: cv2.warpPerspective(image, inputs["view"], size, out)),
        "remap": _filling(lambda out: cv2.remap(image, map_x, map_y, cv2.INTER_LINEAR, out)),
        "copyMakeBorder": _filling(
            lambda out: cv2.copyMakeBorder(image, 40, 40, 20, 20, cv2.BORDER_CONSTANT, out, padding)
        ),
        "flip": _filling(lambda out: cv2.flip(image, 1, out)),
        "rotate": _filling(lambda out: cv2.rotate(image, cv2.ROTATE_90_CLOCKWISE, out)),
        "split": lambda: cv2.split(image, planes),
        "merge": _filling(lambda out: cv2.merge(planes, out)),
        "blobFromImage": lambda: [cv2.dnn.blobFromImage(image, 1 / 255, (640, 640), swapRB=True)],
        "add": _filling(lambda out: cv2.add(image, other, out)),
        "addWeighted": _filling(lambda out: cv2.addWeighted(image, 0.6, other, 0.4, 0, out)),
        "multiply": _filling(lambda out: cv2.multiply(image, other, out, 1 / 255)),
        "bitwise_and": _filling(lambda out: cv2.bitwise_and(image, other, out)),
        "convertScaleAbs": _filling(lambda out: cv2.convertScaleAbs(inputs["gradient"], out, 0.5)),
        "normalize": _filling(
            lambda out: cv2.normalize(image, out, 0, 1, cv2.NORM_MINMAX, cv2.CV_32F)  # type: ignore[arg-type]
        ),
        "LUT": _filling(lambda out: cv2.LUT(image, table, out)),
        "inRange": _filling(lambda out: cv2.inRange(image, lower, upper, out)),
        "threshold": _filling(lambda out: cv2.threshold(grey, 127, 255, cv2.THRESH_BINARY, out)[1]),
        "adaptiveThreshold": _filling(lambda out: cv2.adaptiveThreshold(grey, *adaptive, out)),
        "GaussianBlur": _filling(lambda out: cv2.GaussianBlur(image, (5, 5), 0, out)),
        "blur": _filling(lambda out: cv2.blur(image, (5, 5), out)),
        "medianBlur": _filling(lambda out: cv2.medianBlur(grey, 5, out)),
        "bilateralFilter": _filling(lambda out: cv2.bilateralFilter(grey, 5, 50, 50, out)),
        "filter2D": _filling(lambda out: cv2.filter2D(image, -1, inputs["kernel"], out)),
        "Sobel": _filling(lambda out: cv2.Sobel(grey, cv2.CV_16S, 1, 0, out)),
        "Canny": _filling(lambda out: cv2.Canny(grey, 50, 150, out)),
        "dilate": _filling(lambda out: cv2.dilate(mask, square, out)),
        "erode": _filling(lambda out: cv2.erode(mask, square, out)),
        "morphologyEx": _filling(lambda out: cv2.morphologyEx(mask, cv2.MORPH_OPEN, square, out)),
        "equalizeHist": _filling(lambda out: cv2.equalizeHist(grey, out)),
        "CLAHE": _filling(lambda out: clahe.apply(grey, out)),
        "matchTemplate": _filling(lambda out: cv2.matchTemplate(grey, template, cv2.TM_CCOEFF_NORMED, out)),
        "findContours": lambda: _contours(mask),
        "connectedComponents": _filling(lambda out: cv2.connectedComponents(mask, out, 8, cv2.CV_32S)[1]),
    }


def _filling(fill: Callable[[Array | None], Array]) -> Call:
    """A call that fills one array, the same each time."""
    out: Array | None = None

    def call() -> Sequence[Array]:
        nonlocal out
        out = fill(out)
        return [out]

    return call


def _contours(mask: Array) -> Sequence[Array]:
    contours, hierarchy = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return [*contours, hierarchy]
