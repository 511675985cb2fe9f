"""What calls of opencv.js leave behind in its heap of 1 GiB: nothing, and little where they fail."""

from __future__ import annotations

from pyinfer.host.opencv.choice import chosen_engine
from tests.browser.conftest import PyinferPage

#: Twelve failures that each would leave behind a sixth of the heap.
SETUP = """
import cv2
import numpy as np
from pyinfer.browser.bridge import get_bridge

engine = get_bridge().opencv
large = np.zeros((13_000, 13_000), np.uint8)
too_large = np.broadcast_to(np.uint8(0), (46_340, 46_340))  # as much as NumPy has here

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


def test_call_that_throws_with_copies_of_its_arrays_frees_them(python: PyinferPage) -> None:
    """OpenCV has references of its own by then, which nothing takes back."""
    assert python.run(SETUP + "[attempts(lambda: cv2.hconcat([large, large[:1]])), *room_left()]") == [
        [-215],
        0,
        0,
    ]


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
one, other = id(large), id(too_large)
for arguments in (("none", "a", one), ("blur", "?"), ("blur", "ao", one), ("blur", "a", other)):
    answers.append([engine.call(*arguments), json.loads(engine.failure())["kind"]])
[answers, *room_left()]
"""
    ) == [
        [[None, "TypeError"], [None, "Error"], [None, "BindingError"], [None, "opencv"]],
        0,
        0,
    ]


#: One call of each way in which arrays cross.
MANY = (
    SETUP
    + """
image = np.random.default_rng(0).integers(0, 256, (64, 80, 3), np.uint8)
grey = image[..., 0].copy()
target = np.empty_like(grey)
polygon = np.array([[5, 5], [60, 9], [40, 50]], np.int32)

def calls():
    cv2.GaussianBlur(image, (5, 5), 0)
    cv2.add(image[5:40, 7:50], 5)
    cv2.bitwise_not(grey, dst=target)
    cv2.blur(image[:, ::-1], (3, 3))
    cv2.merge(cv2.split(image))
    cv2.findContours((grey > 200).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    cv2.rectangle(image, (5, 5), (30, 40), (1, 2, 3), 2)
    cv2.fillPoly(image, [polygon], (9, 9, 9))
    cv2.minAreaRect(polygon)
    cv2.calcHist([image], [0], None, [16], [0, 256])
"""
)


def test_ten_thousand_calls_leave_nothing_in_the_heap(python: PyinferPage) -> None:
    assert python.run(
        MANY
        + """
for _ in range(50):
    calls()
before = engine.heapEnd()
for _ in range(1000):
    calls()
[engine.heapEnd() - before, engine.liveCount()]
"""
    ) == [0, 0]


def test_ten_thousand_raising_calls_leave_little_and_right_answers(python: PyinferPage) -> None:
    """The npm build runs no destructor when it throws: the text of the error and some headers stay behind.

    In ours the heap stays as it is, or ends a few kilobytes later if what is free lies otherwise.
    """
    left, *answers = python.run(
        MANY
        + """
raising = (
    lambda: cv2.cvtColor(grey, cv2.COLOR_BGR2GRAY),
    lambda: cv2.resize(image, (0, 0)),
    lambda: cv2.hconcat([grey, image]),
    lambda: cv2.bitwise_and(image, grey),
)
right = cv2.GaussianBlur(image, (5, 5), 0)
before = engine.heapEnd()
raised = 0
for _ in range(2500):
    for call in raising:
        try:
            call()
        except cv2.error:
            raised += 1
same = bool((cv2.GaussianBlur(image, (5, 5), 0) == right).all())
[engine.heapEnd() - before, raised, same, engine.liveCount()]
"""
    )
    assert answers == [10_000, True, 0]
    print(f"each of 10,000 throws left {left / 10_000:.0f} bytes behind")
    assert left < (10_000 * 4096 if chosen_engine() is None else 2**16)


def test_arrays_beyond_the_heap_that_the_engine_began_with(python: PyinferPage) -> None:
    """It grows for them; where threads share it, the view of it from before stays, and is too short."""
    code = "import cv2, numpy as np\nimage = np.zeros((6000, 8000, 3), np.uint8)\nimage[-1, -1] = 7\n"
    assert python.run(f"{code}int(cv2.flip(image, -1)[0, 0, 0])") == 7
