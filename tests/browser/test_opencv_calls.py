"""Calls of opencv.js that fail: its heap of 1 GiB must not fill up with what they leave behind."""

from __future__ import annotations

from tests.browser.conftest import PyinferPage

#: Twelve failures that each would leave behind a sixth of the heap.
SETUP = """
from pyinfer.browser.bridge import get_bridge

engine = get_bridge().opencv
CV_8U, SIDE, TOO_LARGE = 0, 13_000, 60_000
before = engine.liveCount()

def room_left():
    made = engine.create(-10**9, CV_8U, SIDE, SIDE) is not None
    if made:
        engine.release(-10**9)
    return [made, engine.liveCount() - before]
"""


def test_list_that_cannot_be_unpacked_leaves_nothing_in_the_heap(python: PyinferPage) -> None:
    assert python.run(
        SETUP
        + """
failures = set()
for _ in range(12):
    engine.stage(1)
    failures.add(engine.unpack(f"{CV_8U},{SIDE},{SIDE};{CV_8U},{TOO_LARGE},{TOO_LARGE}"))
[list(failures), '"kind":"memory"' in engine.failure(), *room_left()]
"""
    ) == [[0], True, True, 0]


def test_list_that_cannot_be_made_shares_nothing_any_more(python: PyinferPage) -> None:
    assert python.run(
        SETUP
        + """
failures = set()
for _ in range(12):
    engine.create(-10**9, CV_8U, SIDE, SIDE)
    failures.add(engine.vector(-10**9, 10**9))
    engine.release(-10**9)
[list(failures), "released already" in engine.failure(), *room_left()]
"""
    ) == [[0], True, True, 0]


def test_what_is_gone_is_told_without_an_exception(python: PyinferPage) -> None:
    """An exception of JavaScript would reach Python as a proxy that nobody destroys."""
    assert (
        python.run(
            SETUP
            + """
answers = []
for method, *arguments in (("bytes", 10**9), ("pack", 10**9), ("element", 10**9, 0)):
    answers.append([getattr(engine, method)(*arguments) or 0, "released already" in engine.failure()])
answers
"""
        )
        == [[0, True]] * 3
    )
