"""The cv2 shim against native cv2: the same calls, through the fake engine, must give the same numbers."""

from __future__ import annotations

import cv2 as native
import numpy as np
import pytest

import pyinfer.browser.cv2 as cv2
from pyinfer.browser.cv2 import _call
from tests.parity.images import blobs, noise, photo, polygon


def same(result, expected):
    if isinstance(expected, np.ndarray):
        assert isinstance(result, np.ndarray)
        assert (result.dtype, result.shape) == (expected.dtype, expected.shape)
        np.testing.assert_array_equal(result, expected)
    elif isinstance(expected, tuple | list):
        assert type(result) is type(expected)
        assert len(result) == len(expected)
        for one, other in zip(result, expected, strict=True):
            same(one, other)
    else:
        assert type(result) is type(expected)
        assert result == expected


CALLS = {
    "every_default": lambda cv, a: cv.resize(a, (7, 5)),
    "keywords": lambda cv, a: cv.resize(interpolation=cv.INTER_AREA, dsize=(7, 5), src=a),
    "default_in_the_middle": lambda cv, a: cv.GaussianBlur(a, (5, 3), 1.5, borderType=cv.BORDER_REPLICATE),
    "none_in_the_middle": lambda cv, a: cv.resize(a, None, fx=0.5, fy=0.25),
    "value_and_array": lambda cv, a: cv.threshold(a, 99.5, 255, cv.THRESH_BINARY),
    "overload_by_type": lambda cv, a: (cv.norm(a), cv.norm(a, a // 2, cv.NORM_L1)),
    "scalar_for_array": lambda cv, a: (cv.add(a, 3), cv.subtract((9, 8, 7), a)),
    "mask": lambda cv, a: cv.add(a, a, mask=(a[..., 0] > 99).astype(np.uint8)),
    "dtype": lambda cv, a: cv.add(a, a, dtype=cv.CV_32F),
    "matrix_returned": lambda cv, a: cv.getRotationMatrix2D((3.5, 2), 30, scale=1.5),
    "matrix_argument": lambda cv, a: cv.warpAffine(a, np.array([[1, 0.5, 2], [0, 1, 1.0]]), (20, 10)),
    "scalar_and_border": lambda cv, a: cv.copyMakeBorder(a, 1, 2, 3, 4, cv.BORDER_CONSTANT, value=(1, 2, 3)),
    "rotated_rectangle": lambda cv, a: cv.minAreaRect(polygon()),
    "rotated_rectangle_argument": lambda cv, a: cv.ellipse(a.copy(), ((20, 20), (30, 10), 15.5), 255),
    "corners": lambda cv, a: cv.boxPoints(((1.5, 2), (3, 4), 30)),
    "rectangle": lambda cv, a: cv.boundingRect(polygon()),
    "structure": lambda cv, a: cv.minEnclosingCircle(polygon()),
    "positions": lambda cv, a: cv.minMaxLoc(a[..., 1]),
    "moments": lambda cv, a: list(cv.moments(polygon()).items()),
    "moments_argument": lambda cv, a: cv.HuMoments(cv.moments(polygon())),
    "list_of_contours": lambda cv, a: cv.findContours(blobs(), cv.RETR_TREE, cv.CHAIN_APPROX_SIMPLE),
    "no_contours": lambda cv, a: cv.findContours(np.zeros((5, 5), np.uint8), 0, 1, offset=(3, 4)),
    "list_argument": lambda cv, a: cv.fillPoly(a.copy(), [polygon(), polygon() // 2], (1, 2, 3)),
    "long_list_argument": lambda cv, a: cv.fillPoly(a.copy(), [polygon() + i for i in range(9)], (1, 2, 3)),
    "array_as_list": lambda cv, a: cv.fillPoly(a.copy(), polygon().reshape(1, -1, 2), (1, 2, 3)),
    "lists_of_numbers": lambda cv, a: cv.calcHist([a], [0, 2], None, [8, 4], [0, 256, 0, 200]),
    "split_few": lambda cv, a: cv.split(a),
    "split_many": lambda cv, a: cv.split(noise(5, 6, 9)),
    "merge_many": lambda cv, a: cv.merge(list(noise(9, 5, 6))),
    "four_outputs": lambda cv, a: cv.connectedComponentsWithStats(blobs(), connectivity=4),
    "filled_fields": lambda cv, a: cv.floodFill(a.copy(), None, (3, 4), (9, 9, 9), (5, 5, 5), (5, 5, 5)),
    "term_criteria": lambda cv, a: cv.meanShift(blobs(), (80, 10, 30, 30), (cv.TERM_CRITERIA_COUNT, 5, 1)),
    "window": lambda cv, a: cv.CamShift(blobs(), (80, 10, 30, 30), (3, 5, 1.0)),
    "points_returned": lambda cv, a: cv.ellipse2Poly((50, 40), (30, 20), 15, 0, 270, 20),
    "text": lambda cv, a: cv.putText(a.copy(), "a b", (1, 9), 0, 0.5, (1, 2, 3), lineType=cv.LINE_AA),
    "boolean": lambda cv, a: (cv.arcLength(polygon(), True), cv.arcLength(polygon(), False)),
    "whole_number_as_float": lambda cv, a: cv.contourArea(polygon()),
    "integer_returned": lambda cv, a: cv.getOptimalDFTSize(331),
    "written_list": lambda cv, a: cv.mixChannels([a], [np.zeros_like(a)], [0, 2, 1, 1, 2, 0]),
    "division_by_zero": lambda cv, a: cv.divide(255.0, np.arange(4, dtype=np.uint8)),
}


@pytest.mark.parametrize("case", CALLS)
def test_same_numbers(case):
    same(CALLS[case](cv2, photo()), CALLS[case](native, photo()))


ARRAYS = {
    "uint8": photo(),
    "int8": noise(6, 5, dtype=np.int8),
    "uint16": noise(6, 5, 2, dtype=np.uint16),
    "int16": noise(6, 5, dtype=np.int16),
    "int32": noise(6, 5, dtype=np.int32),
    "uint32": noise(6, 5, dtype=np.uint32),
    "int64": np.arange(30).reshape(5, 6),
    "float16": noise(6, 5, dtype=np.float16),
    "float32": noise(6, 5, 4, dtype=np.float32),
    "float64": noise(6, 5, dtype=np.float64),
    "one_dimension": np.arange(7, dtype=np.float32),
    "one_channel_axis": noise(6, 5, 1),
    "four_dimensions": noise(2, 3, 4, 5),
    "strided": photo()[::2, 1::3, ::-1],
    "transposed": photo().transpose(1, 0, 2),
    "read_only": np.broadcast_to(np.uint8(7), (4, 5)),
    "one_pixel": noise(1, 1, 3),
}


@pytest.mark.parametrize("kind", ARRAYS)
def test_arrays(kind):
    same(cv2.subtract(ARRAYS[kind], 1), native.subtract(ARRAYS[kind], 1))


def test_drawing_writes_into_the_array():
    image, wanted = photo(), photo()
    native.circle(wanted, (30, 20), 9, (1, 2, 3), -1)
    assert cv2.circle(image, (30, 20), 9, (1, 2, 3), -1) is image
    np.testing.assert_array_equal(image, wanted)


def test_drawing_on_a_view_writes_through():
    image, wanted = photo(), photo()
    native.circle(wanted[10:50:2, 20:70], (30, 9), 9, (1, 2, 3), -1)
    cv2.circle(image[10:50:2, 20:70], (30, 9), 9, (1, 2, 3), -1)
    np.testing.assert_array_equal(image, wanted)


def test_destination_that_fits_is_filled():
    dst = np.zeros((5, 7, 3), np.uint8)
    assert cv2.resize(photo(), (7, 5), dst) is dst
    np.testing.assert_array_equal(dst, native.resize(photo(), (7, 5)))


def test_destination_that_does_not_fit_is_left_alone():
    dst = np.zeros((5, 5, 3), np.uint8)
    same(cv2.resize(photo(), (7, 5), dst), native.resize(photo(), (7, 5)))
    assert not dst.any()


def test_input_is_not_changed():
    image = photo()
    cv2.blur(image, (5, 5))
    np.testing.assert_array_equal(image, photo())


def test_trailing_defaults_are_left_to_the_engine(fake_bridge):
    cv2.resize(photo(), (7, 5))
    cv2.resize(photo(), (7, 5), interpolation=cv2.INTER_AREA)
    assert fake_bridge.opencv.calls == [("resize", "aoz"), ("resize", "aoznnn")]


def test_an_array_is_given_once_and_as_it_is(fake_bridge):
    cropped = photo()[5:40, 7:50]
    cv2.add(cropped, photo()[5:40, 7:50], mask=np.ones((35, 43), np.uint8))
    cv2.blur(cropped[:, ::-1], (3, 3))
    # A mirrored one is refused: then its copy is given.
    assert fake_bridge.opencv.calls == [("add", "aaoa"), ("blur", "aoz"), ("blur", "aoz")]


def test_what_comes_with_the_networks_waits_for_them_once(fake_bridge, monkeypatch):
    monkeypatch.setattr(_call, "_plans", {})
    fake_bridge.opencv.later = frozenset({"HuMoments"})
    moments = cv2.moments(np.eye(3))
    assert fake_bridge.loaded_engines == []
    cv2.HuMoments(moments)
    cv2.HuMoments(moments)
    assert fake_bridge.loaded_engines == ["networks"]
