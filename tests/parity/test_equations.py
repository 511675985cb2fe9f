"""Cubic equations and linear programs."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

COEFFICIENTS = [
    *([1, -6, 11, -6], [2, 0, 0, -16], [1, 0, 0, 0], [1, -3, 3, -1], [1, -4, 5, -2], [1, 1, 1, 1]),
    *([0, 1, -3, 2], [0, 1, 3, 2], [0, 1, 0, 1], [0, 1, -2, 1], [0, 0, 2, -8], [0, 0, 0, 1], [1, 2, 3]),
    *([1e-20, 1, -3, 2], [1e10, -6e10, 11e10, -6e10], [1, 0, -7, 6], [-2.5, 3.1, 0.7, -0.2], [1, 0, 0, 5]),
]
GAIN = np.array([[3.0, 1, 2]])
LIMITS = np.array([[1.0, 1, 3, 30], [2, 2, 5, 24], [4, 1, 2, 36]])


def random_program(seed, below_zero):
    generator = np.random.default_rng(seed)
    gain = generator.integers(-5, 10, (1, 4)).astype(float)
    limits = generator.integers(-2, 9, (6, 5)).astype(float)
    limits[:, -1] = generator.integers(-6 if below_zero else 1, 30, 6)
    return cv2.solveLP(gain, limits)


CASES = {
    "cubic": lambda: [cv2.solveCubic(np.array(c, d)) for c in COEFFICIENTS for d in (np.float32, np.float64)],
    "cubic_column": lambda: cv2.solveCubic(np.float32([[1], [-6], [11], [-6]])),
    "cubic_tuple": lambda: cv2.solveCubic((1, 2, 3, 4)),
    "cubic_dst": lambda: [
        cv2.solveCubic(np.array([1.0, -6, 11, -6]), roots)
        for roots in (np.zeros((3, 1)), np.zeros((1, 3)), np.zeros(3), np.zeros((3, 1), np.float32))
    ],
    "program": lambda: cv2.solveLP(GAIN, LIMITS),
    "program_column": lambda: cv2.solveLP(GAIN.T.copy(), LIMITS, 1e-9),
    "program_row": lambda: cv2.solveLP(GAIN[0].astype(np.float32), LIMITS),
    "program_several": lambda: cv2.solveLP(np.array([[1.0, 1]]), np.array([[1.0, 1, 1]])),
    "program_unbounded": lambda: cv2.solveLP(np.array([[1.0, 1]]), np.array([[-1.0, 0, 1]])),
    "program_unfeasible": lambda: cv2.solveLP(np.array([[1.0, 1]]), np.array([[1.0, 1, -1]])),
    "program_unfeasible_dst": lambda: cv2.solveLP(
        np.array([[1.0, 1]]), np.array([[1.0, 1, -1]]), np.full((2, 1), 7.0)
    ),
    "program_away_from_zero": lambda: cv2.solveLP(
        np.array([[2.0, -1]]), np.array([[2.0, -1, 2], [1, -5, -4]])
    ),
    "programs": lambda: [random_program(seed, below) for seed in range(25) for below in (False, True)],
}
ERRORS = {
    "cubic_depth": lambda: cv2.solveCubic(np.int32([1, 2, 3, 4])),
    "cubic_channels": lambda: cv2.solveCubic(np.ones((1, 4, 2))),
    "cubic_length": lambda: cv2.solveCubic(np.array([1.0, 2])),
    "program_size": lambda: cv2.solveLP(GAIN, LIMITS[:, 1:].copy()),
    "program_depth": lambda: cv2.solveLP(GAIN.astype(np.int32), LIMITS),
    "program_limits_depth": lambda: cv2.solveLP(GAIN, LIMITS.astype(np.int32)),
    "program_limits_float": lambda: cv2.solveLP(GAIN, LIMITS.astype(np.float32)),
    "program_epsilon": lambda: cv2.solveLP(GAIN, LIMITS, "a"),
}


@pytest.mark.parametrize("name", CASES)
def test_equations(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_equations_errors(name, parity):
    parity.raised(ERRORS[name])
