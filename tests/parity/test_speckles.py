"""Disparities put right."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo


def disparities(seed=0, least=-1, most=8):
    values = np.random.default_rng(seed).integers(least, most, (31, 43))
    return (values * 16).astype(np.int16)


def costs(dtype=np.int16):
    return np.random.default_rng(7).integers(0, 300, (31, 43)).astype(dtype)


def filtered(image, *args, **kwargs):
    """The image only: what the buffer holds is left over from the work."""
    result = cv2.filterSpeckles(image, *args, **kwargs)[0]
    return result, result is image


def varied():
    found = []
    generator = np.random.default_rng(5)
    for dtype in (np.uint8, np.int16):
        for high in (3, 9, 120):
            for size in (-1, 0, 1, 4, 30, 3000):
                for difference in (-1, 0, 1, 2.5, 16, 256, 300):
                    image = generator.integers(0, high, (23, 31)).astype(dtype)
                    found.append(cv2.filterSpeckles(image, high / 2, size, difference)[0])
    return found


def buffered(length):
    image = disparities()
    given = np.zeros((1, length), np.uint8)
    image, buffer = cv2.filterSpeckles(image, -16, 6, 16, given)
    return image, buffer is given, buffer.dtype.name


def in_part():
    image = disparities()
    cv2.filterSpeckles(image[3:20, 5:30], -16, 6, 16)
    return image


def validated(disparity, *args, **kwargs):
    result = cv2.validateDisparity(disparity, *args, **kwargs)
    return result, result is disparity


CASES = {
    "speckles": lambda: filtered(disparities(), -16, 6, 16),
    "speckles_keywords": lambda: filtered(disparities(), newVal=0, maxSpeckleSize=9, maxDiff=0),
    "speckles_bytes": lambda: filtered(photo(channels=1), 0, 20, 4),
    "speckles_fractions": lambda: filtered(disparities(), 0.5, 5, 15.5),
    "speckles_wrapped": lambda: filtered(photo(channels=1), 300, 20, 260),
    "speckles_row": lambda: filtered(disparities()[:1].copy(), -16, 2, 16),
    "speckles_column": lambda: filtered(disparities()[:, :1].copy(), -16, 2, 16),
    "speckles_varied": varied,
    "speckles_wide_range": lambda: filtered(noise(40, 50, dtype=np.int16), 5, 3, 9000),
    "speckles_buffer": lambda: buffered(1_000_000),
    "speckles_in_part": in_part,
    "validated": lambda: validated(disparities(), costs(), 0, 8),
    "validated_int32": lambda: validated(disparities(), costs(np.int32), 0, 8, 0),
    "validated_tolerant": lambda: validated(disparities(), costs(), 0, 8, disp12MaxDisp=3),
    "validated_negative": lambda: validated(disparities(1, -5, 3), costs(), -4, 7),
    "validated_all_outside": lambda: validated(disparities(), costs(), 0, 64),
    "validated_sixteenths": lambda: validated(
        (disparities(2, 0, 7) + disparities(3, 0, 2) // 3).astype(np.int16), costs(), 0, 8
    ),
}
ERRORS = {
    "speckles_floats": lambda: filtered(disparities().astype(np.float32), 0, 5, 16),
    "speckles_channels": lambda: filtered(photo(), 0, 5, 16),
    "speckles_missing": lambda: filtered(disparities(), 0, 5),
    "validated_floats": lambda: validated(disparities(), costs(np.float32), 0, 8),
    "validated_dtype": lambda: validated(disparities().astype(np.int32), costs(), 0, 8),
    "validated_sizes": lambda: validated(disparities(), costs()[1:], 0, 8),
    "validated_no_disparities": lambda: validated(disparities(), costs(), 0, 0),
}


@pytest.mark.parametrize("name", CASES)
def test_speckles(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_speckles_errors(name, parity):
    parity.raised(ERRORS[name])
