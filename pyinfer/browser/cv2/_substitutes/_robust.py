"""Models of point sets with outliers: modules/geometry/src/ptsetreg.cpp.

The samples are drawn by OpenCV's own generator from its own seed, so that the same inliers are found.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from .._errors import failed_assertion

__all__ = ["PointSets", "least_median", "ransac"]

Array = npt.NDArray[Any]

_SOURCE = "geometry/src/ptsetreg.cpp"
_SEED = 2**64 - 1
_MULTIPLIER = 4164903690
_OUTLIER_RATIO = 0.45
_SMALLEST = 2.0**-1022


class PointSets:
    """Two sets of points, and the kind of model that takes one to the other.

    Parameters
    ----------
    first, second : ndarray of float32, (n, d)
    """

    #: How many points determine a model.
    model_points = 0

    def __init__(self, first: Array, second: Array) -> None:
        self.first = first
        self.second = second

    def models(self, sample: list[int]) -> list[Array]:
        """The models that take the points of a sample to their counterparts."""
        raise NotImplementedError

    def errors(self, model: Array) -> Array:
        """The squared distances of all points from where the model takes them, float32."""
        raise NotImplementedError

    def usable(self, sample: list[int]) -> bool:
        """Whether a sample determines models at all."""
        return True


class _Sampler:
    """Draws samples without repetition."""

    def __init__(self, sets: PointSets, attempts: int) -> None:
        self._state = _SEED
        self._sets = sets
        self._count = len(sets.first)
        self._attempts = attempts

    def draw(self) -> list[int] | None:
        """The next usable sample; None if none is found."""
        for _ in range(self._attempts):
            sample: list[int] = []
            while len(sample) < self._sets.model_points:
                index = self._next() % self._count
                if index not in sample:
                    sample.append(index)
            if self._sets.usable(sample):
                return sample
        return None

    def _next(self) -> int:
        self._state = (self._state & 0xFFFFFFFF) * _MULTIPLIER + (self._state >> 32)
        return self._state & 0xFFFFFFFF


def ransac(
    sets: PointSets, threshold: float, confidence: float, iterations: int
) -> tuple[Array, Array] | None:
    """The model with the most inliers, and their mask, uint8 (n,); None if there is none.

    Raises
    ------
    cv2.error
        ``confidence`` is not between zero and one, or there are no points.
    """
    _check(sets, confidence)
    count = len(sets.first)
    if count <= sets.model_points:
        return _only_model(sets)
    sampler = _Sampler(sets, 10000)
    limit = np.float32(threshold * threshold)
    rounds = max(iterations, 1)
    best: tuple[Array, Array] | None = None
    most = sets.model_points - 1
    done = 0
    while done < rounds:
        done += 1
        sample = sampler.draw()
        if sample is None:
            break
        for model in sets.models(sample):
            mask = sets.errors(model) <= limit
            inliers = int(np.count_nonzero(mask))
            if inliers > most:
                best, most = (model, mask), inliers
                rounds = _rounds(confidence, (count - inliers) / count, sets.model_points, rounds)
    return None if best is None else (best[0], best[1].astype(np.uint8))


def least_median(sets: PointSets, confidence: float, iterations: int) -> tuple[Array, Array] | None:
    """The model with the least median error, and its inliers, uint8 (n,); None if there is none.

    Raises
    ------
    cv2.error
        As :func:`ransac`.
    """
    _check(sets, confidence)
    count = len(sets.first)
    if count <= sets.model_points:
        return _only_model(sets)
    sampler = _Sampler(sets, 1000)
    least, best = math.inf, None
    for _ in range(max(_rounds(confidence, _OUTLIER_RATIO, sets.model_points, iterations), 3)):
        sample = sampler.draw()
        if sample is None:
            break
        for model in sets.models(sample):
            median = float(np.partition(sets.errors(model), count // 2)[count // 2])
            if median < least:
                least, best = median, model
    if best is None:
        return None
    sigma = max(2.5 * 1.4826 * (1 + 5.0 / (count - sets.model_points)) * math.sqrt(least), 0.001)
    mask = (sets.errors(best) <= np.float32(sigma * sigma)).astype(np.uint8)
    return (best, mask) if np.count_nonzero(mask) >= sets.model_points else None


def _check(sets: PointSets, confidence: float) -> None:
    if not 0 < confidence < 1:
        raise failed_assertion("confidence > 0 && confidence < 1", "run", f"{_SOURCE}:173")
    if not len(sets.first):
        raise failed_assertion("count >= 0 && count2 == count", "run", f"{_SOURCE}:175")


def _only_model(sets: PointSets) -> tuple[Array, Array] | None:
    count = len(sets.first)
    models = sets.models(list(range(count))) if count == sets.model_points else []
    return (models[0], np.ones(count, np.uint8)) if models else None


def _rounds(confidence: float, outliers: float, points: int, most: int) -> int:
    """RANSACUpdateNumIters: so many samples that one is free of outliers with that confidence."""
    miss = max(1 - confidence, _SMALLEST)
    spoilt = 1 - (1 - outliers) ** points
    if spoilt < _SMALLEST:
        return 0
    needed, gained = math.log(miss), math.log(spoilt)
    return most if gained >= 0 or -needed >= most * -gained else round(needed / gained)
