"""Optical flow, moving objects, and images registered."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo

SCENE = cv2.GaussianBlur(noise(100, 130), (0, 0), 2)
FIRST = SCENE[10:90, 10:110].copy()
MOTION = np.float32([[1.01, 0.01, 2.3], [-0.01, 1, -1.6]])
SECOND = cv2.warpAffine(SCENE, MOTION, (130, 100))[10:90, 10:110].copy()
POINTS = np.float32([[[30, 30]], [[60, 40]], [[75, 60]], [[20, 55]]])
COLOURS = [np.dstack([FIRST] * 3), np.dstack([SECOND] * 3)]


def changed(instance, **values):
    for name, value in values.items():
        getattr(instance, f"set{name}")(value)
    return instance


def refined(**values):
    flow = cv2.DISOpticalFlow_create(0).calc(FIRST, SECOND, None)
    return changed(cv2.VariationalRefinement_create(), **values).calc(FIRST, SECOND, flow)


def refined_in_two():
    zeros = np.zeros(FIRST.shape, np.float32)
    u, v = zeros.copy(), zeros.copy()
    returned = cv2.VariationalRefinement_create().calcUV(FIRST, SECOND, u, v)
    return returned, u, v


def given():
    flow = np.zeros((*FIRST.shape, 2), np.float32)
    result = cv2.FarnebackOpticalFlow_create().calc(FIRST, SECOND, flow)
    return result, result is flow


def followed(**values):
    return changed(cv2.SparsePyrLKOpticalFlow_create(), **values).calc(FIRST, SECOND, POINTS, None)


def followed_from_a_guess():
    flow = cv2.SparsePyrLKOpticalFlow_create(flags=cv2.OPTFLOW_USE_INITIAL_FLOW)
    return flow.calc(FIRST, SECOND, POINTS, POINTS + np.float32([2, -2]))


def frames(count=8):
    images = []
    for index in range(count):
        image = photo(60, 80, 1)
        image[20:35, 5 + 8 * index : 20 + 8 * index] = 250
        images.append(image)
    return images


def subtracted(*args, rate=-1, colour=False, **values):
    """KNN draws which samples it keeps: with all of them kept, it is certain."""
    subtractor = changed(cv2.createBackgroundSubtractorKNN(*args), **values)
    return [subtractor.apply(np.dstack([f] * 3) if colour else f, learningRate=rate) for f in frames()]


def background():
    subtractor = cv2.createBackgroundSubtractorKNN(detectShadows=False)
    for frame in frames():
        subtractor.apply(np.dstack([frame] * 3))
    return subtractor.getBackgroundImage()


def ecc(**values):
    parameters = cv2.ECCParameters()
    for name, value in values.items():
        setattr(parameters, name, value)
    return parameters


FLOATS = [image.astype(np.float32) for image in (FIRST, SECOND)]
MASK = np.full(FIRST.shape, 255, np.uint8)
MASK[:20, :20] = 0
AFFINE = np.eye(2, 3, dtype=np.float32)
STOP = (3, 40, 1e-6)
CASES = {
    "DIS_fast": lambda: cv2.DISOpticalFlow_create().calc(FIRST, SECOND, None),
    "DIS_ultrafast": lambda: cv2.DISOpticalFlow_create(0).calc(FIRST, SECOND, None),
    "DIS_medium": lambda: cv2.DISOpticalFlow_create(2).calc(FIRST, SECOND, None),
    "DIS_refined": lambda: changed(
        cv2.DISOpticalFlow_create(1), VariationalRefinementIterations=5, UseSpatialPropagation=False
    ).calc(FIRST, SECOND, None),
    "Farneback": lambda: cv2.FarnebackOpticalFlow_create().calc(FIRST, SECOND, None),
    "Farneback_gaussian": lambda: cv2.FarnebackOpticalFlow_create(
        3, winSize=15, flags=cv2.OPTFLOW_FARNEBACK_GAUSSIAN
    ).calc(FIRST, SECOND, None),
    "Farneback_fast": lambda: cv2.FarnebackOpticalFlow_create(3, fastPyramids=True).calc(FIRST, SECOND, None),
    "Farneback_given": lambda: given(),
    "VariationalRefinement": lambda: refined(),
    "VariationalRefinement_set": lambda: refined(SorIterations=9, Alpha=10.0),
    "calcUV": lambda: refined_in_two(),
    "SparsePyrLK": lambda: followed(),
    "SparsePyrLK_set": lambda: followed(WinSize=(11, 15), MaxLevel=1, TermCriteria=(3, 5, 0.1)),
    "SparsePyrLK_guess": lambda: followed_from_a_guess(),
    "KNN": lambda: subtracted(),
    "KNN_no_shadows": lambda: subtracted(50, 200.0, False),
    "KNN_rate": lambda: subtracted(rate=1),
    "KNN_colour": lambda: subtracted(colour=True, ShadowValue=99),
    "KNN_background": lambda: background(),
    "findTransformECCWithMask": lambda: cv2.findTransformECCWithMask(*FLOATS, MASK, MASK, AFFINE.copy()),
    "findTransformECCWithMask_homography": lambda: cv2.findTransformECCWithMask(
        *FLOATS, MASK, None, np.eye(3, dtype=np.float32), cv2.MOTION_HOMOGRAPHY, STOP, 3
    ),
    "findTransformECCMultiScale": lambda: cv2.findTransformECCMultiScale(*FLOATS, AFFINE.copy()),
    "findTransformECCMultiScale_set": lambda: cv2.findTransformECCMultiScale(
        *FLOATS, AFFINE.copy(), ecc(nlevels=2, motionType=cv2.MOTION_AFFINE, criteria=STOP), MASK
    ),
}
ERRORS = {
    "sizes": lambda: cv2.DISOpticalFlow_create().calc(FIRST, SECOND[:30], None),
    "colours": lambda: cv2.DISOpticalFlow_create().calc(*COLOURS, None),
    "farneback_colours": lambda: cv2.FarnebackOpticalFlow_create().calc(*COLOURS, None),
    "flow": lambda: cv2.VariationalRefinement_create().calc(FIRST, SECOND, np.zeros((3, 3), np.float32)),
    "criteria": lambda: cv2.SparsePyrLKOpticalFlow_create().setTermCriteria((1, 2)),
    "missing": lambda: cv2.DISOpticalFlow_create().calc(FIRST, SECOND),
    "ecc_matrix": lambda: cv2.findTransformECCWithMask(*FLOATS, MASK, MASK, np.eye(4, dtype=np.float32)),
    "knn_depth": lambda: cv2.createBackgroundSubtractorKNN().apply("x"),
}


@pytest.mark.parametrize("case", CASES)
def test_motion(case, parity):
    parity(CASES[case]())


@pytest.mark.parametrize("case", ERRORS)
def test_bad_input(case, parity):
    parity.raised(ERRORS[case])
