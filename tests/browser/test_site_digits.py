"""The digits page, used as a visitor uses it: real pictures, real engines, real Chromium."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from pyinfer.host.places import chromium
from tests.browser.conftest import CHROMIUM_FLAGS
from tests.browser.long_tasks import never_held_up
from tests.browser.shared_page import keep_runtime, left_as_found
from tests.browser.site_pictures import HUGE, ONE_OF_EACH, SITE, encoded, picture_of
from tests.browser.site_steps import see_at_work
from tests.browser.visitor import END_WORKER, START, WATCH_WORKERS, Visitor

from pyinfer_demo import digits  # isort: skip


@pytest.fixture(scope="module")
def module_visitor(browser: Browser, site_url: str) -> Iterator[Visitor]:
    with browser.new_context() as context:
        visitor = Visitor(context.new_page())
        keep_runtime(visitor.page)
        visitor.open(site_url, "digits")
        see_at_work(visitor.page, "digits")
        yield visitor


@pytest.fixture
def visitor(module_visitor: Visitor) -> Iterator[Visitor]:
    """The page, loaded once for this module."""
    with left_as_found(module_visitor):
        yield module_visitor


def shares(visitor: Visitor) -> list[float]:
    """The probabilities that the bars show."""
    return visitor.page.locator("#digits-bars li").evaluate_all(
        "all => all.map((bar) => Number(bar.style.getPropertyValue('--share')))"
    )


@pytest.mark.parametrize("entry", ONE_OF_EACH, ids=lambda entry: str(entry["digit"]))
def test_digit_drawn_with_the_mouse_is_read(visitor: Visitor, entry: dict[str, Any]) -> None:
    visitor.page.keyboard.press("Escape")
    visitor.page.locator("#digits-clear").click()
    visitor.draw(entry["strokes"])
    visitor.expect_words("digits-words", "Python took")
    assert visitor.words("digits-answer") == str(entry["digit"])
    assert visitor.page.locator("#digits-bars [data-best]").inner_text() == str(entry["digit"])


def test_the_way_to_the_answer_is_shown(visitor: Visitor) -> None:
    visitor.page.get_by_role("button", name="Draw a 8").click()
    visitor.expect_words("digits-words", "Python took")
    sizes = visitor.page.locator("#digits-steps canvas").evaluate_all(
        "all => all.map(c => [c.width, c.height])"
    )
    assert len(sizes) == 7 and sizes[-2:] == [[32, 32], [8, 8]]
    assert all(width > 1 for width, _ in sizes)


def test_escape_and_the_button_clear_the_paper(visitor: Visitor) -> None:
    for clear in (
        lambda: visitor.page.keyboard.press("Escape"),
        lambda: visitor.page.locator("#digits-clear").click(),
    ):
        visitor.page.get_by_role("button", name="Draw a 3").click()
        visitor.expect_words("digits-words", "Python took")
        clear()
        visitor.expect_words("digits-words", "Waiting for a digit")
        expect(visitor.page.locator("#digits-answer")).to_have_attribute("data-empty", "")


@pytest.mark.parametrize("way", ["drop", "paste", "choose"])
def test_picture_of_a_digit_is_read(visitor: Visitor, way: str) -> None:
    visitor.page.locator("#digits-clear").click()
    entry = ONE_OF_EACH[{"drop": 5, "paste": 2, "choose": 7}[way]]
    data = encoded(picture_of(entry), ".jpg")
    if way == "choose":
        visitor.choose("digit.jpg", data)
    else:
        visitor.drop("digits", "digit.jpg", data, event=way)
    visitor.expect_words("digits-words", "Python took")
    assert visitor.words("digits-answer") == str(entry["digit"])


def test_what_cannot_be_read_is_told_in_words(visitor: Visitor) -> None:
    visitor.drop("digits", "letter.txt", b"Dear Sir or Madam")
    visitor.expect_words("digits-words", "no picture that Python can open")
    visitor.drop("digits", "empty.png", encoded(np.full((40, 40, 3), 255, np.uint8), ".png"))
    visitor.expect_words("digits-words", "nothing to read")
    visitor.drop("digits", "dot.png", encoded(np.full((1, 1, 3), 20, np.uint8), ".png"))
    visitor.expect_words("digits-words", "nothing to read")


def test_native_python_reads_the_same_digits(visitor: Visitor) -> None:
    """The page's probabilities are those of the same Python on native OpenCV and ONNX Runtime."""
    digits.load(str(SITE / "models" / "digits.onnx"))
    image = picture_of(ONE_OF_EACH[3])
    native = digits.read(digits.open_picture(encoded(image, ".png")))["probabilities"]
    visitor.drop("digits", "three.png", encoded(image, ".png"))
    visitor.expect_words("digits-words", "Python took")
    np.testing.assert_allclose(shares(visitor), native, atol=1e-5)


