"""Contours, shapes and connected components."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import blobs, noise, photo, polygon

IMAGE = blobs()
SPECKLED = ((noise(90, 110) > 128) * 255).astype(np.uint8)


def contours(image=IMAGE, mode=cv2.RETR_LIST, method=cv2.CHAIN_APPROX_NONE):
    return cv2.findContours(image, mode, method)[0]


def largest():
    return max(contours(), key=len)


POINTS = noise(40, 2, dtype=np.float32) * 50
BOX_A, BOX_B = ((20.0, 20.0), (20.0, 10.0), 30.0), ((25.0, 22.0), (18.0, 14.0), -10.0)
SQUARE = np.array([[0, 0], [20, 0], [20, 20], [0, 20]], np.float32)

CASES = {
    **{
        f"findContours_{mode}_{method}": lambda mode=mode, method=method: cv2.findContours(
            IMAGE, getattr(cv2, f"RETR_{mode}"), getattr(cv2, f"CHAIN_APPROX_{method}")
        )
        for mode in ("EXTERNAL", "LIST", "CCOMP", "TREE")
        for method in ("NONE", "SIMPLE", "TC89_L1")
    },
    "findContours_offset": lambda: cv2.findContours(IMAGE, 0, 2, offset=(100, -5)),
    "findContours_none": lambda: cv2.findContours(np.zeros((9, 9), np.uint8), 0, 2),
    "findContours_thousand": lambda: cv2.findContours(SPECKLED, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE),
    "findContours_labels": lambda: cv2.findContours(
        cv2.connectedComponents(IMAGE)[1], cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE
    ),
    "findContoursLinkRuns": lambda: cv2.findContoursLinkRuns(IMAGE),
    "contourArea": lambda: [cv2.contourArea(c) for c in contours()],
    "contourArea_oriented": lambda: cv2.contourArea(polygon()[::-1].copy(), oriented=True),
    "contourArea_float_points": lambda: cv2.contourArea(POINTS),
    "arcLength": lambda: [cv2.arcLength(polygon(), True), cv2.arcLength(polygon(), closed=False)],
    "boundingRect": lambda: [cv2.boundingRect(c) for c in contours()],
    "boundingRect_mask": lambda: cv2.boundingRect(IMAGE),
    "boundingRect_float": lambda: cv2.boundingRect(POINTS),
    "approxPolyDP": lambda: cv2.approxPolyDP(largest(), 3.5, True),
    "approxPolyN": lambda: cv2.approxPolyN(polygon(), 5),
    "convexHull": lambda: cv2.convexHull(polygon()),
    "convexHull_indices": lambda: cv2.convexHull(polygon(), clockwise=True, returnPoints=False),
    "convexityDefects": lambda: cv2.convexityDefects(
        polygon(), cv2.convexHull(polygon(), returnPoints=False)
    ),
    "isContourConvex": lambda: [
        cv2.isContourConvex(polygon()),
        cv2.isContourConvex(cv2.convexHull(polygon())),
    ],
    "minAreaRect": lambda: [cv2.minAreaRect(c) for c in contours()],
    "boxPoints": lambda: cv2.boxPoints(BOX_A),
    "boxPoints_of_minAreaRect": lambda: cv2.boxPoints(cv2.minAreaRect(polygon())),
    "minEnclosingCircle": lambda: [cv2.minEnclosingCircle(c) for c in contours()],
    "minEnclosingTriangle": lambda: cv2.minEnclosingTriangle(polygon()),
    "fitEllipse": lambda: cv2.fitEllipse(largest()),
    "fitEllipseAMS": lambda: cv2.fitEllipseAMS(largest()),
    "fitEllipseDirect": lambda: cv2.fitEllipseDirect(largest()),
    "fitLine": lambda: cv2.fitLine(polygon(), cv2.DIST_L2, 0, 0.01, 0.01),
    "moments": lambda: cv2.moments(polygon()),
    "moments_image": lambda: cv2.moments(IMAGE, binaryImage=True),
    "HuMoments": lambda: cv2.HuMoments(cv2.moments(polygon())),
    "matchShapes": lambda: cv2.matchShapes(polygon(), largest(), cv2.CONTOURS_MATCH_I1, 0),
    "pointPolygonTest": lambda: [
        cv2.pointPolygonTest(polygon(), (40.5, 30), True),
        cv2.pointPolygonTest(polygon(), (0, 0), False),
    ],
    "rotatedRectangleIntersection": lambda: cv2.rotatedRectangleIntersection(BOX_A, BOX_B),
    "intersectConvexConvex": lambda: cv2.intersectConvexConvex(SQUARE, SQUARE + np.float32(5.5)),
    "connectedComponents": lambda: cv2.connectedComponents(IMAGE),
    "connectedComponents_four": lambda: cv2.connectedComponents(SPECKLED, connectivity=4, ltype=cv2.CV_16U),
    "connectedComponentsWithStats": lambda: cv2.connectedComponentsWithStats(SPECKLED, connectivity=8),
    "floodFill": lambda: cv2.floodFill(photo(), None, (40, 30), (255, 0, 9), (20, 20, 20), (20, 20, 20)),
    "floodFill_mask": lambda: cv2.floodFill(
        IMAGE.copy(), np.zeros((122, 162), np.uint8), (0, 0), 100, flags=4 | (255 << 8)
    ),
    "watershed": lambda: cv2.watershed(photo(), cv2.connectedComponents(blobs(61, 83))[1]),
    "ellipse2Poly": lambda: cv2.ellipse2Poly((50, 40), (30, 20), 15, 0, 270, 20),
}


@pytest.mark.parametrize("case", CASES)
def test_contours(case, parity):
    parity(CASES[case]())


def test_more_contours_than_javascript_takes_arguments(parity):
    dots = np.zeros((540, 540), np.uint8)
    dots[::2, ::2] = 255
    found, _ = cv2.findContours(dots, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    drawn = cv2.drawContours(np.zeros_like(dots), found, -1, 255)
    assert len(found) == 270 * 270
    assert np.array_equal(drawn, dots)
    parity(np.concatenate(found))


def test_sign_of_a_zero_distance(parity):
    distance = cv2.pointPolygonTest(polygon(), tuple(map(float, polygon()[0, 0])), True)
    parity([distance, bool(np.signbit(distance))])
