"""Corners of chessboards and grids of circles."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

SIZE = (7, 5)


def board(columns=8, rows=6, square=24, border=30):
    image = np.full((rows * square + 2 * border, columns * square + 2 * border), 230, np.uint8)
    for row in range(rows):
        for column in range((row + 1) % 2, columns, 2):
            top, left = border + row * square, border + column * square
            image[top : top + square, left : left + square] = 25
    return image


PLAIN = board()
HEIGHT, WIDTH = PLAIN.shape
CORNERS = np.float32([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]])
SEEN = np.float32([[12, 25], [WIDTH - 8, 5], [WIDTH - 25, HEIGHT - 12], [22, HEIGHT - 4]])
TILTED = cv2.GaussianBlur(
    cv2.warpPerspective(PLAIN, cv2.getPerspectiveTransform(CORNERS, SEEN), (WIDTH, HEIGHT), borderValue=230),
    (5, 5),
    0,
)
COLOUR = np.dstack([TILTED, TILTED, TILTED])


def dots(asymmetric=False):
    image = np.full((220, 260), 255, np.uint8)
    for row in range(7 if asymmetric else 5):
        for column in range(4 if asymmetric else 6):
            x = 35 + (2 * column + row % 2) * 25 if asymmetric else 35 + column * 36
            y = 30 + row * (25 if asymmetric else 38)
            cv2.circle(image, (x, y), 9, 0, -1)
    return image


def drawn():
    image = COLOUR.copy()
    found, corners = cv2.findChessboardCorners(TILTED, SIZE)
    cv2.drawChessboardCorners(image, SIZE, corners, found)
    return image


def sharpness():
    _, corners = cv2.findChessboardCorners(TILTED, SIZE)
    return cv2.estimateChessboardSharpness(TILTED, SIZE, corners)


def by_quads():
    _, corners = cv2.findChessboardCorners(TILTED, SIZE, flags=0)
    return cv2.find4QuadCornerSubpix(TILTED, np.round(corners), (5, 5))


def detector(**values):
    parameters = cv2.SimpleBlobDetector_Params()
    for name, value in values.items():
        setattr(parameters, name, value)
    return cv2.SimpleBlobDetector_create(parameters)


def grid_with_parameters():
    parameters = cv2.CirclesGridFinderParameters()
    return cv2.findCirclesGrid(dots(), (6, 5), cv2.CALIB_CB_SYMMETRIC_GRID, detector(), parameters)


CASES = {
    "findChessboardCorners": lambda: cv2.findChessboardCorners(PLAIN, SIZE),
    "findChessboardCorners_tilted": lambda: cv2.findChessboardCorners(TILTED, SIZE),
    "findChessboardCorners_colour": lambda: cv2.findChessboardCorners(COLOUR, SIZE),
    "findChessboardCorners_fast": lambda: cv2.findChessboardCorners(
        TILTED, SIZE, flags=cv2.CALIB_CB_FAST_CHECK | cv2.CALIB_CB_ADAPTIVE_THRESH
    ),
    "findChessboardCorners_normalized": lambda: cv2.findChessboardCorners(
        TILTED, SIZE, None, cv2.CALIB_CB_NORMALIZE_IMAGE | cv2.CALIB_CB_FILTER_QUADS
    ),
    "findChessboardCorners_none": lambda: cv2.findChessboardCorners(np.full((90, 90), 9, np.uint8), SIZE),
    "findChessboardCorners_other_size": lambda: cv2.findChessboardCorners(PLAIN, (9, 6))[0],
    "findChessboardCornersSB": lambda: cv2.findChessboardCornersSB(PLAIN, SIZE),
    "findChessboardCornersSB_tilted": lambda: cv2.findChessboardCornersSB(TILTED, SIZE),
    "findChessboardCornersSB_exhaustive": lambda: cv2.findChessboardCornersSB(
        TILTED, SIZE, flags=cv2.CALIB_CB_EXHAUSTIVE | cv2.CALIB_CB_ACCURACY
    ),
    "findChessboardCornersSBWithMeta": lambda: cv2.findChessboardCornersSBWithMeta(
        TILTED, (5, 4), cv2.CALIB_CB_LARGER
    ),
    "findChessboardCornersSB_none": lambda: cv2.findChessboardCornersSB(np.zeros((90, 90), np.uint8), SIZE),
    "checkChessboard": lambda: (cv2.checkChessboard(PLAIN, SIZE), cv2.checkChessboard(dots(), SIZE)),
    "find4QuadCornerSubpix": lambda: by_quads(),
    "estimateChessboardSharpness": lambda: sharpness(),
    "drawChessboardCorners": lambda: drawn(),
    "findCirclesGrid": lambda: cv2.findCirclesGrid(dots(), (6, 5)),
    "findCirclesGrid_asymmetric": lambda: cv2.findCirclesGrid(
        dots(True), (4, 7), flags=cv2.CALIB_CB_ASYMMETRIC_GRID
    ),
    "findCirclesGrid_clustering": lambda: cv2.findCirclesGrid(
        dots(), (6, 5), None, cv2.CALIB_CB_SYMMETRIC_GRID | cv2.CALIB_CB_CLUSTERING, detector()
    ),
    "findCirclesGrid_detector": lambda: cv2.findCirclesGrid(
        dots(), (6, 5), flags=cv2.CALIB_CB_SYMMETRIC_GRID, blobDetector=detector(minArea=40)
    ),
    "findCirclesGrid_parameters": lambda: grid_with_parameters(),
    "findCirclesGrid_none": lambda: cv2.findCirclesGrid(np.full((90, 90), 255, np.uint8), (6, 5)),
}
ERRORS = {
    "small": lambda: cv2.findChessboardCorners(PLAIN, (2, 2)),
    "depth": lambda: cv2.findChessboardCorners(PLAIN.astype(np.float32), SIZE),
    "size": lambda: cv2.findChessboardCorners(PLAIN, (7, 5, 1)),
    "sb_size": lambda: cv2.findChessboardCornersSB(PLAIN, (1, 1)),
    "sharpness": lambda: cv2.estimateChessboardSharpness(PLAIN, SIZE, np.zeros((3, 1, 2), np.float32)),
    "check": lambda: cv2.checkChessboard(np.zeros((9, 9, 2), np.uint8), SIZE),
}


@pytest.mark.parametrize("case", CASES)
def test_corners(case, parity):
    parity(CASES[case](), own_build="its SIMD places the pixels of slanted lines a last bit apart")


@pytest.mark.parametrize("case", ERRORS)
def test_bad_input(case, parity):
    parity.raised(ERRORS[case])
