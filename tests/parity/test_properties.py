"""Arrays of any shape, dtype and number of channels: Hypothesis makes them up, native says what is right."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

DTYPES = ("uint8", "int8", "uint16", "int16", "int32", "float32", "float64")


def arrays(count=1, dtypes=DTYPES, channels=(0, 1, 2, 3, 4, 6)):
    """Tuples of arrays of one form: 0 channels are two dimensions."""
    from hypothesis import strategies

    def make(dtype, height, width, depth, seed):
        shape = (height, width, depth) if depth else (height, width)
        generator = np.random.default_rng(seed)
        if np.dtype(dtype).kind == "f":
            return tuple((generator.random(shape) * 200 - 50).astype(dtype) for _ in range(count))
        low, high = (0, 256) if dtype == "uint8" else (-120, 120) if dtype[0] == "i" else (0, 60000)
        return tuple(generator.integers(low, high, shape).astype(dtype) for _ in range(count))

    side = strategies.integers(1, 33)
    return strategies.builds(
        make,
        *(strategies.sampled_from(dtypes), side, side, strategies.sampled_from(channels)),
        strategies.integers(0, 2**16),
    )


def outcome(call):
    """What a call returns, or which error it raises: not every type is taken by every function."""
    try:
        return ["returned", call()]
    except cv2.error as error:
        return ["raised", error.code, error.func]


SINGLE = {
    "bitwise_not": lambda a: cv2.bitwise_not(a),
    "copyMakeBorder_constant": lambda a: cv2.copyMakeBorder(
        a, 1, 2, 3, 0, cv2.BORDER_CONSTANT, value=(7, 8, 9)
    ),
    "copyMakeBorder_reflect": lambda a: cv2.copyMakeBorder(a, 3, 1, 2, 5, cv2.BORDER_REFLECT_101),
    "countNonZero": lambda a: cv2.countNonZero(a),
    "dilate": lambda a: cv2.dilate(a, np.ones((3, 2), np.uint8)),
    "erode": lambda a: cv2.erode(a, None, iterations=2),
    "findNonZero": lambda a: cv2.findNonZero(a),
    "flip": lambda a: cv2.flip(a, -1),
    "inRange": lambda a: cv2.inRange(a, 10, 100),
    "mean": lambda a: cv2.mean(a),
    "merge_split": lambda a: cv2.merge(cv2.split(a)[::-1]),
    "minMaxLoc": lambda a: cv2.minMaxLoc(a),
    "norm": lambda a: [cv2.norm(a, kind) for kind in (cv2.NORM_INF, cv2.NORM_L1, cv2.NORM_L2)],
    "reduce": lambda a: cv2.reduce(a, 1, cv2.REDUCE_MAX),
    "repeat": lambda a: cv2.repeat(a, 2, 3),
    "resize_nearest": lambda a: cv2.resize(a, (17, 9), interpolation=cv2.INTER_NEAREST),
    "rotate": lambda a: cv2.rotate(a, cv2.ROTATE_90_CLOCKWISE),
    "sumElems": lambda a: cv2.sumElems(a),
    "threshold": lambda a: cv2.threshold(a, 60, 100, cv2.THRESH_TOZERO),
    "transpose": lambda a: cv2.transpose(a),
}
PAIRS = {
    "absdiff": lambda a, b: cv2.absdiff(a, b),
    "add": lambda a, b: cv2.add(a, b),
    "compare": lambda a, b: cv2.compare(a, b, cv2.CMP_GT),
    "max": lambda a, b: cv2.max(a, b),
    "bitwise_xor": lambda a, b: cv2.bitwise_xor(a, b),
    "hconcat": lambda a, b: cv2.hconcat([a, b]),
    "multiply": lambda a, b: cv2.multiply(a, b, scale=0.5, dtype=cv2.CV_64F),
    "subtract_dst": lambda a, b: cv2.subtract(a, b, dst=b.copy()),
}


@pytest.mark.parametrize("name", SINGLE)
def test_any_array(name, parity):
    parity.holds_for(arrays, lambda a: outcome(lambda: SINGLE[name](a)))


@pytest.mark.parametrize("name", PAIRS)
def test_any_two_arrays(name, parity):
    parity.holds_for(lambda: arrays(2), lambda a, b: outcome(lambda: PAIRS[name](a, b)))


@pytest.mark.parametrize("name", SINGLE)
def test_any_part_of_an_array(name, parity):
    """Every second row, and a crop of it: strides that no contiguous array has."""
    parity.holds_for(arrays, lambda a: outcome(lambda: SINGLE[name](a[::2, a.shape[1] // 3 :])))
