"""Products and inverses of 3x3 matrices, rounded as OpenCV's ``Matx33d`` rounds them: core/matx.hpp.

The decompositions that are built on them take roots of differences that may be nothing but rounding.
"""

from __future__ import annotations

import numpy as np

from ._arrays import Array

__all__ = ["adjugate", "determinant", "inverse", "product"]


def product(one: Array, other: Array) -> Array:
    """``one @ other``, summed from first to last."""
    total: Array = one[:, :1] * other[0]
    for k in range(1, one.shape[1]):
        total = total + one[:, k : k + 1] * other[k]
    return total


def determinant(m: Array) -> np.float64:
    """By the first row."""
    value: np.float64 = (
        m[0, 0] * (m[1, 1] * m[2, 2] - m[2, 1] * m[1, 2])
        - m[0, 1] * (m[1, 0] * m[2, 2] - m[2, 0] * m[1, 2])
        + m[0, 2] * (m[1, 0] * m[2, 1] - m[2, 0] * m[1, 1])
    )
    return value


def inverse(matrix: Array) -> Array:
    """The inverse, float64; zeros for a singular matrix."""
    scale = determinant(matrix)
    return np.zeros((3, 3)) if scale == 0 else adjugate(matrix) * (1 / scale)


def adjugate(matrix: Array) -> Array:
    """The transposed matrix of signed minors, float64."""
    minors = np.empty((3, 3))
    for row in range(3):
        for column in range(3):
            # Taken cyclically, minors come with their signs.
            a, b = (column + 1) % 3, (column + 2) % 3
            c, d = (row + 1) % 3, (row + 2) % 3
            minors[row, column] = matrix[a, c] * matrix[b, d] - matrix[a, d] * matrix[b, c]
    return minors
