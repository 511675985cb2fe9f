"""Where files are looked for and written, and what is there afterwards."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.parity.images import photo

IMAGE = photo(20, 30)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The working folder, with an image above it."""
    (tmp_path / "work").mkdir()
    cv2.imwrite(str(tmp_path / "above.png"), IMAGE)
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def names(folder="."):
    return sorted(path.name for path in Path(folder).iterdir())


def test_paths_are_relative_to_the_working_folder(folder, monkeypatch, parity):
    found = [cv2.imread("../above.png"), cv2.imread("above.png"), cv2.imread("./../work/../above.png")]
    monkeypatch.chdir(folder.parent)
    found += [cv2.imread("../above.png"), cv2.imread("above.png"), cv2.imread(b"above.png")]
    written = cv2.imwrite("work/below.bmp", IMAGE), names("work")
    parity([*found, *written])


def test_folders_are_no_images(folder, parity):
    (folder / "folder.png").mkdir()
    read = [cv2.imread(str(folder)), cv2.imread("folder.png"), cv2.imcount("folder.png")]
    written = [cv2.imwrite("folder.png", IMAGE), cv2.imwrite("no/such.png", IMAGE)]
    parity([*read, *written, cv2.imreadmulti("folder.png"), cv2.haveImageReader(str(folder)), names()])


def test_empty_file_is_no_image(folder, parity):
    (folder / "empty.png").touch()
    parity([cv2.imread("empty.png"), cv2.imcount("empty.png"), cv2.imreadmulti("empty.png")])


def test_written_file_takes_the_place_of_a_longer_one(folder, parity):
    cv2.imwrite("a.bmp", IMAGE)
    cv2.imwrite("a.bmp", IMAGE[:3])
    parity([Path("a.bmp").stat().st_size, cv2.imread("a.bmp")])


def test_link_is_followed(folder, parity):
    Path("link.png").symlink_to("../above.png")
    parity([cv2.imread("link.png"), cv2.imwrite("link.png", IMAGE[:5]), cv2.imread("../above.png")])


def test_file_that_python_changes_is_read_anew(folder, parity):
    cv2.imwrite("a.png", IMAGE)
    before = cv2.imread("a.png")
    Path("a.png").rename("b.png")
    between = cv2.imread("a.png")
    (folder / "a.png").write_bytes(cv2.imencode(".bmp", IMAGE[:4])[1].tobytes())
    after = cv2.imread("a.png")
    Path("a.png").unlink()
    Path("a.png").mkdir()
    parity([before, between, after, cv2.imread("a.png"), cv2.imread("b.png")])


def test_refused_image_leaves_no_file(folder, parity):
    parity([cv2.imwrite("a.pgm", IMAGE), cv2.imwrite("long.jpg", np.zeros((70_000, 1), np.uint8)), names()])
