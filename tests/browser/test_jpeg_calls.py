"""What broken JPEG files leave behind in the codec: nothing."""

from __future__ import annotations

from tests.browser.conftest import PyinferPage


def test_five_thousand_broken_images_leave_right_answers(python: PyinferPage) -> None:
    """Before its stack was given back to it, the codec broke for good after four thousand."""
    assert python.run(
        """
import cv2
import numpy as np
from pyinfer.browser.bridge import get_bridge

image = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
whole = cv2.imencode(".jpg", image)[1]
right = cv2.imdecode(whole, cv2.IMREAD_COLOR)
decoded = 0
for _ in range(5000):
    decoded += cv2.imdecode(whole[:-60], cv2.IMREAD_COLOR) is not None
[decoded, bool((cv2.imdecode(whole, cv2.IMREAD_COLOR) == right).all()), get_bridge().jpeg.liveCount()]
"""
    ) == [0, True, 0]
