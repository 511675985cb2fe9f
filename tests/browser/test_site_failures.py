"""The demo page when its Python goes away at a bad time: whatever waited gets the next Python."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.browser.test_site import ONE_OF_EACH, SITE, native_words
from tests.browser.visitor import ANSWER, START, Visitor

#: The page's workers, to end them; and a switch after which none can be started.
WATCH_WORKERS = """
globalThis.workers = [];
globalThis.Worker = class extends Worker {
  constructor(url, options) {
    super(globalThis.noWorkers ? "/nowhere.js" : url, options);
    workers.push(this);
  }
};
"""
END_WORKER = "workers.at(-1).terminate()"

STUBBORN = """
while True:
    try:
        print('on and on')
        while True: pass
    except KeyboardInterrupt:
        pass
"""


@pytest.fixture
def watched(newcomer: Visitor) -> Visitor:
    newcomer.page.add_init_script(WATCH_WORKERS)
    return newcomer


def try_again(visitor: Visitor) -> None:
    expect(visitor.page.locator("#status")).to_have_attribute("data-state", "failed", timeout=START)
    visitor.page.locator("#status-retry").click()
    visitor.wait_until_ready()


def pebbles(level: int) -> str:
    return native_words((SITE / "sample.jpg").read_bytes(), "edges", level)


def stop_stubborn_code(visitor: Visitor) -> None:
    """Leaves the page waiting for Python to give in."""
    visitor.run(STUBBORN, wait=False)
    visitor.expect_words("editor-output", "on and on")
    visitor.page.locator("#editor-stop").click()


def test_python_that_ends_while_it_starts(watched: Visitor, site_url: str) -> None:
    held: list[Route] = []
    with watched.page.expect_request("**/opencv.*.wasm", timeout=START):
        watched.page.route("**/opencv.*.wasm", lambda route: held.append(route))
        watched.page.goto(site_url)
        watched.run("print('at last')", wait=False)
    watched.page.evaluate(END_WORKER)
    expect(watched.page.locator("#status")).to_have_attribute("data-state", "failed", timeout=ANSWER)
    watched.page.unroute("**/opencv.*.wasm")
    of_first_start = len(held)
    try_again(watched)
    watched.expect_words("contours-words", pebbles(120))
    watched.expect_words("editor-output", "at last")
    source = (SITE / "pyinfer_demo" / "contours.py").read_text(encoding="utf-8")
    assert watched.page.locator("#contours-source").text_content() == source
    assert len(held) == of_first_start


def test_python_that_ends_while_it_fetches_the_network(watched: Visitor, site_url: str) -> None:
    watched.open(site_url)
    with watched.page.expect_request("**/*.onnx"):
        watched.page.route("**/*.onnx", lambda route: None)
        watched.draw(ONE_OF_EACH[1]["strokes"])
    watched.page.evaluate(END_WORKER)
    watched.page.unroute("**/*.onnx")
    try_again(watched)
    watched.page.locator("#digits-clear").click()
    watched.draw(ONE_OF_EACH[1]["strokes"])
    watched.expect_words("digits-words", "Python took")
    assert watched.words("digits-answer") == "1"


def test_python_that_ends_while_it_is_being_stopped(watched: Visitor, site_url: str) -> None:
    watched.open(site_url)
    stop_stubborn_code(watched)
    watched.page.evaluate(END_WORKER)
    try_again(watched)
    assert watched.run("print(6 * 7)") == "42\n"


def test_python_that_cannot_be_restarted_after_a_stop(watched: Visitor, site_url: str) -> None:
    watched.open(site_url)
    watched.page.evaluate("globalThis.noWorkers = true")
    stop_stubborn_code(watched)
    watched.page.locator("#contours-level").fill("60")
    expect(watched.page.locator("#status")).to_have_attribute("data-state", "failed", timeout=ANSWER)
    watched.page.evaluate("globalThis.noWorkers = false")
    try_again(watched)
    watched.expect_words("contours-words", pebbles(60))
    assert watched.run("print(6 * 7)") == "42\n"
