"""The checker as a page calls it: the same facts, with what is installed for what can be had."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyinfer.check.page import check


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(source: str) -> list[tuple[int, str, str, bool]]:
    return [(each["line"], each["name"], each["verdict"], each["stops"]) for each in check(source)]


def test_uses_are_judged_by_the_line() -> None:
    assert told("import cv2\ncv2.imread(p)\ncv2.VideoCapture(0)\ncv2.imraed(p)") == [
        (2, "cv2.imread", "works", False),
        (3, "cv2.VideoCapture", "not in a browser", True),
        (4, "cv2.imraed", "no such name", True),
    ]


def test_import_is_judged_by_what_is_installed(folder: Path) -> None:
    (folder / "beside.py").write_text("")
    assert told("import numpy, nowhere_to_be_found, beside") == [
        (1, "numpy", "works", False),
        (1, "nowhere_to_be_found", "not in a browser", True),
    ]


@pytest.mark.parametrize("source", ["for i in range(3)\n    pass", "x = '\0'", "(" * 500])
def test_script_that_cannot_be_read_is_told(source: str) -> None:
    (only,) = check(source)
    assert only["kind"] == "syntax" and only["stops"] and "not looked at" in only["why"]


def test_fact_is_the_one_that_the_shim_tells() -> None:
    found = check("import onnxruntime as ort\nort.InferenceSession(p, providers=['CUDAExecutionProvider'])")
    assert ("CUDAExecutionProvider", "differs") in [(each["name"], each["verdict"]) for each in found]
