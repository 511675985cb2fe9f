"""Where OpenCV's samples look for their data."""

from __future__ import annotations

import cv2

samples = cv2.samples


def test_find_file(parity, tmp_path, monkeypatch):
    for name in ("one/here.txt", "two/here.txt", "two/data/there.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.chdir(tmp_path)
    samples.addSamplesDataSearchPath(str(tmp_path / "one"))
    samples.addSamplesDataSearchPath(str(tmp_path / "two"))
    samples.addSamplesDataSearchPath(str(tmp_path / "none"))
    samples.addSamplesDataSearchSubDirectory("sub")
    absolute = str(tmp_path / "one/here.txt")
    found = [
        samples.findFile("one/here.txt"),
        samples.findFile(absolute),
        samples.findFile("here.txt", silentMode=True),
        samples.findFile("data/there.txt", True, True),
        samples.findFile("there.txt", False, True),
        samples.findFileOrKeep("there.txt", True),
        samples.findFileOrKeep("here.txt", silentMode=True),
    ]
    parity([path.replace(str(tmp_path), "") for path in found])


def test_find_file_errors(parity):
    parity.raised(lambda: samples.findFile("nothing.png", silentMode=True))


def test_find_file_number(parity):
    parity.raised(lambda: samples.findFile(5))
