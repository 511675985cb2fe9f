"""Calls of opencv.js that fail: its heap of 1 GiB must not fill up with what they leave behind."""

from __future__ import annotations

from tests.browser.conftest import PyinferPage

#: Twelve failures that each would leave behind a sixth of the heap.
SETUP = """
import cv2
import numpy as np
from pyinfer.browser.bridge import get_bridge

engine = get_bridge().opencv
large = np.zeros((13_000, 13_000), np.uint8)
too_large = np.broadcast_to(np.uint8(0), (46_000, 46_000))

def attempts(call):
    kinds = set()
    for _ in range(12):
        try:
            call()
        except cv2.error as error:
            kinds.add(error.code)
    return sorted(kinds)

def room_left():
    return [cv2.countNonZero(large), engine.liveCount()]
"""


def test_list_with_an_array_that_is_too_large_leaves_nothing_in_the_heap(python: PyinferPage) -> None:
    assert python.run(SETUP + "[attempts(lambda: cv2.hconcat([large, too_large])), *room_left()]") == [
        [-4],
        0,
        0,
    ]


def test_call_that_throws_frees_its_arrays(python: PyinferPage) -> None:
    assert python.run(
        SETUP + "[attempts(lambda: cv2.cvtColor(large, cv2.COLOR_BGR2GRAY)), *room_left()]"
    ) == [[-15], 0, 0]


def test_results_that_nobody_fetches_are_freed_by_the_next_call(python: PyinferPage) -> None:
    assert python.run(
        SETUP
        + """
left = []
for _ in range(12):
    engine.call("bitwise_not", "ao", id(large))
    left.append(engine.liveCount())
[left, engine.fetch(), *room_left()]
"""
    ) == [[1] * 12, True, 0, 0]


def test_what_cannot_be_done_is_told_without_an_exception(python: PyinferPage) -> None:
    """An exception of JavaScript would reach Python as a proxy that nobody destroys."""
    assert python.run(
        SETUP
        + """
import json
answers = []
for arguments in (("none", "a", id(large)), ("blur", "?"), ("blur", "ao", id(large)), ("blur", "a", id(too_large))):
    answers.append([engine.call(*arguments), json.loads(engine.failure())["kind"]])
[answers, *room_left()]
"""
    ) == [
        [[None, "TypeError"], [None, "Error"], [None, "BindingError"], [None, "opencv"]],
        0,
        0,
    ]
