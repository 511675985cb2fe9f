"""Arithmetic and statistics of arrays of any shape, dtype, number of channels and strides."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.made_up import DTYPES, RARE_DTYPES, Family

DEPTHS = (-1, cv2.CV_8U, cv2.CV_16S, cv2.CV_32S, cv2.CV_32F, cv2.CV_64F)
SCALARS = (3, -2.5, (10, 20, 30), (1.5, 2, 3, 4), (7,))
MASKS = (None, "checks", "nothing")
ALL_DTYPES = (*DTYPES, *RARE_DTYPES)
COMPARISONS = range(6)
REDUCTIONS = (cv2.REDUCE_SUM, cv2.REDUCE_AVG, cv2.REDUCE_MAX, cv2.REDUCE_MIN, cv2.REDUCE_SUM2)


def mask(array, kind):
    """A mask of uint8 for an array: a chequerboard, or black; None for None."""
    if kind is None:
        return None
    checks = np.indices(array.shape[:2]).sum(0) % 2 == 0
    return np.uint8(checks * 255) if kind == "checks" else np.zeros(array.shape[:2], np.uint8)


def binary(name):
    """The cases of a function of two arrays, or of an array and a number."""
    function = getattr(cv2, name)
    return {
        name: Family(
            lambda a, b, kind, depth: function(a, b, mask=mask(a, kind), dtype=depth),
            (MASKS, DEPTHS),
            count=2,
            dtypes=ALL_DTYPES,
        ),
        f"{name}_scalar": Family(
            lambda a, number, kind: function(a, number, mask=mask(a, kind)),
            (SCALARS, MASKS),
            dtypes=ALL_DTYPES,
        ),
        f"{name}_dst": Family(lambda a, b: function(a, b, dst=b.copy()), count=2),
    }


def bitwise(name):
    """The cases of a function of bits."""
    function = getattr(cv2, name)
    return {
        name: Family(
            lambda a, b, kind: function(a, b, dst=np.ones_like(a, order="C"), mask=mask(a, kind)),
            (MASKS,),
            count=2,
            dtypes=ALL_DTYPES,
        )
    }


FAMILIES = {
    **binary("add"),
    **binary("subtract"),
    **bitwise("bitwise_and"),
    **bitwise("bitwise_or"),
    **bitwise("bitwise_xor"),
    "bitwise_not": Family(
        lambda a, kind: cv2.bitwise_not(a, np.ones_like(a, order="C"), mask(a, kind)),
        (MASKS,),
        dtypes=ALL_DTYPES,
    ),
    "multiply": Family(
        lambda a, b, scale, depth: cv2.multiply(a, b, scale=scale, dtype=depth),
        ((1, 0.5), DEPTHS),
        count=2,
        dtypes=ALL_DTYPES,
    ),
    "multiply_scalar": Family(cv2.multiply, (SCALARS,), dtypes=ALL_DTYPES),
    "divide": Family(
        lambda a, b, scale, depth: cv2.divide(a, b, scale=scale, dtype=depth),
        ((1, 40.0), DEPTHS),
        count=2,
        dtypes=ALL_DTYPES,
    ),
    "absdiff": Family(cv2.absdiff, count=2, dtypes=ALL_DTYPES),
    "absdiff_scalar": Family(cv2.absdiff, (SCALARS,), dtypes=ALL_DTYPES),
    "min": Family(cv2.min, count=2, dtypes=ALL_DTYPES),
    "max_scalar": Family(cv2.max, (SCALARS,), dtypes=ALL_DTYPES),
    "compare": Family(cv2.compare, (COMPARISONS,), count=2, dtypes=ALL_DTYPES),
    "compare_scalar": Family(cv2.compare, ((30, -1.5, (9,)), COMPARISONS), dtypes=ALL_DTYPES),
    "inRange": Family(
        cv2.inRange, ((-20, 10, (10, 20, 30)), (100, (100.5, 90, 80, 70))), dtypes=(*DTYPES, *RARE_DTYPES[1:])
    ),
    "inRange_arrays": Family(lambda a, b, c: cv2.inRange(a, cv2.min(b, c), cv2.max(b, c)), count=3),
    "addWeighted": Family(
        lambda a, b, alpha, beta, depth: cv2.addWeighted(a, alpha, b, beta, 0.25, dtype=depth),
        ((0.5, 1), (0.25, -1), DEPTHS),
        count=2,
    ),
    "scaleAdd": Family(lambda a, b: cv2.scaleAdd(a, 0.5, b), count=2),
    "convertScaleAbs": Family(
        lambda a, alpha, beta: cv2.convertScaleAbs(a, alpha=alpha, beta=beta), ((1, 0.5, -2), (0, 7.25))
    ),
    "normalize": Family(
        lambda a, low, high, kind, depth: cv2.normalize(a, None, low, high, kind, depth),
        ((0, 1), (255, 0, 10.5), (cv2.NORM_MINMAX, cv2.NORM_L2, cv2.NORM_L1, cv2.NORM_INF), DEPTHS),
    ),
    "normalize_mask": Family(
        lambda a, kind: cv2.normalize(
            a, np.ones_like(a, order="C"), 0, 200, cv2.NORM_MINMAX, mask=mask(a, kind)
        ),
        (MASKS[1:],),
    ),
    "LUT": Family(
        lambda a, dtype, by_channel: cv2.LUT(
            a,
            (np.arange(256 * (a.shape[2] if by_channel and a.ndim == 3 else 1)) * 7 % 251)
            .astype(dtype)
            .reshape((1, 256, -1)),
        ),
        (("uint8", "float32", "int16"), (False, True)),
    ),
    "exp_log_sqrt_pow": Family(
        lambda a: [cv2.exp(a / 32), cv2.log(abs(a) + 1), cv2.sqrt(abs(a)), cv2.pow(a, 2)],
        dtypes=("float32", "float64"),
    ),
    "pow": Family(cv2.pow, ((2, 3, 0),), dtypes=[name for name in DTYPES if name != "uint16"]),
    "cartToPolar": Family(
        lambda a, b, degrees: cv2.cartToPolar(a, b, angleInDegrees=degrees),
        ((False, True),),
        count=2,
        dtypes=("float32", "float64", "uint8"),
    ),
    "transform": Family(
        lambda a, rows: cv2.transform(a, np.float64(rows)),
        ((((0.5, 0.25, 0.125),), ((1, 0, 0), (0, 2, 0), (0, 0, 3)), ((0.5, 1),)),),
    ),
    "reduce": Family(
        lambda a, axis, kind, depth: cv2.reduce(a, axis, kind, dtype=depth), ((0, 1), REDUCTIONS, DEPTHS)
    ),
    "reduceArgMax": Family(
        lambda a, axis, last: cv2.reduceArgMax(a, axis, lastIndex=last),
        ((0, 1), (False, True)),
        channels=(0, 1),
    ),
    "minMaxLoc": Family(lambda a, kind: cv2.minMaxLoc(a, mask=mask(a, kind)), (MASKS,)),
    "mean": Family(lambda a, kind: cv2.mean(a, mask=mask(a, kind)), (MASKS,)),
    "meanStdDev": Family(lambda a, kind: cv2.meanStdDev(a, mask=mask(a, kind)), (MASKS,)),
    "sumElems": Family(cv2.sumElems),
    "countNonZero": Family(cv2.countNonZero, dtypes=ALL_DTYPES),
    "hasNonZero": Family(cv2.hasNonZero, dtypes=ALL_DTYPES),
    "findNonZero": Family(cv2.findNonZero, dtypes=ALL_DTYPES),
    "norm": Family(
        lambda a, kind, masked: cv2.norm(a, kind, mask=mask(a, masked)),
        ((cv2.NORM_INF, cv2.NORM_L1, cv2.NORM_L2, cv2.NORM_L2SQR), MASKS),
    ),
    "norm_difference": Family(
        cv2.norm, ((cv2.NORM_INF, cv2.NORM_L1, cv2.NORM_L2 | cv2.NORM_RELATIVE),), count=2
    ),
    "split": Family(cv2.split, dtypes=ALL_DTYPES),
    "merge": Family(lambda a, b, c: cv2.merge([a, b, c]), count=3, dtypes=ALL_DTYPES),
    "extractChannel": Family(cv2.extractChannel, ((0, 2),), dtypes=ALL_DTYPES),
    "insertChannel": Family(
        lambda a, b, channel: cv2.insertChannel(cv2.extractChannel(a, 0), b.copy(), channel),
        ((0, 1),),
        count=2,
    ),
    "mixChannels": Family(
        lambda a, b, pairs: cv2.mixChannels([a, b], [np.zeros_like(a, order="C")], pairs),
        (((0, 0), (2, 0, 0, 1), (-1, 0)),),
        count=2,
    ),
    "copyTo": Family(
        lambda a, b, kind: [cv2.copyTo(a, mask(a, kind)), cv2.copyTo(a, mask(a, kind), b.copy())],
        (MASKS,),
        count=2,
        dtypes=ALL_DTYPES,
    ),
    "sort": Family(cv2.sort, ((cv2.SORT_EVERY_ROW, cv2.SORT_EVERY_COLUMN | cv2.SORT_DESCENDING),)),
    "sortIdx": Family(cv2.sortIdx, ((cv2.SORT_EVERY_COLUMN, cv2.SORT_DESCENDING),)),
    "patchNaNs": Family(lambda a: cv2.patchNaNs(a.copy(), 3.0), dtypes=("float32", "float64", "uint8")),
    "setIdentity": Family(lambda a, number: cv2.setIdentity(a.copy(), number), ((1, (2, 3)),)),
    "completeSymm": Family(lambda a: cv2.completeSymm(a.copy())),
    "checkRange": Family(lambda a, low: cv2.checkRange(a, True, low, 100), ((-60, 0),)),
}


@pytest.mark.parametrize("name", FAMILIES)
def test_any_array(name, parity):
    parity.holds_for(FAMILIES[name].inputs, FAMILIES[name].outcome)
