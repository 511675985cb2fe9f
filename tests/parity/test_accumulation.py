"""Running sums of images."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo

PAIRS = [
    *((source, target) for source in ("uint8", "uint16", "float32") for target in ("float32", "float64")),
    ("float64", "float64"),
]
MASK = (noise(61, 83, seed=4) > 100).astype(np.uint8)
BYTES = np.ones((3, 4), np.uint8)
FLOATS = np.ones((3, 4), np.float32)


def added(function, source, target, *args):
    result = function(source, target, *args)
    return result, result is target


def accumulated(source, target, mask, channels):
    shape = (61, 83, channels) if channels > 1 else (61, 83)
    images = [noise(*shape, dtype=source, seed=seed) for seed in (1, 2)]

    def start():
        return noise(*shape, dtype=target, seed=3)

    first = images[0]
    return [
        added(cv2.accumulate, first, start(), mask),
        added(cv2.accumulateSquare, first, start(), mask),
        cv2.accumulateProduct(*images, start(), mask),
        added(cv2.accumulateWeighted, first, start(), 0.3, mask),
    ]


CASES = {
    "part": lambda: added(cv2.accumulateWeighted, BYTES, np.ones((9, 9), np.float32)[2:5, 3:7], 0.25),
    "row": lambda: cv2.accumulate(np.uint8([1, 2]), np.float32([3, 4])),
    "volume": lambda: cv2.accumulate(np.ones((2, 3, 4, 5)), np.ones((2, 3, 4, 5))),
    "bool_mask": lambda: cv2.accumulate(photo(), np.ones((61, 83, 3), np.float32), MASK.astype(bool)),
    "empty_mask": lambda: cv2.accumulate(BYTES, FLOATS.copy(), np.empty((0, 0), np.uint8)),
    "empty": lambda: cv2.accumulate(BYTES[:0, :0].copy(), FLOATS[:0, :0].copy()),
}
ERRORS = {
    "accumulate_depth": lambda: cv2.accumulate(BYTES.astype(np.int8), FLOATS.copy()),
    "accumulate_target": lambda: cv2.accumulate(BYTES, BYTES.copy()),
    "accumulate_without": lambda: cv2.accumulate(BYTES, None),
    "accumulate_volume": lambda: cv2.accumulate(
        np.ones((2, 3, 4, 5), np.uint8), np.ones((2, 3, 4, 5), np.float32)
    ),
    "accumulate_readonly": lambda: cv2.accumulate(BYTES, np.broadcast_to(np.float32(1), (3, 4))),
    "square_size": lambda: cv2.accumulateSquare(BYTES, FLOATS[1:].copy()),
    "square_depth": lambda: cv2.accumulateSquare(FLOATS.astype(float), FLOATS.copy()),
    "product_sizes": lambda: cv2.accumulateProduct(BYTES, BYTES[1:], FLOATS.copy()),
    "product_types": lambda: cv2.accumulateProduct(BYTES, FLOATS, FLOATS.copy()),
    "product_target": lambda: cv2.accumulateProduct(BYTES, BYTES, np.ones((3, 4, 3), np.float32)),
    "product_depth": lambda: cv2.accumulateProduct(BYTES, BYTES, BYTES.copy()),
    "weighted_channels": lambda: cv2.accumulateWeighted(BYTES, np.ones((3, 4, 3), np.float32), 0.5),
    "weighted_mask": lambda: cv2.accumulateWeighted(BYTES, FLOATS.copy(), 0.5, np.ones((3, 4), np.int8)),
    "weighted_mask_size": lambda: cv2.accumulateWeighted(BYTES, FLOATS.copy(), 0.5, BYTES[1:]),
    "weighted_alpha": lambda: cv2.accumulateWeighted(BYTES, FLOATS.copy()),
}


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_accumulated(source, target, masked, channels, parity):
    parity(accumulated(source, target, MASK if masked else None, channels))


@pytest.mark.parametrize("name", CASES)
def test_accumulation(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_accumulation_errors(name, parity):
    parity.raised(ERRORS[name])
