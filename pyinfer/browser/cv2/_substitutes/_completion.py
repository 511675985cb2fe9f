"""What completes an orthonormal basis in OpenCV's singular value decomposition.

See ``JacobiSVDImpl_`` in modules/core/src/lapack.cpp: a vector of plus and minus ones from a generator with a
fixed seed, without its parts along the vectors before it. Whoever reads the null space reads these vectors.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from ._linear import singular_values

__all__ = ["null_space"]

Array = npt.NDArray[Any]

_SEED = 0x12345678
_MULTIPLIER = 4164903690
_DEGENERATE = 1e-9


def null_space(matrix: Array) -> Array:
    """The last rows of vt, with FULL_UV, of a matrix (m, n) with m < n: (n - m, n)."""
    rows, columns = matrix.shape
    basis, weights = np.linalg.qr(matrix.T)
    weights = np.abs(np.diag(weights))
    if not weights.min() > _DEGENERATE * weights.max():
        return singular_values(matrix, full=True)[2][rows:]
    known = np.empty((columns, columns))
    known[:rows] = basis.T
    for row, start in enumerate(_signs(columns - rows, columns), rows):
        vector = start / columns
        for _ in range(2):
            vector = vector - known[:row].T @ (known[:row] @ vector)
            vector = vector / np.abs(vector).sum()
        known[row] = vector / np.sqrt(vector @ vector)
    return known[rows:]


@cache
def _signs(count: int, length: int) -> Array:
    state = _SEED
    signs = np.empty((count, length))
    for at in np.ndindex(count, length):
        state = (state & 0xFFFFFFFF) * _MULTIPLIER + (state >> 32)
        signs[at] = 1.0 if state & 256 else -1.0
    return signs
