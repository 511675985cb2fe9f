"""Arguments that no call can do anything with: native's error or result, and nothing broken after it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import photo

IMAGE = photo(20, 30)
GREY = photo(20, 30, channels=1)
NO_AXES = np.array(5, np.int32)

#: What is passed for an array.
ARRAYS = {
    "none": None,
    "empty": np.empty((0, 0), np.uint8),
    "empty_rows": np.empty((0, 5, 3), np.uint8),
    "no_channels": np.empty((4, 5, 0), np.uint8),
    "scalar_array": np.array(5, np.uint8),
    "one_dimension": np.arange(6, dtype=np.uint8),
    "objects": np.array([[1, "a"], [2, "b"]], object),
    "strings": np.array([["a", "b"]]),
    "complex": np.ones((3, 3), np.complex128),
    "float16": np.ones((6, 7), np.float16),
    "bools": np.ones((6, 7), bool),
    "int64": np.ones((6, 7), np.int64),
    "uint32": np.ones((6, 7), np.uint32),
    "five_dimensions": np.ones((2, 2, 2, 2, 2), np.uint8),
    "twelve_dimensions": np.ones((1,) * 12, np.uint8),
    "many_channels": np.ones((3, 4, 130), np.uint8),
    "not_a_number": np.full((5, 5), np.nan, np.float32),
    "list": [[1, 2], [3, 4]],
    "text": "image.png",
    "number": 5,
    "tuple_of_text": ("a", "b"),
}
CALLS = {
    "blur": lambda a: cv2.blur(a, (3, 3)),
    "resize": lambda a: cv2.resize(a, (4, 4), interpolation=cv2.INTER_NEAREST),
    "cvtColor": lambda a: cv2.cvtColor(a, cv2.COLOR_BGR2GRAY),
    "threshold": lambda a: cv2.threshold(a, 1, 255, cv2.THRESH_BINARY),
    "findContours": lambda a: cv2.findContours(a, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE),
    "boundingRect": lambda a: cv2.boundingRect(a),
    "bitwise_not": lambda a: cv2.bitwise_not(a),
    "add": lambda a: cv2.add(a, a),
    "mean": lambda a: cv2.mean(a),
    "split": lambda a: cv2.split(a),
    "flip": lambda a: cv2.flip(a, 1),
    "circle": lambda a: cv2.circle(a, (1, 1), 1, 5),
    "minAreaRect": lambda a: cv2.minAreaRect(a),
    "warpAffine": lambda a: cv2.warpAffine(a, np.eye(2, 3), (5, 5), flags=cv2.INTER_NEAREST),
}
OTHERS = {
    "resize_negative": lambda: cv2.resize(IMAGE, (-5, 5)),
    "resize_zero": lambda: cv2.resize(IMAGE, (0, 0)),
    "resize_fractions": lambda: cv2.resize(IMAGE, (5.5, 5)),
    "resize_three_sides": lambda: cv2.resize(IMAGE, (5, 5, 5)),
    "resize_not_a_number": lambda: cv2.resize(IMAGE, (float("nan"), 5)),
    "resize_text": lambda: cv2.resize(IMAGE, "55"),
    "resize_no_size": lambda: cv2.resize(IMAGE),
    "resize_interpolation": lambda: cv2.resize(IMAGE, (5, 5), interpolation=99),
    "resize_scale_not_a_number": lambda: cv2.resize(IMAGE, None, fx=float("nan"), fy=1),
    "blur_even": lambda: cv2.GaussianBlur(IMAGE, (4, 4), 0),
    "blur_negative": lambda: cv2.blur(IMAGE, (-3, 3)),
    "median_even": lambda: cv2.medianBlur(IMAGE, 4),
    "color_code": lambda: cv2.cvtColor(IMAGE, 9999),
    "color_text": lambda: cv2.cvtColor(IMAGE, "gray"),
    "kernel_type": lambda: cv2.filter2D(IMAGE, -1, np.ones((3, 3), np.int16)),
    "sizes_differ": lambda: cv2.add(IMAGE, IMAGE[1:]),
    "types_differ": lambda: cv2.bitwise_and(IMAGE, IMAGE.astype(np.float32)),
    "mask_type": lambda: cv2.bitwise_and(IMAGE, IMAGE, mask=np.ones((20, 30), np.float32)),
    "mask_size": lambda: cv2.bitwise_and(IMAGE, IMAGE, mask=np.ones((5, 5), np.uint8)),
    "merge_nothing": lambda: cv2.merge([]),
    "merge_number": lambda: cv2.merge(5),
    "merge_text": lambda: cv2.merge(["a"]),
    "matrix_shape": lambda: cv2.warpAffine(IMAGE, np.eye(3), (5, 5)),
    "matrix_list": lambda: cv2.warpAffine(IMAGE, [[1, 0, 0], [0, 1, 0]], (5, 5)),
    "perspective_points": lambda: cv2.getPerspectiveTransform(np.ones((3, 2)), np.ones((3, 2))),
    "line_float_points": lambda: cv2.line(IMAGE.copy(), (1.5, 2), (3, 4), 5),
    "line_one_number": lambda: cv2.line(IMAGE.copy(), 1, (3, 4), 5),
    "rectangle_thickness": lambda: cv2.rectangle(IMAGE.copy(), (1, 1), (5, 5), 5, 1.5),
    "circle_radius": lambda: cv2.circle(IMAGE.copy(), (1, 1), -5, 5),
    "color_of_five": lambda: cv2.circle(IMAGE.copy(), (1, 1), 5, (1, 2, 3, 4, 5)),
    "color_text_value": lambda: cv2.circle(IMAGE.copy(), (1, 1), 5, "red"),
    "polylines_floats": lambda: cv2.polylines(IMAGE.copy(), [np.ones((4, 2), np.float32)], True, 5),
    "text_bytes": lambda: cv2.putText(IMAGE.copy(), b"abc", (1, 5), 0, 1.0, 5),
    "contour_index": lambda: cv2.drawContours(IMAGE.copy(), [np.ones((4, 1, 2), np.int32)], 5, 5),
    "structuring_size": lambda: cv2.getStructuringElement(cv2.MORPH_RECT, (0, 0)),
    "too_many": lambda: cv2.flip(IMAGE, 1, None, 5),
    "unknown_keyword": lambda: cv2.flip(IMAGE, flipcode=1),
    "twice": lambda: cv2.flip(IMAGE, 1, flipCode=1),
    "nothing": lambda: cv2.flip(),
    "dst_list": lambda: cv2.flip(IMAGE, 1, [1, 2]),
    "dst_read_only": lambda: cv2.flip(IMAGE, 1, np.broadcast_to(np.uint8(0), IMAGE.shape)),
    "hist_ranges": lambda: cv2.calcHist([IMAGE], [7], None, [16], [0, 256]),
    "integer_too_large": lambda: cv2.flip(IMAGE, 2**40),
    "size_without_axes": lambda: cv2.resize(IMAGE, NO_AXES),
    "point_without_axes": lambda: cv2.circle(IMAGE.copy(), NO_AXES, 5, 5),
    "criteria_without_axes": lambda: cv2.meanShift(GREY, (1, 1, 5, 5), NO_AXES),
    "box_without_axes": lambda: cv2.boxPoints(NO_AXES),
    "arrays_without_axes": lambda: cv2.merge(NO_AXES),
    "polygons_without_axes": lambda: cv2.fillPoly(IMAGE.copy(), NO_AXES, 5),
    "complex_scalar": lambda: cv2.add(IMAGE, np.array([1j])),
    "scalar_of_text": lambda: cv2.compare(GREY, np.array(["a"]), cv2.CMP_EQ),
    "scalar_too_wide": lambda: cv2.add(GREY, np.array([2**40 + 7], np.int64)),
}


def outcome(call):
    """What a call returns, or the type and text of what it raises."""
    try:
        return ["returned", call()]
    except Exception as error:
        lines = str(error).split("\n")
        # What natively fails in SIMD or another optimised function fails here in the plain one.
        return [type(error).__module__ + "." + type(error).__qualname__, getattr(error, "code", 0), lines[1:]]


#: Natively no array with an axis of length 0 and channels is written to, not even where nothing would be.
UNLIKE_NATIVE = {("circle", "empty_rows")}


@pytest.mark.parametrize(
    ("call", "array"), sorted({(call, array) for call in CALLS for array in ARRAYS} - UNLIKE_NATIVE)
)
def test_odd_array(call, array, parity):
    value = ARRAYS[array]
    parity(outcome(lambda: CALLS[call](value.copy() if isinstance(value, np.ndarray) else value)))
    assert int(cv2.mean(GREY)[0]) == int(GREY.mean())


@pytest.mark.parametrize("name", OTHERS)
def test_odd_argument(name, parity):
    parity(outcome(OTHERS[name]))
    assert int(cv2.mean(GREY)[0]) == int(GREY.mean())
