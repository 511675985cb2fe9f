"""The page of contours, used as a visitor uses it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.long_tasks import never_held_up
from tests.browser.shared_page import keep_runtime, left_as_found
from tests.browser.site_pictures import HUGE, SITE, encoded, photo
from tests.browser.site_steps import see_at_work
from tests.browser.visitor import END_WORKER, START, WATCH_WORKERS, Visitor

from pyinfer_demo import contours  # isort: skip


@pytest.fixture(scope="module")
def module_visitor(browser: Browser, site_url: str) -> Iterator[Visitor]:
    with browser.new_context() as context:
        visitor = Visitor(context.new_page())
        keep_runtime(visitor.page)
        visitor.open(site_url, "contours")
        see_at_work(visitor.page, "contours")
        yield visitor


@pytest.fixture
def visitor(module_visitor: Visitor) -> Iterator[Visitor]:
    """The page, loaded once for this module."""
    with left_as_found(module_visitor):
        yield module_visitor


def native_words(data: bytes, method: str, level: int) -> str:
    """What the page must say of a photo, by the same Python on native OpenCV."""
    contours.open_photo(data)
    found = contours.find(method, level)
    return f"{found['count']:,} contours, {found['points']:,} points"


def test_pebbles_have_the_contours_that_native_opencv_finds(visitor: Visitor) -> None:
    visitor.page.locator("#contours-sample").click()
    visitor.expect_words("contours-words", native_words((SITE / "sample.jpg").read_bytes(), "edges", 120))
    sizes = re.findall(r"\d+", visitor.words("contours-before-words"))
    assert sizes == ["1200", "800", "960", "640"]


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_own_photo_method_and_level_by_keyboard(visitor: Visitor, suffix: str) -> None:
    data = encoded(photo(), suffix)
    visitor.drop("contours", f"mine{suffix}", data)
    visitor.expect_words("contours-before-words", f"mine{suffix}: 700")
    visitor.expect_words("contours-words", native_words(data, "edges", 120))
    visitor.page.get_by_role("radio", name="Edges").focus()
    visitor.page.keyboard.press("ArrowRight")
    visitor.expect_words("contours-words", native_words(data, "brightness", 120))
    visitor.page.get_by_role("slider", name="Level").focus()
    for _ in range(105):
        visitor.page.keyboard.press("ArrowRight")
    assert visitor.words("contours-level-value") == "225"
    visitor.expect_words(
        "contours-words", native_words(data, "brightness", 225).replace("1 contours", "1 contour")
    )
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "mine-contours.png"
    saved = cv2.imread(str(download.value.path()))
    np.testing.assert_array_equal(
        saved, cv2.imdecode(np.frombuffer(contours.save("brightness", 225), np.uint8), cv2.IMREAD_COLOR)
    )
    visitor.page.get_by_role("slider", name="Level").fill("120")
    visitor.page.get_by_role("radio", name="Edges").check(force=True)


def test_shown_source_is_what_ran(visitor: Visitor) -> None:
    visitor.page.get_by_text("The Python that runs").click()
    source = (SITE / "pyinfer_demo" / "contours.py").read_text(encoding="utf-8")
    expect(visitor.page.locator("#contours-source")).to_have_text(source, use_inner_text=False)


def test_what_is_no_photo_is_told_in_words(visitor: Visitor) -> None:
    visitor.drop("contours", "letter.txt", b"Dear Sir or Madam")
    visitor.expect_words("contours-words", "letter.txt is no picture that OpenCV can decode")


def test_a_single_pixel_has_no_contours(visitor: Visitor) -> None:
    visitor.drop("contours", "dot.png", encoded(np.full((1, 1, 3), 20, np.uint8), ".png"))
    visitor.expect_words("contours-before-words", "dot.png: 1 \N{MULTIPLICATION SIGN} 1")
    visitor.expect_words("contours-words", "No contours at this level")


def test_photo_of_a_hundred_megapixels_has_the_contours_of_native_opencv(visitor: Visitor) -> None:
    data = encoded(cv2.resize(photo(), HUGE, interpolation=cv2.INTER_NEAREST), ".jpg")
    visitor.choose("large.jpg", data, "Choose a photo")
    visitor.expect_words("contours-words", native_words(data, "edges", 120), timeout=START)


def test_page_is_never_held_up_while_it_follows_the_level(visitor: Visitor) -> None:
    sample = (SITE / "sample.jpg").read_bytes()
    visitor.page.locator("#contours-sample").click()
    visitor.expect_words("contours-words", native_words(sample, "edges", 120))
    with never_held_up(visitor.page):
        for level in (60, 90, 180, 120):
            visitor.page.locator("#contours-level").fill(str(level))
            visitor.expect_words("contours-words", native_words(sample, "edges", level))


def test_photo_and_level_outlive_a_python_that_ends(newcomer: Visitor, site_url: str) -> None:
    newcomer.page.add_init_script(WATCH_WORKERS)
    newcomer.open(site_url, "contours")
    data = encoded(photo(), ".png")
    newcomer.drop("contours", "mine.png", data)
    newcomer.expect_words("contours-words", native_words(data, "edges", 120))
    newcomer.page.evaluate(END_WORKER)
    newcomer.expect_state("failed")
    newcomer.page.locator("#contours-level").fill("60")
    newcomer.page.get_by_role("button", name="Try again").click()
    newcomer.wait_until_ready()
    newcomer.expect_words("contours-words", native_words(data, "edges", 60))
