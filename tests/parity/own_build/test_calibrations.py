"""Cameras calibrated: one, two, several, and those with a fisheye."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

SIZE = (640, 480)
CAMERA = np.array([[600.0, 0, 320], [0, 605, 245], [0, 0, 1]])
OTHER = np.array([[590.0, 0, 325], [0, 592, 238], [0, 0, 1]])
DISTORTION = np.array([0.05, -0.08, 0.001, -0.001, 0.01])
FISHEYE = np.array([0.02, -0.01, 0.003, -0.001])
BOARD = np.array([[x * 0.03, y * 0.03, 0] for y in range(6) for x in range(8)], np.float32)
ROTATION = cv2.Rodrigues(np.array([0.01, -0.06, 0.02]))[0]
SHIFT = np.array([[-0.12], [0.004], [0.01]])
POSES = [
    ((0.3, 0.1, 0.05), (-0.1, -0.08, 0.6)),
    ((-0.25, 0.3, -0.1), (-0.08, -0.05, 0.7)),
    ((0.1, -0.35, 0.2), (-0.12, -0.07, 0.55)),
    ((-0.1, -0.2, -0.3), (-0.06, -0.1, 0.65)),
    ((0.4, -0.1, 0.1), (-0.1, -0.05, 0.75)),
    ((0.05, 0.45, 0.0), (-0.11, -0.09, 0.6)),
]
BOARDS = [BOARD] * len(POSES)


def seen(camera, distortion, moved=False, fisheye=False):
    """The board as a camera at the origin, or one beside it, sees it."""
    images = []
    for turn, shift in POSES:
        rvec, tvec = np.array(turn).reshape(3, 1), np.array(shift).reshape(3, 1)
        if moved:
            rvec, tvec = cv2.composeRT(rvec, tvec, cv2.Rodrigues(ROTATION)[0], SHIFT)[:2]
        if fisheye:
            points, _ = cv2.fisheye.projectPoints(
                BOARD.reshape(-1, 1, 3).astype(np.float64), rvec, tvec, camera, distortion
            )
        else:
            points, _ = cv2.projectPoints(BOARD, rvec, tvec, camera, distortion)
        images.append(points.reshape(1, -1, 2) if fisheye else points.astype(np.float32))
    return images


LEFT, RIGHT = seen(CAMERA, DISTORTION), seen(OTHER, DISTORTION, moved=True)
ROUND_LEFT = seen(CAMERA, FISHEYE, fisheye=True)
ROUND_RIGHT = seen(OTHER, FISHEYE, moved=True, fisheye=True)
ROUND_BOARDS = [BOARD.reshape(1, -1, 3).astype(np.float64)] * len(POSES)
STOP = (3, 60, 1e-12)
CLOSE = "both end near the same minimum, whose least differences depend on the order of sums"
FIX = cv2.CALIB_FIX_INTRINSIC


def rounded(value):
    """To five digits behind the point: what remains of an error is of the order of 1e-7."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, np.ndarray):
        return np.round(np.asarray(value, np.float64), 4) + 0.0
    if isinstance(value, tuple | list):
        return [rounded(item) for item in value]
    return value


def released():
    return cv2.calibrateCameraRO(BOARDS, LEFT, SIZE, 7, None, None, flags=0, criteria=STOP)


def released_extended():
    found = cv2.calibrateCameraROExtended(BOARDS, LEFT, SIZE, 7, None, None, criteria=STOP)
    return [*found[:6], *(each.shape for each in found[6:])]


def stereo(flags=FIX, **given):
    return cv2.stereoCalibrate(
        BOARDS, LEFT, RIGHT, CAMERA.copy(), DISTORTION.copy(), OTHER.copy(), DISTORTION.copy(), SIZE,
        flags=flags, criteria=STOP, **given,
    )  # fmt: skip


