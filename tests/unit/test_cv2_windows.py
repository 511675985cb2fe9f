"""Windows: what the page is given, and what comes back, with a fake page."""

from __future__ import annotations

import numpy as np
import pytest

from pyinfer.browser import cv2
from pyinfer.errors import UnsupportedInBrowser

GREY = np.array([[0, 100], [200, 255]], np.uint8)


@pytest.fixture
def page(fake_bridge):
    """A page with room for any window."""
    fake_bridge.windows.names = {""}
    yield fake_bridge.windows
    cv2.destroyAllWindows()


def shown(page, image):
    cv2.imshow("w", image)
    pixels = page.images["w"]
    assert np.all(pixels[..., 3] == 255)
    return pixels[..., :3]


def grey(page, values):
    pixels = shown(page, np.array([values]))
    assert np.all(pixels == pixels[..., :1])
    return pixels[0, :, 0].tolist()


def test_colours_arrive_as_rgb(page):
    bgr = np.array([[[1, 2, 3], [40, 50, 60]]], np.uint8)
    assert shown(page, bgr).tolist() == [[[3, 2, 1], [60, 50, 40]]]
    with_alpha = np.dstack([bgr, np.zeros((1, 2), np.uint8)])
    assert shown(page, with_alpha).tolist() == [[[3, 2, 1], [60, 50, 40]]]
    assert shown(page, np.asfortranarray(np.repeat(GREY[..., None], 3, 2)))[..., 0].tolist() == GREY.tolist()
    assert shown(page, GREY[::-1, ::-1])[..., 0].tolist() == [[255, 200], [100, 0]]


def test_other_depths_are_scaled_as_native_scales_them(page):
    assert grey(page, np.array([0, 100, 255], np.uint8)) == [0, 100, 255]
    assert grey(page, np.array([0.0, 0.5, 1.0, 2.0, -1.0, np.nan], np.float32)) == [0, 128, 255, 255, 0, 0]
    assert grey(page, np.array([0.25, 1.0], np.float64)) == [64, 255]
    assert grey(page, np.array([0, 255, 25500, 65535], np.uint16)) == [0, 1, 100, 255]
    assert grey(page, np.array([-127, 0, 100, 127], np.int8)) == [0, 127, 227, 254]
    assert grey(page, np.array([-32385, 0, 255, 32767], np.int16)) == [0, 127, 128, 255]


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (None, r"size\.width>0 && size\.height>0 in function 'imshow'"),
        (np.zeros((0, 3), np.uint8), r"size\.width>0 && size\.height>0 in function 'imshow'"),
        (GREY.astype(np.int32), "CV_32S in function 'convertToShow'"),
        (GREY.astype(np.float16), "CV_16F && .* in function 'convertToShow'"),
        (GREY > 1, r"!_src\.empty\(\)"),
        (np.zeros((2, 2, 2), np.uint8), "number of channels"),
    ],
)
def test_what_native_does_not_show_is_an_error(page, image, message):
    with pytest.raises(cv2.error, match=message):
        cv2.imshow("w", image)
    assert not page.images


def test_arguments_are_natives():
    with pytest.raises(cv2.error, match="missing required argument 'mat'"):
        cv2.imshow("w")


def test_without_a_place_in_the_page_the_message_says_how_to_make_one(fake_bridge):
    fake_bridge.windows.names = {"other"}
    for call in (lambda: cv2.imshow("w", GREY), lambda: cv2.namedWindow("w")):
        with pytest.raises(UnsupportedInBrowser, match=r"<canvas data-cv2-window>.*cv2\.imwrite"):
            call()
    cv2.imshow("other", GREY)
    assert list(fake_bridge.windows.images) == ["other"]
    cv2.destroyAllWindows()


def test_windows_are_known_while_they_are_open(page):
    assert cv2.getWindowProperty("w", cv2.WND_PROP_VISIBLE) == 0.0
    cv2.namedWindow("w", cv2.WINDOW_NORMAL)
    assert cv2.getWindowProperty("w", cv2.WND_PROP_VISIBLE) == 1.0
    assert cv2.getWindowProperty("w", cv2.WND_PROP_AUTOSIZE) == 0.0
    cv2.imshow("w", GREY[:1])
    assert cv2.getWindowImageRect("w") == (0, 0, 2, 1)
    cv2.resizeWindow("w", 20, 10)
    cv2.resizeWindow("w", (40, 30))
    assert cv2.getWindowImageRect("w") == (0, 0, 40, 30)
    cv2.setWindowTitle("w", "a title")
    cv2.moveWindow("w", 5, 5)
    cv2.destroyWindow("w")
    cv2.destroyWindow("w")
    assert cv2.getWindowProperty("w", cv2.WND_PROP_VISIBLE) == 0.0
    with pytest.raises(cv2.error, match="NULL window") as raised:
        cv2.getWindowImageRect("w")
    assert raised.value.code == -27
    assert page.changes == [
        {"name": "w", "size": {"width": 20, "height": 10}},
        {"name": "w", "size": {"width": 40, "height": 30}},
        {"name": "w", "title": "a title"},
        {"name": "w", "closed": True},
    ]


def test_all_windows_are_closed_at_once(page):
    cv2.imshow("a", GREY)
    cv2.imshow("b", GREY)
    cv2.destroyAllWindows()
    cv2.destroyAllWindows()
    assert page.changes == [{"name": None, "closed": True}]


def test_a_window_goes_to_full_screen_in_javascript_only(page):
    cv2.namedWindow("w")
    cv2.setWindowProperty("w", cv2.WND_PROP_TOPMOST, 1)
    with pytest.raises(UnsupportedInBrowser, match="requestFullscreen"):
        cv2.setWindowProperty("w", cv2.WND_PROP_FULLSCREEN, cv2.WINDOW_FULLSCREEN)


def test_names_must_not_be_empty_where_native_says_so(page):
    for call in (
        lambda: cv2.namedWindow(""),
        lambda: cv2.getWindowImageRect(""),
        lambda: cv2.getWindowProperty("", 0),
        lambda: cv2.setWindowProperty("", 0, 0),
    ):
        with pytest.raises(cv2.error, match=r"!(win)?name\.empty\(\)"):
            call()


def test_keys(page):
    cv2.imshow("w", GREY)
    page.keys = [ord("q"), 0xFF51, 0xFF51, 27]
    assert cv2.waitKey(0) == ord("q")
    assert cv2.waitKey(1000) == 0x51
    assert cv2.waitKeyEx() == 0xFF51
    assert cv2.pollKey() == 27
    assert (cv2.pollKey(), cv2.waitKey(1), cv2.waitKeyEx(delay=1)) == (-1, -1, -1)


def test_nothing_is_waited_for_without_a_window(page):
    page.keys = [ord("q")]
    assert cv2.waitKey() == -1


def test_no_wait_without_an_end_where_no_key_can_come(page):
    page.is_isolated = False
    assert cv2.waitKey(0) == -1
    cv2.imshow("w", GREY)
    page.keys = [ord("q")]
    assert cv2.waitKey(0) == ord("q")
    assert cv2.waitKey(1) == -1
    with pytest.raises(UnsupportedInBrowser, match=r"cv2\.waitKey without an end.*COOP and COEP"):
        cv2.waitKey(0)


def test_what_needs_no_page():
    assert cv2.startWindowThread() == 0
    assert cv2.currentUIFramework() == "CANVAS"
    cv2.destroyAllWindows()
