"""The forms in which a page can have an app: the examples, `<pyinfer-app>`, Python in script blocks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from pyinfer.host.build import runtime_bundle
from pyinfer.host.serve import serving
from tests.browser.conftest import HANDLES
from tests.browser.handles import handles_at_rest
from tests.browser.visitor import ANSWER, START

EXAMPLE = Path(__file__).resolve().parents[2] / "site" / "examples" / "shapes"

#: What the app's module gets for these tests.
MORE_FUNCTIONS = """
import cv2, shapes, sys

def show(path):
    print("looking at", path.rpartition("/")[2])
    print("dimly", file=sys.stderr)
    cv2.imshow("seen", cv2.imread(path))

def spin(path):
    print("spinning")
    while True:
        pass

def break_down(path):
    raise ValueError("a word for programmers")

shapes.show, shapes.spin, shapes.break_down = show, spin, break_down
shapes.size = lambda content: [type(content).__name__, len(content)]
shapes.shape = lambda pixels: list(pixels.shape)
"""

#: Gives a file to an element as a visitor's hand does.
GIVE = """([selector, name, bytes, type]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([new Uint8Array(bytes)], name, { type: "image/png" }));
  const options = { bubbles: true, cancelable: true, composed: true };
  document.querySelector(selector).dispatchEvent(type === "paste"
    ? new ClipboardEvent(type, { clipboardData: transfer, ...options })
    : new DragEvent(type, { dataTransfer: transfer, ...options }));
}"""


def watched(page: Page) -> list[str]:
    """What the page complains of from now on."""
    errors: list[str] = []
    page.on("console", lambda message: message.type == "error" and errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    return errors


@pytest.fixture(scope="module")
def shapes_url(shapes: Path) -> Iterator[str]:
    with serving(shapes) as url:
        yield url


class App:
    """A page with the element, seen as a visitor sees it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors = watched(page)
        page.on("filechooser", lambda chooser: None)  # Chromium takes a while to begin to hand them on
        self.element = page.locator("pyinfer-app")
        self.result = self.element.get_by_role("region", name="Result")

    def choose(self, name: str, content: bytes) -> None:
        self.element.locator("input").set_input_files(
            {"name": name, "mimeType": "image/png", "buffer": content}
        )

    def expect_state(self, words: str, timeout: int = ANSWER) -> None:
        expect(self.element.locator(".words")).to_have_text(words, timeout=timeout)

    def set(self, name: str, value: str) -> None:
        self.element.evaluate("(app, [name, value]) => app.setAttribute(name, value)", [name, value])

    def run(self, code: str) -> Any:
        return self.element.evaluate("(app, code) => app.runtime.runPythonAsync(code)", code)


@pytest.fixture(scope="module")
def module_app(browser: Browser, shapes_url: str) -> Iterator[App]:
    with browser.new_context(color_scheme="light") as context:
        app = App(context.new_page())
        app.page.goto(shapes_url)
        app.expect_state("Ready", START)
        app.run(MORE_FUNCTIONS)
        yield app


@pytest.fixture
def app(module_app: App) -> Iterator[App]:
    """The example's page, loaded once; afterwards nothing of JavaScript may still be held."""
    before = handles_at_rest(lambda: module_app.run(HANDLES))
    yield module_app
    module_app.set("entry", "shapes:find")
    module_app.set("file-as", "path")
    assert handles_at_rest(lambda: module_app.run(HANDLES)) == before
    assert module_app.run("import os; os.listdir('/tmp')") == []
    assert module_app.errors == []


