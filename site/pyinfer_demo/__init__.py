"""The Python of the demo page: ordinary desktop code (NumPy, OpenCV, Pillow, ONNX Runtime).

Nothing in here knows that it runs in a browser; ``tests/unit/test_demo_app.py`` runs the same
files on plain CPython.
"""

from .versions import versions

__all__ = ["versions"]
