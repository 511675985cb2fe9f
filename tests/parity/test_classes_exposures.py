"""Exposures aligned, calibrated, merged and mapped to tones."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo

TIMES = np.array([0.25, 0.5, 1.0], np.float32)


def exposures(shift=0):
    """One scene at three exposures, each moved by `shift` pixels more."""
    scene = photo(64, 80).astype(np.float64)
    images = [np.clip(scene * factor, 0, 255).astype(np.uint8) for factor in (0.45, 0.9, 1.7)]
    return [np.roll(image, (n * shift, -n * shift), (0, 1)) for n, image in enumerate(images)]


def radiance():
    # No pixel is the darkest in all channels: its luminance would be 0, and what is divided by it is lost.
    return noise(40, 50, 3, dtype=np.float32) ** 2 * 9 + np.float32(0.01)


def aligned(aligner):
    """Natively the images that it makes don't come back to Python, but for traces in what is given."""
    images = exposures(2)
    results = [np.zeros_like(image) for image in images]
    return aligner.process(images, results, TIMES, np.ones((256, 1, 3), np.float32))


def toned(tonemap):
    """Without the darkest of each channel: it may come out a last bit below 0, which has no power."""
    result = tonemap.process(radiance())
    return np.where(result > 1e-4, result, 0)


CASES = {
    "shift": lambda: [
        cv2.createAlignMTB().calculateShift(exposures(n)[0][..., 0].copy(), exposures(n)[1][..., 0].copy())
        for n in (0, 2, 3)
    ],
    "shiftMat": lambda: cv2.createAlignMTB().shiftMat(photo(20, 30), (3, -2)),
    "aligned": lambda: aligned(cv2.createAlignMTB()),
    "bitmaps": lambda: cv2.createAlignMTB().computeBitmaps(photo(20, 30, 1)),
    "debevec_response": lambda: cv2.createCalibrateDebevec().process(exposures(), TIMES),
    "robertson_response": lambda: cv2.createCalibrateRobertson(4).process(exposures(), TIMES),
    "debevec": lambda: cv2.createMergeDebevec().process(exposures(), TIMES),
    "robertson": lambda: cv2.createMergeRobertson().process(exposures(), TIMES),
    "mertens": lambda: cv2.createMergeMertens().process(exposures()),
    "mertens_weights": lambda: cv2.createMergeMertens(0.5, 0.25, 1).process(exposures()),
    "drago": lambda: toned(cv2.createTonemapDrago(1.5, 0.8, 0.75)),
    "mantiuk": lambda: toned(cv2.createTonemapMantiuk(1.5, 0.7, 1.25)),
    "reinhard": lambda: toned(cv2.createTonemapReinhard(1.5, 0.5, 0.25, 0.75)),
}
ERRORS = {
    "times": lambda: cv2.createMergeDebevec().process(exposures(), TIMES[:2]),
    "sizes": lambda: cv2.createMergeMertens().process([*exposures()[:2], photo(9, 9)]),
    "no_images": lambda: cv2.createMergeMertens().process([]),
    "tones_of_bytes": lambda: cv2.createTonemapDrago().process(photo()),
    "shift_of_colours": lambda: cv2.createAlignMTB().calculateShift(photo(), photo()),
}


#: The matrix of the default samples has a condition of 90,000.
LEAST_SQUARES = "ill-conditioned least squares in float32, which LAPACK solves natively"


@pytest.mark.parametrize("name", CASES)
def test_exposures(name, parity):
    if name == "debevec_response":
        parity(CASES[name](), relative=1e-2, because=LEAST_SQUARES)
    else:
        parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_exposures_errors(name, parity):
    parity.raised(ERRORS[name])
