"""Poses of a camera."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

CAMERA = np.array([[500.0, 0, 320], [0, 480, 240], [0, 0, 1]])
LENS = np.array([0.1, -0.05, 0.001, 0.002, 0.01])
TURN, SHIFT = np.array([0.1, 0.2, 0.3]), np.array([0.2, 0.1, 5.0])
SPACE = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0], [0.3, 0.2, 0.5], [0.1, -0.6, 0.4]])
WORLD = np.array([[0.4, 0.7, 0.2], [-0.8, 0.3, 0.1], [0.5, -0.9, -0.3], [-0.2, -0.4, 0.6]])
SQUARE = np.array([[-0.5, 0.5, 0], [0.5, 0.5, 0], [0.5, -0.5, 0], [-0.5, -0.5, 0]])
P3P, AP3P, EPNP = cv2.SOLVEPNP_P3P, cv2.SOLVEPNP_AP3P, cv2.SOLVEPNP_EPNP
IPPE, SQUARES = cv2.SOLVEPNP_IPPE, cv2.SOLVEPNP_IPPE_SQUARE


def seen(world, turn=TURN, shift=SHIFT, lens=LENS, noise=0.0):
    points, _ = cv2.projectPoints(world, np.array(turn), np.array(shift), CAMERA, lens)
    return points + np.random.default_rng(2).normal(0, noise, points.shape) if noise else points


def generic(world, lens=LENS, dtype=np.float64, noise=0.3, turn=TURN, shift=SHIFT, **settings):
    image = seen(world, turn, shift, lens, noise)
    return cv2.solvePnPGeneric(world.astype(dtype), image.astype(dtype), CAMERA, lens, **settings)


def tilted():
    """A grid in a plane that is not the one at z = 0."""
    y, x = (axis.reshape(-1) / 3 - 0.5 for axis in np.mgrid[:4, :4])
    return np.column_stack([x, y, np.zeros(16)]) @ cv2.Rodrigues(np.array([0.7, -0.4, 0.2]))[0].T + 0.25


def with_double_point():
    points = tilted()
    points[1] = points[0]
    return points


def of_many(flags, dtype=np.float64):
    """Several cameras, of which each sees the four points off by some pixels."""
    generator = np.random.default_rng(11)
    found = []
    for _ in range(15):
        turn, shift = generator.uniform(-0.6, 0.6, 3), generator.uniform((-1, -1, 4), (1, 1, 9))
        image = seen(WORLD, turn, shift, None) + generator.normal(0, 1, (4, 1, 2))
        found.append(cv2.solvePnPGeneric(WORLD.astype(dtype), image.astype(dtype), CAMERA, None, flags=flags))
    return found


def of_three(flags, dtype=np.float64):
    """Sorted here: all of them show the three points where they are, so that the order is rounding's."""
    points = seen(WORLD[:3], lens=None).astype(dtype)
    count, turns, shifts = cv2.solveP3P(WORLD[:3].astype(dtype), points, CAMERA, None, flags=flags)
    order = sorted(range(count), key=lambda place: turns[place][0, 0])
    return count, [turns[place] for place in order], [shifts[place] for place in order]


def guessed(dtype=np.float64, shape=(3, 1), count=6):
    turn, shift = (vector.reshape(shape).astype(dtype) for vector in (TURN + 0.1, SHIFT - 0.2))
    result = cv2.solvePnPGeneric(
        SPACE[:count], seen(SPACE[:count]), CAMERA, LENS, useExtrinsicGuess=True, rvec=turn, tvec=shift
    )
    return result[:3], turn, shift


def written(dtype):
    errors = np.zeros((1, 1), dtype)
    image = seen(SPACE, noise=0.3)
    result = cv2.solvePnPGeneric(SPACE, image, CAMERA, LENS, flags=EPNP, reprojectionError=errors)
    return result, result[3] is errors


