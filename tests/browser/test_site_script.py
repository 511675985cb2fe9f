"""The page for a visitor's own script, used as a visitor uses it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from pyinfer.host.headers import ResponseHeaders
from pyinfer.host.serve import serving
from tests.browser.long_tasks import never_held_up
from tests.browser.page_scripts import HANDLES
from tests.browser.visitor import HIDE, START, Visitor


@pytest.fixture(scope="module")
def module_visitor(browser: Browser, site_url: str) -> Iterator[Visitor]:
    with browser.new_context() as context:
        visitor = Visitor(context.new_page())
        visitor.open(site_url, "script")
        yield visitor


@pytest.fixture
def visitor(module_visitor: Visitor) -> Iterator[Visitor]:
    """The page, loaded once for this module. A test that makes it log an error fails."""
    module_visitor.errors.clear()
    yield module_visitor
    assert module_visitor.errors == []


def test_every_example_of_the_editor_does_what_it_says(visitor: Visitor) -> None:
    choice = visitor.page.locator("#editor-example")
    expected = {
        "OpenCV": "25 pebbles",
        "ONNX Runtime": "tensor(float) ['batch', 1, 8, 8]",
        "NumPy": "float64 array of shape (5)",
        "A window": "Circles, 480",
        "A figure": "Figure 1, 600",
        "A traceback": "in halve",
    }
    names = choice.locator("option").all_inner_texts()
    assert names[:-1] == list(expected), "an example without a test, or the other way round"
    for name, words in expected.items():
        choice.select_option(label=name)
        visitor.page.locator("#editor-run").click()
        expect(visitor.page.locator("#editor-run")).to_be_enabled(timeout=START)
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
    assert output.endswith("line 59999\n") and len(output) < 200_000


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
    digit = "from pyinfer_demo import digits\nimport numpy as np\n"
    digit += "digits.load('digits.onnx')\npicture = np.full((280, 280, 4), 255, np.uint8)\n"
    digit += "picture[40:240, 130:150, :3] = 20\nprint(digits.read(picture)['digit'])"
    assert visitor.run(digit) == "1\n"
    before = visitor.run(HANDLES)
    assert visitor.run(digit) == "1\n"
    visitor.run("import cv2, numpy as np\ncv2.imshow('a', np.zeros((40, 40, 3), np.uint8))")
    assert visitor.run(HANDLES) == before


def test_page_without_isolation_works_on_one_thread_and_says_so(newcomer: Visitor, site: Path) -> None:
    with serving(site, ResponseHeaders(isolated=False)) as url:
        newcomer.open(url, "script")
        assert "one thread" in newcomer.words("status-words")
        # What is stopped before it runs leaves Python as it is.
        newcomer.run("print('on and on')\nwhile True: pass", wait=False)
        newcomer.expect_words("editor-output", "on and on")
        newcomer.page.locator("#editor-stop").click()
        newcomer.expect_words("editor-words", "variables are gone", timeout=START)
        assert newcomer.run("print(1 + 1)") == "2\n"
        newcomer.page.get_by_role("link", name="What is lost").click()
        expect(newcomer.page.locator("#threads")).to_be_in_viewport()
        assert newcomer.errors == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_line_numbers_stand_beside_their_lines(
    newcomer: Visitor, site_url: str, width: int, scheme: str
) -> None:
    """Also before the visitor has scrolled to the editor."""
    newcomer.page.set_viewport_size({"width": width, "height": 800})
    newcomer.page.emulate_media(color_scheme=scheme)
    newcomer.page.goto(f"{site_url}/script.html")
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


def test_syntax_error_is_shown_where_it_is(visitor: Visitor) -> None:
    output = visitor.run("print('first')\nfor i in range(3)\n    print(i)")
    assert "line 2" in output and "SyntaxError: expected ':'" in output and "first" not in output
    assert visitor.words("editor-words") == "Ended with SyntaxError"


def test_ten_million_lines_leave_the_page_alive(visitor: Visitor) -> None:
    block = "'\\n'.join(['a line of output'] * 10_000)"
    visitor.run(f"for _ in range(1000):\n    print({block})\nprint('the last')", wait=False)
    visitor.expect_words("editor-words", "Done in", timeout=START)
    output = visitor.words("editor-output")
    assert output.endswith("a line of output\nthe last\n") and len(output) < 200_000


def test_page_is_never_held_up_while_a_script_infers(visitor: Visitor) -> None:
    visitor.page.locator("#editor-example").select_option(label="ONNX Runtime")
    visitor.page.locator("#editor-source .cm-content").press("Control+End")
    visitor.page.keyboard.insert_text(
        "for _ in range(3000):\n    session.run(None, {'counts': counts})\nprint('inferred')"
    )
    with never_held_up(visitor.page):
        visitor.page.locator("#editor-run").click()
        visitor.expect_words("editor-output", "inferred", timeout=START)
        visitor.expect_words("editor-words", "Done in")


def test_script_that_ends_in_a_hidden_tab_is_told(newcomer: Visitor, site_url: str) -> None:
    newcomer.open(site_url, "script")
    block = "'\\n'.join(['a line of output'] * 10_000)"
    newcomer.run(f"for _ in range(300):\n    print({block})\nprint('the last')", wait=False)
    newcomer.expect_words("editor-output", "a line of output")
    newcomer.page.evaluate(HIDE)
    newcomer.expect_words("editor-words", "Done in", timeout=START)
    assert newcomer.words("editor-output").endswith("a line of output\nthe last\n")


def test_window_and_last_value_are_shown_in_their_colours(visitor: Visitor) -> None:
    output = visitor.run(
        "import cv2, numpy as np\npicture = np.zeros((60, 80, 3), np.uint8)\npicture[:, :, 0] = 255\n"
        "cv2.imshow('blue', picture)\npicture[:, :, ::-1].copy()"
    )
    assert "blue, 80" in output and "The last value, 80" in output
    colours = visitor.page.locator("#editor-output canvas").evaluate_all(
        "all => all.map((canvas) => [...canvas.getContext('2d').getImageData(9, 9, 1, 1).data])"
    )
    # The last value's first channel is taken for blue, as OpenCV's.
    assert sorted(colours) == [[0, 0, 255, 255], [255, 0, 0, 255]]


def test_files_are_dropped_listed_used_saved_and_removed(visitor: Visitor) -> None:
    page = visitor.page
    visitor.drop("editor-source", "numbers.txt", b"1 2 3")
    visitor.expect_words("files-list", "numbers.txt")
    assert "1 2 3" not in page.locator("#editor-source .cm-content").inner_text()
    code = "numbers = map(int, open('numbers.txt').read().split())\n"
    code += "open('sum.txt', 'w').write(str(sum(numbers)))"
    visitor.run(code)
    visitor.expect_words("files-list", "sum.txt")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save sum.txt").click()
    assert download.value.path().read_text() == "6"
    for name in ("sum.txt", "numbers.txt"):
        page.get_by_role("button", name=f"Remove {name}").click()
        expect(page.locator("#files-list")).not_to_contain_text(name)
    assert "FileNotFoundError" in visitor.run("open('numbers.txt')")


def test_module_that_is_dropped_again_is_imported_again(visitor: Visitor) -> None:
    for answer in (41, 42):
        visitor.drop("files", "answers.py", f"answer = {answer}".encode())
        visitor.expect_words("files-words", "answers.py is in Python")
        assert visitor.run("import answers\nanswers.answer") == f"{answer}\n"
    visitor.page.get_by_role("button", name="Edit answers.py").click()
    expect(visitor.page.locator("#editor-source .cm-content")).to_have_text("answer = 42")
    visitor.page.get_by_role("button", name="Remove answers.py").click()


def greeter(folder: Path, needs: str = "") -> Path:
    """A wheel."""
    wheel = folder / "greeter-1.0-py3-none-any.whl"
    metadata = "Metadata-Version: 2.1\nName: greeter\nVersion: 1.0\n"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("greeter.py", "greeting = 'good morning'")
        archive.writestr(
            "greeter-1.0.dist-info/METADATA", metadata + (f"Requires-Dist: {needs}\n" if needs else "")
        )
        archive.writestr(
            "greeter-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr("greeter-1.0.dist-info/RECORD", "")
    return wheel


def test_wheel_that_is_dropped_can_be_imported(visitor: Visitor, tmp_path: Path) -> None:
    wheel = greeter(tmp_path, "no-such-package-here>=2")
    visitor.drop("files", wheel.name, wheel.read_bytes())
    visitor.expect_words("files-words", f"{wheel.name} needs no-such-package-here, which is not here")
    wheel = greeter(tmp_path)
    visitor.drop("files", wheel.name, wheel.read_bytes())
    visitor.expect_words("files-words", f"{wheel.name} is there: import it.")
    assert visitor.run("import greeter\ngreeter.greeting") == '"good morning"\n'


def test_package_of_the_site_is_installed_by_name_and_another_is_refused(
    newcomer: Visitor, site_url: str
) -> None:
    newcomer.open(site_url, "script")
    name = newcomer.page.get_by_label("Package", exact=True)
    name.fill("matplotlib")
    name.press("Enter")
    newcomer.expect_words("files-words", "matplotlib is there: import it.", timeout=START)
    assert newcomer.words("editor-output") == ""
    name.fill("no-such-package-here")
    name.press("Enter")
    newcomer.expect_words("files-words", "no-such-package-here is not here", timeout=START)
    newcomer.expect_words(
        "files-words", "It has matplotlib, numpy, onnxruntime, opencv-python, pillow and pydicom."
    )
    name.fill("no name")
    name.press("Enter")
    newcomer.expect_words("files-words", re.compile("no name could not be installed: Expected"))
    abroad = [r for r in newcomer.requests if not re.match(rf"\w+ ({re.escape(site_url)}|blob:|data:)", r)]
    assert abroad == []


def test_link_carries_the_script_and_does_not_run_it(newcomer: Visitor, site_url: str) -> None:
    newcomer.open(site_url, "script")
    script = "# \N{LATIN SMALL LETTER E WITH ACUTE}\nprint('from a link')\n" + "x = 1\n" * 500
    newcomer.run(script)
    newcomer.page.get_by_role("button", name="Copy a link").click()
    newcomer.expect_words("editor-words", "The link is in the")
    link = newcomer.page.url
    assert "#script=" in link and len(link) < 300
    newcomer.page.goto("about:blank")
    newcomer.requests.clear()
    newcomer.page.goto(link)
    newcomer.wait_until_ready()
    newcomer.expect_words("editor-words", "This script came with the link.")
    assert newcomer.words("editor-output") == ""
    assert not any("script=" in request.partition("#")[0] for request in newcomer.requests)
    newcomer.page.locator("#editor-run").click()
    newcomer.expect_words("editor-output", "from a link")


@pytest.mark.parametrize("hash_", ["#script=", "#script=%%%", "#script=AAAA", "#script=S0n"])
def test_damaged_link_is_told(newcomer: Visitor, site_url: str, hash_: str) -> None:
    newcomer.page.goto(f"{site_url}/script.html{hash_}")
    newcomer.expect_words("editor-words", "The script in this link is damaged")


def test_report_says_what_check_says(visitor: Visitor) -> None:
    visitor.page.locator("#editor-example").select_option(label="OpenCV")
    visitor.expect_words("report-words", "nothing stops it here")
    visitor.run("import cv2, requests\n\nif False:\n    cv2.VideoCapture(0)\ncv2.imraed('x')")
    visitor.expect_words("report-words", "2 would stop it here")
    visitor.expect_words("report-findings", "cv2.imraed no such name, line 5")
    visitor.expect_words("report-findings", "Instead: cv2.imread?")
    visitor.expect_words("report-findings", "requests not in a browser, line 1")
    code = visitor.page.locator("#report-findings p.note code")
    expect(code).to_have_text(['pyodide.call("module:function", imageData)', "False"])
    assert "`" not in visitor.words("report-findings")
    visitor.run("for i in range(3)\n    pass")
    visitor.expect_words("report-findings", "expected ':': the script was not looked at")
