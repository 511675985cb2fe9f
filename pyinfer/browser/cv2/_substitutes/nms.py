"""Non-maximum suppression: modules/dnn/src/nms.cpp and nms.inl.hpp."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from .._call import call_by_name
from .._errors import failed_assertion, opencv_error

__all__ = ["NMSBoxes", "NMSBoxesBatched", "NMSBoxesRotated", "softNMSBoxes"]

Array = npt.NDArray[Any]

#: Overlaps of these boxes with those: a row each of these, a column each of those, float32.
Overlap = Callable[[Array, Array], Array]

#: So many boxes are compared with one another at a time. Of rotated ones every pair is a call of the engine,
#: so none is compared that need not be.
_BLOCK = 128
_ROTATED_BLOCK = 1
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
    return _suppress(bboxes, scores, score_threshold, nms_threshold, eta, top_k, _rectangle_overlap)


def NMSBoxesRotated(
    bboxes: Array, scores: list[float], score_threshold: float, nms_threshold: float, eta: float, top_k: int
) -> Array | tuple[()]:
    """As :func:`NMSBoxes`, of rotated rectangles: rows of centre, size and angle."""
    _check(len(bboxes), scores, score_threshold, nms_threshold, eta, "NMSBoxes", 57)
    return _suppress(
        bboxes, scores, score_threshold, nms_threshold, eta, top_k, _rotated_overlap, _ROTATED_BLOCK
    )


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
    return _suppress(apart, scores, score_threshold, nms_threshold, eta, top_k, _rectangle_overlap)


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
        overlap = _rectangle_overlap(boxes[best : best + 1], boxes[others])[0]
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
    overlap_of: Overlap,
    block_size: int = _BLOCK,
) -> Array | tuple[()]:
    """NMSFast_: the best first, and none that overlaps one that is kept by more than the threshold.

    The threshold falls (with ``eta`` below one) while boxes are kept, so what it once ruled out stays out.
    """
    ratings = np.array(scores, np.float32)
    candidates = np.flatnonzero(ratings > np.float32(score_threshold))
    candidates = candidates[np.argsort(-ratings[candidates], kind="stable")]
    if top_k > 0:
        candidates = candidates[:top_k]
    threshold = np.float32(nms_threshold)
    kept: list[int] = []
    for start in range(0, len(candidates), block_size):
        block = candidates[start : start + block_size]
        worst = np.full(len(block), -np.inf, np.float32)
        if kept:
            worst = overlap_of(boxes[block], boxes[kept]).max(axis=1)
            block, worst = block[worst <= threshold], worst[worst <= threshold]
        among = overlap_of(boxes[block], boxes[block]) if len(block) > 1 else worst[:, None]
        if eta < 1 and threshold > 0.5:
            for position, index in enumerate(block.tolist()):
                if worst[position] <= threshold:
                    kept.append(index)
                    worst = np.maximum(worst, among[:, position])
                    threshold *= np.float32(eta if threshold > 0.5 else 1)
        else:
            kept += _best_apart(block.tolist(), ~(among <= threshold))
    return np.array(kept, np.int32) if kept else ()


def _best_apart(indices: list[int], suppresses: Array) -> list[int]:
    """Of these, the best first, those that none before them suppresses which is itself among them."""
    suppressed: dict[int, list[int]] = {}
    for one, other in np.argwhere(np.triu(suppresses, 1)).tolist():
        suppressed.setdefault(one, []).append(other)
    out: set[int] = set()
    for position in range(len(indices)):
        if position not in out:
            out.update(suppressed.get(position, ()))
    return [index for position, index in enumerate(indices) if position not in out]


def _rectangle_overlap(these: Array, those: Array) -> Array:
    """jaccardDistance (core/types.hpp) of every two rectangles, as a similarity.

    Only those that may touch are looked at closely: few of many do.
    """
    overlap = np.zeros((len(these), len(those)), np.float32)
    near = _near(these, those, 0) & _near(these, those, 1)
    rows, columns = np.nonzero(near | _without_area(these)[:, None] | _without_area(those))
    overlap[rows, columns] = _overlap_of_pairs(these[rows], those[columns])
    return overlap


def _near(these: Array, those: Array, axis: int) -> Array:
    """Whether rectangles share a length along an axis; also said of some that miss by a rounding error."""
    start, other_start = these[:, axis, None], those[:, axis]
    end, other_end = start + these[:, axis + 2, None], other_start + those[:, axis + 2]
    slack = 1e-9 * (1 + max(map(_largest, (these, those))))
    near: Array = ~((end + slack < other_start) | (other_end + slack < start))
    return near


def _largest(boxes: Array) -> float:
    return float(np.abs(boxes).max(initial=0.0))


def _without_area(boxes: Array) -> Array:
    empty: Array = ~(boxes[:, 2] * boxes[:, 3] > np.finfo(np.float64).eps)
    return empty


def _overlap_of_pairs(one: Array, other: Array) -> Array:
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


def _rotated_overlap(these: Array, those: Array) -> Array:
    """rotatedRectIOU of every two rectangles; zero without a look at those that can't touch."""
    overlap = np.zeros((len(these), len(those)), np.float32)
    reach, other_reach = (np.hypot(boxes[:, 2], boxes[:, 3]) / 2 for boxes in (these, those))
    offset = these[:, None, :2].astype(np.float64) - those[:, :2]
    near = ~(np.hypot(offset[..., 0], offset[..., 1]) > 1.001 * (reach[:, None] + other_reach))
    for row, column in np.argwhere(near).tolist():
        overlap[row, column] = _rotated_pair(these[row], those[column])
    return overlap


def _rotated_pair(one: Array, other: Array) -> np.float32:
    rectangles = [((b[0], b[1]), (b[2], b[3]), b[4]) for b in (one.tolist(), other.tolist())]
    relation, corners = call_by_name("rotatedRectangleIntersection", *rectangles)
    if corners is None or relation == 0:
        return np.float32(0)
    if relation == 2:
        return np.float32(1)
    area = np.float32(call_by_name("contourArea", corners))
    return np.float32(area / (one[2] * one[3] + other[2] * other[3] - area))
