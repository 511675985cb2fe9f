"""What `pyinfer bench` says about OpenCV's builds, and that both tables of functions are the same."""

from __future__ import annotations

import re

import pytest

from pyinfer.host.bench.opencv_engines import engine_measurement, measure_opencv_engines, speed_ratios
from pyinfer.host.bench.opencv_functions import make_calls, make_inputs
from pyinfer.host.bench.page import render_page
from pyinfer.host.bench.pages import _HERE
from pyinfer.host.bench.report import render_text

TIMES = {
    "add, 640x480": {"npm": 8.0, "simd": 1.0, "native": 0.5},
    "LUT, 640x480": {"npm": 0.9, "simd": 1.8, "native": 1.8},
}


def test_ratios_are_geometric_means_and_the_worst() -> None:
    mean, worst, native = speed_ratios(TIMES)
    assert mean.value == pytest.approx(2.0)
    assert (worst.words, worst.value) == ("npm / simd, the slowest (LUT, 640x480)", pytest.approx(0.5))
    assert native.value == pytest.approx(2**0.5)


def test_a_build_with_threads_has_its_own_ratios() -> None:
    times = {name: {**row, "threads": row["simd"] / 2} for name, row in TIMES.items()}
    assert [ratio.value for ratio in speed_ratios(times)][3] == pytest.approx(4.0)


def test_the_table_is_in_the_text_and_in_the_page() -> None:
    measurement = engine_measurement("OpenCV's builds", TIMES)
    header, add, _ = render_text(measurement).splitlines()[1:]
    assert header.split() == ["npm", "simd", "native", "npm", "/", "simd", "npm", "/", "native"]
    assert add.split()[-5:] == ["8.000", "1.000", "0.500", "8.000", "16.000"]
    page = render_page({}, [measurement], "bench")
    assert '<th scope="row">add, 640x480</th><td class="number">8</td>' in page


def test_forty_functions_are_called_by_both_languages() -> None:
    calls = make_calls(make_inputs(160, 144))
    script = (_HERE / "opencv_functions.js").read_text("utf-8")
    table = script[script.index("export function makeCalls") :]
    names = [quoted or plain for quoted, plain in re.findall(r'^ {4}(?:"([^"]+)"|(\w+)): ', table, re.M)]
    assert names == list(calls)
    assert len(names) == 40
    for name, call in calls.items():
        first = [result.copy() for result in call()]
        assert all((a == b).all() for a, b in zip(first, call(), strict=True)), name


def test_without_a_build_of_our_own_one_line_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYINFER_CACHE", str(tmp_path))
    assert list(measure_opencv_engines(None)) == []  # type: ignore[arg-type]
    assert len(capsys.readouterr().err.splitlines()) == 1
