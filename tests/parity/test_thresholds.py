"""Thresholds below a mask."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo

GREY = photo(channels=1)
MASK = (noise(61, 83, seed=5) > 99).astype(np.uint8)
TYPES = (cv2.THRESH_BINARY, cv2.THRESH_BINARY_INV, cv2.THRESH_TRUNC, cv2.THRESH_TOZERO, cv2.THRESH_TOZERO_INV)


def below(src, mask, thresh, maxval, kind):
    dst = noise(*src.shape, dtype=src.dtype, seed=9)
    value, result = cv2.thresholdWithMask(src, dst, mask, thresh, maxval, kind)
    return value, result, result is dst


CASES = {
    **{f"bytes_{kind}": lambda kind=kind: below(GREY, MASK, 99.7, 200, kind) for kind in TYPES},
    **{f"beyond_{kind}": lambda kind=kind: below(GREY, MASK, 255, 200, kind) for kind in TYPES},
    **{f"before_{kind}": lambda kind=kind: below(GREY, MASK, -3, 200, kind) for kind in TYPES},
    **{
        f"{dtype}_{kind}": lambda dtype=dtype, kind=kind: below(
            noise(61, 83, dtype=dtype), MASK, 0.4, 7, kind
        )
        for kind in TYPES[:3]
        for dtype in ("int16", "uint16", "float32", "float64")
    },
    "colour": lambda: below(photo(), MASK, 99, 200, cv2.THRESH_BINARY),
    "bool_mask": lambda: below(GREY, MASK > 0, 99, 200, cv2.THRESH_BINARY),
    "otsu": lambda: below(GREY, MASK, 0, 200, cv2.THRESH_OTSU),
    "otsu_deep": lambda: below(
        GREY.astype(np.uint16) * 200, MASK, 0, 200, cv2.THRESH_OTSU | cv2.THRESH_BINARY_INV
    ),
    "triangle": lambda: below(GREY, MASK, 0, 200, cv2.THRESH_TRIANGLE),
    "dry_run": lambda: below(GREY, MASK, 0, 200, cv2.THRESH_OTSU | cv2.THRESH_DRYRUN),
    "no_mask": lambda: below(GREY, None, 99, 200, cv2.THRESH_BINARY),
    "empty_mask": lambda: below(GREY, np.zeros_like(MASK), 99.5, 200, cv2.THRESH_BINARY),
}
ERRORS = {
    "none": lambda: cv2.thresholdWithMask(None, GREY.copy(), np.ones_like(GREY), 9, 99, cv2.THRESH_BINARY),
    "dst_size": lambda: cv2.thresholdWithMask(GREY, GREY[1:].copy(), MASK, 1, 2, 0),
    "dst_type": lambda: cv2.thresholdWithMask(GREY, photo(), MASK, 1, 2, 0),
    "otsu_float": lambda: below(GREY.astype(np.float32), MASK, 0, 200, cv2.THRESH_OTSU),
    "triangle_float": lambda: below(GREY.astype(np.float32), MASK, 0, 200, cv2.THRESH_TRIANGLE),
    "depth": lambda: below(GREY.astype(np.int32), MASK, 0, 200, cv2.THRESH_BINARY),
    "both": lambda: below(GREY, MASK, 0, 200, cv2.THRESH_OTSU | cv2.THRESH_TRIANGLE),
}


@pytest.mark.parametrize("name", CASES)
def test_thresholds(name, parity):
    value, result, same = CASES[name]()
    parity([value, result, int(same)])


@pytest.mark.parametrize("name", ERRORS)
def test_thresholds_errors(name, parity):
    parity.raised(ERRORS[name])
