"""A function that hears of OpenCV's errors before they are raised."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import cv2
import numpy as np
import pytest

GREY = np.zeros((3, 3), np.uint8)


@pytest.fixture
def heard() -> Iterator[list[tuple[object, ...]]]:
    """What the function was called with, without the line, about which compilers disagree."""
    calls: list[tuple[object, ...]] = []
    cv2.redirectError(lambda *args: calls.append(args[:-1]))
    yield calls
    cv2.redirectError(None)


FAILURES = {
    "assertion": lambda: cv2.resize(GREY, (0, 0)),
    "engine": lambda: cv2.medianBlur(GREY, 2),
    "computed": lambda: cv2.sort(np.zeros((2, 2, 2)), 0),
    "image": lambda: cv2.imdecode(np.zeros(0, np.uint8), cv2.IMREAD_COLOR),
    "arguments": lambda: cv2.resize(GREY, "x"),
    "not_opencv_s": lambda: cv2.utils.testRaiseGeneralException(),
    "none": lambda: cv2.resize(GREY, (2, 2)),
}


@pytest.mark.parametrize("case", FAILURES)
def test_failures(case, heard, parity):
    with contextlib.suppress(cv2.error):
        FAILURES[case]()
    parity(heard)


def test_nothing_is_heard_any_more(heard, parity):
    cv2.redirectError(None)
    parity.raised(FAILURES["engine"])
    assert heard == []


def test_a_failing_listener_changes_nothing(parity, capfd):
    cv2.redirectError(lambda: None)
    try:
        parity.raised(FAILURES["engine"])
    finally:
        cv2.redirectError(None)
    assert "TypeError" in capfd.readouterr().err


def test_what_can_not_be_called(parity):
    parity.raised(lambda: cv2.redirectError(5))
