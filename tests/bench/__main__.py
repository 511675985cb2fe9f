"""`make bench`: speeds as ratios, taken side by side in one page of a real Chromium; memory, in two; nginx.

Prints; asserts nothing. The ratios that the project has set itself stand beside the measured ones.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnxruntime
from playwright.sync_api import Browser, Page, sync_playwright

from pyinfer.host.build import runtime_bundle
from pyinfer.host.places import chromium, node_modules
from pyinfer.host.serve import serving
from tests.browser.conftest import CHROMIUM_FLAGS, blank_page
from tests.static_files import files_below

from .load import print_load
from .memory import bench_memory
from .models import detector_640

HERE = Path(__file__).parent
MODEL = "/data/network_64.onnx"

#: The heart network; the folder lies beside the checkout, where there is one.
REFERENCE_CT = HERE.parents[2] / "shared" / "reference-ct"

#: Title, model, shape of the input, threads, calls timed together, rounds, goal for the ratio.
RUNS = [
    ("1x1x64x64, one thread", MODEL, [1, 1, 64, 64], 1, 20, 25, "at most 1.05"),
    ("1x1x64x64, two threads", MODEL, [1, 1, 64, 64], 2, 20, 25, "printed"),
    ("1x3x640x640, one thread", "/made/detector_640.onnx", [1, 3, 640, 640], 1, 3, 15, "at most 1.05"),
    ("1x3x640x640, two threads", "/made/detector_640.onnx", [1, 3, 640, 640], 2, 3, 15, "printed"),
    ("256x1x64x64, one thread", MODEL, [256, 1, 64, 64], 1, 1, 9, "at most 0.97"),
]
SLICES = 800


def evaluate(page: Page, call: str, module: str = "bench.js") -> Any:
    return page.evaluate(f"import('/bench/{module}').then((bench) => bench.{call})")


@contextmanager
def bench_server() -> Iterator[str]:
    """Serves what the bench needs; ``/blank`` is where it runs."""
    with TemporaryDirectory() as made:
        (Path(made) / "detector_640.onnx").write_bytes(detector_640())
        extra = {
            "/blank": blank_page,
            "/bench": files_below(HERE),
            "/data": files_below(HERE.parent / "data"),
            "/made": files_below(Path(made)),
            "/reference-ct": files_below(REFERENCE_CT),
            "/node_modules": files_below(node_modules()),
        }
        with serving(runtime_bundle(), extra=extra) as url:
            yield url


def print_ratios(title: str, times: dict[str, float], goals: list[tuple[str, str, str]]) -> None:
    print(f"\n{title}")
    for name, milliseconds in times.items():
        print(f"  {name:<28} {milliseconds:9.3f} ms")
    for dividend, divisor, goal in goals:
        print(f"  {dividend} / {divisor}: {times[dividend] / times[divisor]:.2f} ({goal})")


#: The goal for a pipeline's ratio to hand-written JavaScript, where it is another than 1.25: each drawing
#: call must leave its result in the caller's array.
PIPELINE_GOALS = {"draw 100 boxes": 6.0}


def print_pipelines(title: str, pipelines: dict[str, dict[str, float]]) -> None:
    print(f"\n{title}")
    for name, times in pipelines.items():
        python, javascript = times["Python"], times["JavaScript"]
        goal = PIPELINE_GOALS.get(name, 1.25)
        print(
            f"  {name:<24} Python {python:8.2f} ms ({times['outside cv2']:5.2f} of them outside cv2), "
            f"JavaScript {javascript:8.2f} ms: "
            f"{python / javascript:.2f} (goal: at most {goal})"
        )


def run_ratio(
    page: Page, model: str, shape: list[int], threads: int, calls: int, rounds: int
) -> dict[str, dict[str, float]]:
    settings = {"threads": threads, "calls": calls, "rounds": rounds}
    result: dict[str, dict[str, float]] = evaluate(
        page, f"benchRun({json.dumps(model)}, {shape}, {json.dumps(settings)})", "inference.js"
    )
    return result


def print_run(title: str, result: dict[str, dict[str, float]], goal: str) -> None:
    times, moved = result["times"], result["moved"]
    print_ratios(title, times, [("sess.run", "session.run in JavaScript", f"goal: {goal}")])
    print(f"  copied by a sess.run: {moved['in']:.0f} bytes in, {moved['out']:.0f} bytes out")


def bench_heart(page: Page) -> None:
    """The heart network on all slices as one batch, beside native onnxruntime with as many threads."""
    if not REFERENCE_CT.is_dir():
        print(f"\nthe heart network: not measured, there is no {REFERENCE_CT}")
        return
    threads = 2
    shape = [SLICES, 1, 64, 64]
    times = run_ratio(page, "/reference-ct/model.onnx", shape, threads, 1, 5)["times"]
    times["native onnxruntime"] = native_milliseconds(REFERENCE_CT / "model.onnx", shape, threads)
    print_ratios(
        f"the heart network, {SLICES} slices as one batch, {threads} threads",
        times,
        [
            ("sess.run", "session.run in JavaScript", "printed"),
            ("sess.run", "native onnxruntime", "printed"),
        ],
    )


def native_milliseconds(model: Path, shape: list[int], threads: int) -> float:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    feed = {session.get_inputs()[0].name: np.full(shape, 128, np.float32)}
    times = []
    for _ in range(6):
        start = time.perf_counter()
        session.run(None, feed)
        times.append((time.perf_counter() - start) * 1000)
    return sorted(times[1:])[2]


def bench_start(browser: Browser, url: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{url}/blank")
    for title in ("Cold start", "Warm start (second load)"):
        phases = evaluate(page, f"benchStart({MODEL!r})")
        end = max(phase["to"] for phase in phases.values())
        print(f"\n{title}: {end:.0f} ms to the end of the first inference")
        for name, phase in sorted(phases.items(), key=lambda item: item[1]["from"]):
            print(f"  {phase['from']:7.0f} .. {phase['to']:7.0f} ms  {name}")
        page.reload()
    context.close()


def main() -> None:
    with bench_server() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.fspath(chromium()), args=CHROMIUM_FLAGS)
        print(f"Chromium {browser.version}, {os.cpu_count()} cores")
        page = browser.new_page()
        page.goto(f"{url}/blank")
        print_ratios(
            "resize 1920x1080x3 uint8 to 192x108, ndarray to ndarray",
            evaluate(page, "benchResize()"),
            [
                ("the tutorials' recipe", "cv2.resize", "goal: at least 30"),
                ("cv2.resize", "by hand in JavaScript", "goal: at most 1.5"),
            ],
        )
        page.reload()
        print_ratios(
            "one call on an 8x8 array",
            evaluate(page, "benchSmallCall()"),
            [("cv2.bitwise_not", "the same through JsProxy", "goal: at most 1.8, and 30 microseconds")],
        )
        for width, height in ((640, 480), (1920, 1080)):
            page.reload()
            pipelines = evaluate(page, f"benchPipelines({width}, {height})")
            print_pipelines(f"pipelines at {width}x{height}, by hand on the same opencv.js", pipelines)
        for title, model, shape, threads, calls, rounds, goal in RUNS:
            page.reload()
            print_run(title, run_ratio(page, model, shape, threads, calls, rounds), goal)
        page.reload()
        bench_heart(page)
        page.close()
        bench_start(browser, url)
        browser.close()
        bench_memory(playwright.chromium)
    print_load()


if __name__ == "__main__":
    main()
