"""The demo page, used as a visitor uses it: real pages, real engines, real Chromium."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from pyinfer.host.headers import ResponseHeaders
from pyinfer.host.serve import serving
from tests.browser.conftest import HANDLES
from tests.browser.visitor import ANSWER, START, Visitor

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "site"
DRAWN = json.loads((ROOT / "tests" / "data" / "drawn_digits.json").read_text(encoding="utf-8"))
ONE_OF_EACH = [next(entry for entry in DRAWN if entry["digit"] == digit) for digit in range(10)]

sys.path.insert(0, str(SITE))
from pyinfer_demo import contours, digits  # noqa: E402

WATCH_STATES = """
globalThis.states = [];
const strip = document.getElementById("status");
new MutationObserver(() => {
  const state = strip.dataset.state;
  if (state !== (states.findLast((each) => each !== "click") ?? "starting")) states.push(state);
}).observe(strip, { attributeFilter: ["data-state"] });
document.getElementById("status-retry").addEventListener("click", () => states.push("click"), true);
"""


@pytest.fixture(scope="module")
def module_visitor(browser: Browser, site_url: str) -> Iterator[Visitor]:
    with browser.new_context() as context:
        visitor = Visitor(context.new_page())
        visitor.open(site_url)
        yield visitor


@pytest.fixture
def visitor(module_visitor: Visitor) -> Iterator[Visitor]:
    """The page, loaded once for this module. A test that makes it log an error fails."""
    module_visitor.errors.clear()
    yield module_visitor
    assert module_visitor.errors == []


def encoded(image: np.ndarray, suffix: str) -> bytes:
    return cv2.imencode(suffix, image)[1].tobytes()


def picture_of(entry: dict[str, Any]) -> np.ndarray:
    image = np.full((280, 280, 3), 255, np.uint8)
    for stroke in entry["strokes"]:
        cv2.polylines(image, [np.int32(stroke)], False, (20, 20, 20), 18, cv2.LINE_AA)
    return image


def photo() -> np.ndarray:
    image = np.full((400, 700, 3), 40, np.uint8)
    cv2.circle(image, (180, 200), 110, (90, 200, 240), cv2.FILLED)
    cv2.rectangle(image, (400, 90), (620, 310), (240, 240, 230), cv2.FILLED)
    return image


def native_words(data: bytes, method: str, level: int) -> str:
    """What the page must say of a photo, by the same Python on native OpenCV."""
    contours.open_photo(data)
    found = contours.find(method, level)
    return f"{found['count']:,} contours, {found['points']:,} points"


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
    assert len(sizes) == 6 and sizes[-2:] == [[32, 32], [8, 8]]
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
        with visitor.page.expect_file_chooser() as chooser:
            visitor.page.locator("#digits-choose").click()
        chooser.value.set_files({"name": "digit.jpg", "mimeType": "image/jpeg", "buffer": data})
    else:
        visitor.drop("digits", "digit.jpg", data, event=way)
    visitor.expect_words("digits-words", "Python took")
    assert visitor.words("digits-answer") == str(entry["digit"])


def test_what_cannot_be_read_is_told_in_words(visitor: Visitor) -> None:
    visitor.drop("digits", "letter.txt", b"Dear Sir or Madam")
    visitor.expect_words("digits-words", "no picture that Python can open")
    visitor.drop("digits", "empty.png", encoded(np.full((40, 40, 3), 255, np.uint8), ".png"))
    visitor.expect_words("digits-words", "nothing to read")
    visitor.drop("contours", "letter.txt", b"Dear Sir or Madam")
    visitor.expect_words("contours-words", "letter.txt is no picture that OpenCV can decode")


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
    source = visitor.page.locator("#contours-source")
    assert source.text_content() == (SITE / "pyinfer_demo" / "contours.py").read_text(encoding="utf-8")


def test_every_example_of_the_editor_does_what_it_says(visitor: Visitor) -> None:
    choice = visitor.page.locator("#editor-example")
    expected = {
        "OpenCV": "25 pebbles",
        "ONNX Runtime": "tensor(float) ['batch', 1, 8, 8]",
        "NumPy": "float64 array of shape (5)",
        "A traceback": "in halve",
    }
    names = choice.locator("option").all_inner_texts()
    assert names[:-1] == list(expected), "an example without a test, or the other way round"
    for name, words in expected.items():
        choice.select_option(label=name)
        visitor.page.locator("#editor-run").click()
        expect(visitor.page.locator("#editor-run")).to_be_enabled(timeout=ANSWER)
        assert words in visitor.words("editor-output"), name


def test_editor_shows_output_errors_and_values(visitor: Visitor) -> None:
    assert (
        visitor.run("import sys\nprint('to you')\nprint('beware', file=sys.stderr)\n6 * 7")
        == "to you\nbeware\n42\n"
    )
    assert visitor.page.locator("#editor-output .stderr").inner_text() == "beware\n"
    output = visitor.run("def f():\n    return 1 / 0\nf()")
    assert "Traceback (most recent call last)" in output and "line 2, in f" in output
    assert "ZeroDivisionError: division by zero" in output
    assert visitor.words("editor-words") == "Ended with ZeroDivisionError"
    assert "cv2" in visitor.run("import cv2\ncv2.thresold(None, 1, 2, 3)")
    assert "VideoCapture" in visitor.run("import cv2\ncv2.VideoCapture(0)")
    assert visitor.run("for i in range(3): print(f'{i} of 2', end='\\r', flush=True)\nprint()") == "2 of 2\n"


def test_huge_value_and_a_flood_of_output_leave_the_page_alive(visitor: Visitor) -> None:
    output = visitor.run("import numpy as np\n{'pixels': np.zeros((3000, 1000), np.uint8)}")
    assert "uint8 array of shape (3000, 1000): 0, 0" in output and len(output) < 1000
    output = visitor.run("for i in range(60_000): print('line', i)")
    assert output.endswith("line 59999\n") and len(output) < 400_000


def test_endless_loop_can_be_stopped_and_variables_stay(visitor: Visitor) -> None:
    visitor.run("kept = 41\nprint('on and on')\nwhile True: pass", wait=False)
    visitor.expect_words("editor-output", "on and on")
    visitor.page.locator("#editor-stop").click()
    visitor.expect_words("editor-words", "Stopped")
    assert visitor.run("kept + 1") == "42\n"


def test_keyboard_enters_and_leaves_the_editor(visitor: Visitor) -> None:
    visitor.page.locator("#editor-source .cm-content").click()
    visitor.page.keyboard.press("Control+a")
    visitor.page.keyboard.type("if True:\n")
    visitor.page.keyboard.press("Tab")
    focused = "document.activeElement.id"
    assert visitor.page.evaluate(focused) == "editor-source", "Tab must indent"
    visitor.page.keyboard.press("Escape")
    visitor.page.keyboard.press("Tab")
    assert visitor.page.evaluate(focused) == "editor-output", "Escape, then Tab, must leave"


def test_use_of_the_page_leaves_no_handles_behind(visitor: Visitor) -> None:
    visitor.page.get_by_role("button", name="Draw a 4").click()
    visitor.expect_words("digits-words", "Python took")  # from now on the network is open
    before = visitor.run(HANDLES)
    visitor.page.locator("#digits-clear").click()
    visitor.page.get_by_role("button", name="Draw a 5").click()
    visitor.expect_words("digits-words", "Python took")
    visitor.page.locator("#contours-level").fill("90")
    visitor.expect_words("contours-words", "contour")
    assert visitor.run(HANDLES) == before


def test_nothing_leaves_the_device_and_nothing_jumps(newcomer: Visitor, site_url: str) -> None:
    newcomer.open(site_url)
    newcomer.draw(ONE_OF_EACH[4]["strokes"])
    newcomer.expect_words("digits-words", "Python took")
    newcomer.drop("contours", "mine.png", encoded(photo(), ".png"))
    newcomer.expect_words("contours-before-words", "mine.png")
    newcomer.run("print('done')")
    abroad = [r for r in newcomer.requests if not re.match(rf"GET ({re.escape(site_url)}|blob:|data:)", r)]
    assert abroad == []
    assert newcomer.page.evaluate("layoutShift") < 0.01
    assert newcomer.errors == []


def test_network_is_found_after_a_reload_without_a_request(newcomer: Visitor, site_url: str) -> None:
    newcomer.open(site_url)
    assert not any(".onnx" in request for request in newcomer.requests)
    for expected in (1, 0):
        newcomer.requests.clear()
        newcomer.draw(ONE_OF_EACH[9]["strokes"])
        newcomer.expect_words("digits-words", "Python took")
        assert newcomer.words("digits-answer") == "9"
        assert sum(".onnx" in request for request in newcomer.requests) == expected
        newcomer.page.reload()
        newcomer.wait_until_ready()
        newcomer.expect_words("models-panel", "137 kB in 1 model")


def test_network_can_be_deleted_and_is_fetched_again_when_it_is_needed(
    newcomer: Visitor, site_url: str
) -> None:
    newcomer.open(site_url)
    newcomer.expect_words("models-panel", "No models are stored")
    before = newcomer.page.evaluate("layoutShift")
    newcomer.page.locator("#models").scroll_into_view_if_needed()
    assert newcomer.run("import onnxruntime as ort; ort.InferenceSession('digits.onnx').get_inputs()[0].name")
    newcomer.expect_words("models-panel", "137 kB in 1 model")
    newcomer.page.get_by_role("button", name="Verify digits").click()
    newcomer.expect_words("models-panel", "Verified: all 137 kB are what was fetched")
    newcomer.page.get_by_role("button", name="Delete digits").click()
    newcomer.page.get_by_role("group", name="Delete digits?").get_by_role("button", name="Delete").click()
    newcomer.expect_words("models-panel", "No models are stored")
    assert newcomer.page.evaluate("layoutShift") < before + 0.01
    newcomer.page.reload()
    newcomer.wait_until_ready()
    newcomer.requests.clear()
    newcomer.draw(ONE_OF_EACH[4]["strokes"])
    newcomer.expect_words("digits-words", "Python took")
    assert sum(".onnx" in request for request in newcomer.requests) == 1
    assert newcomer.errors == []


def test_page_without_isolation_works_on_one_thread_and_says_so(newcomer: Visitor, site: Path) -> None:
    with serving(site, ResponseHeaders(isolated=False)) as url:
        newcomer.open(url)
        assert "one thread" in newcomer.words("status-words")
        expect(newcomer.page.get_by_role("link", name="What is lost")).to_be_visible()
        newcomer.run("while True: pass", wait=False)
        newcomer.page.locator("#editor-stop").click()
        newcomer.expect_words("editor-words", "variables are gone", timeout=START)
        newcomer.draw(ONE_OF_EACH[6]["strokes"])
        newcomer.expect_words("digits-words", "Python took", timeout=START)
        assert newcomer.words("digits-answer") == "6"
        assert newcomer.run("print(1 + 1)") == "2\n"
        assert newcomer.errors == []


def test_drawing_before_python_runs_is_read_once_it_does(newcomer: Visitor, site_url: str) -> None:
    newcomer.page.goto(site_url)
    newcomer.draw(ONE_OF_EACH[8]["strokes"])
    newcomer.expect_words("digits-words", "Python took", timeout=START)
    assert newcomer.words("digits-answer") == "8"


def test_failed_download_is_told_and_can_be_tried_again(newcomer: Visitor, site_url: str) -> None:
    newcomer.page.route("**/opencv.*.wasm", lambda route: route.abort())
    newcomer.page.goto(site_url)
    newcomer.page.evaluate(WATCH_STATES)
    expect(newcomer.page.locator("#status")).to_have_attribute("data-state", "failed", timeout=START)
    assert newcomer.words("status-words") == "A download failed. Check the connection."
    newcomer.page.unroute("**/opencv.*.wasm")
    newcomer.page.get_by_role("button", name="Try again").click()
    newcomer.wait_until_ready()
    expect(newcomer.page.get_by_role("button", name="Try again")).to_be_hidden()
    # What else was being downloaded goes on for a while; it must not hide the failure.
    assert newcomer.page.evaluate("states") == ["failed", "click", "starting", "ready"]


def test_missing_network_is_told_and_can_be_fetched_again(newcomer: Visitor, site_url: str) -> None:
    newcomer.page.route("**/*.onnx", lambda route: route.fulfill(status=404))
    newcomer.open(site_url)
    newcomer.draw(ONE_OF_EACH[7]["strokes"])
    for part in ("digits-words", "models-panel"):
        newcomer.expect_words(part, "the server answered 404 Not Found")
    newcomer.page.unroute("**/*.onnx")
    newcomer.page.locator("#digits-clear").click()
    newcomer.draw(ONE_OF_EACH[7]["strokes"])
    newcomer.expect_words("digits-words", "Python took")
    newcomer.expect_words("models-panel", "137 kB in 1 model")


def test_python_that_ends_is_told_and_can_be_started_again(newcomer: Visitor, site_url: str) -> None:
    newcomer.open(site_url)
    newcomer.run("from js import self; self.close()", wait=False)
    expect(newcomer.page.locator("#status")).to_have_attribute("data-state", "failed", timeout=ANSWER)
    assert newcomer.words("status-words").startswith("Python stopped: ")
    newcomer.expect_words("editor-words", "variables are gone")
    newcomer.page.get_by_role("button", name="Try again").click()
    newcomer.wait_until_ready()
    assert newcomer.run("import cv2; print(cv2.imread('pebbles.jpg').shape)") == "(800, 1200, 3)\n"
    newcomer.page.locator("#contours-level").fill("60")
    newcomer.expect_words("contours-words", native_words((SITE / "sample.jpg").read_bytes(), "edges", 60))


def test_browser_without_webassembly_is_told_so(newcomer: Visitor, site_url: str) -> None:
    newcomer.page.add_init_script("delete globalThis.WebAssembly")
    newcomer.page.goto(site_url)
    expect(newcomer.page.locator("#status")).to_have_attribute("data-state", "failed")
    assert "no WebAssembly" in newcomer.words("status-words")


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_page_fits_every_width(newcomer: Visitor, site_url: str, width: int) -> None:
    newcomer.page.set_viewport_size({"width": width, "height": 800})
    newcomer.page.goto(site_url)
    assert newcomer.page.evaluate("document.documentElement.scrollWidth") <= width


def test_native_python_reads_the_same_digits(visitor: Visitor) -> None:
    """The page's probabilities are those of the same Python on native OpenCV and ONNX Runtime."""
    digits.load(str(SITE / "models" / "digits.onnx"))
    image = picture_of(ONE_OF_EACH[3])
    native = digits.read_file(encoded(image, ".png"))["probabilities"]
    visitor.drop("digits", "three.png", encoded(image, ".png"))
    visitor.expect_words("digits-words", "Python took")
    shown = visitor.page.locator("#digits-bars li").evaluate_all(
        "all => all.map((bar) => Number(bar.style.getPropertyValue('--share')))"
    )
    np.testing.assert_allclose(shown, native, atol=1e-5)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_line_numbers_stand_beside_their_lines(
    newcomer: Visitor, site_url: str, width: int, scheme: str
) -> None:
    """Also before the visitor has scrolled to the editor."""
    newcomer.page.set_viewport_size({"width": width, "height": 800})
    newcomer.page.emulate_media(color_scheme=scheme)
    newcomer.page.goto(site_url)
    places = (
        "all => all.map(e => e.getBoundingClientRect()).flatMap(e => (e.height ? [[e.y, e.height]] : []))"
    )
    for _ in ("from afar", "in sight"):
        numbers, lines = (
            newcomer.page.locator(f"#editor-source {name}").evaluate_all(places)
            for name in (".cm-lineNumbers .cm-gutterElement", ".cm-line")
        )
        assert len(lines) > 5
        assert numbers == lines
        newcomer.page.locator("#editor-source").scroll_into_view_if_needed()