def test_drawing_before_python_runs_is_read_once_it_does(newcomer: Visitor, site_url: str) -> None:
    newcomer.page.goto(f"{site_url}/digits.html")
    newcomer.draw(ONE_OF_EACH[8]["strokes"])
    newcomer.expect_words("digits-words", "Python took", timeout=START)
    assert newcomer.words("digits-answer") == "8"


def test_network_is_found_after_a_reload_without_a_request(newcomer: Visitor, site_url: str) -> None:
    newcomer.open(site_url, "digits")
    assert not any("digits-" in request for request in newcomer.requests)
    for pieces in (3, 0):
        newcomer.requests.clear()
        newcomer.draw(ONE_OF_EACH[9]["strokes"])
        newcomer.expect_words("digits-words", "Python took")
        assert newcomer.words("digits-answer") == "9"
        assert sum("digits-" in request for request in newcomer.requests) == pieces
        newcomer.page.reload()
        newcomer.wait_until_ready()
        newcomer.expect_models("137 kB in 1 model")


def test_network_can_be_deleted_and_is_fetched_again_when_it_is_needed(
    newcomer: Visitor, site_url: str
) -> None:
    newcomer.open(site_url, "digits")
    newcomer.expect_models("No models are stored")
    newcomer.page.get_by_role("button", name="Draw a 4").click()
    newcomer.expect_words("digits-words", "Python took")
    before = newcomer.page.evaluate("layoutShift")
    newcomer.expect_models("137 kB in 1 model")
    newcomer.page.get_by_role("button", name="Verify digits").click()
    newcomer.expect_models("Verified: all 137 kB are what was fetched")
    newcomer.page.get_by_role("button", name="Delete digits").click()
    newcomer.page.get_by_role("group", name="Delete digits?").get_by_role("button", name="Delete").click()
    newcomer.expect_models("No models are stored")
    assert newcomer.page.evaluate("layoutShift") < before + 0.01
    newcomer.page.reload()
    newcomer.wait_until_ready()
    newcomer.requests.clear()
    newcomer.draw(ONE_OF_EACH[4]["strokes"])
    newcomer.expect_words("digits-words", "Python took")
    assert sum("digits-" in request for request in newcomer.requests) == 3
    assert newcomer.errors == []


def test_missing_network_is_told_and_can_be_fetched_again(newcomer: Visitor, site_url: str) -> None:
    newcomer.page.route("**/digits-*.bin", lambda route: route.fulfill(status=404))
    newcomer.open(site_url, "digits")
    newcomer.draw(ONE_OF_EACH[7]["strokes"])
    newcomer.expect_words("digits-words", "the server answered 404 Not Found")
    newcomer.expect_models("the server answered 404 Not Found")
    newcomer.page.unroute("**/digits-*.bin")
    newcomer.page.locator("#digits-clear").click()
    newcomer.draw(ONE_OF_EACH[7]["strokes"])
    newcomer.expect_words("digits-words", "Python took")
    newcomer.expect_models("137 kB in 1 model")


def test_tensorflow_gives_the_same_answer_to_the_same_python(newcomer: Visitor, site_url: str) -> None:
    newcomer.open(site_url, "digits")
    newcomer.drop("digits", "three.png", encoded(picture_of(ONE_OF_EACH[3]), ".png"))
    newcomer.expect_words("digits-words", "with ONNX Runtime")
    of_onnxruntime = shares(newcomer)
    assert not any("tensorflow" in request for request in newcomer.requests)
    newcomer.page.get_by_role("radio", name="TensorFlow.js").check(force=True)
    newcomer.expect_words("digits-words", "with TensorFlow.js")
    np.testing.assert_allclose(shares(newcomer), of_onnxruntime, atol=1e-5)
    assert newcomer.errors == []


def test_tensorflow_that_cannot_be_fetched_is_told(newcomer: Visitor, site_url: str) -> None:
    newcomer.page.route("**/tensorflow.*.js", lambda route: route.abort())
    newcomer.open(site_url, "digits")
    newcomer.page.get_by_role("radio", name="TensorFlow.js").check(force=True)
    newcomer.page.get_by_role("button", name="Draw a 7").click()
    newcomer.expect_words("digits-words", "TensorFlow.js could not be fetched")
    newcomer.page.get_by_role("radio", name="ONNX Runtime").check(force=True)
    newcomer.expect_words("digits-words", "with ONNX Runtime")
    assert newcomer.words("digits-answer") == "7"


