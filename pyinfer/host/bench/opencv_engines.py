"""Bench of OpenCV's builds for browsers: npm's and our own, and native OpenCV with one thread."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import geometric_mean, median
from typing import Any

import cv2
from playwright.sync_api import Browser, Worker

from pyinfer.errors import EngineError
from pyinfer.host.build import runtime_bundle
from pyinfer.host.opencv_wasm import split_opencv
from pyinfer.host.pins import read_pins
from pyinfer.host.places import cache_dir, node_modules
from pyinfer.host.progress import note

from .measurement import Machine, Measurement, Ratio
from .opencv_functions import Array, Call, make_calls, make_inputs
from .pages import bench_server, blank_page, evaluate, open_worker

__all__ = ["Times", "engine_measurement", "measure_opencv_engines", "speed_ratios"]

_SIZES = ((640, 480), (1920, 1080))
#: In each worker. Where matrices happen to lie changes a plain copy by a tenth, as long as they are there.
_WORKERS, _ROUNDS = 3, 7
_LEAST_MILLISECONDS = 4
_WARM_UP_CALLS = 10

#: OpenCV's names of NumPy's types.
_TYPES = {"uint8": "CV_8U", "int16": "CV_16S", "float32": "CV_32F", "float64": "CV_64F"}

_NPM, _NATIVE = "npm", "native"
_VARIANTS = ("simd", "threads")

#: Milliseconds by function, then by engine.
Times = Mapping[str, Mapping[str, float]]


def measure_opencv_engines(machine: Machine) -> Iterator[Measurement]:
    """Forty functions in each build; nothing where our own has not been built."""
    folder = cache_dir() / "opencv-js" / read_pins().opencv_sources.version / "engine"
    if not (folder / "engine.json").is_file():
        note("no build of OpenCV of our own in the cache: `pyinfer opencv build` makes it; left out")
        return
    found: dict[str, Mapping[str, float]] = {}
    for width, height in _SIZES:
        size = f"{width}x{height}"
        times = _side_by_side(machine.browser, folder, width, height)
        found |= {f"{name}, {size}": row for name, row in times.items()}
        yield engine_measurement(f"OpenCV's builds, {size}", times)
    yield Measurement("OpenCV's builds, all sizes", "ms", ratios=speed_ratios(found))


def engine_measurement(title: str, times: Times) -> Measurement:
    """A table of milliseconds, and of how many times as fast as npm's each is.

    Parameters
    ----------
    title : str
    times : mapping of str to mapping of str to float
    """
    table = {
        name: {
            **{engine: row[engine] for engine in row},
            **{f"{_NPM} / {engine}": row[_NPM] / row[engine] for engine in row if engine != _NPM},
        }
        for name, row in times.items()
    }
    return Measurement(title, "ms", table=table)


def speed_ratios(times: Times) -> list[Ratio]:
    """How fast each build of our own is in the geometric mean, with the goals.

    Parameters
    ----------
    times : mapping of str to mapping of str to float
    """
    ratios: list[Ratio] = []
    rows = list(times.values())
    for variant in (name for name in _VARIANTS if name in rows[0]):
        gains = {name: row[_NPM] / row[variant] for name, row in times.items()}
        worst = min(gains, key=gains.__getitem__)
        beside_native = geometric_mean(row[variant] / row[_NATIVE] for row in rows)
        ratios += [
            Ratio(f"{_NPM} / {variant}, geometric mean", geometric_mean(gains.values()), "at least 2"),
            Ratio(f"{_NPM} / {variant}, the slowest ({worst})", gains[worst], "at least 0.95"),
            Ratio(f"{variant} / {_NATIVE}, geometric mean", beside_native, "at most 3.2"),
        ]
    return ratios


def _side_by_side(browser: Browser, folder: Path, width: int, height: int) -> Times:
    inputs = make_inputs(width, height)
    calls = make_calls(inputs)
    taken: dict[str, dict[str, list[float]]] = {name: {} for name in calls}
    with _one_thread():
        repetitions = {name: _repetitions(call) for name, call in calls.items()}
        for _ in range(_WORKERS):
            with _worker(browser, folder, inputs, calls) as worker:
                _prove(worker, _open_engines(worker, folder, inputs), calls)
                _take(worker, calls, repetitions, taken)
    return {name: {engine: median(each) for engine, each in row.items()} for name, row in taken.items()}


def _prove(worker: Worker, names: Sequence[str], calls: Mapping[str, Call]) -> None:
    """All engines give what native OpenCV gives, before any is timed."""
    if set(names) != set(calls):
        raise EngineError(f"not in both tables of functions: {set(names) ^ set(calls)}")
    differences = [line for name in names for line in _call(worker, "compare", name)]
    if differences:
        raise EngineError("\n".join(differences))


def _take(
    worker: Worker,
    calls: Mapping[str, Call],
    repetitions: Mapping[str, int],
    taken: Mapping[str, dict[str, list[float]]],
) -> None:
    for round_number in range(_ROUNDS):
        for name, call in calls.items():
            times = _call(worker, "time", name, round_number)
            times[_NATIVE] = _milliseconds(call, repetitions[name])
            for engine, value in times.items():
                taken[name].setdefault(engine, []).append(value)


def _repetitions(call: Call) -> int:
    shortest = min(_milliseconds(call, 1) for _ in range(_WARM_UP_CALLS))
    return math.ceil(_LEAST_MILLISECONDS / shortest)


def _milliseconds(call: Call, repetitions: int) -> float:
    call()  # what ran in between has filled the caches
    start = time.perf_counter()
    for _ in range(repetitions):
        call()
    return (time.perf_counter() - start) * 1000 / repetitions


@contextmanager
def _one_thread() -> Iterator[None]:
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)


@contextmanager
def _worker(
    browser: Browser, folder: Path, inputs: Mapping[str, Array], calls: Mapping[str, Call]
) -> Iterator[Worker]:
    script = (node_modules() / "@techstark" / "opencv-js" / "dist" / "opencv.js").read_bytes()
    npm = split_opencv(script.decode("utf-8"))
    made = {
        "npm.mjs": npm.module.encode(),
        "npm.wasm": npm.wasm,
        **{name: array.tobytes() for name, array in inputs.items()},
        **{f"result {name}": _bytes(call()) for name, call in calls.items()},
    }
    with (
        bench_server(runtime_bundle(), made, {"/engine": folder}) as url,
        blank_page(browser, url) as page,
    ):
        yield open_worker(page, "opencv_engines.js")


def _bytes(results: Iterable[Array]) -> bytes:
    return b"".join(each.tobytes() for each in results)


def _open_engines(worker: Worker, folder: Path, inputs: Mapping[str, Array]) -> list[str]:
    variants = json.loads((folder / "engine.json").read_text("utf-8"))["variants"]
    engines = {_NPM: {"module": "/made/npm.mjs", "wasm": "/made/npm.wasm"}} | {
        name: {part: f"/engine/{variants[name][part]}" for part in ("module", "wasm")}
        for name in _VARIANTS
        if name in variants
    }
    described = {
        name: {"shape": array.shape, "type": _TYPES[array.dtype.name]} for name, array in inputs.items()
    }
    names: list[str] = _call(worker, "openEngines", {"engines": engines, "inputs": described})
    return names


def _call(worker: Worker, function: str, *arguments: Any) -> Any:
    written = ", ".join(json.dumps(each) for each in arguments)
    return evaluate(worker, "opencv_engines.js", f"{function}({written})")