@pytest.mark.parametrize("way", ["choose", "drop", "paste"])
def test_a_picture_is_taken_and_the_result_is_what_native_python_gives(
    app: App, tmp_path: Path, shapes_picture: bytes, way: str
) -> None:
    name = f"{way}.png"
    if way == "choose":
        app.element.get_by_role("button", name="Choose a picture").focus()
        with app.page.expect_file_chooser() as chooser:
            app.page.keyboard.press("Enter")
        chooser.value.set_files({"name": name, "mimeType": "image/png", "buffer": shapes_picture})
    else:
        target = "body" if way == "paste" else "pyinfer-app"
        app.page.evaluate(GIVE, [target, name, list(shapes_picture), way])
    app.expect_state(f"Done: {name}")
    expect(app.element.get_by_role("status")).to_have_text("The result is there")
    (tmp_path / name).write_bytes(shapes_picture)
    sys.path.insert(0, str(EXAMPLE))
    import shapes

    native = shapes.find(str(tmp_path / name))
    shown = app.result.locator("table").evaluate(
        "(t) => [...t.rows].map((r) => [...r.cells].map((c) => c.innerText))"
    )
    assert shown == [list(native["boxes"][0]), *([*map(str, box.values())] for box in native["boxes"])]
    pixels = app.result.locator("canvas").evaluate(
        "(c) => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]"
    )
    drawn = np.array(pixels, np.uint8).reshape(240, 480, 4)
    np.testing.assert_array_equal(drawn[:, :, 2::-1], native["picture"])


def test_what_a_script_prints_and_shows_is_shown(app: App, shapes_picture: bytes) -> None:
    app.set("entry", "shapes:show")
    app.choose("circles.png", shapes_picture)
    app.expect_state("Done: circles.png")
    expect(app.result.get_by_role("group", name="Output")).to_have_text("looking at circles.png\ndimly")
    picture = app.result.get_by_role("img", name="seen, 480 by 240 pixels")
    expect(picture).to_be_visible()
    with app.page.expect_download() as download:
        app.result.get_by_role("button", name="Save seen").click()
    saved = cv2.imread(str(download.value.path()))
    np.testing.assert_array_equal(
        saved, cv2.imdecode(np.frombuffer(shapes_picture, np.uint8), cv2.IMREAD_COLOR)
    )


def test_a_file_comes_in_the_form_that_is_asked_for(app: App, shapes_picture: bytes) -> None:
    for form, entry, answer in (
        ("bytes", "shapes:size", f"bytes\n{len(shapes_picture)}"),
        ("image", "shapes:shape", "240, 480, 4"),
    ):
        app.set("file-as", form)
        app.set("entry", entry)
        app.choose(f"{form}.png", shapes_picture)
        app.expect_state(f"Done: {form}.png")
        expect(app.result).to_have_text(answer)
    app.choose("letter.png", b"Dear Sir or Madam")
    expect(app.result).to_have_text("letter.png is no picture that this browser can open.")


def test_what_goes_wrong_is_told_to_visitors_and_to_programmers(app: App) -> None:
    app.choose("letter.png", b"Dear Sir or Madam")
    expect(app.result).to_have_text("This is no picture that OpenCV can read.")
    app.set("entry", "shapes:break_down")
    app.choose("other.png", b"")
    expect(app.result).to_contain_text("The app could not work on other.png.")
    traceback = app.result.locator("pre")
    expect(traceback).to_be_hidden()
    app.result.get_by_text("Details").click()
    expect(traceback).to_contain_text('raise ValueError("a word for programmers")')
    expect(traceback).to_contain_text("ValueError: a word for programmers")
    app.page.evaluate(GIVE, ["pyinfer-app", "other.png", [], "drop"])
    app.element.evaluate("(app) => app.setAttribute('accept', '.npy')")
    app.page.evaluate(GIVE, ["pyinfer-app", "third.png", [], "drop"])
    expect(app.result).to_have_text("third.png is not a kind of file that can be taken here (.npy).")
    app.set("accept", "image/*")


def test_a_page_may_show_results_and_errors_itself(app: App, shapes_picture: bytes) -> None:
    app.element.evaluate(
        """(app) => {
          globalThis.told = [];
          globalThis.own = new AbortController();
          const tell = (event) => {
            event.preventDefault();
            told.push(event.type, event.file.name, event.value?.shapes ?? event.error.type);
          };
          for (const type of ["result", "error"]) app.addEventListener(type, tell, { signal: own.signal });
        }"""
    )
    app.choose("circles.png", shapes_picture)
    app.expect_state("Done: circles.png")
    expect(app.result).to_be_hidden()
    app.set("entry", "shapes:break_down")
    app.choose("other.png", b"")
    app.expect_state("Could not work on other.png")
    expect(app.result).to_be_hidden()
    told = app.page.evaluate("() => { own.abort(); return told; }")
    assert told == ["result", "circles.png", 4, "error", "other.png", "ValueError"]


