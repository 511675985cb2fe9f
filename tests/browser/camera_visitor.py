"""A visitor of the camera page, for its tests."""

from __future__ import annotations

import base64
import re
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.visitor import ANSWER, START, WATCH_LAYOUT

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "site"))
from pyinfer_demo import objects

__all__ = ["CameraVisitor", "assert_as_native"]

#: The page's workers, to end them.
WATCH_WORKERS = """
globalThis.workers = [];
globalThis.Worker = class extends Worker {
  constructor(...args) {
    super(...args);
    workers.push(this);
  }
};
"""


class CameraVisitor:
    """Somebody in front of the camera page."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.errors: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda said: said.type == "error" and self.errors.append(said.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda asked: self.requests.append(f"{asked.method} {asked.url}"))
        self.page.add_init_script(WATCH_LAYOUT)
        self.page.add_init_script(WATCH_WORKERS)

    def open(self, url: str) -> None:
        self.page.goto(f"{url}/camera.html")
        self.expect_status("ready")

    def expect_status(self, state: str) -> None:
        expect(self.page.locator("#status")).to_have_attribute("data-state", state, timeout=START)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def expect_state(self, state: str) -> None:
        expect(self.page.locator("#camera")).to_have_attribute("data-state", state, timeout=START)

    def expect_words(self, words: str | re.Pattern[str]) -> None:
        expect(self.page.locator("#camera-words")).to_contain_text(words, timeout=START)

    def expect_verdict(self, word: str) -> None:
        expect(self.page.locator("#camera-verdict")).to_have_text(word, timeout=START)

    def choose(self, name: str, kind: str, data: bytes) -> None:
        with self.page.expect_file_chooser() as chooser:
            self.press("Choose a file")
        chooser.value.set_files({"name": name, "mimeType": kind, "buffer": data})

    def shown(self) -> tuple[np.ndarray, np.ndarray]:
        """The frame that stands still, as Python got it, and the probabilities beside it."""
        picture = self.page.locator("#camera-frame").evaluate("canvas => canvas.toDataURL()")
        png = np.frombuffer(base64.b64decode(picture.partition(",")[2]), np.uint8)
        shares = self.page.locator("#camera-bars li").evaluate_all(
            "all => all.map((bar) => Number(bar.style.getPropertyValue('--share')))"
        )
        frame = cv2.cvtColor(cv2.imdecode(png, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGBA)
        return frame, np.array(shares)

    def wait_for_more_answers(self) -> None:
        before = self.page.locator("#camera-times").inner_text()
        expect(self.page.locator("#camera-times")).not_to_have_text(before, timeout=ANSWER)


def assert_as_native(visitor: CameraVisitor) -> dict[str, Any]:
    """The page shows what the same Python says on native OpenCV and ONNX Runtime."""
    frame, shares = visitor.shown()
    native = objects.classify(frame)
    np.testing.assert_allclose(shares, native["probabilities"], atol=1e-5)
    return native
