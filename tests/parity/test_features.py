"""Detection, matching, tracking, calibration."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import blobs, noise, photo

GREY = photo(channels=1)
EDGES = cv2.Canny(blobs(), 50, 150)
SOURCE = noise(12, 2, dtype=np.float32) * 100
AFFINE = np.array([[1.1, 0.1, 5], [-0.1, 0.9, -3]], np.float32)
MOVED = (SOURCE @ AFFINE[:, :2].T + AFFINE[:, 2]).astype(np.float32)
MOVED[0] += 30
OBJECT = np.array([[x, y, (x * y) % 3] for x in range(4) for y in range(4)], np.float64)
CAMERA = np.array([[500.0, 0, 320], [0, 500, 240], [0, 0, 1]])
ROTATION, TRANSLATION = np.array([[0.1], [-0.2], [0.3]]), np.array([[0.5], [-0.3], [12.0]])
STILL, NEXT = photo(80, 100, 1), np.roll(photo(80, 100, 1), (1, 2), (0, 1))
CRITERIA = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 10, 1.0)


def projected():
    return cv2.projectPoints(OBJECT, ROTATION, TRANSLATION, CAMERA, None)[0]


def flat():
    """A picture that is grey all over in one corner, and turned into its negative in another."""
    picture = photo(100, 120, 1)
    picture[:40, :60] = 128
    picture[-40:, -60:] = 255 - picture[-40:, -60:]
    return picture


TEMPLATES = {
    "present": GREY[10:30, 20:45],
    "negative": 255 - GREY[40:61, 20:45],
    "flat": np.full((9, 9), 7, np.uint8),
}
CASES = {
    "HoughLines": lambda: cv2.HoughLines(EDGES, 1, np.pi / 180, 40),
    "HoughLinesP": lambda: cv2.HoughLinesP(EDGES, 1, np.pi / 180, 30, minLineLength=20, maxLineGap=3),
    "HoughLines_nothing": lambda: cv2.HoughLines(np.zeros((20, 20), np.uint8), 1, np.pi / 180, 40),
    "HoughCircles": lambda: cv2.HoughCircles(
        blobs(), cv2.HOUGH_GRADIENT, 1, 30, param1=100, param2=15, minRadius=5, maxRadius=40
    ),
    "matchTemplate": lambda: [cv2.matchTemplate(GREY, GREY[10:30, 20:45].copy(), kind) for kind in range(6)],
    "matchTemplate_mask": lambda: cv2.matchTemplate(
        GREY, GREY[10:30, 20:45].copy(), cv2.TM_CCORR_NORMED, mask=blobs(20, 25)
    ),
    "findHomography": lambda: cv2.findHomography(SOURCE, MOVED),
    "findHomography_ransac": lambda: cv2.findHomography(SOURCE, MOVED, cv2.RANSAC, 2.0),
    "estimateAffine2D": lambda: cv2.estimateAffine2D(SOURCE, MOVED),
    "Rodrigues": lambda: cv2.Rodrigues(ROTATION),
    "projectPoints": lambda: cv2.projectPoints(OBJECT, ROTATION, TRANSLATION, CAMERA, np.zeros(5)),
    "solvePnP": lambda: cv2.solvePnP(OBJECT, projected(), CAMERA, None),
    "solvePnP_keyword": lambda: cv2.solvePnP(
        OBJECT, projected(), CAMERA, np.zeros(4), flags=cv2.SOLVEPNP_SQPNP
    ),
    "solvePnPRansac": lambda: cv2.solvePnPRansac(OBJECT, projected(), CAMERA, None),
    "solvePnPRefineLM": lambda: cv2.solvePnPRefineLM(
        OBJECT, projected(), CAMERA, None, ROTATION + 0.01, TRANSLATION - 0.02
    ),
    "drawFrameAxes": lambda: cv2.drawFrameAxes(
        photo(480, 640), CAMERA, None, ROTATION, TRANSLATION, 2.0, thickness=2
    ),
    "findTransformECC": lambda: cv2.findTransformECC(
        STILL, NEXT, np.eye(2, 3, dtype=np.float32), cv2.MOTION_TRANSLATION, CRITERIA, None, 5
    ),
    "getDefaultNewCameraMatrix": lambda: cv2.getDefaultNewCameraMatrix(CAMERA, (640, 480), True),
    "initUndistortRectifyMap": lambda: cv2.initUndistortRectifyMap(
        CAMERA, np.array([0.1, -0.05, 0, 0]), None, CAMERA, (32, 24), cv2.CV_32FC1
    ),
    "calcOpticalFlowPyrLK": lambda: cv2.calcOpticalFlowPyrLK(
        STILL, NEXT, np.array([[[30.0, 30]], [[50, 40]]], np.float32), None, winSize=(15, 15)
    ),
    "calcOpticalFlowFarneback": lambda: cv2.calcOpticalFlowFarneback(
        STILL, NEXT, None, 0.5, 2, 9, 2, 5, 1.1, 0
    ),
    "meanShift": lambda: cv2.meanShift(blobs(), (80, 10, 30, 30), CRITERIA),
    "CamShift": lambda: cv2.CamShift(blobs(), (80, 10, 30, 30), CRITERIA),
    "grabCut": lambda: cv2.grabCut(
        photo(), np.zeros((61, 83), np.uint8), (10, 10, 50, 40), None, None, 1, cv2.GC_INIT_WITH_RECT
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_features(case, parity):
    cv2.setRNGSeed(1)
    parity(CASES[case]())


@pytest.mark.parametrize("name", TEMPLATES)
def test_scores_of_flat_places(name, parity):
    scores = cv2.matchTemplate(flat(), TEMPLATES[name], cv2.TM_CCOEFF_NORMED)
    # Where a window is partly flat, a rounding error counts more the less of it is not.
    parity([scores[:19, :35], scores[40:]], relative=1e-4, because="a float32 Fourier transform rounds")
