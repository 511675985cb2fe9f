"""Edge-aware smoothing and what is made of it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo

IMAGE = photo(120, 160)
GREY = IMAGE[..., 0].copy()
WHY = "powers and colours in float32 are a last bit apart, which may turn a rounding"


def into():
    dst = np.zeros_like(IMAGE)
    result = cv2.detailEnhance(IMAGE, dst)
    return result, result is dst


CASES = {
    "recursive": lambda: cv2.edgePreservingFilter(IMAGE),
    "recursive_keywords": lambda: cv2.edgePreservingFilter(IMAGE, flags=1, sigma_s=20, sigma_r=0.2),
    "recursive_grey": lambda: cv2.edgePreservingFilter(GREY, sigma_s=30, sigma_r=0.6),
    "normalised": lambda: cv2.edgePreservingFilter(IMAGE, flags=cv2.NORMCONV_FILTER),
    "normalised_strong": lambda: cv2.edgePreservingFilter(IMAGE, None, cv2.NORMCONV_FILTER, 90, 0.7),
    "normalised_small": lambda: cv2.edgePreservingFilter(noise(30, 41, 3), None, cv2.NORMCONV_FILTER, 5, 0.2),
    "neither": lambda: cv2.edgePreservingFilter(IMAGE, flags=7),
    "float": lambda: cv2.edgePreservingFilter(IMAGE.astype(np.float32)),
    "detail": lambda: cv2.detailEnhance(IMAGE),
    "detail_keywords": lambda: cv2.detailEnhance(IMAGE, sigma_s=40, sigma_r=0.4),
    "detail_noise": lambda: cv2.detailEnhance(noise(50, 40, 3)),
    "detail_alpha": lambda: cv2.detailEnhance(noise(50, 40, 4)),
    "detail_dst": into,
    "stylization": lambda: cv2.stylization(IMAGE),
    "stylization_noise": lambda: cv2.stylization(noise(60, 50, 3), sigma_s=10, sigma_r=0.1),
    "pencil": lambda: cv2.pencilSketch(IMAGE),
    "pencil_keywords": lambda: cv2.pencilSketch(IMAGE, sigma_s=20, sigma_r=0.1, shade_factor=0.03),
    "pencil_flat": lambda: cv2.pencilSketch(np.full((30, 40, 3), 90, np.uint8)),
}
ERRORS = {
    "edges_of_nothing": lambda: cv2.edgePreservingFilter(None),
    "detail_of_nothing": lambda: cv2.detailEnhance(None),
    "stylized_nothing": lambda: cv2.stylization(None),
    "pencil_of_nothing": lambda: cv2.pencilSketch(None),
    "text": lambda: cv2.detailEnhance("x"),
    "flags": lambda: cv2.edgePreservingFilter(IMAGE, flags=1.5),
}


@pytest.mark.parametrize("name", CASES)
def test_npr(name, parity):
    differing = name.startswith(("recursive", "detail"))
    parity(CASES[name](), levels=int(differing), because=WHY if differing else "")


@pytest.mark.parametrize("name", ERRORS)
def test_npr_errors(name, parity):
    parity.raised(ERRORS[name])


@pytest.mark.parametrize("function", ["detailEnhance", "pencilSketch"])
def test_npr_of_grey_raises(function):
    # The rest of the message is the compiler's name of a template.
    with pytest.raises(cv2.error, match="Invalid number of channels in input image"):
        getattr(cv2, function)(GREY)
