"""The strip under a page's head: a start is not slowed down by being told of."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.visitor import Visitor

STRIP = """async () => {
  const { StatusStrip } = await import("./progress.js");
  const page = document.implementation.createHTMLDocument();
  for (const id of ["status", "status-words", "status-amount", "status-track"]) {
    page.body.append(Object.assign(page.createElement("p"), { id }));
  }
  page.body.append(Object.assign(page.createElement("button"), { id: "status-retry" }));
  globalThis.strip = new StatusStrip(page);
  globalThis.shown = [];
  new MutationObserver(() => shown.push(strip.words.textContent)).observe(strip.words, { childList: true });
  strip.begin();
}"""
NEWS = """() => {
  for (let loaded = 1; loaded <= 50; loaded += 1) {
    const bytes = { loaded: loaded * 2 ** 20, total: 50 * 2 ** 20 };
    strip.report({ phase: "download", name: "numpy.whl", ...bytes, share: loaded / 50 });
  }
}"""
STATE = "() => [strip.strip.dataset.state, strip.words.textContent, strip.amount.textContent]"


@pytest.fixture
def page(newcomer: Visitor, site_url: str) -> Page:
    """A page with a strip that nobody sees, in a time that only the test moves on."""
    script = Path(__file__).parents[2] / "site" / "progress.js"
    newcomer.page.route("**/progress.js", lambda route: route.fulfill(path=script))
    newcomer.page.clock.install(time=0)
    newcomer.page.goto(f"{site_url}/index.html")
    newcomer.page.clock.pause_at(3_600_000)
    newcomer.page.evaluate(STRIP)
    return newcomer.page


def test_news_are_gathered_into_one_change(page: Page) -> None:
    page.evaluate(NEWS)
    page.clock.run_for(150)
    assert page.evaluate("shown") == ["Starting"]
    page.evaluate(NEWS)
    page.clock.run_for(50)
    assert page.evaluate(STATE) == ["starting", "Downloading NumPy", "50.0 of 50.0 MB"]
    assert page.evaluate("shown") == ["Starting", "Downloading NumPy"]
    page.evaluate(NEWS)
    page.clock.run_for(200)
    assert page.evaluate("shown") == ["Starting", "Downloading NumPy"]


def test_a_failure_is_told_at_once_and_not_overtaken(page: Page) -> None:
    page.evaluate(NEWS)
    page.evaluate("strip.fail('No network.')")
    assert page.evaluate(STATE) == ["failed", "No network.", ""]
    page.clock.run_for(1000)
    assert page.evaluate(STATE) == ["failed", "No network.", ""]
    assert page.evaluate("shown") == ["Starting", "No network."]


def test_the_end_of_a_start_is_told_at_once(page: Page) -> None:
    page.evaluate(NEWS)
    page.evaluate("strip.finish({ python: '3', opencv: '5', onnxruntime: '1' }, performance.now())")
    assert page.evaluate("shown") == ["Starting"]
    page.evaluate("strip.report({ phase: 'ready', name: '', loaded: 1, total: 1, share: 1 })")
    assert page.evaluate(STATE)[:2] == ["ready", "Ready: Python 3, OpenCV 5, ONNX Runtime 1"]
    page.clock.run_for(1000)
    assert page.evaluate(STATE)[0] == "ready"
