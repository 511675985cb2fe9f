"""Bench of a picture's preprocessing: in NumPy, and folded into the network."""

from __future__ import annotations

import json
from collections.abc import Iterator

from playwright.sync_api import Page

from .measurement import Machine, Measurement, ratio
from .models import MEAN, STD
from .pages import blank_page, evaluate

__all__ = ["measure_preprocessing", "preprocessing_times"]

_READY, _NUMPY, _FOLDED = "run of ready floats", "NumPy, then the run", "run of the folded network"
_ALONE_NUMPY, _ALONE_FOLDED = "preprocessing in NumPy", "preprocessing in the network"
#: Milliseconds. What is shorter can't be told from the noise of the runs.
_SHORTEST = 0.1


def preprocessing_times(page: Page, threads: int, calls: int, rounds: int) -> dict[str, float]:
    """Milliseconds a picture: of a run alone, and with either preprocessing."""
    settings = {"mean": list(MEAN), "std": list(STD), "threads": threads, "calls": calls, "rounds": rounds}
    call = f'benchPreprocessing("/made/detector_640.onnx", "/made/folded_640.onnx", {json.dumps(settings)})'
    times: dict[str, float] = evaluate(page, "preprocessing.js", call)
    return times


def measure_preprocessing(machine: Machine) -> Iterator[Measurement]:
    """A picture's preprocessing, in NumPy and folded into the network."""
    with blank_page(machine.browser, machine.url) as page:
        times = preprocessing_times(page, threads=1, calls=5, rounds=15)
    alone = {
        name: max(times[whole] - times[_READY], _SHORTEST)
        for name, whole in ((_ALONE_NUMPY, _NUMPY), (_ALONE_FOLDED, _FOLDED))
    }
    yield Measurement(
        "a picture of 640x640x3 uint8 to a network of 1x3x640x640, one thread",
        "ms",
        {**times, **alone},
        [ratio(alone, _ALONE_NUMPY, _ALONE_FOLDED, "at least 2"), ratio(times, _NUMPY, _FOLDED)],
        notes=[f"preprocessing: what a run of ready floats takes less, but at least {_SHORTEST} ms"],
    )
