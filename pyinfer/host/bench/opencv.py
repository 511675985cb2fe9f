"""Benches of the OpenCV shim, beside the same calls by hand on the same opencv.js."""

from __future__ import annotations

from collections.abc import Iterator

from .measurement import Machine, Measurement, ratio
from .pages import blank_page, evaluate

__all__ = ["measure_pipelines", "measure_resize", "measure_small_call"]

_SIZES = ((640, 480), (1920, 1080))

#: The goal for a pipeline's ratio to hand-written JavaScript, where it is another than 1.25: each drawing
#: call must leave its result in the caller's array.
_GOALS = {"draw 100 boxes": 6.0}


def measure_resize(machine: Machine) -> Iterator[Measurement]:
    """`cv2.resize`, beside the tutorials' recipe and JavaScript."""
    with blank_page(machine.browser, machine.url) as page:
        values = evaluate(page, "opencv.js", "benchResize()")
    yield Measurement(
        "resize 1920x1080x3 uint8 to 192x108, ndarray to ndarray",
        "ms",
        values,
        [
            ratio(values, "the tutorials' recipe", "cv2.resize", "at least 30"),
            ratio(values, "cv2.resize", "by hand in JavaScript", "at most 1.5"),
        ],
    )


def measure_small_call(machine: Machine) -> Iterator[Measurement]:
    """What a call costs that has nothing to do."""
    with blank_page(machine.browser, machine.url) as page:
        values = evaluate(page, "opencv.js", "benchSmallCall()")
    goal = "at most 1.8, and 0.03 ms"
    ratios = [ratio(values, "cv2.bitwise_not", "the same through JsProxy", goal)]
    yield Measurement("one call on an 8x8 array", "ms", values, ratios)


def measure_pipelines(machine: Machine) -> Iterator[Measurement]:
    """What inference scripts are made of, in Python and by hand."""
    for width, height in _SIZES:
        with blank_page(machine.browser, machine.url) as page:
            pipelines = evaluate(page, "opencv.js", f"benchPipelines({width}, {height})")
        for name, times in pipelines.items():
            yield pipeline_measurement(f"{name}, {width}x{height}", name, times)


def pipeline_measurement(title: str, name: str, times: dict[str, float]) -> Measurement:
    """One pipeline's times, with its goal."""
    goal = f"at most {_GOALS.get(name, 1.25)}"
    note = f"{times['outside cv2']:.2f} ms of Python's are NumPy and the interpreter"
    values = {side: times[side] for side in ("Python", "JavaScript")}
    return Measurement(title, "ms", values, [ratio(values, "Python", "JavaScript", goal)], notes=[note])
