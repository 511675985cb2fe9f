"""Bench of the demo's heart locator on a whole CT series, beside hand-written JavaScript on npm's engines."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

from pyinfer.host.build import runtime_bundle
from pyinfer.host.opencv.choice import chosen_engine
from pyinfer.host.opencv_wasm import split_opencv
from pyinfer.host.places import node_modules, resource

from .measurement import Machine, Measurement, ratio
from .pages import bench_server, blank_page, evaluate

__all__ = ["measure_heart_series"]

_SLICES = 800
_DRAWN = 100
_ROUNDS = 9
#: What such a system takes that was built by hand, in milliseconds.
_BUDGET = 1500
_PYTHON, _BY_HAND = "Python on the shims", "JavaScript on npm's engines"


def measure_heart_series(machine: Machine) -> Iterator[Measurement]:
    """From pixels in memory to the box, preprocessing included."""
    script = (node_modules() / "@techstark" / "opencv-js" / "dist" / "opencv.js").read_text("utf-8")
    npm = split_opencv(script)
    site = resource("site")
    packages = (site / "models" / "chest_phantom", site / "pyinfer_demo")
    modules = [path.relative_to(site).as_posix() for each in packages for path in sorted(each.glob("*.py"))]
    threads = min(2, os.cpu_count() or 1)
    settings = {
        "slices": _SLICES,
        "drawn": _DRAWN,
        "threads": threads,
        "rounds": _ROUNDS,
        "modules": modules,
    }
    with (
        bench_server(
            runtime_bundle(), {"npm.mjs": npm.module.encode(), "npm.wasm": npm.wasm}, {"/site": site}
        ) as url,
        blank_page(machine.browser, url) as page,
    ):
        values = evaluate(page, "heart_series.js", f"benchSeries({json.dumps(settings)})")
    goal = "at most 1.15" if chosen_engine() is None else "less than 1"
    yield Measurement(
        f"{_SLICES} slices of 512x512 int16 to the heart's box, {threads} threads",
        "ms",
        values,
        [ratio(values, _PYTHON, _BY_HAND, goal)],
        notes=[f"600 to 800 slices in {_BUDGET} ms is what systems that were built by hand allow"],
    )