def test_photo_of_a_hundred_megapixels_is_read(visitor: Visitor) -> None:
    large = cv2.resize(picture_of(ONE_OF_EACH[2]), HUGE, interpolation=cv2.INTER_NEAREST)
    visitor.choose("large.jpg", encoded(large, ".jpg"))
    visitor.expect_words("digits-words", "Python took", timeout=START)
    assert visitor.words("digits-answer") == "2"


def test_shown_source_is_what_runs(visitor: Visitor) -> None:
    visitor.page.get_by_text("The Python that runs").click()
    source = (SITE / "pyinfer_demo" / "digits.py").read_text(encoding="utf-8")
    expect(visitor.page.locator("#digits-source")).to_have_text(source, use_inner_text=False)


def test_page_is_never_held_up_while_it_reads(visitor: Visitor) -> None:
    with never_held_up(visitor.page):
        for digit in range(4):
            visitor.page.get_by_role("button", name=f"Draw a {digit}").click()
            visitor.expect_words("digits-words", "Python took")


def test_storage_that_is_denied_leaves_the_page_working(
    blocked_context: BrowserContext, site_url: str
) -> None:
    visitor = Visitor(blocked_context.new_page())
    visitor.open(site_url, "digits")
    visitor.draw(ONE_OF_EACH[6]["strokes"])
    visitor.expect_words("digits-words", "Python took")
    assert visitor.words("digits-answer") == "6"


@pytest.fixture(scope="module")
def camera_browser(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One whose camera sees a sheet of paper with a 5 on it; nobody has allowed it yet."""
    sheet = np.full((480, 640, 3), 235, np.uint8)
    sheet[60:420, 140:500] = cv2.resize(picture_of(ONE_OF_EACH[5]), (360, 360))
    film = tmp_path_factory.mktemp("camera") / "five.mjpeg"
    film.write_bytes(encoded(sheet, ".jpg") * 10)
    flags = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}"]
    path = os.fspath(chromium())
    with browser.browser_type.launch(executable_path=path, args=[*CHROMIUM_FLAGS, *flags]) as instance:
        yield instance


def test_digit_before_the_camera_is_read(camera_browser: Browser, site_url: str) -> None:
    with camera_browser.new_context(permissions=["camera"]) as context:
        visitor = Visitor(context.new_page())
        visitor.open(site_url, "digits")
        visitor.page.get_by_role("button", name="Camera", exact=True).click()
        expect(visitor.page.locator("#digits-answer")).to_have_text("5", timeout=START)
        track = visitor.page.evaluate_handle(
            "document.getElementById('digits-video').srcObject.getVideoTracks()[0]"
        )
        visitor.page.get_by_role("button", name="Keep this picture").click()
        visitor.expect_words("digits-words", "Python took")
        assert visitor.words("digits-answer") == "5"
        assert track.evaluate("track => track.readyState") == "ended"
        assert visitor.errors == []


def test_camera_that_is_refused_is_told(camera_browser: Browser, site_url: str) -> None:
    with camera_browser.new_context() as context:
        visitor = Visitor(context.new_page())
        visitor.open(site_url, "digits")
        visitor.page.get_by_role("button", name="Camera", exact=True).click()
        visitor.expect_words("digits-words", "The camera was refused.")
        expect(visitor.page.get_by_role("button", name="Camera", exact=True)).to_be_visible()


def test_python_that_ends_while_it_fetches_the_network(newcomer: Visitor, site_url: str) -> None:
    newcomer.page.add_init_script(WATCH_WORKERS)
    newcomer.open(site_url, "digits")
    with newcomer.page.expect_request("**/digits-*.bin"):
        newcomer.page.route("**/digits-*.bin", lambda route: None)
        newcomer.draw(ONE_OF_EACH[1]["strokes"])
    newcomer.page.evaluate(END_WORKER)
    newcomer.expect_state("failed")
    newcomer.page.unroute("**/digits-*.bin")
    newcomer.page.get_by_role("button", name="Try again").click()
    newcomer.wait_until_ready()
    newcomer.page.locator("#digits-clear").click()
    newcomer.draw(ONE_OF_EACH[1]["strokes"])
    newcomer.expect_words("digits-words", "Python took")
    assert newcomer.words("digits-answer") == "1"
