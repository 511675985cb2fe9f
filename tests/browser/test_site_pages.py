"""All pages of the demo site: what each of them owes a visitor, whatever it shows."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import complaints
from tests.browser.site_pictures import PAGES
from tests.browser.visitor import Visitor

WITH_PYTHON = [name for name in PAGES if name != "index"]

WATCH_STATES = """
globalThis.states = [];
const strip = document.getElementById("status");
new MutationObserver(() => {
  const state = strip.dataset.state;
  if (state !== (states.findLast((each) => each !== "click") ?? "starting")) states.push(state);
}).observe(strip, { attributeFilter: ["data-state"] });
document.getElementById("status-retry").addEventListener("click", () => states.push("click"), true);
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_to_complain_of(newcomer: Visitor, site_url: str, name: str, scheme: str) -> None:
    newcomer.page.emulate_media(color_scheme=scheme)
    newcomer.page.goto(f"{site_url}/{name}.html")
    if name in WITH_PYTHON:
        newcomer.wait_until_ready()
    assert complaints(newcomer.page) == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_leaves_the_device_and_nothing_jumps(newcomer: Visitor, site_url: str, name: str) -> None:
    newcomer.page.goto(f"{site_url}/{name}.html")
    if name in WITH_PYTHON:
        newcomer.wait_until_ready()
    abroad = [r for r in newcomer.requests if not re.match(rf"GET ({re.escape(site_url)}|blob:|data:)", r)]
    assert abroad == []
    assert newcomer.page.evaluate("layoutShift") < 0.01
    assert newcomer.errors == []


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_page_fits_every_width(newcomer: Visitor, site_url: str, name: str, width: int) -> None:
    newcomer.page.set_viewport_size({"width": width, "height": 800})
    newcomer.page.goto(f"{site_url}/{name}.html")
    assert newcomer.page.evaluate("document.documentElement.scrollWidth") <= width


def test_gallery_leads_to_every_page_and_starts_no_python(newcomer: Visitor, site_url: str) -> None:
    newcomer.page.goto(site_url)
    for name in WITH_PYTHON:
        assert newcomer.page.locator(f"#gallery a[href='{name}.html']").count() == 1, name
    newcomer.page.wait_for_load_state("networkidle")
    assert not [request for request in newcomer.requests if request.endswith((".wasm", ".js", ".mjs"))]
    newcomer.page.get_by_role("link", name="Digits", exact=True).first.click()
    newcomer.wait_until_ready()


@pytest.mark.parametrize("name", WITH_PYTHON)
def test_all_pages_have_one_navigation(newcomer: Visitor, site_url: str, name: str) -> None:
    newcomer.page.goto(f"{site_url}/{name}.html")
    links = newcomer.page.get_by_role("navigation", name="Pages").get_by_role("link")
    assert sorted(links.evaluate_all("all => all.map((a) => a.getAttribute('href'))")) == [
        f"{each}.html" for each in WITH_PYTHON
    ]
    current = newcomer.page.locator("nav [aria-current=page]")
    expect(current).to_have_attribute("href", f"{name}.html")


def test_failed_download_is_told_and_can_be_tried_again(newcomer: Visitor, site_url: str) -> None:
    newcomer.page.route("**/opencv.*.wasm", lambda route: route.abort())
    newcomer.page.goto(f"{site_url}/digits.html")
    newcomer.page.evaluate(WATCH_STATES)
    newcomer.expect_state("failed")
    assert newcomer.words("status-words") == "A download failed. Check the connection."
    newcomer.page.unroute("**/opencv.*.wasm")
    newcomer.page.get_by_role("button", name="Try again").click()
    newcomer.wait_until_ready()
    expect(newcomer.page.get_by_role("button", name="Try again")).to_be_hidden()
    # What else was being downloaded goes on for a while; it must not hide the failure.
    assert newcomer.page.evaluate("states") == ["failed", "click", "starting", "ready"]


def test_browser_without_webassembly_is_told_so(newcomer: Visitor, site_url: str) -> None:
    newcomer.page.add_init_script("delete globalThis.WebAssembly")
    newcomer.page.goto(f"{site_url}/digits.html")
    newcomer.expect_state("failed")
    assert "no WebAssembly" in newcomer.words("status-words")
