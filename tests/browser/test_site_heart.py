"""The heart page, used as a visitor uses it: real DICOM files, real engines, real Chromium."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from pydicom.uid import JPEGLosslessSV1

from tests.browser.long_tasks import never_held_up
from tests.browser.reader import SEARCH, Reader
from tests.browser.shared_page import keep_runtime, left_as_found
from tests.browser.site_pictures import HUGE, encoded, photo
from tests.browser.visitor import HIDE
from tests.ct_series import COUNT, SITE, dicom_bytes, enhanced_dicom_bytes, phantom_slices

import heart_score  # isort: skip
from pyinfer_demo import heart, heart_series  # isort: skip

#: The second batch of a search lasts a moment only.
STOP_MIDWAY = """
new MutationObserver((_, observer) => {
  if (/Searching slice (?!1 )/.test(document.getElementById("heart-words").textContent)) {
    observer.disconnect();
    document.getElementById("heart-stop").click();
  }
}).observe(document.getElementById("heart-words"), { childList: true });
"""


@pytest.fixture(scope="module")
def module_reader(browser: Browser, site_url: str) -> Iterator[Reader]:
    with browser.new_context() as context:
        reader = Reader(context.new_page())
        keep_runtime(reader.page)
        reader.open(site_url)
        reader.search({"one.png": cv2.imencode(".png", grey(12))[1].tobytes()})
        yield reader


@pytest.fixture
def reader(module_reader: Reader) -> Iterator[Reader]:
    """The page, loaded once for this module; its network is there."""
    with left_as_found(module_reader):
        yield module_reader


@pytest.fixture
def newcomer(browser: Browser) -> Iterator[Reader]:
    """A reader with an empty profile and no page open."""
    with browser.new_context() as context:
        yield Reader(context.new_page())


def dicoms(ks: Any = range(COUNT), **others: Any) -> dict[str, bytes]:
    return {f"{k}.dcm": dicom_bytes(k, **others) for k in ks}


def native() -> dict[str, Any]:
    """What the same Python finds in the phantom natively."""
    session = heart.load(str(SITE / "models" / "heart.onnx"))
    parts = heart.locate(session, phantom_slices())
    box = heart.enclose(parts)
    return {"box": box, "shown": heart.shown(parts, box)}


def grey(k: int, low: float = -160, high: float = 240) -> np.ndarray:
    shown = np.clip((phantom_slices()[k] - low) * (255 / (high - low)), 0, 255)
    return np.asarray(np.round(shown), np.uint8)


def test_dicom_series_has_the_rectangles_and_the_box_of_native_python(reader: Reader) -> None:
    # By another order of names than of places.
    reader.search({f"{9 * k % COUNT}.dcm": dicom_bytes(9 * k % COUNT) for k in range(COUNT)})
    expected = native()
    box = expected["box"]
    assert reader.words("box-words") == f"Slices {box.first + 1} to {box.last + 1}, from {box.x}, {box.y}"
    assert re.fullmatch(r"\d+ \S \d+ \S \d+ mm", reader.words("size"))
    assert reader.words("series").startswith(f"CT, {COUNT} slices of 256 ")
    for k, part in enumerate(expected["shown"]):
        reader.go_to(k + 1)
        assert reader.rectangle() == ([*part[:4]] if part else [0, 0, 0, 0])
        is_inside = box.first <= k <= box.last
        assert reader.box() == ([box.x, box.y, box.width, box.height] if is_inside else [0, 0, 0, 0])
    reader.expect_pixels(grey(COUNT - 1))


def test_one_file_of_all_slices_is_their_series(reader: Reader) -> None:
    reader.search({"enhanced.dcm": enhanced_dicom_bytes(), "magnet.dcm": enhanced_dicom_bytes(Modality="MR")})
    box = native()["box"]
    assert reader.words("box-words") == f"Slices {box.first + 1} to {box.last + 1}, from {box.x}, {box.y}"
    reader.expect_words("magnet.dcm: 25 pictures of the kind MR in one file", "notices")


def test_pydicom_comes_with_the_first_dicom_file(newcomer: Reader, site_url: str) -> None:
    newcomer.open(site_url)
    assert not any("pydicom" in request or ".onnx" in request for request in newcomer.requests)
    newcomer.search({"one.png": cv2.imencode(".png", grey(12))[1].tobytes()})
    assert not any("pydicom" in request for request in newcomer.requests)
    newcomer.search(dicoms())
    assert sum("pydicom" in request for request in newcomer.requests) == 1
    assert sum(".onnx" in request for request in newcomer.requests) == 1


def test_folder_is_chosen(reader: Reader, tmp_path: Path) -> None:
    folder = tmp_path / "study" / "series"
    folder.mkdir(parents=True)
    for name, data in dicoms().items():
        (folder / name).write_bytes(data)
    (folder.parent / "DICOMDIR").write_bytes(b"a table of contents")
    (folder.parent / "letter.txt").write_bytes(b"Dear Sir or Madam")
    reader.page.locator("#heart-folder-input").set_input_files(tmp_path / "study")
    reader.expect_words(f"The heart was found: {COUNT} slices")
    told = reader.words("notices")
    assert "letter.txt: no DICOM file, and no picture." in told and "DICOMDIR" not in told


def test_pictures_are_dropped(reader: Reader) -> None:
    data = {f"img_{k}.png": cv2.imencode(".png", grey(k))[1].tobytes() for k in range(COUNT)}
    reader.page.evaluate(
        """(files) => {
          const transfer = new DataTransfer();
          for (const [name, bytes] of files) transfer.items.add(new File([new Uint8Array(bytes)], name));
          document.getElementById("heart").dispatchEvent(
            new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
        }""",
        [[name, [*each]] for name, each in data.items()],
    )
    reader.expect_words(f"The heart was found: {COUNT} slices")
    reader.go_to(10)
    reader.expect_pixels(grey(9))
    session = heart.load(str(SITE / "models" / "heart.onnx"))
    box = heart.enclose(heart.locate(session, [grey(k) for k in range(COUNT)], (0, 255)))
    assert box
    assert reader.words("box-words") == f"Slices {box.first + 1} to {box.last + 1}, from {box.x}, {box.y}"


def test_slices_are_gone_through_by_keys_wheel_and_slider(reader: Reader) -> None:
    reader.search(dicoms())
    stage = reader.page.locator("#heart-stage")
    stage.scroll_into_view_if_needed()
    stage.focus()
    for key, number in (
        ("Home", 1),
        ("ArrowDown", 2),
        ("PageDown", 12),
        ("ArrowUp", 11),
        ("ArrowRight", 12),
        ("End", COUNT),
    ):
        reader.page.keyboard.press(key)
        reader.expect_words(f"{number} of {COUNT}", "slice-number")
    stage.hover()
    before = reader.page.evaluate("scrollY")
    reader.page.mouse.wheel(0, -40)
    reader.expect_words(f"{COUNT - 1} of {COUNT}", "slice-number")
    assert reader.page.evaluate("scrollY") == before
    reader.page.get_by_role("slider", name="Slice").focus()
    reader.page.keyboard.press("ArrowLeft")
    reader.expect_words(f"{COUNT - 2} of {COUNT}", "slice-number")
    assert reader.page.get_by_role("slider", name="Slice").get_attribute("aria-valuetext") == (
        f"slice {COUNT - 2} of {COUNT}. No heart in this slice"
    )


def test_window_is_set_by_preset_sliders_and_dragging(reader: Reader) -> None:
    reader.search(dicoms())
    reader.go_to(13)
    reader.page.get_by_label("Window").select_option("lung")
    reader.expect_pixels(grey(12, -1350, 150))
    reader.page.get_by_role("slider", name="Level").fill("100")
    reader.page.get_by_role("slider", name="Width").fill("1000")
    reader.expect_pixels(grey(12, -400, 600))
    assert reader.page.get_by_label("Window").input_value() == "own"
    stage = reader.page.locator("#heart-stage")
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    assert box
    reader.page.mouse.move(box["x"] + 100, box["y"] + 100)
    reader.page.mouse.down()
    reader.page.mouse.move(box["x"] + 140, box["y"] + 80, steps=4)
    reader.page.mouse.up()
    level = float(reader.page.get_by_role("slider", name="Level").input_value())
    width = float(reader.page.get_by_role("slider", name="Width").input_value())
    assert level < 100 and width > 1000
    reader.expect_pixels(grey(12, level - width / 2, level + width / 2))


def test_heart_is_downloaded(reader: Reader) -> None:
    reader.search(dicoms())
    with reader.page.expect_download() as download:
        reader.page.locator("#heart-save").click()
    assert download.value.suggested_filename == "0-heart.npz"
    box = native()["box"]
    with np.load(download.value.path()) as saved:
        rows, columns = slice(box.y, box.y + box.height), slice(box.x, box.x + box.width)
        expected = np.stack(phantom_slices())[box.first : box.last + 1, rows, columns]
        np.testing.assert_array_equal(saved["values"], expected)
        assert saved["spacing"].shape == saved["origin"].shape == (3,)


def test_heart_is_downloaded_as_pictures_in_the_greys_that_are_seen(reader: Reader) -> None:
    reader.search(dicoms())
    reader.page.get_by_label("Window").select_option("bone")
    with reader.page.expect_download() as download:
        reader.page.get_by_role("button", name="Download as pictures").click()
    assert download.value.suggested_filename == "0-heart.zip"
    reader.expect_words("Saved as 0-heart.zip.")
    expect(reader.page.locator("#heart-save")).to_be_enabled()
    box = native()["box"]
    rows, columns = slice(box.y, box.y + box.height), slice(box.x, box.x + box.width)
    with zipfile.ZipFile(download.value.path()) as saved:
        assert saved.namelist() == [f"slice-{k + 1:04}.png" for k in range(box.first, box.last + 1)]
        picture = cv2.imdecode(np.frombuffer(saved.read(saved.namelist()[3]), np.uint8), cv2.IMREAD_UNCHANGED)
    expected = grey(box.first + 3, -500, 1300)[rows, columns]
    np.testing.assert_allclose(picture.astype(int), expected, atol=1)


def test_real_slices_have_the_rectangles_of_native_python(reader: Reader) -> None:
    """With the network that learned from phantoms alone; another, made for scans, mostly agrees."""
    if not heart_score.REFERENCE.is_dir():
        message = "../shared/reference-ct is not beside this checkout"
        assert "CI" not in os.environ, message
        pytest.skip(message)
    others = heart_score.REFERENCE_RECTANGLES
    files = [heart_score.REFERENCE / "slices" / f"img_{number}.png" for number in others]
    reader.search({file.name: file.read_bytes() for file in files})
    slices = [cv2.imread(str(file), cv2.IMREAD_GRAYSCALE) for file in files]
    parts = heart.locate(heart.load(str(SITE / "models" / "heart.onnx")), slices, (0, 255))
    right = 0
    for k, part in enumerate(heart.shown(parts, heart.enclose(parts))):
        reader.go_to(k + 1)
        assert reader.rectangle() == ([*part[:4]] if part else [0, 0, 0, 0])
        right += (part is None) == ([*others.values()][k] is None)
    assert right >= 11


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (lambda: dicoms(k for k in range(COUNT) if k not in (5, 6)), "2 slices are missing: after slice 5."),
        (
            lambda: dicoms() | {"odd.dcm": dicom_bytes(3, phantom_slices(128)[3])},
            "1 slice is of another size and was left out.",
        ),
        (lambda: dicoms(Modality="MR"), "This is magnetic resonance (MR), no CT."),
        (lambda: dicoms([12]), "This is one slice only"),
        (
            lambda: (
                dicoms()
                | {"lossless.dcm": dicom_bytes(3, TransferSyntaxUID=JPEGLosslessSV1, PixelData=ENCAPSULATED)}
            ),
            "lossless.dcm: compressed as “JPEG Lossless",
        ),
        (lambda: dicoms() | {"cut.dcm": dicom_bytes(3)[:40_000]}, "cut.dcm: a damaged DICOM file"),
    ],
)
def test_what_is_odd_is_told_and_the_search_goes_on(reader: Reader, files: Any, words: str) -> None:
    reader.search(files())
    reader.expect_words(words, "notices")


#: An empty table of offsets and a fragment that is no JPEG.
ENCAPSULATED = bytes.fromhex("feff00e000000000 feff00e004000000 ffd8ffd9 feffdde000000000")


def test_files_that_are_no_slices_are_told(reader: Reader) -> None:
    reader.choose({"letter.txt": b"Dear Sir or Madam", "empty.dcm": b""})
    reader.expect_words("None of these files is a slice.")
    reader.expect_words("letter.txt, empty.dcm: no DICOM file, and no picture.", "notices")
    expect(reader.page.locator("#heart-save")).to_be_disabled()


def test_one_pixel_is_searched(reader: Reader) -> None:
    reader.search({"dot.png": cv2.imencode(".png", np.full((1, 1), 9, np.uint8))[1].tobytes()})
    reader.expect_words("No heart was found: 1 slice")


def test_photo_of_a_hundred_megapixels_is_searched(reader: Reader) -> None:
    reader.search({"large.jpg": encoded(cv2.resize(photo(), HUGE, interpolation=cv2.INTER_NEAREST), ".jpg")})
    assert reader.words("series").startswith("1 slice of 11600 ")


def test_phantom_is_stopped_and_begun_anew(reader: Reader) -> None:
    reader.page.get_by_role("button", name="800 slices").click()
    reader.expect_words(re.compile(r"Making slice \d+ of 800"))
    reader.page.get_by_role("button", name="Stop").click()
    reader.expect_words(re.compile(r"Stopped at \d+ of 800"))
    expect(reader.page.locator("#heart-stop")).to_be_disabled()
    # What is opened while something goes on takes its place.
    reader.page.get_by_role("button", name="800 slices").click()
    reader.expect_words("Making slice")
    reader.search(dicoms())
    reader.expect_words(f"The heart was found: {COUNT} slices")


def test_phantom_of_200_slices_is_found_in_a_hidden_tab_without_blocking_or_jumps(
    newcomer: Reader, site_url: str
) -> None:
    newcomer.open(site_url)
    with never_held_up(newcomer.page):
        newcomer.page.get_by_role("button", name="Phantom, 200 slices").click()
        newcomer.expect_words(re.compile("Making slice"))
        newcomer.page.evaluate(HIDE)
        newcomer.expect_words("The heart was found: 200 slices")
    assert newcomer.page.evaluate("layoutShift") < 0.01
    assert newcomer.page.locator("#heart-times tr").count() == 6
    abroad = [r for r in newcomer.requests if not re.match(rf"GET ({re.escape(site_url)}|blob:|data:)", r)]
    assert abroad == [] and newcomer.errors == []


def test_search_is_stopped_midway_and_goes_again(reader: Reader) -> None:
    reader.page.get_by_role("button", name="Phantom, 200 slices").click()
    reader.expect_words("The heart was found: 200 slices")
    reader.page.evaluate(STOP_MIDWAY)
    reader.page.locator("#heart-again").click()
    reader.expect_words(re.compile(r"Stopped: [1-9]\d+ of 200 slices were searched"))
    expect(reader.page.locator("#heart-save")).to_be_disabled()
    reader.page.locator("#heart-again").click()
    reader.expect_words("The heart was found: 200 slices")


def test_missing_network_is_told_and_fetched_again(newcomer: Reader, site_url: str) -> None:
    newcomer.page.route("**/*.onnx", lambda route: route.fulfill(status=404))
    newcomer.open(site_url)
    newcomer.choose(dicoms())
    newcomer.expect_words("404")
    newcomer.page.unroute("**/*.onnx")
    newcomer.page.get_by_role("button", name="Search again").click()
    newcomer.expect_words(f"The heart was found: {COUNT} slices")


def test_denied_storage_is_told_and_the_heart_is_found(
    blocked_context: BrowserContext, site_url: str
) -> None:
    reader = Reader(blocked_context.new_page())
    reader.open(site_url)
    reader.search(dicoms())
    assert reader.words("notices")


def test_python_that_ends_is_told_and_the_series_can_be_opened_again(newcomer: Reader, site_url: str) -> None:
    newcomer.open(site_url)
    newcomer.search(dicoms())
    (worker,) = [each for each in newcomer.page.workers if "worker" in each.url][:1]
    worker.evaluate("self.close()")
    newcomer.page.get_by_role("button", name="Try again").click(timeout=SEARCH)
    newcomer.expect_words("the series is gone")
    newcomer.search(dicoms())


def test_shown_source_is_what_ran(reader: Reader) -> None:
    reader.page.get_by_text("The Python that ran").click()
    source = reader.page.locator("#heart-source")
    expect(source).to_contain_text("def enclose")
    assert source.text_content() == (SITE / "pyinfer_demo" / "heart.py").read_text(encoding="utf-8")
    assert heart_series.source() == source.text_content()


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_page_fits_every_width(newcomer: Reader, site_url: str, width: int) -> None:
    newcomer.page.set_viewport_size({"width": width, "height": 800})
    newcomer.page.goto(f"{site_url}/heart.html")
    assert newcomer.page.evaluate("document.documentElement.scrollWidth") <= width
