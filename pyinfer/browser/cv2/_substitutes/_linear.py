"""Singular values as OpenCV computes them for small matrices: modules/core/src/lapack.cpp.

Singular vectors have no sign of their own: whoever reads them needs this very sequence of rotations.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["least_squares", "null_vector", "singular_values"]

Array = npt.NDArray[Any]

_EPSILON = 2.0**-52
_SMALLEST = 2.0**-1022
_RANDOM_STATE = 0x12345678
_MULTIPLIER = 4164903690


def singular_values(matrix: Array, full: bool = False) -> tuple[Array, Array, Array]:
    """The decomposition of a float64 matrix: singular values (n,), u and vt.

    Parameters
    ----------
    full : bool
        Complete the longer side's vectors to a square.
    """
    rows, columns = matrix.shape
    if rows < columns:
        values, right, left = singular_values(matrix.T, full)
        return values, left.T, right.T
    vectors = [column.tolist() for column in matrix.T.astype(np.float64)]
    vectors += [[0.0] * rows for _ in range(rows - columns if full else 0)]
    turned = np.eye(columns).tolist()
    _rotate(vectors[:columns], turned, max(rows, 30))
    lengths = [math.sqrt(sum(value * value for value in vector)) for vector in vectors[:columns]]
    _sort(lengths, vectors, turned)
    _normalise(lengths, vectors)
    return np.array(lengths), np.array(vectors).T, np.array(turned)


def _rotate(vectors: list[list[float]], turned: list[list[float]], rounds: int) -> None:
    """One-sided Jacobi rotations until the vectors are orthogonal."""
    squares = [sum(value * value for value in vector) for vector in vectors]
    count = len(vectors)
    for _ in range(rounds):
        changed = False
        for i in range(count - 1):
            for j in range(i + 1, count):
                one, other = vectors[i], vectors[j]
                product = sum(x * y for x, y in zip(one, other, strict=True))
                if abs(product) <= 10 * _EPSILON * math.sqrt(squares[i] * squares[j]):
                    continue
                cosine, sine = _rotation(2 * product, squares[i] - squares[j])
                _turn(one, other, cosine, sine)
                _turn(turned[i], turned[j], cosine, sine)
                squares[i] = sum(value * value for value in one)
                squares[j] = sum(value * value for value in other)
                changed = True
        if not changed:
            return


def _rotation(product: float, beta: float) -> tuple[float, float]:
    gamma = math.hypot(product, beta)
    if beta < 0:
        sine = math.sqrt((gamma - beta) * 0.5 / gamma)
        return product / (gamma * sine * 2), sine
    cosine = math.sqrt((gamma + beta) / (gamma * 2))
    return cosine, product / (gamma * cosine * 2)


def _turn(one: list[float], other: list[float], cosine: float, sine: float) -> None:
    for k, (x, y) in enumerate(zip(one, other, strict=True)):
        one[k], other[k] = cosine * x + sine * y, -sine * x + cosine * y


def _sort(lengths: list[float], *rows: list[list[float]]) -> None:
    """Selection sort, the longest first, with what belongs to each length."""
    count = len(lengths)
    for i in range(count - 1):
        longest = max(range(i, count), key=lambda k: (lengths[k], -k))
        if longest != i:
            lengths[i], lengths[longest] = lengths[longest], lengths[i]
            for items in rows:
                items[i], items[longest] = items[longest], items[i]


def _normalise(lengths: list[float], vectors: list[list[float]]) -> None:
    """Divide by the lengths; a vector without length becomes one that is orthogonal to those before."""
    state = _RANDOM_STATE
    for i, vector in enumerate(vectors):
        length = lengths[i] if i < len(lengths) else 0.0
        tries = 0
        while length <= _SMALLEST and tries < 100:
            tries += 1
            for k in range(len(vector)):
                state = (state & 0xFFFFFFFF) * _MULTIPLIER + (state >> 32)
                vector[k] = 1 / len(vector) if state & 256 else -1 / len(vector)
            for before in vectors[:i] * 2:
                _project_out(vector, before)
            length = math.sqrt(sum(value * value for value in vector))
        scale = 1 / length if length > _SMALLEST else 0.0
        for k in range(len(vector)):
            vector[k] *= scale


def _project_out(vector: list[float], before: list[float]) -> None:
    product = sum(x * y for x, y in zip(vector, before, strict=True))
    for k, y in enumerate(before):
        vector[k] -= product * y
    total = sum(map(abs, vector))
    scale = 1 / total if total > 1000 * _EPSILON else 0.0
    for k in range(len(vector)):
        vector[k] *= scale


def null_vector(matrix: Array) -> Array:
    """The right singular vector of the smallest singular value."""
    smallest: Array = singular_values(matrix, full=matrix.shape[0] < matrix.shape[1])[2][-1]
    return smallest


def least_squares(matrix: Array, right: Array) -> Array:
    """``solve`` with DECOMP_SVD: the shortest of the best solutions, by OpenCV's threshold."""
    left, values, turned = np.linalg.svd(matrix, full_matrices=False)
    usable = values > 2 * _EPSILON * values.sum(axis=-1, keepdims=True)
    inverse = np.where(usable, 1 / np.where(usable, values, 1), 0.0)
    solution: Array = turned.T @ (inverse * (left.T @ right.reshape(-1)))
    return solution