def stereo_extended(guess=False):
    rotation, shift = np.eye(3), np.array([[-0.1], [0.0], [0.0]])
    return cv2.stereoCalibrateExtended(
        BOARDS, LEFT, RIGHT, CAMERA.copy(), DISTORTION.copy(), OTHER.copy(), DISTORTION.copy(), SIZE,
        rotation, shift, flags=FIX | (cv2.CALIB_USE_EXTRINSIC_GUESS if guess else 0), criteria=STOP,
    )  # fmt: skip


def registered(extended=False):
    call = cv2.registerCamerasExtended if extended else cv2.registerCameras
    rotation, shift = np.eye(3), np.array([[-0.1], [0.0], [0.0]])
    return call(
        BOARDS, BOARDS, LEFT, RIGHT, CAMERA, DISTORTION, cv2.CALIB_MODEL_PINHOLE, OTHER, DISTORTION,
        cv2.CALIB_MODEL_PINHOLE, rotation, shift,
    )  # fmt: skip


def several():
    mask = np.full((2, len(POSES)), 255, np.uint8)
    models = np.zeros((1, 2), np.uint8)
    return cv2.calibrateMultiview(
        BOARDS, [LEFT, RIGHT], [SIZE, SIZE], mask, models, None, None, None, None, criteria=STOP
    )


def round_lens(flags=cv2.CALIB_RECOMPUTE_EXTRINSIC | cv2.CALIB_FIX_SKEW):
    return cv2.fisheye.calibrate(ROUND_BOARDS, ROUND_LEFT, SIZE, None, None, flags=flags, criteria=STOP)


def round_stereo():
    return cv2.fisheye.stereoCalibrate(
        ROUND_BOARDS, ROUND_LEFT, ROUND_RIGHT, CAMERA.copy(), FISHEYE.copy(), OTHER.copy(), FISHEYE.copy(),
        SIZE, flags=cv2.CALIB_FIX_INTRINSIC, criteria=STOP,
    )  # fmt: skip


CASES = {
    "calibrateCameraRO": lambda: released(),
    "calibrateCameraROExtended": lambda: released_extended(),
    "calibrateCamera": lambda: cv2.calibrateCamera(BOARDS, LEFT, SIZE, None, None, criteria=STOP),
    "stereoCalibrate": lambda: stereo(),
    "stereoCalibrate_all": lambda: stereo(cv2.CALIB_USE_INTRINSIC_GUESS),
    "stereoCalibrateExtended": lambda: stereo_extended(),
    "stereoCalibrateExtended_guess": lambda: stereo_extended(True),
    "registerCameras": lambda: registered(),
    "registerCamerasExtended": lambda: registered(True),
    "calibrateMultiview": lambda: several(),
    "fisheye.calibrate": lambda: round_lens(),
    "fisheye.stereoCalibrate": lambda: round_stereo(),
}
ERRORS = {
    "counts": lambda: cv2.calibrateCameraRO(BOARDS, LEFT[:2], SIZE, 7, None, None),
    "no_points": lambda: cv2.calibrateCameraRO([], [], SIZE, 7, None, None),
    "size": lambda: cv2.calibrateCameraRO(BOARDS, LEFT, (1, 2, 3), 7, None, None),
    "stereo_counts": lambda: cv2.stereoCalibrate(
        BOARDS, LEFT, RIGHT[:3], CAMERA, DISTORTION, OTHER, DISTORTION, SIZE
    ),
    "fisheye_depth": lambda: cv2.fisheye.calibrate(BOARDS, LEFT[:1], SIZE, None, None),
    "models": lambda: cv2.registerCameras(
        BOARDS, BOARDS, LEFT, RIGHT, CAMERA, DISTORTION, "x", OTHER, DISTORTION, 0, np.eye(3), SHIFT
    ),
    "views": lambda: cv2.calibrateMultiview(
        BOARDS, [LEFT, 3], [SIZE] * 2, np.ones((2, 6), np.uint8), np.zeros(2, np.uint8), [], [], [], []
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_calibration(case, parity):
    parity(rounded(CASES[case]()), relative=1e-3, because=CLOSE)


@pytest.mark.parametrize("case", ERRORS)
def test_bad_input(case, parity):
    parity.raised(ERRORS[case])
