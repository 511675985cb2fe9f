"""The camera page, with a fake camera that plays a real film of our own pictures."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Route, expect

from pyinfer.host.demo import ENDPOINTS
from pyinfer.host.places import chromium
from pyinfer.host.serve import headers_of_app, serving
from tests.browser.camera_files import SITE, encoded, frame_of, write_camera, write_video
from tests.browser.camera_visitor import CameraVisitor, assert_as_native, objects
from tests.browser.conftest import CHROMIUM_FLAGS, PyinferPage
from tests.browser.long_tasks import never_held_up
from tests.browser.shared_page import keep_runtime, left_as_found
from tests.browser.site_steps import see_at_work
from tests.browser.visitor import START

CAMERA_FLAGS = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
SEEN = ["cup", "house", "key"]

WATCH_STATES = """
{
  const part = document.getElementById("camera");
  const passed = [];
  new MutationObserver(() => {
    if (passed.at(-1) !== part.dataset.state) passed.push(part.dataset.state);
    part.dataset.passed = passed.join(" ");
  }).observe(part, { attributeFilter: ["data-state"] });
}
"""


@pytest.fixture(scope="module")
def url(site: Path) -> Iterator[str]:
    """The site as `pyinfer demo` serves it."""
    with serving(site, headers_of_app(site), extra=ENDPOINTS) as address:
        yield address


@pytest.fixture(scope="module")
def camera_browser(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    film = tmp_path_factory.mktemp("camera") / "camera.mjpeg"
    write_camera(film, SEEN)
    flags = [*CHROMIUM_FLAGS, *CAMERA_FLAGS, f"--use-file-for-fake-video-capture={film}"]
    instance = browser.browser_type.launch(executable_path=os.fspath(chromium()), args=flags)
    yield instance
    instance.close()


@pytest.fixture(scope="module")
def module_visitor(camera_browser: Browser, url: str) -> Iterator[CameraVisitor]:
    objects.load(str(SITE / "models" / "objects-8bit.onnx"))
    with camera_browser.new_context() as context:
        visitor = CameraVisitor(context)
        keep_runtime(visitor.page)
        visitor.open(url)
        see_at_work(visitor.page, "camera")
        visitor.press("Stop")
        yield visitor


@pytest.fixture
def visitor(module_visitor: CameraVisitor) -> Iterator[CameraVisitor]:
    """The page, loaded once, with nothing before the camera."""
    with left_as_found(module_visitor):
        yield module_visitor
        module_visitor.page.locator("#camera-send").uncheck()
        if module_visitor.page.locator("#camera-stop").is_enabled():
            module_visitor.press("Stop")


@pytest.fixture
def newcomer(camera_browser: Browser) -> Iterator[CameraVisitor]:
    """A visitor with an empty profile and no page open."""
    with camera_browser.new_context() as context:
        yield CameraVisitor(context)


def test_the_camera_shows_what_native_python_sees(visitor: CameraVisitor) -> None:
    visitor.press("Start the camera")
    for name in SEEN:
        visitor.expect_verdict("unknown" if name == "house" else name)
        visitor.press("Pause")
        visitor.expect_state("paused")
        native = assert_as_native(visitor)  # of the frame that it came to stand still at
        visitor.expect_verdict(native["label"] if native["accepted"] else "unknown")
        visitor.press("Go on")
        visitor.expect_state("running")


def test_stop_gives_the_camera_back(visitor: CameraVisitor) -> None:
    visitor.press("Start the camera")
    visitor.expect_state("running")
    track = visitor.page.evaluate_handle(
        "document.getElementById('camera-video').srcObject.getVideoTracks()[0]"
    )
    visitor.press("Stop")
    visitor.expect_words("Stopped.")
    assert track.evaluate("track => track.readyState") == "ended"
    expect(visitor.page.get_by_role("button", name="Pause")).to_be_disabled()


def test_our_film_shows_objects_and_strangers(visitor: CameraVisitor) -> None:
    visitor.press("Play our film")
    for word in ("cup", "key", "unknown", "book"):
        visitor.expect_verdict(word)
    expect(visitor.page.locator("#camera-times")).to_contain_text("frames a second")


def test_page_is_never_held_up_while_it_names_frames(visitor: CameraVisitor) -> None:
    visitor.press("Play our film")
    visitor.expect_verdict("cup")
    with never_held_up(visitor.page):
        for word in ("key", "unknown", "cup"):
            visitor.expect_verdict(word)


@pytest.mark.parametrize("way", ["choose", "drop"])
def test_picture_is_classified_as_natively(visitor: CameraVisitor, way: str) -> None:
    name = {"choose": "bottle", "drop": "book"}[way]
    data = encoded(frame_of(name), ".png")
    if way == "choose":
        visitor.choose("mine.png", "image/png", data)
    else:
        visitor.page.evaluate(
            """(bytes) => {
              const dataTransfer = new DataTransfer();
              dataTransfer.items.add(new File([new Uint8Array(bytes)], "mine.png", { type: "image/png" }));
              const drop = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
              document.getElementById("camera").dispatchEvent(drop);
            }""",
            list(data),
        )
    visitor.expect_words(f"Accepted: this is a {name}.")
    assert assert_as_native(visitor)["label"] == name
    frame, _ = visitor.shown()
    np.testing.assert_array_equal(frame[..., 2::-1], frame_of(name))
    expect(visitor.page.locator("#camera-name")).to_have_text("mine.png: 640 \N{MULTIPLICATION SIGN} 480")


def test_video_ends_and_can_be_played_again(visitor: CameraVisitor, tmp_path: Path) -> None:
    write_video(tmp_path / "key.webm", "key")
    visitor.choose("key.webm", "video/webm", (tmp_path / "key.webm").read_bytes())
    visitor.expect_words("key.webm has ended. This was its last frame.")
    assert assert_as_native(visitor)["label"] == "key"
    visitor.page.evaluate(WATCH_STATES)
    visitor.press("Play again")
    passed = visitor.page.locator("#camera")
    expect(passed).to_have_attribute("data-passed", "opening running ended", timeout=START)


@pytest.mark.parametrize(
    ("name", "kind", "data", "words"),
    [
        ("letter.txt", "text/plain", b"Dear Sir or Madam", "letter.txt is no picture that this browser can"),
        ("film.mp4", "video/mp4", b"no film", "film.mp4 is no video that this browser can play."),
        ("dot.png", "image/png", np.zeros((1, 1, 3), np.uint8), "1 x 1 pixels are too few to show an object"),
    ],
    ids=["text", "broken video", "one pixel"],
)
def test_what_shows_nothing_is_told_in_words(
    visitor: CameraVisitor, name: str, kind: str, data: bytes | np.ndarray, words: str
) -> None:
    visitor.choose(name, kind, data if isinstance(data, bytes) else encoded(data, ".png"))
    visitor.expect_words(words)
    visitor.expect_state("idle")
    expect(visitor.page.locator("#camera-words")).to_have_class(re.compile("trouble"))


def test_photo_of_a_hundred_megapixels_is_classified(visitor: CameraVisitor) -> None:
    large = cv2.resize(frame_of("cup"), (11600, 8700), interpolation=cv2.INTER_LINEAR)
    visitor.choose("large.jpg", "image/jpeg", encoded(large, ".jpg"))
    visitor.expect_words("Accepted: this is a cup.")
    expect(visitor.page.locator("#camera-name")).to_have_text("large.jpg: 11600 \N{MULTIPLICATION SIGN} 8700")


def test_hidden_tab_pauses_and_goes_on_when_it_is_seen(visitor: CameraVisitor) -> None:
    hide = """(hidden) => {
      Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    visitor.press("Start the camera")
    visitor.expect_state("running")
    visitor.page.evaluate(hide, True)
    visitor.expect_state("waiting")
    visitor.expect_words("Paused while this tab is hidden.")
    visitor.page.evaluate(hide, False)
    visitor.expect_state("running")
    visitor.expect_words(re.compile("Accepted|Rejected"))
    visitor.wait_for_more_answers()


def test_camera_that_is_unplugged_is_told(visitor: CameraVisitor) -> None:
    visitor.press("Start the camera")
    visitor.expect_state("running")
    visitor.page.evaluate(
        """document.getElementById("camera-video").srcObject.getVideoTracks()[0]
             .dispatchEvent(new Event("ended"))"""
    )
    visitor.expect_words("The camera is gone: it was unplugged or switched off.")
    visitor.press("Start the camera")
    visitor.expect_state("running")


def test_only_accepted_frames_leave_and_only_when_that_is_on(visitor: CameraVisitor) -> None:
    visitor.requests.clear()
    visitor.press("Start the camera")
    for word in ("cup", "unknown", "key"):
        visitor.expect_verdict(word)
    assert [request for request in visitor.requests if not request.startswith("GET")] == []
    visitor.page.get_by_role("checkbox", name="Send accepted frames").check()
    sent = visitor.page.locator("#camera-sent li")
    for words in ("cup → kitchen", "key → hall"):
        expect(sent.filter(has_text=words).first).to_be_visible(timeout=START)
    visitor.page.get_by_role("checkbox", name="Send accepted frames").uncheck()
    posted = [request for request in visitor.requests if not request.startswith("GET")]
    assert {re.sub(r"http://[^/]+", "", request) for request in posted} == {
        "POST /route?object=cup",
        "POST /route?object=key",
    }
    visitor.expect_verdict("unknown")
    visitor.expect_verdict("cup")
    assert [request for request in visitor.requests if not request.startswith("GET")] == posted


def test_frames_go_one_at_a_time(visitor: CameraVisitor) -> None:
    held: list[Route] = []
    visitor.page.route("**/route?*", lambda route: held.append(route))
    visitor.page.locator("#camera-send").check()
    visitor.press("Play our film")
    for word in ("cup", "unknown", "book"):
        visitor.expect_verdict(word)
    assert len(held) == 1
    picture = cv2.imdecode(np.frombuffer(held[0].request.post_data_buffer or b"", np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape == (224, 224, 3)
    held[0].continue_()
    visitor.page.unroute("**/route?*")
    expect(visitor.page.locator("#camera-sent li").first).to_contain_text("cup → kitchen")


@pytest.mark.parametrize("trouble", ["away", "other", "slow"])
def test_server_without_the_endpoint_ends_the_sending(
    newcomer: CameraVisitor, url: str, site_url: str, trouble: str
) -> None:
    newcomer.open(site_url if trouble == "other" else url)
    answers = {"away": lambda route: route.abort(), "slow": lambda route: route.fulfill(status=503)}
    if trouble in answers:
        newcomer.page.route("**/route?*", answers[trouble])
    newcomer.page.locator("#camera-send").check()
    newcomer.press("Play our film")
    words = {
        "away": "The server does not answer. Sending has been switched off.",
        "other": "This server takes no frames: the one that pyinfer demo starts does.",
        "slow": "The server did not take the frame: it answered 503.",
    }
    expect(newcomer.page.locator("#camera-send-words")).to_contain_text(words[trouble], timeout=START)
    expect(newcomer.page.locator("#camera-send")).not_to_be_checked()
    newcomer.expect_state("running")


def test_no_camera_and_a_camera_refused_are_told(browser: Browser, camera_browser: Browser, url: str) -> None:
    refusing = browser.browser_type.launch(
        executable_path=os.fspath(chromium()),
        args=[*CHROMIUM_FLAGS, "--use-fake-device-for-media-stream", "--deny-permission-prompts"],
    )
    for instance, words in ((browser, "There is no camera here."), (refusing, "The camera was refused.")):
        with instance.new_context() as context:
            visitor = CameraVisitor(context)
            visitor.open(url)
            visitor.press("Start the camera")
            visitor.expect_words(words)
            visitor.expect_state("idle")
            assert visitor.errors == []
    refusing.close()


def test_camera_is_chosen_among_several_and_stays_chosen(browser: Browser, url: str) -> None:
    several = browser.browser_type.launch(
        executable_path=os.fspath(chromium()),
        args=[
            *CHROMIUM_FLAGS,
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream=device-count=2",
        ],
    )
    running = "video => video.srcObject?.getVideoTracks()[0].getSettings().deviceId"
    with several.new_context() as context:
        visitor = CameraVisitor(context)
        visitor.open(url)
        choice = visitor.page.get_by_role("combobox", name="Camera")
        video = visitor.page.locator("#camera-video")
        expect(choice).to_be_hidden()
        visitor.press("Start the camera")
        visitor.expect_state("running")
        expect(choice).to_be_visible()
        cameras = choice.locator("option").evaluate_all("all => all.map((each) => [each.value, each.text])")
        assert [name for _, name in cameras] == ["fake_device_0", "fake_device_1"]
        first = video.evaluate(running)
        assert choice.input_value() == first
        (other,) = [camera for camera, _ in cameras if camera != first]
        choice.select_option(other)
        visitor.expect_state("running")
        visitor.wait_for_more_answers()
        assert video.evaluate(running) == choice.input_value() == other
        visitor.press("Stop")
        visitor.press("Start the camera")
        visitor.expect_state("running")
        assert video.evaluate(running) == choice.input_value() == other
        assert visitor.page.evaluate("layoutShift") < 0.01
        assert visitor.errors == []
    several.close()


def test_chosen_camera_that_is_gone_makes_room_for_another(visitor: CameraVisitor) -> None:
    visitor.page.locator("#camera-which").evaluate(
        """(select) => {
          select.replaceChildren(new Option("gone", "an unplugged camera"));
          select.dispatchEvent(new Event("change"));
        }"""
    )
    visitor.press("Start the camera")
    visitor.expect_state("running")
    expect(visitor.page.locator("#camera-which")).to_be_hidden()


def test_python_that_ends_in_mid_run_is_followed_by_another(newcomer: CameraVisitor, url: str) -> None:
    newcomer.open(url)
    newcomer.press("Start the camera")
    newcomer.expect_verdict("cup")
    newcomer.page.evaluate("workers.at(-1).terminate()")
    newcomer.expect_status("failed")
    newcomer.press("Try again")
    newcomer.expect_status("ready")
    newcomer.expect_state("running")
    newcomer.wait_for_more_answers()
    newcomer.expect_verdict("key")


def test_missing_network_is_told_and_can_be_fetched_again(newcomer: CameraVisitor, url: str) -> None:
    newcomer.page.route("**/*.onnx", lambda route: route.fulfill(status=404))
    newcomer.open(url)
    newcomer.choose("cup.png", "image/png", encoded(frame_of("cup"), ".png"))
    newcomer.expect_words("404")
    newcomer.page.unroute("**/*.onnx")
    newcomer.press("Go on")
    newcomer.expect_words("Accepted: this is a cup.")


def test_storage_that_is_denied_leaves_the_page_working(blocked_context: BrowserContext, url: str) -> None:
    visitor = CameraVisitor(blocked_context)
    visitor.open(url)
    visitor.press("Play our film")
    visitor.expect_verdict("cup")


def test_camera_started_before_python_runs_is_watched_once_it_does(newcomer: CameraVisitor, url: str) -> None:
    newcomer.page.goto(f"{url}/camera.html")
    newcomer.press("Start the camera")
    newcomer.expect_verdict("key")
    assert newcomer.page.evaluate("layoutShift") < 0.01
    abroad = [r for r in newcomer.requests if not re.match(rf"GET ({re.escape(url)}|blob:|data:)", r)]
    assert abroad == []
    assert newcomer.errors == []


def test_shown_source_is_what_runs(visitor: CameraVisitor) -> None:
    visitor.page.get_by_text("The Python that runs").click()
    source = (SITE / "pyinfer_demo" / "objects.py").read_text(encoding="utf-8")
    expect(visitor.page.locator("#camera-source")).to_contain_text("def classify")
    assert visitor.page.locator("#camera-source").text_content() == source


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_page_fits_every_width(newcomer: CameraVisitor, url: str, width: int) -> None:
    newcomer.page.set_viewport_size({"width": width, "height": 800})
    newcomer.page.goto(f"{url}/camera.html")
    assert newcomer.page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_minute_of_frames_leaves_no_handles_behind(python: PyinferPage) -> None:
    """The fixture compares; a page of the site would not let a test ask."""
    network = base64.b64encode((SITE / "models" / "objects-8bit.onnx").read_bytes()).decode()
    source = (SITE / "pyinfer_demo" / "objects.py").read_text(encoding="utf-8")
    python.run(f"import base64\nopen('objects.onnx', 'wb').write(base64.b64decode({network!r}))")
    accepted = python.run(
        f"{source}\nload('objects.onnx')\nframe = np.full((480, 640, 4), 255, np.uint8)\n"
        "answers = [classify(frame) for _ in range(1800)]\n_session = None\n"
        "sum(answer['accepted'] for answer in answers)"
    )
    assert accepted == 0
