"""`make bench`: speeds as ratios, taken side by side in one page of a real Chromium.

Prints; asserts nothing. The ratios that the project has set itself stand beside the measured ones.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from pyinfer.host.build import runtime_bundle
from pyinfer.host.headers import media_type_of
from pyinfer.host.places import chromium, node_modules
from pyinfer.host.serve import serving
from tests.browser.conftest import CHROMIUM_FLAGS, blank_page

HERE = Path(__file__).parent
MODEL = "/data/network_64.onnx"


def files_below(folder: Path) -> Callable[..., Iterable[bytes]]:
    """A WSGI application that serves a folder."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = folder / environ["PATH_INFO"].lstrip("/")
        if not path.is_file():
            start_response("404 Not Found", [("Content-Type", "text/plain")])
            return [b"not found"]
        start_response("200 OK", [("Content-Type", media_type_of(path.name).content_type)])
        return [path.read_bytes()]

    return application


def evaluate(page: Page, call: str) -> Any:
    return page.evaluate(f"import('/bench/bench.js').then((bench) => bench.{call})")


@contextmanager
def bench_server() -> Iterator[str]:
    """Serves what the bench needs; ``/blank`` is where it runs."""
    extra = {
        "/blank": blank_page,
        "/bench": files_below(HERE),
        "/data": files_below(HERE.parent / "data"),
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
            f"  {name:<24} Python {python:8.2f} ms, JavaScript {javascript:8.2f} ms: "
            f"{python / javascript:.2f} (goal: at most {goal})"
        )


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
        page.reload()
        print_ratios(
            "a network with a 1x1x64x64 float32 input, one thread",
            evaluate(page, f"benchRun({MODEL!r})"),
            [("sess.run", "session.run in JavaScript", "goal: at most 1.3")],
        )
        page.close()
        bench_start(browser, url)
        browser.close()


if __name__ == "__main__":
    main()
