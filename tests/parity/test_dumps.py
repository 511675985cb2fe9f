"""How arguments reach C++, as OpenCV's own tests of its bindings ask."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

utils = cv2.utils

ARRAYS = {
    "none": None,
    "tuple": (1, 2),
    "number": 1.5,
    "list": [1],
    "whole": np.array([[1, 2], [3, 4]], np.int32),
    "wide": np.ones((2, 2), np.int64),
    "channels": np.ones((2, 3, 2), np.float32),
    "five_channels": np.ones((2, 3, 5), np.uint32),
    "zero_dimensions": np.array(3.14, np.float32),
    "row": np.array([0, 1, 0, 1], bool),
    "volume": np.ones((2, 3, 4, 5), np.float16),
    "long": np.ones((2, 3, 200), np.uint16),
    "empty": np.empty((0, 3)),
    "text": "a",
    "complex": np.ones((2, 2), complex),
}
SEQUENCES = {
    "none": None,
    "numbers": (1, 2),
    "arrays": [np.ones((2, 3, 3), np.uint8)] * 2,
    "mixed": [np.ones((1, 3, 2), np.float32), np.ones((2, 2), np.int32)],
    "volume": [np.ones((2, 3, 4, 5), np.float32)],
    "zero_dimensions": [np.array(2.0)],
    "with_none": [np.ones((2, 2)), None],
    "nothing": [],
    "one_array": np.ones((2, 3)),
    "number": 5,
    "text": ["a"],
}
VALUES = [
    True,
    5,
    -3,
    2.345,
    "abc",
    (1, 2),
    (1, 2, 3, 4),
    ((1, 2), (3, 4), 5),
    (3, 5, 0.1),
    [1.5, 2],
    [],
    1e300,
    [True, 2],
    [np.int64(3), 2],
    np.array([1, 0], np.int64),
    np.array([1, 0], bool),
    {0: 1, 1: 2},
]
DUMPS = [
    *("dumpBool", "dumpInt", "dumpDouble", "dumpCString", "dumpString", "dumpRect", "dumpTermCriteria"),
    *("dumpRotatedRect", "dumpRange", "dumpVectorOfInt", "dumpVectorOfDouble", "dumpVectorOfRect"),
]
GENERATED = [cv2.CV_8U, cv2.CV_8S, cv2.CV_16U, cv2.CV_16S, cv2.CV_32S, cv2.CV_32F, cv2.CV_64F, cv2.CV_8UC3]
CASES = {
    "floats": lambda: [utils.dumpFloat(number) for number in (5, 2.345, -0.125, float("inf"))],
    "rotated": lambda: utils.dumpRotatedRect(((0.1, -2.5), (3.3, 4), 45.7)),
    "rectangles": lambda: utils.dumpVectorOfRect([(1, 2, 3, 4), (5, 6, 7, 8)]),
    "in_out": lambda: utils.dumpInputOutputArray(np.ones((2, 3), np.float32)),
    "in_out_arrays": lambda: utils.dumpInputOutputArrayOfArrays([np.ones((2, 3), np.float32)]),
    "overloads": lambda: [
        utils.testOverloadResolution(5),
        utils.testOverloadResolution(5, (1, 2)),
        utils.testOverloadResolution(5, point=(1, 2)),
        utils.testOverloadResolution((1, 2, 3, 4)),
    ],
    "rotated_rectangles": lambda: [
        utils.testRotatedRect(1, 2, 3, 4.1, 5),
        utils.testRotatedRectVector(0.1, 2, 3, 4, 5),
    ],
    "overwritten": lambda: [
        (type(result).__name__, result.py, result.native) for result in [utils.testOverwriteNativeMethod(5)]
    ],
    "keywords": lambda: [
        utils.testReservedKeywordConversion(1),
        utils.testReservedKeywordConversion(1, lambda_=5, from_=7),
    ],
    "named": lambda: [
        utils.copyMatAndDumpNamedArguments(np.ones((2, 2))),
        utils.copyMatAndDumpNamedArguments(np.ones((2, 2)), lambda_=3, sigma=1.25),
    ],
    "size": lambda: [outcome(utils.dumpSizeT, number) for number in WIDE],
    "wide": lambda: [outcome(utils.dumpInt64, number) for number in WIDE],
    "pair": lambda: [
        utils.dumpVec2i(),
        utils.dumpVec2i(value=(3, 4)),
        utils.dumpVec2i((-1.5, 2.5)),
        utils.dumpVec2i(np.array([[5, 6]])),
        outcome(utils.dumpVec2i, [1, 2]),
        outcome(utils.dumpVec2i, "12"),
    ],
    "nested": lambda: [
        utils.nested.testEchoBooleanFunction(True),
        utils.nested.testEchoBooleanFunction(flag=0),
        utils.nested.ExportClassName_originalName(),
        utils.nested.OriginalClassName_originalName(),
    ],
    # Natively the error keeps the attributes of the one before.
    "general": lambda: outcome(utils.testRaiseGeneralException),
    "generated": lambda: [
        (utils.generateVectorOfInt(count), utils.generateVectorOfRect(count)) for count in (0, 1, 3, 50)
    ],
    "generated_arrays": lambda: [utils.generateVectorOfMat(3, 4, 5, dtype) for dtype in GENERATED],
    "generated_nothing": lambda: utils.generateVectorOfMat(0, 4, 5, cv2.CV_8U),
}
WIDE = [0, -3, 2**40, 2**63 - 1, -(2**63), 2**63, 2**64 - 1, 2**64, True, 5.0, "5", (5,)]
WIDE += [
    np.int8(-3),
    np.uint8(3),
    np.int64(2**40),
    np.uint64(2**63),
    np.bool_(True),
    np.float32(3),
    np.array(3),
]
ERRORS = {
    "overload": lambda: utils.testOverloadResolution("a"),
    "overload_point": lambda: utils.testOverloadResolution(5, point=(1, 2, 3)),
    "overload_count": lambda: utils.testOverloadResolution(3, (12, 21), 123),
    "overload_floats": lambda: utils.testOverloadResolution((4.5, 4, 2, 1)),
    "generated_empty": lambda: utils.generateVectorOfMat(2, 0, 0, cv2.CV_8U),
    "generated_float": lambda: utils.generateVectorOfInt(1.5),
    "bool_for_float": lambda: utils.dumpFloat(True),
}


def outcome(call, *args):
    """The result, or the type and text of what is raised."""
    try:
        return call(*args)
    except Exception as raised:
        return [type(raised).__name__, str(raised)]


@pytest.mark.parametrize("name", ARRAYS)
def test_dump_array(name, parity):
    parity(outcome(utils.dumpInputArray, ARRAYS[name]))


@pytest.mark.parametrize("name", SEQUENCES)
def test_dump_arrays(name, parity):
    parity(outcome(utils.dumpInputArrayOfArrays, SEQUENCES[name]))


@pytest.mark.parametrize("name", DUMPS)
def test_dump_values(name, parity):
    parity([outcome(getattr(utils, name), value) for value in VALUES])


@pytest.mark.parametrize("name", CASES)
def test_dumps(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_dumps_errors(name, parity):
    parity.raised(ERRORS[name])