def refined(
    *args, world=SPACE, lens=LENS, dtype=np.float64, turn_shape=(3, 1), shift_shape=(3, 1), noise=0.3
):
    turn, shift = (TURN + 0.05).reshape(turn_shape).astype(dtype), (SHIFT - 0.1).reshape(shift_shape)
    image = seen(world, lens=lens, noise=noise).astype(world.dtype)
    results = cv2.solvePnPRefineVVS(world, image, CAMERA, lens, turn, shift, *args)
    return results, results[0] is turn, results[1] is shift


CASES = {
    "iterative": lambda: generic(SPACE),
    "iterative_plane": lambda: generic(SPACE[:4]),
    "iterative_float32": lambda: generic(SPACE, dtype=np.float32),
    "iterative_guess": guessed,
    "iterative_guess_float32": lambda: guessed(np.float32),
    "iterative_guess_row": lambda: guessed(shape=(1, 3)),
    "iterative_guess_flat": lambda: guessed(shape=(3,)),
    "iterative_guess_three": lambda: guessed(count=3),
    "EPNP": lambda: generic(SPACE, flags=EPNP),
    "EPNP_float32": lambda: generic(SPACE, dtype=np.float32, flags=EPNP),
    "errors_float32": lambda: written(np.float32),
    "errors_float64": lambda: written(np.float64),
    "P3P": lambda: generic(WORLD, flags=P3P),
    "P3P_float32": lambda: generic(WORLD, None, np.float32, flags=P3P),
    "P3P_many": lambda: of_many(P3P),
    "P3P_many_float32": lambda: of_many(P3P, np.float32),
    "AP3P": lambda: generic(WORLD, flags=AP3P),
    "AP3P_float32": lambda: generic(WORLD, None, np.float32, flags=AP3P),
    "AP3P_many": lambda: of_many(AP3P),
    "AP3P_many_float32": lambda: of_many(AP3P, np.float32),
    "P3P_three": lambda: of_three(P3P),
    "AP3P_three": lambda: of_three(AP3P),
    "P3P_three_float32": lambda: of_three(P3P, np.float32),
    "solveP3P": lambda: cv2.solveP3P(WORLD, seen(WORLD, noise=0.3), CAMERA, LENS, flags=P3P),
    "solveAP3P": lambda: cv2.solveP3P(WORLD, seen(WORLD, noise=0.3), CAMERA, LENS, flags=AP3P),
    "solveP3P_rows": lambda: cv2.solveP3P(
        WORLD, seen(WORLD, noise=0.3).reshape(4, 2), CAMERA.astype(np.float32), LENS[:4], P3P
    ),
    "solveP3P_none": lambda: cv2.solveP3P(WORLD * 0, seen(WORLD), CAMERA, LENS, flags=AP3P),
    "IPPE": lambda: generic(SPACE[:4], flags=IPPE),
    "IPPE_float32": lambda: generic(SPACE[:4], dtype=np.float32, flags=IPPE),
    "IPPE_tilted": lambda: generic(tilted(), flags=IPPE),
    "IPPE_tilted_float32": lambda: generic(tilted(), None, np.float32, flags=IPPE),
    "IPPE_double_point": lambda: generic(with_double_point(), flags=IPPE),
    "IPPE_no_plane": lambda: generic(SPACE, flags=IPPE),
    "IPPE_tilted_back": lambda: generic(tilted(), flags=IPPE, turn=(2.2, 0.3, -0.4), shift=(0.3, -0.2, 6)),
    "square": lambda: generic(SQUARE, flags=SQUARES),
    "square_float32": lambda: generic(SQUARE, dtype=np.float32, flags=SQUARES),
    "square_larger": lambda: generic(SQUARE * 3.5, flags=SQUARES, turn=(-0.5, 0.7, 1), shift=(0.0, 1, 9)),
    "square_small": lambda: generic(SQUARE * 0.05, flags=SQUARES, shift=(0.02, 0.1, 0.6), lens=None),
    "square_no_area": lambda: cv2.solvePnPGeneric(SQUARE, seen(SQUARE * 0), CAMERA, None, flags=SQUARES),
    "refined": refined,
    "refined_exactly": lambda: refined(noise=0.0),
    "refined_float32": lambda: refined(dtype=np.float32),
    "refined_float32_points": lambda: refined(world=SPACE.astype(np.float32), lens=None),
    "refined_criteria": lambda: refined((cv2.TERM_CRITERIA_COUNT, 2, 0), 0.5),
    "refined_coarsely": lambda: refined((cv2.TERM_CRITERIA_EPS, 7, 1e-2)),
    "refined_three": lambda: refined(world=WORLD[:3], lens=None, noise=0.0),
    "refined_row": lambda: refined(turn_shape=(1, 3)),
    "refined_flat": lambda: refined(turn_shape=(3,)),
    "refined_no_rounds": lambda: refined((3, 0, 1e-9)),
    "refined_no_rounds_flat": lambda: refined((3, 0, 1e-9), turn_shape=(3,), shift_shape=(3,)),
}
ERRORS = {
    "two_points": lambda: generic(SPACE[:2]),
    "three_points": lambda: generic(SPACE[:3], flags=P3P),
    "no_guess": lambda: generic(SPACE, useExtrinsicGuess=True),
    "guess_of_two": lambda: generic(SPACE, useExtrinsicGuess=True, rvec=TURN[:2], tvec=SHIFT),
    "guess_dtype": lambda: generic(SPACE, useExtrinsicGuess=True, rvec=TURN.astype(np.int32), tvec=SHIFT),
    "counts": lambda: cv2.solvePnPGeneric(SPACE, seen(SPACE[:4]), CAMERA, LENS),
    "integers": lambda: cv2.solvePnPGeneric(SPACE.astype(int), seen(SPACE), CAMERA, LENS),
    "flags": lambda: generic(SPACE, flags=77),
    "P3P_six": lambda: generic(SPACE, flags=P3P),
    "square_six": lambda: generic(SPACE, flags=SQUARES),
    "camera": lambda: cv2.solvePnPGeneric(SPACE, seen(SPACE), CAMERA[:2], LENS, flags=IPPE),
    "lens": lambda: cv2.solvePnPGeneric(SPACE, seen(SPACE), CAMERA, LENS[:3], flags=EPNP),
    "points": lambda: cv2.solvePnPGeneric(None, seen(SPACE), CAMERA, LENS),
    "errors_dtype": lambda: written(np.int32),
    "solveP3P_flags": lambda: cv2.solveP3P(WORLD, seen(WORLD), CAMERA, LENS, flags=EPNP),
    "solveP3P_counts": lambda: cv2.solveP3P(WORLD[:3], seen(WORLD), CAMERA, LENS, flags=P3P),
    "solveP3P_five": lambda: cv2.solveP3P(SPACE[:5], seen(SPACE[:5]), CAMERA, LENS, flags=P3P),
    "solveP3P_missing": lambda: cv2.solveP3P(WORLD, seen(WORLD), CAMERA, LENS),
    "refined_shift_row": lambda: refined(shift_shape=(1, 3)),
    "refined_shift_flat": lambda: refined(shift_shape=(3,)),
    "refined_two": lambda: refined(world=WORLD[:2]),
    "refined_nothing": lambda: cv2.solvePnPRefineVVS(SPACE, seen(SPACE), CAMERA, LENS, None, SHIFT),
    "refined_counts": lambda: cv2.solvePnPRefineVVS(SPACE, seen(WORLD), CAMERA, LENS, TURN, SHIFT),
    "refined_turn": lambda: cv2.solvePnPRefineVVS(SPACE, seen(SPACE), CAMERA, LENS, TURN[:2], SHIFT),
    "refined_dtype": lambda: cv2.solvePnPRefineVVS(
        SPACE, seen(SPACE), CAMERA, LENS, TURN.astype(np.int32), SHIFT
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_poses(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_poses_errors(name, parity):
    parity.raised(ERRORS[name])
