"""Order and places of elements."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo

SORTED = ["uint8", "int8", "uint16", "int16", "int32", "float32", "float64", "int64"]
FLAGS = [cv2.SORT_EVERY_ROW, cv2.SORT_EVERY_COLUMN, cv2.SORT_DESCENDING, 17]


def ties(*shape, seed=3, values=7, dtype=np.float64):
    """Few different values: what std::sort does with equal ones shows."""
    return np.random.default_rng(seed).integers(0, values, shape).astype(dtype)


def hard(length):
    """A row on which the median of three is a bad pivot again and again: std::sort changes over to a heap."""
    row = np.zeros(length)
    half = length // 2
    for i in range(1, half + 1):
        if i % 2:
            row[i - 1], row[i] = i, half + i
        row[half + i - 1] = 2 * i
    return np.floor(row[None] / 2)


def placed(call, *args, dst):
    result = call(*args, dst)
    return result, result is dst


EYE = np.eye(3, dtype=np.uint8)
VOLUME = noise(3, 4, 200, dtype=np.float32)
CASES = {
    "one_channel_axis": lambda: [cv2.sort(noise(5, 6, 1), 0), cv2.sortIdx(noise(5, 6, 1), 1)],
    "one_channel_dst": lambda: cv2.sort(noise(5, 6, 1), 0, np.zeros((5, 6, 1), np.uint8)),
    "sort_row": lambda: cv2.sort(np.float32([3, 1, 2]), 0),
    "sort_row_by_column": lambda: cv2.sort(np.float32([3, 1, 2]), 1),
    "sort_number": lambda: cv2.sort(np.array(3.0), 0),
    "sort_dst": lambda: placed(cv2.sort, ties(5, 30), 0, dst=np.empty((5, 30))),
    "sort_other_dst": lambda: placed(cv2.sort, ties(5, 30), 0, dst=np.empty((5, 31))),
    "sort_zeros_and_infinities": lambda: cv2.sort(np.float32([[0, np.inf, -0.0, -np.inf, 1e-40]]), 0),
    "sort_strided": lambda: cv2.sort(noise(20, 30)[::2, ::3], 1),
    "sort_empty": lambda: cv2.sort(np.empty((0, 3)), 0),
    "sortIdx_row": lambda: cv2.sortIdx(np.float32([3, 1, 2]), 0),
    "sortIdx_row_by_column": lambda: cv2.sortIdx(np.float32([3, 1, 2]), 1),
    "sortIdx_dst": lambda: placed(cv2.sortIdx, ties(5, 30), 16, dst=np.empty((5, 30), np.int32)),
    "sortIdx_hard": lambda: [cv2.sortIdx(hard(n), 0) for n in (64, 200, 1000, 3000)],
    "sortIdx_orders": lambda: [
        cv2.sortIdx(row.astype(np.float32), 0)
        for row in (np.arange(99), np.arange(99)[::-1], np.arange(99) // 2, np.zeros(99), np.arange(99) % 2)
    ],
    "sortIdx_lengths": lambda: [cv2.sortIdx(ties(4, n), f) for n in range(1, 70) for f in (0, 16)],
    "sortIdx_photo": lambda: cv2.sortIdx(photo(channels=1), 1),
    "findNonZero": lambda: [
        cv2.findNonZero(ties(9, 8, values=2).astype(d))
        for d in ["bool", "uint8", "int16", "uint32", "int64", "float16", "float32", "float64"]
    ],
    "findNonZero_special": lambda: cv2.findNonZero(np.float32([[0, -0.0, np.nan, np.inf, 1e-45]])),
    "findNonZero_none": lambda: cv2.findNonZero(np.zeros((3, 3), np.uint8)),
    "reduceArg_number": lambda: cv2.reduceArgMin(np.array(3.0), 1, lastIndex=True),
    "findNonZero_empty": lambda: cv2.findNonZero(np.empty((0, 3), np.uint8)),
    "findNonZero_dst": lambda: placed(cv2.findNonZero, EYE, dst=np.zeros((3, 1, 2), np.int32)),
    "findNonZero_row_dst": lambda: placed(cv2.findNonZero, EYE, dst=np.zeros((1, 3, 2), np.int32)),
    "findNonZero_other_dst": lambda: placed(cv2.findNonZero, EYE, dst=np.zeros((4, 1, 2), np.int32)),
    "hasNonZero": lambda: [
        cv2.hasNonZero(a)
        for a in (EYE, EYE * 0, np.zeros((0, 0)), np.zeros((2, 3, 4, 5)), np.float32([-0.0, np.nan]))
    ],
    "reduceArg_volume": lambda: [
        call(VOLUME, axis) for call in (cv2.reduceArgMax, cv2.reduceArgMin) for axis in (0, 1, 2, -1, -3, 5)
    ],
    "reduceArg_ties": lambda: [
        call(ties(6, 20, values=3).astype(d), axis, lastIndex=last)
        for call in (cv2.reduceArgMax, cv2.reduceArgMin)
        for d in ("uint8", "int8", "uint16", "int16", "int32", "uint32", "float16", "float32", "float64")
        for axis in (0, 1)
        for last in (False, True)
    ],
    "reduceArg_nan": lambda: [
        call(np.float32([[1, np.nan, 2], [np.nan, 5, 1], [1, 2, np.nan]]), axis, lastIndex=last)
        for call in (cv2.reduceArgMax, cv2.reduceArgMin)
        for axis in (0, 1)
        for last in (False, True)
    ],
    "reduceArg_row": lambda: cv2.reduceArgMax(np.float32([3, 1, 4]), 0),
    "reduceArg_empty": lambda: [cv2.reduceArgMax(np.empty((0, 3)), axis) for axis in (0, 1)],
    "reduceArg_dst": lambda: placed(cv2.reduceArgMax, VOLUME, 0, dst=np.empty((1, 4, 200), np.int32)),
}
ERRORS = {
    "sort_channels": lambda: cv2.sort(photo(), 0),
    "sort_depth": lambda: cv2.sort(np.ones((2, 2), np.uint32), 0),
    "sort_flags": lambda: cv2.sort(np.ones((2, 2)), "0"),
    "sortIdx_volume": lambda: cv2.sortIdx(VOLUME, 0),
    "sortIdx_depth": lambda: cv2.sortIdx(np.ones((2, 2), np.float16), 0),
    "findNonZero_channels": lambda: cv2.findNonZero(photo()),
    "findNonZero_nothing": lambda: cv2.findNonZero(None),
    "findNonZero_row": lambda: cv2.findNonZero(np.ones(3)),
    "findNonZero_dtype": lambda: cv2.findNonZero(np.ones((2, 2), complex)),
    "hasNonZero_channels": lambda: cv2.hasNonZero(photo()),
    "reduceArgMax_channels": lambda: cv2.reduceArgMax(photo(), 0),
    "reduceArgMax_axis": lambda: cv2.reduceArgMax(EYE, -3),
    "reduceArgMin_depth": lambda: cv2.reduceArgMin(np.ones((2, 2), bool), 0),
}


@pytest.mark.parametrize("flags", FLAGS)
@pytest.mark.parametrize("dtype", SORTED)
def test_sort(dtype, flags, parity):
    source = noise(23, 37, dtype=dtype) if dtype != "int64" else ties(23, 37, dtype=dtype)
    parity(
        [cv2.sort(source, flags), cv2.sortIdx(source, flags), cv2.sortIdx(ties(40, 53, dtype=dtype), flags)]
    )


@pytest.mark.parametrize("name", CASES)
def test_ordering(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_ordering_errors(name, parity):
    parity.raised(ERRORS[name])
