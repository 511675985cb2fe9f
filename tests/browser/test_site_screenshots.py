"""Each page of the demo site at work, photographed as visitors have it: light, dark, and on a telephone.

The pictures stay in ``build/screenshots``, for people to look at.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import complaints
from tests.browser.site_pictures import PAGES, ROOT
from tests.browser.site_steps import see_at_work
from tests.browser.visitor import Visitor

FOLDER = ROOT / "build" / "screenshots"


class Look(NamedTuple):
    """How a visitor has a page."""

    name: str
    scheme: Literal["light", "dark"]
    width: int

    def wear(self, page: Page) -> None:
        """Show the page so, and wait until it has come to rest."""
        page.emulate_media(color_scheme=self.scheme)
        page.set_viewport_size({"width": self.width, "height": 900})
        page.evaluate("scrollTo(0, 0)")
        page.evaluate("Promise.allSettled(document.getAnimations().map(({ finished }) => finished))")


LOOKS = [Look("light", "light", 1280), Look("dark", "dark", 1280), Look("narrow", "light", 390)]


@pytest.mark.parametrize("name", PAGES)
def test_page_at_work_is_photographed_and_reaches_everybody(
    newcomer: Visitor, site_url: str, name: str
) -> None:
    page = newcomer.page
    page.goto(f"{site_url}/{name}.html")
    see_at_work(page, name)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for image in page.get_by_role("img").all():
        image.scroll_into_view_if_needed()  # some are fetched only then
    for look in LOOKS:
        look.wear(page)
        page.screenshot(path=FOLDER / f"{name}-{look.name}.png", full_page=True)
    for code in page.locator("summary").all():
        code.click()
    for look in LOOKS:
        look.wear(page)
        expect(page.locator("html")).to_have_js_property("scrollWidth", look.width)
        assert complaints(page) == [], look
    assert newcomer.errors == []
