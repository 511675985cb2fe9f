"""A visitor of the heart page, for its tests."""

from __future__ import annotations

import re

import numpy as np
from playwright.sync_api import Page, expect

from tests.browser.visitor import START, WATCH_LAYOUT

SEARCH = 120_000  # milliseconds that a series may take on a busy machine


class Reader:
    """Somebody with a CT in front of the page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self.requests.append(f"{request.method} {request.url}"))
        page.add_init_script(WATCH_LAYOUT)

    def open(self, url: str) -> None:
        self.page.goto(f"{url}/heart.html")
        expect(self.page.locator("#status")).to_have_attribute("data-state", "ready", timeout=START)

    def words(self, name: str) -> str:
        return self.page.locator(f"#heart-{name}").inner_text()

    def expect_words(self, words: str | re.Pattern[str], name: str = "words") -> None:
        expect(self.page.locator(f"#heart-{name}")).to_contain_text(words, timeout=SEARCH)

    def choose(self, files: dict[str, bytes]) -> None:
        self.page.locator("#heart-files-input").set_input_files(
            [{"name": name, "mimeType": "", "buffer": data} for name, data in files.items()]
        )

    def search(self, files: dict[str, bytes]) -> None:
        """Choose files, and wait for the end of the search."""
        self.choose(files)
        self.expect_words(re.compile("found: "))

    def rectangle(self) -> list[int]:
        """That of the slice that is shown."""
        return self._rectangle("found")

    def box(self) -> list[int]:
        return self._rectangle("box")

    def _rectangle(self, name: str) -> list[int]:
        sides = ("x", "y", "width", "height")
        mark = self.page.locator(f"#heart-{name}")
        return [int(mark.get_attribute(side) or 0) for side in sides]

    def go_to(self, number: int) -> None:
        self.page.locator("#heart-slice").fill(str(number))
        self.expect_words(f"{number} of", "slice-number")

    def pixels(self) -> np.ndarray:
        """The greys of the slice that is shown."""
        flat = self.page.evaluate(
            """() => {
              const { width, height } = document.getElementById("heart-canvas");
              const context = document.getElementById("heart-canvas").getContext("2d");
              const data = context.getImageData(0, 0, width, height).data.filter((_, k) => k % 4 === 0);
              return { width, height, data: [...data] };
            }"""
        )
        return np.array(flat["data"], np.uint8).reshape(flat["height"], flat["width"])

    def expect_pixels(self, expected: np.ndarray) -> None:
        """Wait until the slice looks like that."""
        total = int(expected.astype(int).sum())
        self.page.locator("#heart-canvas").evaluate(
            """async (canvas, total) => {
              const end = performance.now() + 20_000;
              while (performance.now() < end) {
                const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
                const sum = data.reduce((sum, value, k) => (k % 4 === 0 ? sum + value : sum), 0);
                if (Math.abs(sum - total) <= 0.005 * total) return;
                await new Promise(requestAnimationFrame);
              }
            }""",
            total,
        )
        np.testing.assert_allclose(self.pixels().astype(int), expected, atol=1)
