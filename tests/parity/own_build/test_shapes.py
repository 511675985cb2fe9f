"""Lines, shapes that are looked for, and measures of distributions."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo, polygon


def shape(size=40):
    image = np.zeros((size, size), np.uint8)
    cv2.rectangle(image, (8, 10), (30, 26), 255, 2)
    cv2.line(image, (8, 26), (20, 35), 255, 2)
    return image


def scene():
    image = np.zeros((120, 160), np.uint8)
    image[40:80, 60:100] |= shape()
    image[70:110, 10:50] |= shape()
    cv2.circle(image, (130, 30), 15, 255, 2)
    return image


def detected(hough, **settings):
    """By place: what has as many votes comes in no order of its own."""
    for name, value in settings.items():
        getattr(hough, f"set{name}")(value)
    hough.setTemplate(shape())
    positions, votes = hough.detect(scene())
    if positions is None:
        return positions, votes
    order = np.lexsort(positions[0].T)
    return positions[0, order], votes[0, order]


def from_edges():
    hough = cv2.createGeneralizedHoughBallard()
    hough.setVotesThreshold(60)
    hough.setMinDist(20)

    def gradients(image):
        edges = cv2.Canny(image, 50, 100)
        return edges, cv2.Sobel(image, cv2.CV_32F, 1, 0), cv2.Sobel(image, cv2.CV_32F, 0, 1)

    hough.setTemplate(*gradients(shape()), (20, 20))
    return hough.detect(*gradients(scene()))


def segments(*args, image=None, **kwargs):
    image = cv2.GaussianBlur(scene(), (3, 3), 0) if image is None else image
    return cv2.createLineSegmentDetector(*args, **kwargs).detect(image)


def drawn():
    detector = cv2.createLineSegmentDetector()
    lines = detector.detect(scene())[0]
    image = np.dstack([scene()] * 3)
    other = np.zeros((120, 160, 3), np.uint8)
    drawn_image = detector.drawSegments(image, lines)
    return drawn_image, detector.compareSegments((160, 120), lines, lines[:3], other)


def circles():
    image = np.zeros((100, 140), np.uint8)
    cv2.circle(image, (50, 50), 20, 255, 2)
    cv2.circle(image, (105, 40), 14, 255, 2)
    return cv2.HoughCirclesWithAccumulator(image, cv2.HOUGH_GRADIENT, 1, 20, param1=100, param2=15)


def tree():
    edges = []
    for source, target, weight in ((0, 1, 2.0), (1, 2, 1.0), (0, 2, 5.0), (2, 3, 1.5), (1, 3, 4.0)):
        edge = cv2.MSTEdge()
        edge.source, edge.target, edge.weight = source, target, weight
        edges.append(edge)
    return [
        (done, [(edge.source, edge.target, edge.weight) for edge in found])
        for done, found in (cv2.buildMST(4, edges, kind) for kind in (cv2.MST_PRIM, cv2.MST_KRUSKAL))
    ]


SIGNATURE = np.array([[0.4, 0, 0], [0.3, 1, 0], [0.3, 2, 2]], np.float32)
OTHER = np.array([[0.5, 0, 1], [0.5, 3, 1]], np.float32)
COST = noise(3, 2, dtype=np.float32)


def denoised():
    observations = [photo(40, 50, 1, seed=seed) for seed in (1, 2, 3)]
    result = np.zeros((40, 50), np.uint8)
    returned = cv2.denoise_TVL1(observations, result, 1.0, 10)
    return returned, result


CASES = {
    "Ballard": lambda: detected(cv2.createGeneralizedHoughBallard(), VotesThreshold=60, MinDist=20),
    "Ballard_levels": lambda: detected(
        cv2.createGeneralizedHoughBallard(), VotesThreshold=60, Levels=90, MinDist=30
    ),
    "Ballard_nothing": lambda: detected(cv2.createGeneralizedHoughBallard(), VotesThreshold=5000),
    "Ballard_edges": lambda: from_edges(),
    "drawSegments": lambda: drawn(),
    "HoughCirclesWithAccumulator": lambda: circles(),
    "minEnclosingConvexPolygon": lambda: cv2.minEnclosingConvexPolygon(polygon().astype(np.float32), 4),
    "eigenNonSymmetric": lambda: cv2.eigenNonSymmetric(np.array([[2.0, 1, 0], [0.5, 3, 1], [0, 0.2, 5]])),
    "eigenNonSymmetric_float": lambda: cv2.eigenNonSymmetric(np.float32([[2, 1], [0.5, 3]])),
    "buildMST": lambda: tree(),
    "EMD": lambda: cv2.EMD(SIGNATURE, OTHER, cv2.DIST_L2),
    "EMD_l1": lambda: cv2.EMD(SIGNATURE, OTHER, cv2.DIST_L1, None),
    "EMD_cost": lambda: cv2.EMD(SIGNATURE, OTHER, cv2.DIST_USER, COST),
    "EMD_bound": lambda: cv2.EMD(SIGNATURE, OTHER, cv2.DIST_L2, lowerBound=0.0),
    "EMD_high_bound": lambda: cv2.EMD(SIGNATURE, OTHER, cv2.DIST_L2, None, 100.0),
    "denoise_TVL1": lambda: denoised(),
}
ERRORS = {
    "template": lambda: cv2.createGeneralizedHoughBallard().setTemplate(np.zeros((4, 4), np.float32)),
    "no_template": lambda: cv2.createGeneralizedHoughBallard().detect(scene()),
    "lsd_colour": lambda: cv2.createLineSegmentDetector().detect(photo()),
    "lsd_scale": lambda: cv2.createLineSegmentDetector(scale=-1),
    # Natively it can't make an array of anything but what is given in floats.
    "minEnclosingConvexPolygon": lambda: cv2.minEnclosingConvexPolygon(polygon(), 4),
    "polygon": lambda: cv2.minEnclosingConvexPolygon(polygon(), 2),
    "eigen": lambda: cv2.eigenNonSymmetric(np.zeros((2, 3))),
    "emd_weights": lambda: cv2.EMD(-SIGNATURE, OTHER, cv2.DIST_L2),
    "emd_bound": lambda: cv2.EMD(SIGNATURE, OTHER, cv2.DIST_L2, None, "x"),
    "edges": lambda: cv2.buildMST(3, [1], 0),
    "denoise": lambda: cv2.denoise_TVL1([photo()], np.zeros((4, 4), np.uint8)),
}


SEGMENTS = {
    "LineSegmentDetector": lambda: segments(),
    "LineSegmentDetector_none": lambda: segments(cv2.LSD_REFINE_NONE, scale=0.5),
    "LineSegmentDetector_photo": lambda: segments(image=cv2.GaussianBlur(photo(90, 120, 1), (5, 5), 0)),
    "LineSegmentDetector_nothing": lambda: segments(image=np.zeros((40, 40), np.uint8)),
}
WIDE = "a line's width and ends hang on angles, which native's SIMD has in fewer digits"


@pytest.mark.parametrize("case", SEGMENTS)
def test_segments(case, parity):
    parity(SEGMENTS[case](), relative=2e-3, because=WIDE)


@pytest.mark.parametrize("case", CASES)
def test_shapes(case, parity):
    parity(CASES[case](), own_build="its SIMD places the pixels of slanted lines a last bit apart")


@pytest.mark.parametrize("case", ERRORS)
def test_bad_input(case, parity):
    parity.raised(ERRORS[case])
