"""Benches of the ONNX Runtime shim, beside onnxruntime-web's own `session.run`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any, NamedTuple

from playwright.sync_api import Page

from .measurement import Machine, Measurement, ratio
from .pages import blank_page, evaluate

__all__ = ["measure_inference", "run_ratio"]


class _Run(NamedTuple):
    title: str
    model: str
    shape: list[int]
    threads: int
    calls: int
    rounds: int
    goal: str = ""


_RUNS = [
    _Run("1x1x64x64, one thread", "segmenter_64", [1, 1, 64, 64], 1, 20, 25, "at most 1.05"),
    _Run("1x1x64x64, two threads", "segmenter_64", [1, 1, 64, 64], 2, 20, 25),
    _Run("1x3x640x640, one thread", "detector_640", [1, 3, 640, 640], 1, 3, 15, "at most 1.05"),
    _Run("1x3x640x640, two threads", "detector_640", [1, 3, 640, 640], 2, 3, 15),
    _Run("256x1x64x64, one thread", "segmenter_64", [256, 1, 64, 64], 1, 1, 9, "at most 0.97"),
]


def run_ratio(
    page: Page, model: str, shape: list[int], threads: int, calls: int, rounds: int
) -> dict[str, dict[str, float]]:
    """Time both ways to run a model: ``times`` in milliseconds, and the bytes ``moved`` by a run."""
    settings = {"threads": threads, "calls": calls, "rounds": rounds}
    address = f"/made/{model}.onnx"
    call = f"benchRun({json.dumps(address)}, {shape}, {json.dumps(settings)})"
    result: dict[str, Any] = evaluate(page, "inference.js", call)
    return result


def measure_inference(machine: Machine) -> Iterator[Measurement]:
    """`session.run` in Python and in JavaScript."""
    for run in _RUNS:
        if run.threads > (os.cpu_count() or 1):
            continue
        with blank_page(machine.browser, machine.url) as page:
            result = run_ratio(page, run.model, run.shape, run.threads, run.calls, run.rounds)
        times, moved = result["times"], result["moved"]
        note = f"copied by a sess.run: {moved['in']:,.0f} bytes in, {moved['out']:,.0f} bytes out"
        ratios = [ratio(times, "sess.run", "session.run in JavaScript", run.goal)]
        yield Measurement(f"a run of {run.title}", "ms", times, ratios, notes=[note])
