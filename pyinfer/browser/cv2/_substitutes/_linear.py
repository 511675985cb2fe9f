"""Singular values as OpenCV computes them for small matrices: modules/core/src/lapack.cpp.

Singular vectors have no sign of their own: whoever reads them needs this very sequence of rotations.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["least_squares", "null_vectors", "singular_values"]

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
    lengths = [math.sqrt(_dot(vector, vector)) for vector in vectors[:columns]]
    _sort(lengths, vectors, turned)
    _normalise(lengths, vectors)
    return np.array(lengths), np.array(vectors).T, np.array(turned)


def _rotate(vectors: list[list[float]], turned: list[list[float]], rounds: int) -> None:
    """One-sided Jacobi rotations until the vectors are orthogonal."""
    squares = [_dot(vector, vector) for vector in vectors]
    count = len(vectors)
    for _ in range(rounds):
        changed = False
        for i in range(count - 1):
            for j in range(i + 1, count):
                one, other = vectors[i], vectors[j]
                product = _dot(one, other)
                if abs(product) <= 10 * _EPSILON * math.sqrt(squares[i] * squares[j]):
                    continue
                cosine, sine = _rotation(2 * product, squares[i] - squares[j])
                _turn(one, other, cosine, sine)
                _turn(turned[i], turned[j], cosine, sine)
                squares[i] = _dot(one, one)
                squares[j] = _dot(other, other)
                changed = True
        if not changed:
            return


def _dot(one: list[float], other: list[float]) -> float:
    """Summed in turn, and not as precisely as ``sum`` would: whether to rotate depends on the last bit."""
    total = 0.0
    for x, y in zip(one, other, strict=True):
        total += x * y
    return total


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
            length = math.sqrt(_dot(vector, vector))
        scale = 1 / length if length > _SMALLEST else 0.0
        for k in range(len(vector)):
            vector[k] *= scale


def _project_out(vector: list[float], before: list[float]) -> None:
    product = _dot(vector, before)
    for k, y in enumerate(before):
        vector[k] -= product * y
    total = 0.0
    for value in vector:
        total += abs(value)
    scale = 1 / total if total > 1000 * _EPSILON else 0.0
    for k in range(len(vector)):
        vector[k] *= scale


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
