"""Lens distortion: the plain camera model and the fisheye one."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import photo

K = np.array([[500.0, 0, 320], [0, 510, 240], [0, 0, 1]])
D = np.array([0.1, -0.05, 0.001, 0.002, 0.01])
D8 = np.array([0.1, -0.05, 0.001, 0.002, 0.01, 0.05, 0.02, 0.003])
D14 = np.concatenate([D8, [0.001, 0.002, -0.001, 0.003, 0.02, -0.03]])
STRONG = np.array([-0.6, 0.5, 0.01, -0.02, -0.3])
R = cv2.Rodrigues(np.array([0.05, -0.1, 0.02]))[0]
P = np.array([[400.0, 0, 310, 5], [0, 420, 230, 6], [0, 0, 1, 7]])
PIXELS = np.random.default_rng(0).random((40, 2)) * [640, 480]
MANY = (3, 50, 1e-10)

FISH_K = np.array([[300.0, 0, 320], [0, 310, 240], [0, 0, 1]])
FISH_D = np.array([0.1, -0.05, 0.001, 0.002])
FISH_PIXELS = PIXELS.reshape(-1, 1, 2)
OBJECT = np.random.default_rng(1).random((8, 1, 3))
SMALL_K = np.array([[30.0, 0, 40], [0, 31, 30], [0, 0, 1]])

undistort, optimal, fisheye = cv2.undistortPoints, cv2.getOptimalNewCameraMatrix, cv2.fisheye
new_matrix = fisheye.estimateNewCameraMatrixForUndistortRectify


def written(function, target):
    result = function(target)
    return result, result is target


def seen():
    return fisheye.projectPoints(
        OBJECT, np.array([0.1, 0.2, 0.3]), np.array([0.1, 0.2, 3.0]), FISH_K, FISH_D
    )[0]


CASES = {
    "points": lambda: undistort(PIXELS, K, D),
    "points_float": lambda: undistort(PIXELS.astype(np.float32), K.astype(np.float32), D.reshape(5, 1)),
    "points_shapes": lambda: [undistort(PIXELS.reshape(s), K, D) for s in ((40, 1, 2), (1, 40, 2))],
    "points_columns": lambda: [undistort(PIXELS[:n].T.copy(), K, D) for n in (3, 40)],
    "points_strided": lambda: undistort(PIXELS.T.copy().T, K, D),
    "points_one": lambda: undistort(PIXELS[0], K, D),
    "points_plain": lambda: [undistort(PIXELS, K, none) for none in (None, np.zeros(0), np.zeros(4))],
    "points_models": lambda: [undistort(PIXELS, K, d) for d in (D[:4], D8, D14[:12], D14, STRONG)],
    "points_rotated": lambda: undistort(PIXELS, K, D, None, R),
    "points_projected": lambda: [undistort(PIXELS, K, D, R=r, P=p) for r in (None, R) for p in (K, P)],
    "points_integers": lambda: undistort(PIXELS, K.astype(int), D8.astype(np.float32)),
    "points_precise": lambda: [undistort(PIXELS, K, d, criteria=MANY) for d in (D, D8, D14)],
    "points_strong": lambda: undistort(PIXELS, K, STRONG, P=K, criteria=(3, 40, 1e-3)),
    "points_by_error": lambda: undistort(PIXELS, K, D, criteria=(2, 0, 1e-7)),
    "points_lost": lambda: undistort(PIXELS * 40, K, STRONG, criteria=MANY),
    "points_dst": lambda: written(lambda a: undistort(PIXELS, K, D, a), np.empty((40, 1, 2))),
    "points_dst_row": lambda: written(lambda a: undistort(PIXELS, K, D, a), np.empty((1, 40, 2))),
    "points_none": lambda: undistort(PIXELS[:0], K, D),
    "image_points": lambda: cv2.undistortImagePoints(PIXELS, K, D),
    "image_points_criteria": lambda: cv2.undistortImagePoints(PIXELS, K, D8, arg1=MANY),
    "values": lambda: cv2.calibrationMatrixValues(K, (640, 480), 5, 4),
    "values_no_aperture": lambda: cv2.calibrationMatrixValues(K.astype(np.float32), (640, 480), 0, 0),
    "optimal": lambda: [optimal(K, D, (640, 480), alpha) for alpha in (0, 0.3, 1)],
    "optimal_size": lambda: optimal(K, D8, (640, 480), 0.5, (320, 200)),
    "optimal_centred": lambda: [optimal(K, D, (640, 480), a, (320, 200), True) for a in (0, 0.5, 1)],
    "optimal_strong": lambda: [optimal(K, STRONG, (640, 480), a) for a in (0, 1)],
    "optimal_plain": lambda: optimal(K, None, (640, 480), 0.5),
    "optimal_dtypes": lambda: [optimal(K.astype(t), D, (640, 480), 1) for t in (np.float32, int)],
    "optimal_nothing": lambda: optimal(K, D, (0, 0), 0.5),
    "fish": lambda: fisheye.undistortPoints(FISH_PIXELS, FISH_K, FISH_D),
    "fish_float": lambda: fisheye.undistortPoints(
        FISH_PIXELS.astype(np.float32), FISH_K.astype(np.float32), FISH_D.astype(np.float32)
    ),
    "fish_rotated": lambda: fisheye.undistortPoints(FISH_PIXELS, FISH_K, FISH_D, None, R, P),
    "fish_vector": lambda: fisheye.undistortPoints(FISH_PIXELS, FISH_K, FISH_D, R=np.array([0.1, 0.2, 0.3])),
    "fish_projected": lambda: fisheye.undistortPoints(FISH_PIXELS, FISH_K, FISH_D, P=FISH_K),
    "fish_criteria": lambda: [
        fisheye.undistortPoints(FISH_PIXELS, FISH_K, FISH_D, criteria=c) for c in ((1, 3, 0), (2, 0, 1e-3))
    ],
    "fish_lost": lambda: fisheye.undistortPoints(FISH_PIXELS, FISH_K, np.array([-2.0, 0, 0, 0])),
    "fish_wide": lambda: fisheye.undistortPoints(FISH_PIXELS * 50, FISH_K, FISH_D),
    "fish_centre": lambda: [
        fisheye.undistortPoints(FISH_K[None, None, :2, 2], FISH_K, FISH_D, criteria=c)
        for c in ((3, 10, 1e-8), (1, 5, 0))
    ],
    "fish_none": lambda: fisheye.undistortPoints(FISH_PIXELS[:0], FISH_K, FISH_D),
    "distort": lambda: fisheye.distortPoints((FISH_PIXELS - 300) / 200, FISH_K, FISH_D),
    "distort_alpha": lambda: fisheye.distortPoints(FISH_PIXELS / 200, FISH_K, FISH_D, alpha=0.1),
    "distort_float": lambda: fisheye.distortPoints(
        FISH_PIXELS.astype(np.float32) / 200, FISH_K.astype(np.float32), FISH_D
    ),
    "distort_centre": lambda: fisheye.distortPoints(np.zeros((1, 1, 2)), FISH_K, FISH_D),
    "distort_pixels": lambda: fisheye.distortPoints(
        FISH_PIXELS.astype(np.float32), Kundistorted=K, K=FISH_K, D=FISH_D, alpha=0.2
    ),
    "new_matrix": lambda: [new_matrix(FISH_K, FISH_D, (640, 480), np.eye(3), balance=b) for b in (0, 0.4, 2)],
    "new_matrix_sizes": lambda: new_matrix(
        FISH_K, FISH_D, (641, 481), None, new_size=(320, 200), fov_scale=1.2
    ),
    "new_matrix_rotated": lambda: new_matrix(FISH_K.astype(np.float32), FISH_D, (640, 480), R, fov_scale=-1),
    "new_matrix_dst": lambda: written(
        lambda a: new_matrix(FISH_K, FISH_D, (640, 480), R, a), np.zeros((3, 3), np.float32)
    ),
    "fish_image": lambda: fisheye.undistortImage(photo(), SMALL_K, FISH_D),
    "fish_image_new": lambda: fisheye.undistortImage(photo(), SMALL_K, FISH_D, Knew=SMALL_K),
    "fish_image_size": lambda: fisheye.undistortImage(
        photo(), SMALL_K, FISH_D, None, SMALL_K * 0.7, (50, 40)
    ),
    "fish_pose": lambda: fisheye.solvePnP(OBJECT, seen(), FISH_K, FISH_D),
    "fish_pose_guess": lambda: fisheye.solvePnP(
        OBJECT, seen(), FISH_K, FISH_D, np.full((3, 1), 0.1), np.full((3, 1), 1.0), True
    ),
    "fish_pose_ransac": lambda: fisheye.solvePnPRansac(OBJECT, seen(), FISH_K, FISH_D),
}
ERRORS = {
    "points_integers": lambda: undistort(PIXELS.astype(int), K, D),
    "points_3": lambda: undistort(np.zeros((3, 3)), K, D),
    "points_missing": lambda: undistort(None, K, D),
    "coefficients": lambda: undistort(PIXELS, K, D[:3]),
    "coefficients_square": lambda: undistort(PIXELS, K, np.zeros((2, 2))),
    "camera": lambda: undistort(PIXELS, K[:2], D),
    "camera_missing": lambda: undistort(PIXELS, None, D),
    "rotation": lambda: undistort(PIXELS, K, D, None, np.zeros((3, 1)), K),
    "projection": lambda: undistort(PIXELS, K, D, P=np.eye(4)),
    "criteria": lambda: undistort(PIXELS, K, D, criteria=(0, 1, 1)),
    "values_camera": lambda: cv2.calibrationMatrixValues(K[:2], (640, 480), 0, 0),
    "optimal_camera": lambda: optimal(K[:2], D, (640, 480), 0.5),
    "optimal_coefficients": lambda: optimal(K, D[:3], (640, 480), 0.5),
    "fish_points": lambda: fisheye.undistortPoints(PIXELS, FISH_K, FISH_D),
    "fish_coefficients": lambda: fisheye.undistortPoints(FISH_PIXELS, FISH_K, FISH_D[:3]),
    "fish_camera": lambda: fisheye.undistortPoints(FISH_PIXELS, FISH_K.astype(int), FISH_D),
    "fish_rotation": lambda: fisheye.undistortPoints(FISH_PIXELS, FISH_K, FISH_D, R=np.eye(4)),
    "fish_projection": lambda: fisheye.undistortPoints(FISH_PIXELS, FISH_K, FISH_D, P=np.eye(4)),
    "fish_criteria": lambda: fisheye.undistortPoints(FISH_PIXELS, FISH_K, FISH_D, criteria=(0, 1, 1)),
    "distort_points": lambda: fisheye.distortPoints(PIXELS, FISH_K, FISH_D),
    "distort_camera": lambda: fisheye.distortPoints(FISH_PIXELS, FISH_K[:2], FISH_D),
    "distort_two_cameras": lambda: fisheye.distortPoints(FISH_PIXELS, K, FISH_K, FISH_D),
    "new_matrix_camera": lambda: new_matrix(FISH_K[:2], FISH_D, (640, 480), None),
    "new_matrix_coefficients": lambda: new_matrix(FISH_K, FISH_D[:3], (640, 480), None),
    "new_matrix_no_coefficients": lambda: new_matrix(FISH_K, None, (640, 480), None),
    "fish_image_camera": lambda: fisheye.undistortImage(photo(), SMALL_K[:2], FISH_D),
    "fish_image_missing": lambda: fisheye.undistortImage(None, SMALL_K, FISH_D),
}


@pytest.mark.parametrize("name", CASES)
def test_undistortion(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_undistortion_errors(name, parity):
    parity.raised(ERRORS[name])
