"""cv2.imshow and cv2.waitKey on a page: canvases, events, keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from .conftest import LOAD, PyinferPage
from .run_command import PYINFER, run, write

MAKE_CANVAS = """(name) => {
  const canvas = document.createElement("canvas");
  canvas.dataset.cv2Window = name;
  document.body.append(canvas);
}"""

PIXELS = """(name) => {
  const canvas = document.querySelector(`canvas[data-cv2-window="${name}"]`);
  const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return { width, height, data: Array.from(data) };
}"""

#: Runs Python and says at once that it does; `outcome` holds what comes of it.
START = """(code) => {
  globalThis.outcome = runtime.runPythonAsync(code).catch((error) => `${error.type}: ${error.message}`);
}"""

COLOURS = """
import cv2
import numpy as np
cv2.imshow("view", np.array([[[255, 0, 0], [0, 255, 0], [1, 2, 3]]], np.uint8))
"""


class WindowPage(PyinferPage):
    """A page in which pyinfer runs, with canvases."""

    def add_canvas(self, name: str = "") -> None:
        self.page.evaluate(MAKE_CANVAS, name)

    def pixels(self, name: str = "") -> Any:
        return self.page.evaluate(PIXELS, name)

    def start(self, code: str) -> None:
        self.page.evaluate(START, code)

    def outcome(self) -> Any:
        return self.page.evaluate("() => outcome")

    def wait_until(self, condition: str) -> None:
        self.page.evaluate(
            """async (condition) => {
              const isMet = new Function(`return ${condition}`);
              while (!isMet()) {
                await new Promise((resolve) => requestAnimationFrame(resolve));
              }
            }""",
            condition,
        )


def load(context: BrowserContext, url: str, **options: Any) -> WindowPage:
    page = context.new_page()
    page.goto(f"{url}/blank")
    page.evaluate(LOAD, options)
    return WindowPage(page)


@pytest.fixture(scope="module")
def worker_page(browser: Browser, runtime_url: str) -> Iterator[WindowPage]:
    with browser.new_context() as context:
        yield load(context, runtime_url)


@pytest.fixture
def windows(worker_page: WindowPage) -> Iterator[WindowPage]:
    """A page with Python in its worker, at first without canvases."""
    before = worker_page.handles()
    worker_page.page.evaluate("() => document.body.replaceChildren()")
    yield worker_page
    worker_page.run("import cv2; cv2.destroyAllWindows()")
    assert worker_page.handles() == before


def test_images_are_drawn_on_the_window_s_canvas(windows: WindowPage) -> None:
    windows.add_canvas("view")
    windows.add_canvas()
    windows.run(COLOURS)
    assert windows.pixels("view") == {
        "width": 3,
        "height": 1,
        "data": [0, 0, 255, 255, 0, 255, 0, 255, 3, 2, 1, 255],
    }
    windows.run("cv2.imshow('grey', np.array([[0], [200]], np.uint8))")
    assert windows.pixels() == {"width": 1, "height": 2, "data": [0, 0, 0, 255, 200, 200, 200, 255]}
    windows.run("cv2.imshow('float', np.array([[0.5, 2]], np.float32))")
    assert windows.pixels() == {"width": 2, "height": 1, "data": [128, 128, 128, 255, 255, 255, 255, 255]}
    assert windows.pixels("view")["width"] == 3


def test_windows_are_closed_resized_and_titled(windows: WindowPage) -> None:
    windows.add_canvas("view")
    windows.run(COLOURS + "cv2.resizeWindow('view', 300, 100); cv2.setWindowTitle('view', 'three pixels')")
    canvas = windows.page.locator("canvas")
    assert canvas.bounding_box() == {**(canvas.bounding_box() or {}), "width": 300, "height": 100}
    assert canvas.get_attribute("title") == "three pixels"
    windows.run("cv2.destroyAllWindows()")
    assert windows.pixels("view")["data"] == [0] * 12


def test_images_stay_within_the_page_s_width(windows: WindowPage) -> None:
    for name in ("wide", "stretched", "styled"):
        windows.add_canvas(name)
    windows.page.add_style_tag(content="canvas[data-cv2-window=styled] { max-width: none }")
    show = "import cv2, numpy as np\nfor name in ('wide', 'stretched', 'styled'):"
    windows.run(f"{show} cv2.imshow(name, np.zeros((300, 3000), np.uint8))")
    windows.run("cv2.resizeWindow('stretched', 2000, 1000)")
    width = windows.page.evaluate("() => document.body.clientWidth")
    boxes = [canvas.bounding_box() or {} for canvas in windows.page.locator("canvas").all()]
    assert [(round(box["width"]), round(box["height"])) for box in boxes] == [
        (width, round(width / 10)),
        (width, round(width / 2)),
        (3000, 300),
    ]
    assert windows.page.get_by_role("img", name="wide").count() == 1


SEEN = """async (options) => {
  const { loadPyinfer } = await import("/pyinfer.js");
  const seen = [];
  const note = (name, image) => {
    seen.push([name, image && [image.constructor.name, image.width, image.height, ...image.data]]);
  };
  const runtime = await loadPyinfer({ ...options, imshow: note });
  runtime.addEventListener?.("imshow", ({ name, image }) => note(`event ${name}`, image));
  await runtime.runPythonAsync(`
    import cv2, numpy as np
    cv2.imshow("w", np.full((1, 1), 7, np.uint8))
    cv2.destroyWindow("w")
    cv2.imshow("view", np.full((1, 1), 8, np.uint8))
  `);
  await runtime.close();
  return seen;
}"""


@pytest.mark.parametrize("thread", ["worker", "main"])
def test_a_page_may_take_the_images_itself(context: BrowserContext, runtime_url: str, thread: str) -> None:
    page = context.new_page()
    page.goto(f"{runtime_url}/blank")
    page.evaluate(MAKE_CANVAS, "view")
    expected = [
        ["w", ["ImageData", 1, 1, 7, 7, 7, 255]],
        ["w", None],
        ["view", ["ImageData", 1, 1, 8, 8, 8, 255]],
        ["view", None],  # closing closes the windows
    ]
    kinds = ("", "event ") if thread == "worker" else ("",)
    assert page.evaluate(SEEN, {"thread": thread}) == [
        [f"{kind}{name}", image] for name, image in expected for kind in kinds
    ]
    assert page.evaluate(PIXELS, "view")["data"] == [0, 0, 0, 0]


def test_without_a_place_the_error_says_how_to_make_one(windows: WindowPage) -> None:
    windows.add_canvas("other")
    windows.start(COLOURS)
    assert "UnsupportedInBrowser: cv2.imshow" in windows.outcome()
    assert "<canvas data-cv2-window>" in windows.outcome()
    windows.add_canvas("view")  # a canvas that comes later counts from the next call on
    windows.run(COLOURS)
    assert windows.pixels("view")["width"] == 3


def test_keys_reach_the_script_that_waits(windows: WindowPage) -> None:
    windows.add_canvas("view")
    windows.start(COLOURS + "[cv2.waitKey(0), cv2.waitKeyEx(0), cv2.waitKey(), cv2.waitKey(1)]")
    windows.wait_until("document.querySelector('canvas').width === 3")
    windows.page.keyboard.press("Shift+Q")
    windows.page.keyboard.press("ArrowLeft")
    windows.page.locator("canvas").click()
    windows.page.keyboard.press("Escape")
    assert windows.outcome() == [ord("Q"), 0xFF51, 27, -1]


def test_keys_for_the_page_s_own_fields_stay_there(windows: WindowPage) -> None:
    windows.add_canvas("view")
    windows.page.evaluate("() => document.body.append(document.createElement('input'))")
    windows.start(COLOURS + "cv2.waitKey(0)")
    windows.wait_until("document.querySelector('canvas').width === 3")
    windows.page.locator("input").press("a")
    windows.page.locator("canvas").click()
    windows.page.keyboard.press("Control+b")
    windows.page.keyboard.press("c")
    assert windows.outcome() == ord("c")
    assert windows.page.locator("input").input_value() == "a"


def test_a_loop_of_frames_shows_the_last_and_ends_by_a_key(windows: WindowPage) -> None:
    windows.add_canvas("view")
    windows.start(
        COLOURS
        + """
