"""Singular values as OpenCV computes them for small matrices: modules/core/src/lapack.cpp.

Singular vectors have no sign of their own: whoever reads them needs this very sequence of rotations.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ._jacobi import one_sided_jacobi

__all__ = ["least_squares", "null_vectors", "singular_values"]

Array = npt.NDArray[Any]

_EPSILON = 2.0**-52


def singular_values(matrix: Array, full: bool = False) -> tuple[Array, Array, Array]:
    """The decomposition of a float64 matrix: singular values (n,), u and vt.

    Parameters
    ----------
    full : bool
        Complete the longer side's vectors to a square.
    """
    if matrix.shape[0] < matrix.shape[1]:
        values, right, left = singular_values(matrix.T, full)
        return values, left.T, right.T
    return one_sided_jacobi(matrix, matrix.shape[0] if full else matrix.shape[1])


def null_vectors(matrices: Array) -> Array:
    """The right singular vectors (k, n) of the smallest singular value of many matrices (k, m, n), m >= n.

    The rotations of :func:`singular_values`, for all at once.
    """
    vectors = np.ascontiguousarray(matrices.transpose(2, 1, 0))  # column, row, matrix
    count, rows, _ = vectors.shape
    turned = np.zeros((count, count, vectors.shape[2]))
    turned[np.arange(count), np.arange(count)] = 1
    with np.errstate(all="ignore"):
        _rotate_all(vectors, turned, max(rows, 30))
        lengths = np.sqrt(_dots(vectors.swapaxes(0, 1), vectors.swapaxes(0, 1)))
    everyone = np.arange(lengths.shape[1])
    for i in range(count - 1):
        longest = i + np.argmax(lengths[i:], axis=0)
        for items in (lengths, turned):
            mine = items[i].copy()
            items[i] = _picked(items, longest, everyone)
            _put(items, longest, everyone, mine)
    return np.ascontiguousarray(turned[-1].T)


def _picked(items: Array, places: Array, everyone: Array) -> Array:
    chosen: Array = items[places, ..., everyone]
    return chosen.T


def _put(items: Array, places: Array, everyone: Array, values: Array) -> None:
    items[places, ..., everyone] = values.T


def _rotate_all(vectors: Array, turned: Array, rounds: int) -> None:
    count = len(vectors)
    squares = _dots(vectors.swapaxes(0, 1), vectors.swapaxes(0, 1))
    for _ in range(rounds):
        changed = False
        for i in range(count - 1):
            for j in range(i + 1, count):
                product = _dots(vectors[i], vectors[j])
                moving = ~(np.abs(product) <= 10 * _EPSILON * np.sqrt(squares[i] * squares[j]))
                if not moving.any():
                    continue
                changed = True
                cosine, sine = _rotations(2 * product, squares[i] - squares[j])
                for items in (vectors, turned):
                    one, other = items[i].copy(), items[j].copy()
                    items[i] = np.where(moving, cosine * one + sine * other, one)
                    items[j] = np.where(moving, -sine * one + cosine * other, other)
                for k in (i, j):
                    squares[k] = np.where(moving, _dots(vectors[k], vectors[k]), squares[k])
        if not changed:
            return


def _dots(one: Array, other: Array) -> Array:
    """Dot products along the first axis, summed in turn."""
    total: Array = one[0] * other[0]
    for k in range(1, len(one)):
        total = total + one[k] * other[k]
    return total


def _rotations(product: Array, beta: Array) -> tuple[Array, Array]:
    gamma = np.hypot(product, beta)
    sine = np.sqrt((gamma - beta) * 0.5 / gamma)
    cosine = np.sqrt((gamma + beta) / (gamma * 2))
    falling = beta < 0
    return (
        np.where(falling, product / (gamma * sine * 2), cosine),
        np.where(falling, sine, product / (gamma * cosine * 2)),
    )


def least_squares(matrix: Array, right: Array) -> Array:
    """``solve`` with DECOMP_SVD: the shortest of the best solutions, by OpenCV's threshold."""
    left, values, turned = np.linalg.svd(matrix, full_matrices=False)
    usable = values > 2 * _EPSILON * values.sum(axis=-1, keepdims=True)
    inverse = np.where(usable, 1 / np.where(usable, values, 1), 0.0)
    solution: Array = turned.T @ (inverse * (left.T @ right.reshape(-1)))
    return solution