def test_work_is_stopped_with_the_keyboard(app: App, shapes_picture: bytes) -> None:
    app.set("entry", "shapes:spin")
    app.element.evaluate(
        "(app) => { globalThis.spun = new Promise((told) => app.runtime.addEventListener('stdout', told)); }"
    )
    app.choose("circles.png", shapes_picture)
    app.page.evaluate("() => spun.then(() => {})")
    app.element.get_by_role("button", name="Stop").focus()
    app.page.keyboard.press("Enter")
    app.expect_state("Stopped")
    expect(app.element.get_by_role("button", name="Stop")).to_be_hidden()
    assert app.element.evaluate("(app) => app.shadowRoot.activeElement.type") == "file"
    app.set("entry", "shapes:find")
    app.choose("circles.png", shapes_picture)
    app.expect_state("Done: circles.png")


def test_it_fits_every_width_and_follows_the_pages_colours(app: App, shapes_picture: bytes) -> None:
    app.choose("circles.png", shapes_picture)
    app.expect_state("Done: circles.png")
    size = app.page.viewport_size
    assert size
    colour = "(app) => getComputedStyle(app.shadowRoot.querySelector('.panel')).backgroundColor"
    for width, scheme, expected in ((280, "light", "rgb(255, 255, 255)"), (1280, "dark", "rgb(18, 18, 18)")):
        app.page.set_viewport_size({"width": width, "height": 700})
        app.page.emulate_media(color_scheme=scheme)
        assert app.page.evaluate("document.documentElement.scrollWidth") <= width
        assert app.element.evaluate(colour) == expected
    app.element.evaluate("(app) => app.style.setProperty('--pyinfer-surface', 'rgb(1, 2, 3)')")
    assert app.element.evaluate(colour) == "rgb(1, 2, 3)"
    app.element.evaluate("(app) => app.removeAttribute('style')")
    app.page.set_viewport_size(size)
    app.page.emulate_media(color_scheme="light")


def test_an_app_that_does_not_load_or_ends_can_be_started_again(
    context: BrowserContext, shapes_url: str, shapes_picture: bytes
) -> None:
    app = App(context.new_page())
    context.route("**/pyinfer.json", lambda route: route.fulfill(status=503))
    app.page.goto(shapes_url)
    expect(app.result).to_contain_text("The app could not be loaded.", timeout=START)
    app.result.get_by_text("Details").click()
    expect(app.result.locator("pre")).to_contain_text("pyinfer.json: the server answered 503")
    context.unroute("**/pyinfer.json")
    app.choose("circles.png", shapes_picture)  # which waits until there is Python
    app.element.evaluate(
        """(app) => {
          globalThis.phases = new Set();
          app.addEventListener("progress", ({ phase }) => phases.add(phase));
        }"""
    )
    app.page.evaluate("() => document.querySelector('pyinfer-app').setAttribute('src', '.')")
    app.expect_state("Done: circles.png", START)
    assert set(app.page.evaluate("() => [...phases]")) >= {"download", "start", "app"}
    app.element.evaluate(
        "(app) => void app.runtime.runPythonAsync('from js import self; self.close()').catch(() => {})"
    )
    expect(app.result).to_contain_text("The app has stopped.", timeout=START)
    app.result.get_by_role("button", name="Start again").click()
    app.expect_state("Ready", START)
    ended = app.element.evaluate(
        """(app) => {
          const { runtime } = app;
          const ended = new Promise((tell) => {
            runtime.addEventListener("close", ({ detail }) => tell(detail));
          });
          app.remove();
          return ended;
        }"""
    )
    assert ended == "closed by close()"
    assert [error for error in app.errors if "503" not in error] == []


