"""cv2.Mat: arrays that say themselves where their channels are."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise

PIXELS = noise(6, 7, 3)
VOLUME = noise(4, 5, 6, 2)

CASES = {
    "wrapped_as_ever": lambda: cv2.add(cv2.Mat(PIXELS, wrap_channels=True), (1, 2, 3, 0)),
    "volume": lambda: cv2.add(cv2.Mat(PIXELS), cv2.Mat(PIXELS)),
    "volume_norm": lambda: cv2.norm(cv2.Mat(PIXELS), cv2.NORM_L1),
    "volume_mean": lambda: cv2.mean(cv2.Mat(PIXELS)),
    "mean": lambda: cv2.mean(cv2.Mat(PIXELS, wrap_channels=True)),
    "wrapped_volume": lambda: cv2.mean(cv2.Mat(VOLUME, wrap_channels=True)),
    "wrapped_volumes": lambda: cv2.subtract(
        cv2.Mat(VOLUME, wrap_channels=True), cv2.Mat(VOLUME[::-1], wrap_channels=True)
    ),
    "wrapped_rows": lambda: cv2.mean(cv2.Mat(PIXELS[0], wrap_channels=True)),
    "wrapped_transposed": lambda: cv2.mean(cv2.Mat(VOLUME.transpose(2, 1, 0, 3), wrap_channels=True)),
    "wrapped_pixel": lambda: cv2.norm(cv2.Mat(PIXELS[0, 0], wrap_channels=True)),
    "a_view": lambda: cv2.mean(cv2.Mat(cv2.Mat(VOLUME, wrap_channels=True))),
    "a_ufunc": lambda: [type(2 * cv2.Mat(PIXELS)).__name__, np.asarray(2 * cv2.Mat(PIXELS))],
    "attributes": lambda: [
        cv2.Mat(PIXELS).wrap_channels,
        cv2.Mat(PIXELS, wrap_channels=True).wrap_channels,
        cv2.Mat(PIXELS, wrap_channels=True)[1:].wrap_channels,
        PIXELS.view(cv2.Mat).wrap_channels,
        isinstance(PIXELS, cv2.Mat),
        issubclass(cv2.Mat, np.ndarray),
    ],
    "in_a_list": lambda: cv2.merge([cv2.Mat(PIXELS[..., 0]), cv2.Mat(PIXELS, wrap_channels=True)]),
    "as_dst": lambda: np.asarray(cv2.blur(PIXELS, (3, 3), cv2.Mat(PIXELS.copy(), wrap_channels=True))),
    "dumped": lambda: [
        cv2.utils.dumpInputArray(cv2.Mat(PIXELS)),
        cv2.utils.dumpInputArray(cv2.Mat(VOLUME, wrap_channels=True)),
    ],
    "of_a_substitute": lambda: cv2.extractChannel(cv2.Mat(PIXELS, wrap_channels=True), 1),
}


@pytest.mark.parametrize("case", CASES)
def test_mat(case, parity):
    parity(CASES[case]())


ERRORS = {
    "no_channels": lambda: cv2.mean(cv2.Mat(np.zeros((3, 3, 0)), wrap_channels=True)),
    "too_many_channels": lambda: cv2.mean(cv2.Mat(np.zeros((3, 3, 520)), wrap_channels=True)),
    "unknown_parameter": lambda: cv2.Mat(PIXELS, colour=True),
    "no_array": lambda: cv2.Mat([1, 2]),
    "odd_answer": lambda: cv2.mean(cv2.Mat(PIXELS, wrap_channels="yes")),
    "differing": lambda: cv2.add(cv2.Mat(PIXELS), PIXELS),
}


@pytest.mark.parametrize("case", ERRORS)
def test_errors(case, parity):
    parity.raised(ERRORS[case])
