"""What a visitor does on each page of the demo site to see it at work, in any browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from playwright.sync_api import Page, expect

from tests.browser.site_pictures import PAGES, SITE
from tests.browser.visitor import START

from pyinfer_demo import contours  # isort: skip

__all__ = ["Step", "see_at_work", "steps_of"]

#: What is done, the selector of what it is done to, and the text to wait for or the option to choose.
Step = tuple[Literal["see", "click", "choose"], str, str]


def _contours_of_the_sample() -> str:
    contours.open_photo((SITE / "sample.jpg").read_bytes())
    found = contours.find("edges", 120)
    return f"{found['count']:,} contours, {found['points']:,} points"


_STEPS: dict[str, Callable[[], list[Step]]] = {
    "index": lambda: [("see", f"#gallery a[href='{name}.html']", "") for name in PAGES if name != "index"],
    "heart": lambda: [
        ("click", "#heart-phantoms [value='200']", ""),
        ("see", "#heart-words", "The heart was found: 200 slices"),
    ],
    "digits": lambda: [
        ("click", "#digits-samples [value='7']", ""),
        ("see", "#digits-words", "Python took"),
        ("see", "#digits-answer", "7"),
    ],
    "camera": lambda: [
        ("click", "#camera-film", ""),
        ("see", "#camera-verdict[data-decision='rejected']", "unknown"),
        ("see", "#camera-verdict[data-decision='accepted']", "book"),
        ("see", "#camera-times", "frames a second"),
        ("click", "#camera-toggle", ""),
        ("see", "#camera[data-state='paused']", ""),
    ],
    "contours": lambda: [("see", "#contours-words", _contours_of_the_sample())],
    "script": lambda: [
        ("click", "#editor-run", ""),
        ("see", "#editor-output", "25 pebbles"),
        ("see", "#editor-words", "Done in"),
    ],
    "speed": lambda: [
        ("choose", "#speed-largest", "4"),
        ("choose", "#speed-rounds", "3"),
        ("see", "#speed-run:enabled", "Measure"),
        ("click", "#speed-run", ""),
        ("see", "#speed-words", "Measured"),
    ],
}


def steps_of(name: str) -> list[Step]:
    """The steps on a page, from its start to its answer."""
    start: list[Step] = [] if name == "index" else [("see", "#status[data-state='ready']", "Ready")]
    return start + _STEPS[name]()


def see_at_work(page: Page, name: str) -> None:
    """Take the steps on a page that Playwright has opened."""
    for action, selector, text in steps_of(name):
        part = page.locator(selector)
        if action == "click":
            part.click()
        elif action == "choose":
            part.select_option(text)
        else:
            expect(part).to_contain_text(text, timeout=START)