frames = 0
while cv2.waitKey(1) != ord("q"):
    frames += 1
    for value in range(20):
        cv2.imshow("view", np.full((2, 2), value + frames % 2, np.uint8))
frames
"""
    )
    windows.wait_until("document.querySelector('canvas').width === 2")
    windows.page.keyboard.press("q")
    frames = windows.outcome()
    assert frames > 0
    assert windows.pixels("view")["data"][0] == 19 + frames % 2


def test_a_wait_can_be_interrupted(windows: WindowPage) -> None:
    windows.add_canvas("view")
    windows.start(COLOURS + "cv2.waitKey(0)")
    windows.wait_until("document.querySelector('canvas').width === 3")
    assert windows.page.evaluate("() => runtime.interrupt()") == "interrupted"
    assert windows.outcome().startswith("KeyboardInterrupt")
    assert windows.run("cv2.waitKey(1)") == -1


def test_a_delay_is_kept(windows: WindowPage) -> None:
    took = windows.run(
        "import cv2, time\nbegan = time.perf_counter()\ncv2.waitKey(120)\ntime.perf_counter() - began"
    )
    assert 0.12 <= took < 1


def test_without_isolation_keys_come_between_calls(context: BrowserContext, bare_url: str) -> None:
    windows = load(context, bare_url)
    windows.add_canvas("view")
    windows.run(COLOURS)
    assert windows.pixels("view")["width"] == 3
    assert windows.run("cv2.waitKey(5)") == -1
    windows.page.keyboard.press("k")
    assert windows.run("cv2.waitKey(5)") == ord("k")
    windows.start("cv2.waitKey(0)")
    assert "UnsupportedInBrowser: cv2.waitKey without an end" in windows.outcome()


def test_the_main_thread_draws_at_once_and_waits_for_nothing(
    context: BrowserContext, runtime_url: str
) -> None:
    main_thread = load(context, runtime_url, thread="main")
    main_thread.add_canvas("view")
    run = "(code) => runtime.runPythonAsync(code)"
    main_thread.page.evaluate(run, COLOURS)
    assert main_thread.pixels("view")["width"] == 3
    assert main_thread.page.evaluate(run, "cv2.waitKey(60000)") == -1
    main_thread.page.keyboard.press("m")
    assert main_thread.page.evaluate(run, "cv2.waitKey(0)") == ord("m")


def test_the_command_line_has_no_windows(tmp_path: Path) -> None:
    script = COLOURS.replace("cv2.imshow", "print(cv2.waitKey(1), cv2.destroyAllWindows())\ncv2.imshow")
    write(tmp_path / "script.py", script)
    result = run(PYINFER, ["script.py"], tmp_path)
    assert (result.status, result.output) == (1, b"-1 None\n")
    assert "UnsupportedInBrowser: cv2.imshow is not available" in result.errors
    assert "(pyinfer run), cv2.imwrite" in result.errors
