"""Single channels."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo

GREY = photo()[:, :, 0].copy()


def inserted(coi, dtype=np.uint8):
    target = noise(60, 80, 4, dtype=dtype)
    result = cv2.insertChannel(noise(60, 80, dtype=dtype), target, coi)
    return result, result is target


CASES = {
    "extractChannel": lambda: cv2.extractChannel(photo(), 1),
    "extractChannel_single": lambda: cv2.extractChannel(GREY, 0),
    "extractChannel_dst": lambda: cv2.extractChannel(photo(), 2, np.empty_like(GREY)),
    "extractChannel_empty": lambda: [cv2.extractChannel(np.empty(size), 0) for size in ((0, 5), (3, 0, 2))],
    "extractChannel_volume": lambda: cv2.extractChannel(noise(2, 3, 4, 5), 0),
    "insertChannel_volume": lambda: cv2.insertChannel(noise(2, 3, 4, 5), np.zeros((2, 3, 4, 5), np.uint8), 0),
    "insertChannel": lambda: inserted(2),
    "insertChannel_float": lambda: inserted(0, np.float32),
}
ERRORS = {
    "extractChannel_outside": lambda: cv2.extractChannel(photo(), 3),
    "insertChannel_outside": lambda: cv2.insertChannel(GREY, photo(), 7),
    "extractChannel_none": lambda: cv2.extractChannel(None, 1),
    "insertChannel_none": lambda: cv2.insertChannel(GREY, None, 0),
    "insertChannel_several": lambda: cv2.insertChannel(photo(), photo(), 0),
    "insertChannel_size": lambda: cv2.insertChannel(GREY[1:], photo(), 0),
}


@pytest.mark.parametrize("name", CASES)
def test_channels(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_channels_errors(name, parity):
    parity.raised(ERRORS[name])
