"""Contrast, backgrounds, tracking, selection, robust estimation."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import blobs, noise, photo

GREY = photo(120, 160, 1)
IMAGE = photo(60, 80)
SOURCE = noise(20, 2, dtype=np.float32) * 100
TARGET = (SOURCE @ np.array([[1.1, 0.1], [-0.1, 0.9]], np.float32) + 5).astype(np.float32)
TARGET[::7] += 40


USAC = """
    confidence isParallel loIterations loMethod loSampleSize maxIterations neighborsSearch
    randomGeneratorState sampler score threshold final_polisher final_polisher_iterations
"""


def frames(count=6):
    images = []
    for index in range(count):
        image = photo(60, 80, 1)
        image[20:35, 5 + 8 * index : 20 + 8 * index] = 250
        images.append(image)
    return images


def subtracted(*args, rate=-1, colour=False, **kwargs):
    subtractor = cv2.createBackgroundSubtractorMOG2(*args, **kwargs)
    masks = [subtractor.apply(np.dstack([f, f, f]) if colour else f, learningRate=rate) for f in frames()]
    return masks, subtractor.getBackgroundImage()


def tracked():
    tracker = cv2.TrackerMIL_create()
    first, *rest = [np.dstack([frame] * 3) for frame in frames(4)]
    tracker.init(first, (3, 16, 20, 24))
    updates = [tracker.update(frame) for frame in rest]
    # The features are random, and drawn in another order: the box is near, as natively.
    return [
        (found, [*map(type, box)] == [int] * 4, abs(box[0] - 11 - 8 * i) < 6)
        for i, (found, box) in enumerate(updates)
    ]


def scissors(**canny):
    tool = cv2.segmentation.IntelligentScissorsMB()
    if canny:
        tool.setEdgeFeatureCannyParameters(**canny).setGradientMagnitudeMaxLimit(200)
    tool.applyImage(blobs())
    tool.buildMap((12, 40))
    return tool.getContour((60, 60)), tool.getContour((30, 20), backward=True)


def changed(instance, **values):
    for name, value in values.items():
        getattr(instance, f"set{name}")(value)
    return [getattr(instance, f"get{name}")() for name in values]


def usac(**changes):
    parameters = cv2.UsacParams()
    for name, value in changes.items():
        setattr(parameters, name, value)
    return parameters


def weighed():
    tool = cv2.segmentation.IntelligentScissorsMB()
    tool.setWeights(0.5, 0.3, 0.2).setEdgeFeatureZeroCrossingParameters(5.0)
    tool.applyImage(blobs())
    tool.buildMap((12, 40))
    return tool.getContour((60, 60))


def featured():
    tool = cv2.segmentation.IntelligentScissorsMB()
    edges = (blobs() == 0).astype(np.uint8)
    across, down = (cv2.Sobel(blobs(), cv2.CV_32F, *order) for order in ((1, 0), (0, 1)))
    tool.applyImageFeatures(edges, np.dstack([across, down]), cv2.magnitude(across, down) / 1500)
    tool.buildMap((12, 40))
    return tool.getContour((60, 60))


def tracker_parameters():
    changed = cv2.TrackerMIL.Params()
    changed.samplerInitInRadius, changed.samplerSearchWinSize, changed.samplerTrackInRadius = 1.1, 2.5, 3
    changed.samplerInitMaxNegNum, changed.samplerTrackMaxPosNum = 4, 5
    changed.samplerTrackMaxNegNum, changed.featureSetNumFeatures = 6, np.int32(7)
    names = [name for name in dir(changed) if name.startswith(("sampler", "feature"))]
    return [[getattr(each, name) for name in names] for each in (cv2.TrackerMIL_Params(), changed)]


CASES = {
    "scissors_weights": weighed,
    "scissors_features": featured,
    "tracker_parameters": tracker_parameters,
    "tracker_made": lambda: type(cv2.TrackerMIL_create(cv2.TrackerMIL_Params())).__name__,
    "clahe": lambda: cv2.createCLAHE().apply(GREY),
    "clahe_small": lambda: cv2.createCLAHE(clipLimit=2.0, tileGridSize=(4, 6)).apply(GREY),
    "clahe_16": lambda: cv2.createCLAHE(3).apply(GREY.astype(np.uint16) * 200),
    "clahe_dst": lambda: cv2.createCLAHE(2, (3, 3)).apply(GREY, np.empty_like(GREY)),
    "clahe_view": lambda: cv2.createCLAHE(2).apply(GREY[::2, 10:90]),
    "clahe_set": lambda: changed(cv2.createCLAHE(), ClipLimit=7.5, TilesGridSize=(3, 5)),
    "clahe_collected": lambda: cv2.createCLAHE().collectGarbage(),
    "background": lambda: subtracted(),
    "background_colour": lambda: subtracted(50, 20, False, colour=True),
    "background_rate": lambda: subtracted(varThreshold=30, rate=0.2),
    "tracked": tracked,
    "scissors": scissors,
    "scissors_canny": lambda: scissors(threshold1=30, threshold2=90, apertureSize=3, L2gradient=True),
    "usac": lambda: [getattr(cv2.UsacParams(), name) for name in USAC.split()],
    "usac_homography": lambda: cv2.findHomography(SOURCE, TARGET, usac(threshold=2.0)),
    "usac_affine": lambda: cv2.estimateAffine2D(SOURCE, TARGET, params=usac(threshold=1.0)),
    "kinds": lambda: [
        isinstance(cv2.createCLAHE(), cv2.Algorithm),
        isinstance(cv2.TrackerMIL_create(), cv2.Tracker),
        repr(cv2.createBackgroundSubtractorMOG2()).rpartition(" ")[0],
        cv2.segmentation_IntelligentScissorsMB is cv2.segmentation.IntelligentScissorsMB,
    ],
}


@pytest.mark.parametrize("case", CASES)
def test_photo(case, parity):
    parity(CASES[case]())


ERRORS = {
    "clahe_many": lambda: cv2.createCLAHE(1, (2, 2), 3),
    "clahe_type": lambda: cv2.createCLAHE(clipLimit="a"),
    "clahe_grid": lambda: cv2.createCLAHE(1, 2),
    "clahe_image": lambda: cv2.createCLAHE().apply(IMAGE),
    "clahe_missing": lambda: cv2.createCLAHE().apply(),
    "background_type": lambda: cv2.createBackgroundSubtractorMOG2("a"),
    "scissors_map": lambda: cv2.segmentation.IntelligentScissorsMB().buildMap((1, 2)),
    "scissors_missing": lambda: cv2.segmentation.IntelligentScissorsMB().buildMap(),
    "usac_value": lambda: usac(threshold="a"),
    "usac_type": lambda: cv2.findHomography(SOURCE, TARGET, 3.5),
    "tracker_type": lambda: cv2.TrackerMIL_create(3),
    "tracker_parameters_many": lambda: cv2.TrackerMIL_Params(1),
    "tracker_parameters_name": lambda: cv2.TrackerMIL_Params().foo,
    "tracker_box": lambda: cv2.TrackerMIL_create().init(IMAGE, (1, 2, 3)),
}


@pytest.mark.parametrize("case", ERRORS)
def test_photo_errors(case, parity):
    parity.raised(ERRORS[case])
