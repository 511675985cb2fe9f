"""Non-maximum suppression: modules/dnn/src/nms.cpp and nms.inl.hpp."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from .._call import call_by_name
from .._errors import failed_assertion, opencv_error, raise_engine_failure
from .._mat import Engine

__all__ = ["NMSBoxes", "NMSBoxesBatched", "NMSBoxesRotated", "softNMSBoxes"]

Array = npt.NDArray[Any]

#: Which of some boxes, the best first, are kept: their positions. Also takes the threshold and ``eta``.
Suppression = Callable[[Array, float, float], "npt.NDArray[np.intp] | list[int]"]

_LINEAR, _GAUSSIAN = 1, 2


def NMSBoxes(
    bboxes: Array, scores: list[float], score_threshold: float, nms_threshold: float, eta: float, top_k: int
) -> Array | tuple[()]:
    """Indices of the boxes that are kept, int32; an empty tuple if none is.

    Raises
    ------
    cv2.error
        A box without a score, a negative threshold, ``eta`` not above zero.
    """
    _check(len(bboxes), scores, score_threshold, nms_threshold, eta, "NMSBoxes", 36)
    return _suppress(bboxes, scores, score_threshold, nms_threshold, eta, top_k, _suppress_rectangles)


def NMSBoxesRotated(
    bboxes: Array, scores: list[float], score_threshold: float, nms_threshold: float, eta: float, top_k: int
) -> Array | tuple[()]:
    """As :func:`NMSBoxes`, of rotated rectangles: rows of centre, size and angle."""
    _check(len(bboxes), scores, score_threshold, nms_threshold, eta, "NMSBoxes", 57)
    return _suppress(bboxes, scores, score_threshold, nms_threshold, eta, top_k, _suppress_rotated)


def NMSBoxesBatched(
    bboxes: Array,
    scores: list[float],
    class_ids: list[int],
    score_threshold: float,
    nms_threshold: float,
    eta: float,
    top_k: int,
) -> Array | tuple[()]:
    """As :func:`NMSBoxes`, but boxes of different classes do not suppress one another."""
    conditions = {
        "bboxes.size() == scores.size()": len(bboxes) == len(scores),
        "scores.size() == class_ids.size()": len(scores) == len(class_ids),
        "nms_threshold >= 0": nms_threshold >= 0,
        "eta > 0": eta > 0,
    }
    _assert(conditions, "NMSBoxesBatched", 112)
    farthest = max(0.0, float(np.max(bboxes[:, :2] + np.maximum(bboxes[:, 2:], 0), initial=0.0)))
    apart = bboxes.copy()
    apart[:, :2] += np.array(class_ids, np.float64).reshape(-1, 1) * (farthest + 1)
    return _suppress(apart, scores, score_threshold, nms_threshold, eta, top_k, _suppress_rectangles)


def softNMSBoxes(
    bboxes: Array,
    scores: list[float],
    score_threshold: float,
    nms_threshold: float,
    top_k: int,
    sigma: float,
    method: int,
) -> tuple[Array | tuple[()], Array | tuple[()]]:
    """New scores, float32, and indices, int32, of the boxes that are kept.

    Raises
    ------
    cv2.error
        A box without a score, a negative threshold or ``sigma``, an unknown ``method``.
    OverflowError
        ``top_k`` is negative.
    """
    if top_k < 0:
        raise OverflowError("can't convert negative value to size_t")
    conditions = {
        "bboxes.size() == scores.size()": len(bboxes) == len(scores),
        "score_threshold >= 0": score_threshold >= 0,
        "nms_threshold >= 0": nms_threshold >= 0,
        "sigma >= 0": sigma >= 0,
    }
    _assert(conditions, "softNMSBoxes", 127)
    current = np.array(scores, np.float32)
    threshold, limit, width = np.float32(score_threshold), np.float32(nms_threshold), np.float32(sigma)
    order = np.arange(len(scores))
    boxes = bboxes.astype(np.float64)
    count = 0
    while count < (min(top_k, len(scores)) or len(scores)):
        place = count + _first_of_best(current[order[count:]], order[count:])
        best = order[place]
        if current[best] < threshold:
            break
        order[[count, place]] = order[[place, count]]
        count += 1
        others = order[count:][~(current[order[count:]] < threshold)]
        if not others.size:
            continue
        overlap = _rectangle_overlap(boxes[best : best + 1], boxes[others])
        if method == _LINEAR:
            current[others] *= np.where(overlap > limit, 1 - overlap, np.float32(1))
        elif method == _GAUSSIAN:
            with np.errstate(divide="ignore", invalid="ignore"):
                exponent = -(overlap * overlap) / width
            current[others] *= np.exp(exponent, dtype=np.float64).astype(np.float32)
        else:
            text = "Not supported SoftNMS method."
            raise opencv_error(-5, "Bad argument", text, "softNMSBoxes", "dnn/src/nms.cpp:187")
    return (current[order[:count]], order[:count].astype(np.int32)) if count else ((), ())


def _first_of_best(scores: Array, indices: Array) -> int:
    """Where std::max_element finds the best score, of the lowest index if several are the best."""
    if not np.isnan(scores).any():
        return int(np.lexsort((indices, -scores))[0])
    best = 0
    for place, (score, index) in enumerate(zip(scores, indices, strict=True)):
        if (scores[best] < score) or (scores[best] == score and indices[best] > index):
            best = place
    return best


def _check(
    count: int,
    scores: list[float],
    score_threshold: float,
    nms_threshold: float,
    eta: float,
    name: str,
    line: int,
) -> None:
    conditions = {
        "bboxes.size() == scores.size()": count == len(scores),
        "score_threshold >= 0": score_threshold >= 0,
        "nms_threshold >= 0": nms_threshold >= 0,
        "eta > 0": eta > 0,
    }
    _assert(conditions, name, line)


def _assert(conditions: dict[str, bool], name: str, line: int) -> None:
    for condition, holds in conditions.items():
        if not holds:
            raise failed_assertion(condition, name, f"dnn/src/nms.cpp:{line}")


def _suppress(
    boxes: Array,
    scores: list[float],
    score_threshold: float,
    nms_threshold: float,
    eta: float,
    top_k: int,
    suppress: Suppression,
) -> Array | tuple[()]:
    """NMSFast_: of the boxes above the score, the best first, those that are kept."""
    ratings = np.array(scores, np.float32)
    candidates = np.flatnonzero(ratings > np.float32(score_threshold))
    candidates = candidates[np.argsort(-ratings[candidates], kind="stable")]
    if top_k > 0:
        candidates = candidates[:top_k]
    if not candidates.size:
        return ()
    return candidates[suppress(boxes[candidates], nms_threshold, eta)].astype(np.int32)


def _suppress_rectangles(boxes: Array, threshold: float, eta: float) -> Array:
    boxes = np.ascontiguousarray(boxes, np.float64)
    kept = np.zeros(len(boxes), np.uint8)
    if Engine.current().call("suppress", "awnn", id(boxes), id(kept), threshold, eta) is None:
        raise_engine_failure()
    return np.flatnonzero(kept)


def _suppress_rotated(boxes: Array, threshold: float, eta: float) -> list[int]:
    """The threshold falls (with ``eta`` below one) while boxes are kept."""
    limit = np.float32(threshold)
    kept: list[int] = []
    for position in range(len(boxes)):
        if all(overlap <= limit for overlap in _rotated_overlaps(boxes[position], boxes[kept])):
            kept.append(position)
            if eta < 1 and limit > 0.5:
                limit *= np.float32(eta)
    return kept


def _rectangle_overlap(one: Array, other: Array) -> Array:
    """jaccardDistance (core/types.hpp) of rectangles, as a similarity: float32."""
    width, height = (_common(one, other, axis) for axis in (0, 1))
    proper = (width > 0) & (height > 0) & (np.minimum(one[:, 2:], other[:, 2:]) > 0).all(axis=1)
    common = np.where(proper, width * height, 0.0)
    total = one[:, 2] * one[:, 3] + other[:, 2] * other[:, 3]
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = 1.0 - common / (total - common)
    distance[total <= np.finfo(np.float64).eps] = 0.0
    overlap: Array = np.float32(1) - distance.astype(np.float32)
    return overlap


def _common(one: Array, other: Array, axis: int) -> Array:
    """The length that rectangles share along an axis, of the one that starts later."""
    start, length = one[:, axis], one[:, axis + 2]
    other_start, other_length = other[:, axis], other[:, axis + 2]
    first = start < other_start
    gap = np.where(first, other_start - start, start - other_start)
    rest = np.where(first, length, other_length) - gap
    shared: Array = np.minimum(rest, np.where(first, other_length, length))
    return shared


def _rotated_overlaps(one: Array, others: Array) -> Iterator[np.float32]:
    """rotatedRectIOU with each of the others; zero without a look at those that can't touch."""
    reach, other_reach = np.hypot(one[2], one[3]) / 2, np.hypot(others[:, 2], others[:, 3]) / 2
    offset = one[:2].astype(np.float64) - others[:, :2]
    apart = np.hypot(offset[:, 0], offset[:, 1]) > 1.001 * (reach + other_reach)
    return (_rotated_pair(one, others[index]) for index in np.flatnonzero(~apart).tolist())


def _rotated_pair(one: Array, other: Array) -> np.float32:
    rectangles = [((b[0], b[1]), (b[2], b[3]), b[4]) for b in (one.tolist(), other.tolist())]
    relation, corners = call_by_name("rotatedRectangleIntersection", *rectangles)
    if corners is None or relation == 0:
        return np.float32(0)
    if relation == 2:
        return np.float32(1)
    area = np.float32(call_by_name("contourArea", corners))
    return np.float32(area / (one[2] * one[3] + other[2] * other[3] - area))
