"""What a visitor does on each page of the demo site to see it at work, in any browser."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.site_pictures import PAGES, SITE
from tests.browser.visitor import START

from pyinfer_demo import contours  # isort: skip

__all__ = ["Step", "see_at_work", "steps_of"]

#: A selector, and the text to wait for there or None to click.
Step = tuple[str, str | None]


def _contours_of_the_sample() -> str:
    contours.open_photo((SITE / "sample.jpg").read_bytes())
    found = contours.find("edges", 120)
    return f"{found['count']:,} contours, {found['points']:,} points"


_STEPS: dict[str, Callable[[], list[Step]]] = {
    "index": lambda: [(f"#gallery a[href='{name}.html']", "") for name in PAGES if name != "index"],
    "heart": lambda: [
        ("#heart-phantoms [value='200']", None),
        ("#heart-words", "The heart was found: 200 slices"),
    ],
    "digits": lambda: [
        ("#digits-samples [value='7']", None),
        ("#digits-words", "Python took"),
        ("#digits-answer", "7"),
    ],
    "camera": lambda: [
        ("#camera-film", None),
        ("#camera-verdict[data-decision='rejected']", "unknown"),
        ("#camera-verdict[data-decision='accepted']", "book"),
        ("#camera-times", "frames a second"),
        ("#camera-toggle", None),
        ("#camera[data-state='paused']", ""),
    ],
    "contours": lambda: [("#contours-words", _contours_of_the_sample())],
    "script": lambda: [("#editor-run", None), ("#editor-output", "25 pebbles"), ("#editor-words", "Done in")],
}


def steps_of(name: str) -> list[Step]:
    """The steps on a page, from its start to its answer."""
    start: list[Step] = [] if name == "index" else [("#status[data-state='ready']", "Ready")]
    return start + _STEPS[name]()


def see_at_work(page: Page, name: str) -> None:
    """Take the steps on a page that Playwright has opened."""
    for selector, text in steps_of(name):
        part = page.locator(selector)
        if text is None:
            part.click()
        else:
            expect(part).to_contain_text(text, timeout=START)
