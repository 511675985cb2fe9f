"""A visitor of the demo site, for its tests."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

START = 90_000  # milliseconds that a start may take on a busy machine
ANSWER = 20_000

WATCH_LAYOUT = """
globalThis.layoutShift = 0;
new PerformanceObserver((list) => {
  for (const shift of list.getEntries()) {
    if (!shift.hadRecentInput) globalThis.layoutShift += shift.value;
  }
}).observe({ type: "layout-shift", buffered: true });
"""


#: What a hidden tab does: it draws no frames, and says so.
HIDE = """
Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
Object.defineProperty(document, "hidden", { get: () => true });
document.dispatchEvent(new Event("visibilitychange"));
globalThis.requestAnimationFrame = () => 0;
"""

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


class Visitor:
    """Somebody in front of a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self.requests.append(f"{request.method} {request.url}"))
        page.add_init_script(WATCH_LAYOUT)

    def open(self, url: str, page: str) -> None:
        self.page.goto(f"{url}/{page}.html")
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        self.expect_state("ready")

    def expect_state(self, state: str) -> None:
        """Of the status strip: what became of the start."""
        expect(self.page.locator("#status")).to_have_attribute("data-state", state, timeout=START)

    def words(self, name: str) -> str:
        return self.page.locator(f"#{name}").inner_text()

    def expect_words(self, name: str, words: str | re.Pattern[str], timeout: float = ANSWER) -> None:
        expect(self.page.locator(f"#{name}")).to_contain_text(words, timeout=timeout)

    def expect_models(self, words: str) -> None:
        """Of the storage panel, which asks what is stored once it is looked at."""
        self.page.locator("#models-panel").scroll_into_view_if_needed()
        self.expect_words("models-panel", words)

    def draw(self, strokes: list[list[list[float]]]) -> None:
        """Draw with the mouse, in units of a 280 pixel square."""
        canvas = self.page.locator("#digits-canvas")
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        assert box
        for stroke in strokes:
            places = [
                (box["x"] + x * box["width"] / 280, box["y"] + y * box["height"] / 280) for x, y in stroke
            ]
            self.page.mouse.move(*places[0])
            self.page.mouse.down()
            for place in places[1:]:
                self.page.mouse.move(*place, steps=3)
            self.page.mouse.up()

    def drop(self, part: str, name: str, data: bytes, *, event: str = "drop") -> None:
        """Drop a file on a part of the page, or paste it."""
        self.page.evaluate(
            """([part, name, bytes, type]) => {
              const transfer = new DataTransfer();
              transfer.items.add(new File([new Uint8Array(bytes)], name));
              const target = document.getElementById(part);
              target.dispatchEvent(type === "paste"
                ? new ClipboardEvent(type, { clipboardData: transfer, bubbles: true, cancelable: true })
                : new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
            }""",
            [part, name, list(data), event],
        )

    def choose(self, name: str, data: bytes, button: str = "Choose a picture") -> None:
        """Choose a file by a button of the page."""
        with self.page.expect_file_chooser() as chooser:
            self.page.get_by_role("button", name=button, exact=True).click()
        chooser.value.set_files({"name": name, "mimeType": "", "buffer": data})

    def run(self, code: str, *, wait: bool = True) -> str:
        """Run Python in the editor as a keyboard user does; what it wrote."""
        self.page.locator("#editor-source .cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(code)
        self.page.keyboard.press("Control+Enter")
        if wait:
            expect(self.page.locator("#editor-run")).to_be_enabled(timeout=ANSWER)
        return self.words("editor-output")
