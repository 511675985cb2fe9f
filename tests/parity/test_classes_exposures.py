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


def changed(instance, **values):
    """What its getters say of values that it was given."""
    for name, value in values.items():
        getattr(instance, f"set{name}")(value)
    return [getattr(instance, f"get{name}")() for name in values]


def calibrated():
    calibrate = cv2.createCalibrateRobertson(4)
    return calibrate.process(exposures(), TIMES), calibrate.getRadiance()


RESPONSE = np.exp(np.linspace(-4, 2, 256 * 3)).astype(np.float32).reshape(256, 1, 3)
CASES = {
    "shift": lambda: [
        cv2.createAlignMTB().calculateShift(exposures(n)[0][..., 0].copy(), exposures(n)[1][..., 0].copy())
        for n in (0, 2, 3)
    ],
    "shiftMat": lambda: cv2.createAlignMTB().shiftMat(photo(20, 30), (3, -2)),
    "aligned": lambda: aligned(cv2.createAlignMTB()),
    "bitmaps": lambda: cv2.createAlignMTB().computeBitmaps(photo(20, 30, 1)),
    "debevec_response": lambda: cv2.createCalibrateDebevec().process(exposures(), TIMES),
    "debevec_given_response": lambda: cv2.createMergeDebevec().process(exposures(), TIMES, RESPONSE),
    "robertson_response": calibrated,
    "debevec": lambda: cv2.createMergeDebevec().process(exposures(), TIMES),
    "robertson": lambda: cv2.createMergeRobertson().process(exposures(), TIMES),
    "mertens": lambda: cv2.createMergeMertens().process(exposures()),
    "mertens_weights": lambda: cv2.createMergeMertens(0.5, 0.25, 1).process(exposures()),
    "drago": lambda: toned(cv2.createTonemapDrago(1.5, 0.8, 0.75)),
    "mantiuk": lambda: toned(cv2.createTonemapMantiuk(1.5, 0.7, 1.25)),
    "reinhard": lambda: toned(cv2.createTonemapReinhard(1.5, 0.5, 0.25, 0.75)),
    "drago_set": lambda: changed(cv2.createTonemapDrago(), Gamma=1.5, Bias=0.7, Saturation=1.2),
    "mantiuk_set": lambda: changed(cv2.createTonemapMantiuk(), Gamma=1.5, Scale=0.6, Saturation=1.2),
    "reinhard_set": lambda: changed(
        cv2.createTonemapReinhard(), Intensity=0.5, LightAdaptation=0.3, ColorAdaptation=0.1
    ),
    "mertens_set": lambda: changed(
        cv2.createMergeMertens(), ContrastWeight=0.5, SaturationWeight=0.25, ExposureWeight=0.75
    ),
    "debevec_set": lambda: changed(cv2.createCalibrateDebevec(), Lambda=5.5, Samples=20, Random=True),
    "robertson_set": lambda: changed(cv2.createCalibrateRobertson(), MaxIter=5, Threshold=0.25),
    "align_set": lambda: changed(cv2.createAlignMTB(), MaxBits=3, ExcludeRange=7, Cut=False),
    "kinds": lambda: [
        isinstance(cv2.createTonemapDrago(), cv2.Tonemap),
        isinstance(cv2.createMergeMertens(), cv2.MergeExposures),
    ],
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
