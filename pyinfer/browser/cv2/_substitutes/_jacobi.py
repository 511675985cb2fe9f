"""The singular values of small matrices by plane rotations of pairs of columns, after Hestenes.

Which sign a singular vector gets, and which vector belongs to a singular value of zero, is decided by the
order and precision of the steps: these are those of modules/core/src/lapack.cpp.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from ._arrays import Array

__all__ = ["one_sided_jacobi"]


def one_sided_jacobi(matrix: Array, vectors: int) -> tuple[Array, Array, Array]:
    """The singular value decomposition of a matrix that is not wider than tall.

    Parameters
    ----------
    matrix : (m, n) float32 or float64
    vectors : int
        How many left singular vectors to find: n to m.

    Returns
    -------
    w : (n,)
        Falling.
    u : (m, vectors)
    vt : (n, n)
    """
    rows, columns = matrix.shape
    number = matrix.dtype.type
    precise = matrix.dtype == np.float64
    tolerance = number(2.0**-52 * 10 if precise else 2.0**-23 * 2)
    smallest = float(np.finfo(matrix.dtype).tiny)
    # The columns lie in rows here, the way OpenCV has them.
    left = np.zeros((vectors, rows), matrix.dtype)
    left[:columns] = matrix.T
    right = np.eye(columns, dtype=matrix.dtype)
    squares = [_dot(column, column) for column in left[:columns]]
    for _ in range(max(rows, 30)):
        changed = False
        for i in range(columns - 1):
            for j in range(i + 1, columns):
                product = _dot(left[i], left[j])
                if abs(product) <= float(tolerance) * math.sqrt(squares[i] * squares[j]):
                    continue
                cosine, sine = map(number, _rotation(2 * product, squares[i] - squares[j], number))
                for table in (left, right):
                    one, other = table[i].copy(), table[j]
                    table[i] = cosine * one + sine * other
                    table[j] = -sine * one + cosine * other
                squares[i], squares[j] = _dot(left[i], left[i]), _dot(left[j], left[j])
                changed = True
        # A single NaN is in every number after a sweep or two; more of them change nothing.
        if not changed or (np.isnan(left[:columns]).all() and np.isnan(right).all()):
            break
    values = [math.sqrt(_dot(column, column)) for column in left[:columns]]
    for i in range(columns - 1):
        largest = max(range(i, columns), key=values.__getitem__)
        if largest != i:
            values[i], values[largest] = values[largest], values[i]
            for table in (left, right):
                table[[i, largest]] = table[[largest, i]]
    _normalize(left, values, smallest, tolerance)
    return np.array(values, matrix.dtype), left.T, right


def _dot(one: Array, other: Array) -> float:
    """The scalar product in float64, summed from first to last."""
    return float(np.add.accumulate(one.astype(np.float64) * other)[-1])


def _rotation(product: float, difference: float, number: type) -> tuple[float, float]:
    """Cosine and sine of the rotation that makes two columns orthogonal."""
    length = float(np.hypot(product, difference))
    if difference < 0:
        sine = float(number(math.sqrt((length - difference) * 0.5 / length)))
        return product / (length * sine * 2), sine
    cosine = float(number(math.sqrt((length + difference) / (length * 2))))
    return cosine, product / (length * cosine * 2)


def _normalize(left: Array, values: list[float], smallest: float, tolerance: float) -> None:
    """Give the left vectors their length 1; those of no singular value are made up."""
    random = _random_bits()
    number = left.dtype.type
    rows = left.shape[1]
    for i, vector in enumerate(left):
        length = values[i] if i < len(values) else 0.0
        for _ in range(100):
            if not length <= smallest:  # NaN is left as it is, too
                break
            part = number(1 / rows)
            vector[:] = [part if next(random) & 256 else -part for _ in range(rows)]
            for _ in range(2):
                for earlier in left[:i]:
                    _project_out(vector, earlier, tolerance)
            length = math.sqrt(_dot(vector, vector))
        vector *= number(1 / length if length > smallest else 0)


def _project_out(vector: Array, earlier: Array, tolerance: float) -> None:
    """Make a vector orthogonal to one of length 1; the sum of its amounts 1."""
    number = vector.dtype.type
    # The products are rounded to the matrix's precision before they are summed in float64.
    along = float(np.add.accumulate((vector * earlier).astype(np.float64))[-1])
    vector[:] = vector - along * earlier.astype(np.float64)
    total = np.add.accumulate(np.abs(vector))[-1]
    vector *= number(1) / total if total > number(tolerance * 100) else number(0)


def _random_bits() -> Iterator[int]:
    """OpenCV's multiply-with-carry generator, seeded as the decomposition does."""
    state = 0x12345678
    while True:
        state = (state & 0xFFFFFFFF) * 4164903690 + (state >> 32)
        yield state & 0xFFFFFFFF
