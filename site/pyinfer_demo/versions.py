"""What runs here."""

from __future__ import annotations

import sys

import cv2
import onnxruntime


def versions() -> dict[str, str]:
    """Versions of Python, OpenCV and ONNX Runtime."""
    return {
        "python": sys.version.partition(" ")[0],
        "opencv": cv2.__version__,
        "onnxruntime": onnxruntime.__version__,
    }