@pytest.mark.parametrize("form", ["module", "classic", "scripts"])
def test_the_pages_of_the_examples_run(page: Page, shapes_url: str, shapes_picture: bytes, form: str) -> None:
    errors = watched(page)
    page.goto(f"{shapes_url}/{form}.html")
    answer = page.locator("#answer")
    if form == "classic":
        expect(answer).to_have_text("Ready", timeout=START)
        page.locator("input").set_input_files(
            {"name": "circles.png", "mimeType": "image/png", "buffer": shapes_picture}
        )
        expect(answer).to_have_text("4 shapes", timeout=ANSWER)
    else:
        expect(answer).to_contain_text("3 shapes", timeout=START)
    if form == "scripts":
        drawn = page.locator("canvas").evaluate(
            "(c) => [...c.getContext('2d').getImageData(60, 80, 1, 1).data]"
        )
        assert drawn == [255, 215, 0, 255]
    assert errors == []


BLOCKS = b"""<!doctype html><meta charset=utf-8><title>blocks</title><link rel=icon href=data:,>
<script src="/pyinfer.classic.js"></script>
<script type="text/x-pyinfer">
    greeting = "from the head"
    print(greeting)
</script>
<body>
<pyinfer-output id="output"></pyinfer-output>
<div id="errors"></div>
<script type="text/x-pyinfer" target="output">
    import sys
    def greet():
        print("second", greeting, "<b>")
    greet()
    print("a warning", file=sys.stderr)
</script>
<script type="text/x-pyinfer" target="#output" error-target="errors" id="failing">
    print("third")
    raise KeyError("here")
</script>
<script type="text/x-pyinfer" target="output" error-target="errors" src="/missing.py"></script>
<script type="text/x-pyinfer" target="output">
    import asyncio
    print("last")
    asyncio.get_running_loop().call_later(0.01, print, "later")
    sys.exit("and out")
</script>
<script>
  globalThis.told = [];
  for (const type of ["load", "error"]) {
    document.addEventListener(type, ({ target, error }) => {
      if (target.type === "text/x-pyinfer") told.push(error ? error.type ?? error.message : type);
    }, { capture: true });
  }
</script>
"""


def page_of_blocks(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [BLOCKS]


def test_blocks_run_in_order_whatever_one_of_them_does(page: Page) -> None:
    errors = watched(page)
    with serving(runtime_bundle(), extra={"/blocks": page_of_blocks}) as url:
        page.goto(f"{url}/blocks")
        output = page.locator("#output")
        expect(output).to_contain_text("later", timeout=START)
        expect(output.locator("pre")).to_have_text(
            "second from the head <b>\na warning\nthird\nlast\nand out\nlater\n"
        )
        expect(output.locator(".stderr")).to_have_text(["a warning\n", "and out\n"])
        expect(page.locator("body > pyinfer-output:not([id])")).to_have_text("from the head\n")
        failures = page.locator("#errors .failure")
        expect(failures).to_have_count(2)
        expect(failures.first.locator("pre")).to_be_hidden()
        failures.first.get_by_text("Details").click()
        expect(failures.first.locator("pre")).to_contain_text("KeyError: 'here'")
        failures.last.get_by_text("Details").click()
        expect(failures.last.locator("pre")).to_contain_text("missing.py: the server answered 404")
        told = page.evaluate("() => told")
        assert told == [
            "load",
            "load",
            "KeyError",
            f"{url}/missing.py: the server answered 404 Not Found",
            "load",
        ]
        counts = """async (code) => {
          const script = document.createElement("script");
          Object.assign(script, { type: "text/x-pyinfer", textContent: "print('added', greeting)" });
          document.body.append(script);
          const runtime = await pyinfer.runScripts();
          return [script.nextElementSibling.shadowRoot.querySelector("pre").textContent,
                  await runtime.runPythonAsync(code)];
        }"""
        added, before = page.evaluate(counts, HANDLES)
        assert added == "added from the head\n"
        assert page.evaluate(counts, HANDLES)[1] == before
    assert [error for error in errors if "KeyError" not in error and "404" not in error] == []
