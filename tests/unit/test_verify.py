"""`pyinfer verify`: what is called the same, what close, and what different."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from pyinfer.host import cli
from pyinfer.host.verify.arrays import compare_arrays
from pyinfer.host.verify.files import compare_files
from pyinfer.host.verify.finding import Comparison, Finding, Pictures, Tolerance, Verdict
from pyinfer.host.verify.page import render_page
from pyinfer.host.verify.pictures import difference_image, shown_images
from pyinfer.host.verify.report import Report, render_text
from pyinfer.host.verify.side import Ended
from pyinfer.host.verify.text import compare_texts

SAME, CLOSE, DIFFERS = Verdict
EXACT = Tolerance()
NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("native", "browser", "dtypes", "levels", "verdict"),
    [
        ([1, 2], [1, 2], "u1", 0, SAME),
        ([1, 2], [1, 3], "u1", 0, DIFFERS),
        ([1, 2], [1, 3], "u1", 1, CLOSE),
        ([1, 2], [1, 2], "i8 i4", 0, CLOSE),
        ([1, 2], [1, 2], "u1 i1", 0, DIFFERS),
        ([1, 2], [1], "u1", 0, DIFFERS),
        ([], [], "f4", 0, SAME),
        ([True, False], [True, True], "?", 1, DIFFERS),
        ([1, 0], [1.000001, 0.000001], "f4", 0, CLOSE),
        ([1, 0], [1.0001, 0], "f4", 0, DIFFERS),
        ([1, 0], [1, 0.0001], "f8", 9, DIFFERS),
        ([1, 0], [1.001, 0], "f2", 0, CLOSE),
        ([NAN, INF], [NAN, INF], "f4", 0, SAME),
        ([NAN, 1], [0, 1], "f4", 0, DIFFERS),
        ([INF, 1], [-INF, 1], "f8", 0, DIFFERS),
        ([1 + 1j], [1 + 1.1j], "c8", 0, DIFFERS),
        (["a"], ["b"], "U1", 0, DIFFERS),
    ],
)
def test_arrays(native: list[Any], browser: list[Any], dtypes: str, levels: int, verdict: Verdict) -> None:
    first, last = dtypes.split()[0], dtypes.split()[-1]
    sides = np.array(native, first), np.array(browser, last)
    assert compare_arrays(*sides, Tolerance(levels=levels)).verdict is verdict


@pytest.mark.parametrize("dtype", ["i1", "u8", "i8"])
def test_differences_of_integers_do_not_wrap_around(dtype: str) -> None:
    least, most = np.iinfo(dtype).min, np.iinfo(dtype).max
    comparison = compare_arrays(np.array([least, 5], dtype), np.array([most, 5], dtype), Tolerance(levels=1))
    assert comparison.numbers
    assert (comparison.numbers.beyond, comparison.numbers.first) == (1, "[0]")
    assert comparison.numbers.maximum == float(int(most) - int(least))


def test_where_arrays_differ_is_told() -> None:
    native = np.zeros((20, 30), np.uint8)
    browser = native.copy()
    browser[3, 4], browser[7, 8] = 1, 9
    comparison = compare_arrays(native, browser, Tolerance(levels=1))
    assert comparison.numbers
    assert comparison.words == "uint8 20 x 30, 1 of 600 numbers differs: 9 at most, 0.0167 on average"
    assert comparison.details == ["first at [7, 8]: natively 0, in the browser 9", "by 1: 1, by 9: 1"]


@pytest.mark.parametrize(
    ("native", "browser", "levels", "verdict"),
    [
        ("", "", 0, SAME),
        ("a 1\n", "a 1\n", 0, SAME),
        ("a 1\n", "a 1", 0, SAME),
        ("a 1\n", "a 1\nb\n", 0, DIFFERS),
        ("score 0.25", "score 0.2500001", 0, CLOSE),
        ("score 0.25 of 3", "score 0.26 of 3", 0, DIFFERS),
        ("score 0.25", "Score 0.2500001", 0, DIFFERS),
        ("[ 0.5 -1.25e-3]", "[ 0.5000001 -1.25e-03]", 0, CLOSE),
        ("[1.   0.5]", "[1.0000001 0.5]", 0, CLOSE),
        ("a  b 1", "a b 1", 0, DIFFERS),
        ("3 hearts", "4 hearts", 0, DIFFERS),
        ("3 hearts", "4 hearts", 1, CLOSE),
        ("model2 1", "model3 1", 1, DIFFERS),
        ("-1e-17", "0.0", 0, CLOSE),
        ("nan 1.0", "0.0 1.0", 0, DIFFERS),
    ],
)
def test_texts(native: str, browser: str, levels: int, verdict: Verdict) -> None:
    assert compare_texts(native, browser, Tolerance(levels=levels)).verdict is verdict


def test_what_is_to_be_ignored_is_not_compared() -> None:
    native, browser = "took 12.5 ms\nfound 3\n", "took 80 ms\nfound 3\n"
    assert compare_texts(native, browser, EXACT).verdict is DIFFERS
    comparison = compare_texts(native, browser, EXACT, [re.compile(r"^took .*$", re.MULTILINE)])
    assert comparison == Comparison(SAME, "2 lines (1 passage ignored), equal")


def test_first_different_line_is_shown_where_it_differs() -> None:
    long = "word " * 100
    comparison = compare_texts(f"a\n{long}here 1", f"a\n{long}there 1", EXACT)
    assert comparison.words == "1 of 2 lines differs"
    natively, in_browser = comparison.details
    assert natively.startswith("line 2 natively:       …") and "here 1" in natively
    assert in_browser.startswith("line 2 in the browser: …") and "there 1" in in_browser


@pytest.fixture
def both(tmp_path: Path) -> tuple[Path, Path]:
    """Folders of what each side wrote."""
    for name in ("native", "browser"):
        (tmp_path / name).mkdir()
    return tmp_path / "native", tmp_path / "browser"


def test_images_are_compared_by_their_pixels(both: tuple[Path, Path]) -> None:
    native, browser = (folder / "image.png" for folder in both)
    pixels = np.random.default_rng(0).integers(0, 255, (40, 50, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(native, compress_level=1)
    Image.fromarray(pixels).save(browser, compress_level=9)
    assert native.read_bytes() != browser.read_bytes()
    assert compare_files(native, browser, EXACT).verdict is SAME
    pixels[5, 6, 1] += 1
    Image.fromarray(pixels).save(browser)
    comparison = compare_files(native, browser, EXACT)
    assert (comparison.verdict, comparison.numbers and comparison.numbers.first) == (DIFFERS, "[5, 6, 1]")
    assert comparison.pictures
    assert compare_files(native, browser, Tolerance(levels=1)).verdict is CLOSE


def test_colours_of_sixteen_bits_are_not_called_equal(both: tuple[Path, Path]) -> None:
    native, browser = (folder / "image.png" for folder in both)
    pixels = np.full((20, 20, 3), 1000, np.uint16)
    cv2.imwrite(str(native), pixels)
    cv2.imwrite(str(browser), pixels + 1)
    assert compare_files(native, browser, EXACT).verdict is DIFFERS


def test_files_are_compared_by_what_they_hold(both: tuple[Path, Path]) -> None:
    native, browser = both
    array = np.linspace(0, 1, 5)
    np.save(native / "one.npy", array)
    np.save(browser / "one.npy", array * (1 + 1e-7))
    np.savez(native / "two.npz", a=array, b=array)
    np.savez_compressed(browser / "two.npz", a=array, b=array)
    np.savez(native / "names.npz", a=array, b=array)
    np.savez(browser / "names.npz", a=array, c=array)
    texts = {
        "close.json": ('{"score": 0.5}', '{"score": 0.50000001}'),
        "table.csv": ("a,1.5\nb,2.5\n", "a,1.5\nb,2.6\n"),
        "path.txt": ("/copy/out.png\n", "/copy/out.png"),
        "model.bin": ("\0abc", "\0abd"),
        "cut.png": ("no image", "no picture"),
    }
    for name, pair in texts.items():
        for folder, text in zip(both, pair, strict=True):
            (folder / name).write_text(text)
    (native / "only.txt").write_text("x")
    found = {}
    for name in ("one.npy", "two.npz", "names.npz", "only.txt", *texts):
        sides = (path if path.is_file() else None for path in (native / name, browser / name))
        found[name] = compare_files(*sides, EXACT, root="/copy")
    assert {name: comparison.verdict for name, comparison in found.items()} == {
        "one.npy": CLOSE,
        "two.npz": SAME,
        "names.npz": DIFFERS,
        "only.txt": DIFFERS,
        "close.json": CLOSE,
        "table.csv": DIFFERS,
        "path.txt": SAME,
        "model.bin": DIFFERS,
        "cut.png": DIFFERS,
    }
    assert found["model.bin"].words == "4 bytes: 1 differ, the first at byte 3"
    assert found["only.txt"].words == "written natively only"
    assert found["names.npz"].details == ["b: natively only", "c: in the browser only"]


def test_single_different_pixel_of_a_large_picture_is_seen() -> None:
    native = np.zeros((3000, 2000, 3), np.uint8)
    browser = native.copy()
    browser[1234, 567, 2] = 1
    pictures = Pictures(native, browser, is_bgr=True)
    difference, factor = difference_image(pictures)
    assert max(difference.shape) <= 800
    assert (int((difference > 0).sum()), int(difference.max()), factor) == (1, 255, 255.0)
    image, _ = shown_images(Pictures(np.full((9, 9, 3), (1, 2, 3), np.uint8), native[:9, :9], is_bgr=True))
    assert image[0, 0].tolist() == [3, 2, 1]


def test_page_shows_what_was_found_and_runs_nothing_of_it() -> None:
    ended = Ended(0, b"", b"", 0.1, {"OpenCV": "4.10.0"})
    array = np.zeros((10, 10), np.float32)
    array[0, 0] = NAN
    comparison = compare_arrays(array, array + 1, EXACT)
    finding = Finding("variable", "<script>alert(1)</script>", comparison)
    browser = Ended(0, b"", b"", 0.2, {"OpenCV": "5.0.0.93"})
    report = Report(["a b.py", "<x>"], ended, browser, [finding], EXACT)
    page = render_page(report)
    assert page.count("<script") == 0 and "&lt;script&gt;alert(1)" in page
    assert page.count('src="data:image/png;base64,') == 3
    assert not re.search(r"(?:src|href)=\"(?!data:)", page)
    text = render_text(report)
    assert "99 of 100 numbers differ: 1 at most" in text
    assert "Natively OpenCV is 4.10.0, in the browser 5.0.0.93" in text


@pytest.mark.parametrize(
    ("argv", "hint"),
    [
        ([], "Missing argument 'SCRIPT'"),
        (["missing.py"], "there is no file"),
        (["--python", "no-such-python", "x.py"], "there is no program no-such-python"),
        (["--ignore", "(", "x.py"], "is no regular expression"),
        (["--levels", "-1", "x.py"], "-1"),
    ],
)
def test_wrong_command_line(argv: list[str], hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["verify", *argv]) == 2
    assert hint in capsys.readouterr().err
