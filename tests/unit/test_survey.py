"""The survey of cv2 names: what counts as a use, where it looks, and how it ranks."""

from __future__ import annotations

import json
import math
import subprocess
import types
from collections import Counter
from pathlib import Path

import pytest

from pyinfer.host.generate.survey import Row, main, names_in, python_parts, rank, repository_files

NATIVE = types.SimpleNamespace(
    COLOR_BayerBG2BGR=1,
    SIFT=type("SIFT", (), {"create": len}),
    __version__="5.0.0",
    aruco=types.ModuleType("cv2.aruco"),
    resize=math.sin,
)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import cv2\ncv2.resize(cv2.imread(p), s)", {"resize": 1, "imread": 1}),
        ("import cv2 as cv, os\ncv.flip(a, 1); os.path", {"flip": 1}),
        ("def f():\n    import cv2 as cv\n    cv.flip\n    cv.flip", {"flip": 2}),
        ("from cv2 import imread as read, line\nread(p)\nimage.line\nline(a)", {"imread": 1, "line": 1}),
        ("from cv2 import (imread,\n  flip)", {}),
        ("import cv2\ncv2.dnn.blobFromImage(a)", {"dnn.blobFromImage": 1}),
        ("import cv2.aruco as aruco\naruco.ArucoDetector(d)", {"aruco.ArucoDetector": 1}),
        ("from cv2 import aruco\naruco.ArucoDetector(d)", {"aruco.ArucoDetector": 1}),
        ("from cv2.dnn import NMSBoxes\nNMSBoxes(b)", {"dnn.NMSBoxes": 1}),
        ("import cv2.dnn\ncv2.dnn.NMSBoxes(b)", {"dnn.NMSBoxes": 1}),
        ("from cv2 import cv2\ncv2.flip(a, 1)", {"flip": 1}),
        ("from utils.general import cv2\ncv2.flip(a, 1)", {"flip": 1}),
        ("import cv2\ncv2.VideoCapture(0).read()", {"VideoCapture": 1}),
        ("import cv2\ncv2.imshow = None\nself.cv2.flip", {}),
        ("# cv2.flip\n'''cv2.flip'''\nprint(cv3.flip)", {}),
        ("from .cv2 import flip\nfrom cv2utils import imread\nflip(imread)", {}),
    ],
)
def test_uses_are_found_under_every_name(source: str, expected: dict[str, int]) -> None:
    assert names_in([source]) == Counter(expected)


def test_what_python_3_cannot_parse_is_searched_as_text() -> None:
    source = (
        "import cv2 as cv  # cv.flip\nfrom cv2 import (imread,\n    imwrite)\n"
        "print cv.dnn.NMSBoxes(imread(p)), scv.merge, my.cv.split\n"
    )
    assert names_in([source]) == {"dnn.NMSBoxes": 1, "imread": 1}


def test_the_cells_of_a_notebook_share_their_imports() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["cv.flip"]},
        {"cell_type": "code", "source": ["!pip install opencv-python\n", "import cv2 as cv\n"]},
        {"cell_type": "code", "source": "%%time\ncv.resize(a, s)"},
        {"cell_type": "code", "source": "print cv.merge(c)"},
    ]
    parts = python_parts("a.ipynb", json.dumps({"cells": cells}).encode())
    assert names_in(parts) == {"resize": 1, "merge": 1}


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"cells": [{}]}', b'{"cells": 1}'])
def test_what_is_no_notebook_has_no_parts(content: bytes) -> None:
    assert python_parts("a.ipynb", content) == []


def test_names_that_most_repositories_use_come_first() -> None:
    first = Counter({"resize": 1, "resize.__doc__": 1, "gone": 9, "SIFT": 1, "SIFT.create": 2})
    second = Counter({"resize": 3, "aruco": 1, "aruco.Old": 1, "COLOR_BayerBG2BGR": 1, "OLD_FLAG": 1})
    third = Counter({"__version__.split": 2, "cuda.OLD_FLAG": 4})
    assert rank([first, second, third], NATIVE) == [
        Row("resize", 2, 5, True),
        Row("gone", 1, 9, False),
        Row("SIFT.create", 1, 2, True),
        Row("__version__", 1, 2, True),
        Row("SIFT", 1, 1, True),
        Row("aruco.Old", 1, 1, False),
    ]


def git(*arguments: object) -> None:
    subprocess.run(["git", *map(str, arguments)], check=True, capture_output=True)


def fill(folder: Path) -> None:
    for name, text in {
        "a.py": "import cv2\ncv2.resize(a, s)\n",
        "deep/ä b.py": "import cv2 as cv\ncv.resize(a, s), cv.noSuchThing\n",
        "other.py": "import numpy\n",
        "notes.txt": "cv2.flip",
        "venv/lib/site-packages/c.py": "import cv2\ncv2.flip(a, 1)\n",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("kind", ["folder", "clone", "bare"])
def test_folders_clones_and_bare_git_directories_are_read(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work, listed = tmp_path / "work", tmp_path / "listed.txt"
    fill(work)
    folder, commit = work, "-"
    if kind != "folder":
        git("init", work)
        git("-C", work, "add", "-A")
        git("-C", work, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--no-gpg-sign", "-m", "One")
        head = subprocess.run(["git", "-C", work, "rev-parse", "HEAD"], capture_output=True, text=True)
        commit = head.stdout.strip()
    if kind == "bare":
        folder = tmp_path / "bare"
        git("clone", "--bare", work, folder)
    assert [path for path, _ in repository_files(folder)] == ["a.py", "deep/ä b.py"]
    (tmp_path / "empty").mkdir()
    assert main([f"owner/name={folder}", str(tmp_path / "empty"), "--repositories", str(listed)]) == 0
    assert capsys.readouterr().out == ("name,repositories,uses,native\nresize,1,2,yes\nnoSuchThing,1,1,no\n")
    assert listed.read_text("utf-8") == f"owner/name {commit}\n"
