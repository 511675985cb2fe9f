"""`pyinfer bench` measures what it says: each of its functions runs, briefly. How fast is not asserted."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from pyinfer.host.bench.inference import run_ratio
from pyinfer.host.bench.models import detector_640, folded_640, segmenter_64
from pyinfer.host.bench.pages import bench_server, evaluate
from pyinfer.host.bench.pipelines import PIPELINES
from pyinfer.host.bench.preprocessing import preprocessing_times
from pyinfer.host.build import runtime_bundle
from tests.browser.run_command import run, write


@pytest.fixture(scope="module")
def bench_url() -> Iterator[str]:
    made = {
        "segmenter_64.onnx": segmenter_64(),
        "detector_640.onnx": detector_640(),
        "folded_640.onnx": folded_640(),
    }
    with bench_server(runtime_bundle(), made) as url:
        yield url


@pytest.fixture
def bench_page(page: Page, bench_url: str) -> Page:
    page.goto(f"{bench_url}/blank")
    return page


@pytest.mark.parametrize(
    ("call", "names"),
    [
        ("benchResize(1)", {"cv2.resize", "by hand in JavaScript", "the tutorials' recipe"}),
        ("benchSmallCall(1)", {"cv2.bitwise_not", "the same through JsProxy"}),
    ],
)
def test_each_candidate_is_measured(bench_page: Page, call: str, names: set[str]) -> None:
    times = evaluate(bench_page, "opencv.js", call)
    assert set(times) == names
    assert all(time > 0 for time in times.values()), times


def test_both_ways_to_handle_image_files_are_measured(bench_page: Page) -> None:
    times = evaluate(bench_page, "image_files.js", "benchImageFiles(1)")
    assert set(times) == {"imdecode, jpg", "imdecode, png", "imencode, jpg", "imencode, png"}
    for row in times.values():
        assert set(row) == {"cv2", "Python's codecs"}
        assert all(time > 0 for time in row.values()), times


def test_each_way_to_run_a_model_is_measured(bench_page: Page) -> None:
    result = run_ratio(bench_page, "segmenter_64", [2, 1, 64, 64], threads=2, calls=1, rounds=1)
    assert set(result["times"]) == {"sess.run", "session.run in JavaScript"}
    assert all(time > 0 for time in result["times"].values()), result
    assert result["moved"] == {"in": 2 * 64 * 64 * 4, "out": 2 * 64 * 64 * 4}, "one copy in, one out"


def test_folded_preprocessing_gives_what_numpy_gives(bench_page: Page) -> None:
    """The bench itself throws where the two disagree."""
    times = preprocessing_times(bench_page, threads=1, calls=1, rounds=1)
    assert set(times) == {"run of ready floats", "NumPy, then the run", "run of the folded network"}
    assert all(time > 0 for time in times.values()), times


def test_pipelines_give_in_python_what_they_give_by_hand(bench_page: Page) -> None:
    """The bench itself throws where the two disagree."""
    pipelines = evaluate(bench_page, "opencv.js", "benchPipelines(640, 480, 1)")
    assert set(pipelines) == set(PIPELINES)
    assert all(time > 0 for times in pipelines.values() for time in times.values()), pipelines


def test_command_measures_one_part_and_writes_a_page(tmp_path: Path, browser: Browser) -> None:
    command = [sys.executable, "-m", "pyinfer.host.cli", "bench", "--json"]
    result = run(command, ["--only", "small-call", "--html", "calls.html"], tmp_path)
    assert result.status == 0, result.errors
    (calls,) = json.loads(result.output)["measurements"]
    assert set(calls["values"]) == {"cv2.bitwise_not", "the same through JsProxy"}
    with browser.new_context() as context:
        page = context.new_page()
        page.goto((tmp_path / "calls.html").as_uri())
        assert page.get_by_role("heading", name=calls["title"]).is_visible()


def test_app_is_started_and_called_as_its_page_does(tmp_path: Path) -> None:
    app = tmp_path / "app"
    write(
        app / "pyproject.toml",
        '[project]\nname = "adder"\nversion = "1"\n[tool.pyinfer]\nentry = "adder:add"\n',
    )
    write(app / "adder.py", "def add(a, b):\n    return a + b\n")
    command = [sys.executable, "-m", "pyinfer.host.cli", "bench", "--json", "--calls", "3"]
    result = run(command, ["--arguments", "[1, 2]", "app"], tmp_path)
    assert result.status == 0, result.errors
    cold, warm, calls = json.loads(result.output)["measurements"]
    assert "first adder:add" in cold["spans"] and "first adder:add" in warm["spans"]
    assert calls["title"] == "a call of its entry, of 3 after the first" and calls["values"]["median"] > 0
