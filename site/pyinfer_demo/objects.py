"""Tell household objects apart in the frames of a camera, and reject what is none of them.

The network takes the bytes of a square picture as they are: its preprocessing lies inside the file, with
the names of its classes and the probability below which an object counts as unknown.
"""

from __future__ import annotations

import inspect
import json
import sys
import time
from typing import Any

import cv2
import numpy as np
import onnxruntime as ort

SMALLEST_SIDE = 16  # pixels; what is smaller shows no object

_session: ort.InferenceSession | None = None
_labels: list[str] = []
_threshold = 1.0


def load(path: str) -> dict[str, Any]:
    """Open the network; later calls of `classify` use it.

    Parameters
    ----------
    path : str
        The ONNX file: input uint8 (batch, side, side, 3), red first, output float32 (batch, classes), and
        among its metadata ``labels`` and ``unknown_threshold``.

    Returns
    -------
    dict
        ``labels`` of the classes, the ``threshold`` that a probability must reach, and the ``side`` of the
        picture that the network sees.
    """
    global _session, _labels, _threshold
    _session = ort.InferenceSession(path, providers=["CPUExecutionProvider"])
    written = _session.get_modelmeta().custom_metadata_map
    _labels = json.loads(written["labels"])
    _threshold = float(written["unknown_threshold"])
    return {"labels": _labels, "threshold": _threshold, "side": _session.get_inputs()[0].shape[1]}


def classify(frame: np.ndarray) -> dict[str, Any]:
    """Say what a frame shows.

    Parameters
    ----------
    frame : numpy.ndarray
        uint8, (height, width, 4): red, green, blue, alpha.

    Returns
    -------
    dict
        ``label`` of the likeliest class, ``accepted``: whether it is likely enough, ``probabilities`` of all
        classes and ``milliseconds`` spent.

    Raises
    ------
    ValueError
        The frame has too few pixels.
    """
    if _session is None:
        raise RuntimeError("call load(path) before classify(frame)")
    started = time.perf_counter()
    image = _session.get_inputs()[0]
    picture = to_square(frame, image.shape[1])
    (probabilities,) = _session.run(None, {image.name: picture[np.newaxis]})[0]
    best = int(probabilities.argmax())
    return {
        "label": _labels[best],
        "accepted": bool(probabilities[best] >= _threshold),
        "probabilities": [float(p) for p in probabilities],
        "milliseconds": (time.perf_counter() - started) * 1000,
    }


def to_square(frame: np.ndarray, side: int) -> np.ndarray:
    """Cut out the square in the middle of a frame and bring it to the network's size and colours.

    Parameters
    ----------
    frame : numpy.ndarray
        uint8, (height, width, 4): red, green, blue, alpha.
    side : int
        Height and width of the result.

    Returns
    -------
    numpy.ndarray
        uint8, (side, side, 3), red first.
    """
    height, width = frame.shape[:2]
    edge = min(height, width)
    if edge < SMALLEST_SIDE:
        raise ValueError(f"{width} x {height} pixels are too few to show an object")
    top, left = (height - edge) // 2, (width - edge) // 2
    square = frame[top : top + edge, left : left + edge]
    square = cv2.resize(square, (side, side), interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(square, cv2.COLOR_RGBA2RGB)


def source() -> str:
    """This file's own text: what the page shows is what ran."""
    return inspect.getsource(sys.modules[__name__])
