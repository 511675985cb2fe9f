"""Corners: where exactly they are, and the gradients around a pixel."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo

GREY = cv2.GaussianBlur(photo(120, 160)[:, :, 0].copy(), (0, 0), 1.5)
UNTIL = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 30, 0.01)


def board():
    """A slanted chessboard, and its corners to within two pixels."""
    squares = np.kron(np.indices((7, 9)).sum(0) % 2, np.ones((16, 16))).astype(np.uint8) * 200 + 20
    slant = np.array([[1, 0.1, 3], [-0.08, 1.05, 14]])
    image = cv2.warpAffine(squares, slant, (170, 130), flags=cv2.INTER_LINEAR)
    grid = np.mgrid[1:9, 1:7].reshape(2, -1).T * 16.0
    corners = grid @ slant[:, :2].T + slant[:, 2]
    corners += np.random.default_rng(3).integers(-16, 17, corners.shape) / 8
    return image, corners.reshape(-1, 1, 2).astype(np.float32)


def refined(window=(5, 5), zero=(-1, -1), criteria=UNTIL, change=lambda image: image):
    image, corners = board()
    result = cv2.cornerSubPix(change(image), corners, window, zero, criteria)
    return result, result is corners


def at(points, image=GREY, window=(4, 4), criteria=UNTIL):
    return cv2.cornerSubPix(image, np.array(points, np.float32), window, (-1, -1), criteria)


def before_the_error():
    image, corners = board()
    corners[30] = -1
    with pytest.raises(cv2.error):
        cv2.cornerSubPix(image, corners, (5, 5), (-1, -1), UNTIL)
    return corners


CASES = {
    "board": refined,
    "wide_window": lambda: refined((9, 4)),
    "zero_zone": lambda: refined((6, 6), (1, 2)),
    "zero_zone_too_large": lambda: refined((3, 3), (3, 3)),
    "one_step": lambda: refined(criteria=(cv2.TERM_CRITERIA_COUNT, 1, 0)),
    "until_still": lambda: refined(criteria=(cv2.TERM_CRITERIA_EPS, 0, 0.001)),
    "no_criteria": lambda: refined(criteria=(0, 0, 0)),
    "negative_criteria": lambda: refined(criteria=(3, -4, -1)),
    "float": lambda: refined(change=lambda image: image.astype(np.float32) / 255),
    "one_channel": lambda: refined(change=lambda image: image[:, :, np.newaxis]),
    "whole_pixels": lambda: at([[40, 30], [50, 60], [80, 33]]),
    "at_the_border": lambda: at([[0, 0], [159, 119], [0.5, 60], [158.75, 3], [80, 119], [2, 117.5]]),
    "flat": lambda: at([[20, 20]], np.full((40, 40), 7, np.uint8)),
    "row_of_points": lambda: at([[[40, 30], [50, 60]]]),
    "before_the_error": before_the_error,
    "eigen": lambda: cv2.cornerEigenValsAndVecs(GREY, 3, 3),
    "eigen_block": lambda: cv2.cornerEigenValsAndVecs(noise(40, 50), 5, 7, borderType=cv2.BORDER_REPLICATE),
    "eigen_scharr": lambda: cv2.cornerEigenValsAndVecs(noise(40, 50), 4, -1),
    "eigen_float": lambda: cv2.cornerEigenValsAndVecs(noise(40, 50, dtype=np.float32), 3, 5),
    "eigen_flat": lambda: cv2.cornerEigenValsAndVecs(np.full((20, 30), 9, np.uint8), 3, 3),
}
ERRORS = {
    "no_image": lambda: cv2.cornerSubPix(None, np.zeros((4, 2), np.float32), (3, 3), (-1, -1), (3, 9, 0.1)),
    "eigen_no_image": lambda: cv2.cornerEigenValsAndVecs(None, 3, 3),
    "double": lambda: cv2.cornerSubPix(GREY, np.zeros((2, 2)), (4, 4), (-1, -1), UNTIL),
    "three_coordinates": lambda: at(np.zeros((2, 3))),
    "matrix_of_points": lambda: at(np.zeros((2, 3, 2))),
    "list": lambda: cv2.cornerSubPix(GREY, [(4, 4)], (4, 4), (-1, -1), UNTIL),
    "view": lambda: cv2.cornerSubPix(GREY, np.zeros((9, 4), np.float32)[:, :2], (4, 4), (-1, -1), UNTIL),
    "outside": lambda: at([[40, 30], [160, 3]]),
    "nan": lambda: at([[np.nan, 3]]),
    "window": lambda: at([[40, 30]], window=(0, 3)),
    "window_too_large": lambda: at([[40, 30]], window=(80, 3)),
    "colour": lambda: at([[40, 30]], photo()),
    "image_double": lambda: at([[40, 30]], GREY.astype(np.float64)),
    "none": lambda: cv2.cornerSubPix(GREY, None, (4, 4), (-1, -1), UNTIL),
    "eigen_colour": lambda: cv2.cornerEigenValsAndVecs(photo(), 3, 3),
    "eigen_depth": lambda: cv2.cornerEigenValsAndVecs(GREY.astype(np.int16), 3, 3),
    "eigen_block": lambda: cv2.cornerEigenValsAndVecs(GREY, 0, 3),
    "eigen_aperture": lambda: cv2.cornerEigenValsAndVecs(GREY, 3, 4),
}


@pytest.mark.parametrize("name", CASES)
def test_corners(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_corners_errors(name, parity):
    parity.raised(ERRORS[name])
