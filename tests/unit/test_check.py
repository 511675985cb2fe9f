"""`pyinfer check`: small programs and what is said of them, each on the line where it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pyinfer.check.verdict import ABSENT, DIFFERS, MISSING, UNCLEAR, WORKS, Finding
from pyinfer.host import cli
from pyinfer.host.check import check

CATCHES_IMPORT, CATCHES, HINT, REFERS = "ImportError", "catches the error", "type hint", "only referred to"


def findings(folder: Path, source: str, name: str = "program.py") -> list[Finding]:
    (folder / name).write_text(source, encoding="utf-8")
    return check([folder / name], ask_index=False)


def told(found: list[Finding]) -> list[tuple[int, str, str]]:
    return [(each.line, each.name, each.verdict.status) for each in found]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import cv2\ncv2.imread(p)", [(2, "cv2.imread", WORKS)]),
        ("import cv2 as cv\ncv.SIFT_create()", [(2, "cv2.SIFT_create", MISSING)]),
        ("import cv2, os\ncv2.resize(a, s)", [(2, "cv2.resize", DIFFERS)]),
        ("from cv2 import dnn as d\nd.NMSBoxes(b)", [(1, "cv2.dnn", WORKS), (2, "cv2.dnn.NMSBoxes", WORKS)]),
        (
            "from cv2.dnn import blobFromImage as blob\nblob(a)",
            [(1, "cv2.dnn.blobFromImage", WORKS), (2, "cv2.dnn.blobFromImage", WORKS)],
        ),
        ("import cv2.aruco\ncv2.aruco.ArucoDetector(d)", [(2, "cv2.aruco.ArucoDetector", DIFFERS)]),
        ("from cv2 import *\nimread(p); imread_all(p)", [(2, "cv2.imread", WORKS)]),
        ("from cv2 import cv2\ncv2.flip(a, 1)", [(1, "cv2.cv2", ABSENT), (2, "cv2.flip", WORKS)]),
        ("from .compatible import cv2\ncv2.flip(a, 1)", [(2, "cv2.flip", WORKS)]),
        ("import cv2\nread = cv2.imread\nread(p)", [(2, "cv2.imread", WORKS), (3, "cv2.imread", WORKS)]),
        ("import cv2\ngetattr(cv2, 'imraed')", [(2, "cv2.imraed", ABSENT)]),
        ("import cv2\ngetattr(cv2, name)", [(2, "getattr(cv2, ...)", UNCLEAR)]),
        ("import cv2\ngetattr(cv2, 'imraed', None)", []),
        ("import importlib\ncv = importlib.import_module('cv2')\ncv.flip(a, 1)", [(3, "cv2.flip", WORKS)]),
        ("import cv2\nif x:\n    cv2.COLOR_BGR2RGB", [(3, "cv2.COLOR_BGR2RGB", WORKS)]),
        ("import cv2\ncv2.dnn.readNetFromCaffe(p)", [(2, "cv2.dnn.readNetFromCaffe", ABSENT)]),
        ("import cv2\ncv2.CascadeClassifier(p).detect(a)", [(2, "cv2.CascadeClassifier", ABSENT)]),
        ("import cv2\ncv2.TrackerMIL_create.x", [(2, "cv2.TrackerMIL_create", WORKS)]),
        ("import cv2\ncv2.imread.__doc__", [(2, "cv2.imread", WORKS)]),
        (
            "import cv2\n[cv2.flip(cv2.imread(p), 1) for p in q]",
            [(2, "cv2.flip", WORKS), (2, "cv2.imread", WORKS)],
        ),
        # A class's objects
        (
            "import cv2\ncap = cv2.VideoCapture(0)\ncap.read()",
            [(2, "cv2.VideoCapture", MISSING), (3, "cv2.VideoCapture.read", MISSING)],
        ),
        (
            "import cv2\nC = cv2.ORB_create\norb = C()\norb.detectAndCompute(a, None); orb.foo()",
            [
                (2, "cv2.ORB_create", WORKS),
                (3, "cv2.ORB_create", WORKS),
                (4, "cv2.Feature2D.detectAndCompute", WORKS),
                (4, "cv2.ORB.foo", ABSENT),
            ],
        ),
        (
            "import cv2\nclass A:\n    def __init__(self):\n        self.c = cv2.createCLAHE()\n"
            "    def f(self, a):\n        return self.c.apply(a)",
            [(4, "cv2.createCLAHE", WORKS), (6, "cv2.CLAHE.apply", WORKS)],
        ),
        ("import cv2\ncap = cv2.ORB_create()\ncap = other()\ncap.read()", [(2, "cv2.ORB_create", WORKS)]),
        (
            "import cv2\ndef f(net: cv2.dnn.Net):\n    net.forward()",
            [(2, "cv2.dnn.Net", WORKS), (3, "cv2.dnn.Net.forward", WORKS)],
        ),
        (
            "import cv2\ncv2.VideoCapture(0).read()",
            [(2, "cv2.VideoCapture", MISSING), (2, "cv2.VideoCapture.read", MISSING)],
        ),
        # What is not cv2
        ("import cv2\ndef f(cv2):\n    cv2.imraed", []),
        ("def f():\n    import cv2\ndef g():\n    cv2.imraed", []),
        ("import cv2\ndef f():\n    cv2 = g()\n    cv2.imraed", []),
        ("class A:\n    import cv2\n    def f(self):\n        cv2.imraed", []),
        ("import cv2\n[cv2.imraed for cv2 in x]", []),
        ("from .cv2 import flip\nflip(a)", []),
        ("# cv2.imraed\n'cv2.imraed'\ncv3.imraed\nself.cv2.imraed", []),
        ("def f():\n    global cv2\n    import cv2\ndef g():\n    cv2.flip(a, 1)", [(5, "cv2.flip", WORKS)]),
        (
            "try:\n    import cv2\nexcept ImportError:\n    cv2 = None\ncv2.flip(a, 1)",
            [(5, "cv2.flip", WORKS)],
        ),
        # onnxruntime
        (
            "import onnxruntime as ort\ns = ort.InferenceSession(p)\ns.run(None, {}); s.rnu()",
            [
                (2, "onnxruntime.InferenceSession", WORKS),
                (3, "onnxruntime.InferenceSession.run", WORKS),
                (3, "onnxruntime.InferenceSession.rnu", ABSENT),
            ],
        ),
        ("import onnxruntime\nonnxruntime.set_seed(1)", [(2, "onnxruntime.set_seed", MISSING)]),
        ("from onnxruntime import SparseTensor", [(1, "onnxruntime.SparseTensor", MISSING)]),
        (
            "import onnxruntime.quantization as q\nq.quantize_dynamic(p)",
            [
                (1, "onnxruntime.quantization", MISSING),
                (2, "onnxruntime.quantization.quantize_dynamic", MISSING),
            ],
        ),
        ("import onnxruntime as o\no.preload_dlls()", [(2, "onnxruntime.preload_dlls", DIFFERS)]),
        (
            "import onnxruntime as o\no.InferenceSession(p, providers=[('CUDAExecutionProvider', {}), "
            "'WebGpuExecutionProvider', 'CPUExecutionProvider'])",
            [(2, "CUDAExecutionProvider", DIFFERS), (2, "onnxruntime.InferenceSession", WORKS)],
        ),
        (
            "import onnxruntime as o\nx = o.SessionOptions()\n"
            "x.graph_optimization_level = o.GraphOptimizationLevel.ORT_ENABLE_ALL\n"
            "x.register_custom_ops_library(p)",
            [
                (2, "onnxruntime.SessionOptions", WORKS),
                (3, "onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL", WORKS),
                (4, "onnxruntime.SessionOptions.register_custom_ops_library", MISSING),
            ],
        ),
    ],
)
def test_names_of_the_shims(source: str, expected: list[tuple[int, str, str]], tmp_path: Path) -> None:
    found = [each for each in findings(tmp_path, source) if each.kind in ("opencv", "onnxruntime")]
    assert told(found) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import subprocess\nsubprocess.run(['x'])", [(2, "subprocess.run", MISSING)]),
        ("import os\nos.system('x'); os.getpid()", [(2, "os.system", MISSING)]),
        ("from os import popen as p\np('x')", [(2, "os.popen", MISSING)]),
        ("import threading\nthreading.Thread(target=f).start()", [(2, "threading.Thread", MISSING)]),
        ("from threading import Thread\nclass T(Thread):\n    pass", [(2, "threading.Thread", MISSING)]),
        ("import threading\nthreading.Lock()", []),
        ("import threading\nisinstance(t, threading.Thread)", []),
        ("import multiprocessing as m\nm.Pool(2); m.cpu_count()", [(2, "multiprocessing.Pool", MISSING)]),
        ("import socket\nsocket.socket()\nsocket.gethostname()", [(2, "socket.socket", MISSING)]),
        ("from urllib import request\nrequest.urlopen(u)", [(2, "urllib.request.urlopen", MISSING)]),
        ("import tkinter as tk", [(1, "tkinter", MISSING)]),
        ("import distutils.version", [(1, "distutils.version", MISSING)]),
        (
            "import cv2\nopen('/data/x')\ncv2.imread('C:\\\\x.png')",
            [(2, "/data/x", DIFFERS), (3, "C:\\x.png", DIFFERS)],
        ),
        ("open('data/x'); open('/tmp/x'); open('/dev/null'); open(x)", []),
        ("from pathlib import Path\nPath('~/x')", [(2, "~/x", DIFFERS)]),
        ("import onnxruntime as o\no.InferenceSession(path_or_bytes='/m.onnx')", [(2, "/m.onnx", DIFFERS)]),
        ("input()", [(1, "builtins.input", DIFFERS)]),
        ("def input(): ...\ninput()", []),
        ("import cv2\nwhile True:\n    cv2.waitKey(1)", [(3, "cv2.waitKey", DIFFERS)]),
        ("import cv2\ncv2.waitKey(1)", []),
    ],
)
def test_what_no_page_can_do(source: str, expected: list[tuple[int, str, str]], tmp_path: Path) -> None:
    found = [each for each in findings(tmp_path, source) if each.kind in ("python", "path", "loop")]
    assert told([each for each in found if each.verdict.status != WORKS]) == expected


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import cv2\ncv2.VideoCapture(0)", ""),
        ("import cv2\nf(cv2.VideoCapture)", ""),
        ("import cv2\nCapture = cv2.VideoCapture", REFERS),
        ("import cv2\nself.capture = cv2.VideoCapture", ""),
        ("import cv2\nx: cv2.VideoCapture = f()", HINT),
        ("import cv2\ndef f(a: cv2.imraed): ...", HINT),
        ("import cv2\nisinstance(a, (int, cv2.VideoCapture))", REFERS),
        ("import cv2\nisinstance(a, cv2.imraed)", ""),
        ("from cv2 import VideoCapture", REFERS),
        ("from cv2 import imraed", ""),
        ("try:\n    from cv2 import imraed\nexcept ImportError:\n    pass", CATCHES_IMPORT),
        ("import cv2\ntry:\n    cv2.imraed()\nexcept (KeyError, AttributeError):\n    pass", CATCHES),
        ("import cv2\ntry:\n    cv2.VideoCapture()\nexcept NotImplementedError:\n    pass", CATCHES),
        ("import cv2\ntry:\n    cv2.VideoCapture()\nexcept Exception:\n    pass", ""),
        ("import cv2\ntry:\n    pass\nexcept AttributeError:\n    cv2.imraed()", ""),
        ("import cv2\nif hasattr(cv2, 'legacy'):\n    cv2.legacy.x()", "`hasattr(cv2, 'legacy')`"),
        ("import cv2\nif not hasattr(cv2, 'flip'):\n    cv2.legacy.x()", "`not hasattr(cv2, 'flip')`"),
        ("import cv2\nif hasattr(cv2, 'flip'):\n    cv2.imraed()", ""),
        ("import sys\nif sys.platform == 'win32':\n    import winreg", "`sys.platform == 'win32'`"),
        ("import sys\nif sys.platform.startswith('win'):\n    import winreg", "startswith"),
        ("import sys\nif sys.platform in ('win32', 'darwin') and x:\n    import winreg", "and x"),
        (
            "import sys\nif sys.platform != 'win32':\n    x\nelse:\n    import winreg",
            "not `sys.platform != 'win32'`",
        ),
        ("import sys\nif sys.platform != 'win32':\n    import winreg", ""),
        ("import platform\nif platform.system() == 'Windows':\n    import winreg", "Windows"),
        ("import sys\nif sys.platform == 'emscripten':\n    x\nelse:\n    import winreg", "emscripten"),
        ("import sys, os\nif sys.platform == 'win32' or os.name == 'nt':\n    import winreg", " or "),
        ("import sys, os\nif sys.platform == 'emscripten' and os.name == 'posix':\n    import winreg", ""),
        (
            "try:\n    try:\n        import tkinter\n    except ValueError:\n        pass\n"
            "except ImportError:\n    pass",
            CATCHES_IMPORT,
        ),
        ("import os\nif os.name == 'nt' or x:\n    import winreg", ""),
        ("import sys\nif sys.version_info < (3, 12):\n    import distutils", "sys.version_info"),
        ("import sys\nif sys.version_info[0] == 2:\n    import tkinter", "sys.version_info[0]"),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import tkinter", "`TYPE_CHECKING`"),
        ("import typing as t\nif not t.TYPE_CHECKING:\n    import tkinter", ""),
        ("try:\n    import tkinter\nexcept ImportError:\n    tkinter = None", CATCHES_IMPORT),
        ("try:\n    import tkinter\nexcept:\n    pass", CATCHES_IMPORT),
        ("try:\n    import tkinter\nexcept ValueError:\n    pass", ""),
        ("try:\n    import tkinter\nfinally:\n    pass", ""),
        ("def f():\n    import tkinter", ""),
    ],
)
def test_what_stops_a_program_and_what_does_not(source: str, reason: str, tmp_path: Path) -> None:
    (found,) = [each for each in findings(tmp_path, source) if each.verdict.status in (MISSING, ABSENT)]
    assert reason in found.harmless
    assert found.stops == (not found.harmless) == (not reason)


def test_places_are_counted_from_one(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, "import cv2\nx = [cv2.flip(a, 1)]")
    assert (found.line, found.column) == (2, 6)


def test_the_words_are_the_shims_own(tmp_path: Path) -> None:
    page = (Path(cli.__file__).parents[1] / "browser" / "cv2" / "COVERAGE.md").read_text("utf-8")
    found = findings(
        tmp_path, "import cv2\ncv2.SIFT_create(); cv2.resize(a, s); cv2.imraed; cv2.VideoCapture(0)"
    )
    sift, resize, imraed, capture = sorted(found, key=lambda each: each.column)
    for each in (sift, capture):
        assert f"{each.verdict.why}. Instead: {each.verdict.instead}" in page
    assert f"| `resize` | differs | {resize.verdict.why} |" in page
    assert imraed.verdict.instead == "cv2.imread?"


def test_files_that_do_not_parse_are_named_with_their_line(tmp_path: Path) -> None:
    found = findings(tmp_path, "import cv2\nprint 'x'\n")
    assert [(each.line, each.kind, each.stops) for each in found] == [(2, "syntax", True)]
    assert findings(tmp_path, "x = '\0'")[0].kind == "syntax"
    assert findings(tmp_path, "x = " + "(" * 500 + ")" * 500)[0].kind == "syntax"
    assert findings(tmp_path, "x = " + "f." * 20_000 + "a")[0].kind == "syntax"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    status = cli.main(["check", "--offline", *arguments])
    return status, capsys.readouterr().out


def test_exit_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad, empty = tmp_path / "a good ü.py", tmp_path / "bad.py", tmp_path / "empty"
    good.write_text("import cv2\ncv2.resize(a, s)\n")
    bad.write_text("import cv2\ncv2.VideoCapture(0)\n")
    empty.mkdir()
    assert run(capsys, str(good))[0] == 0
    status, text = run(capsys, str(tmp_path))
    assert status == 1
    # The file that stops comes first.
    assert text.index("bad.py") < text.index("a good ü.py")
    assert "!! not in a browser cv2.VideoCapture  at 2:1" in text
    assert text.rstrip().endswith(
        "2 files, 2 uses: 1 differs, 1 not in a browser; 1 of them stop it in a browser"
    )
    assert "\x1b" not in text
    for wrong in ([], [str(tmp_path / "none.py")], [str(empty)], ["--fly", str(good)]):
        assert cli.main(["check", *wrong]) == 2
    (tmp_path / "text.txt").touch()
    assert cli.main(["check", str(tmp_path / "text.txt")]) == 2
    assert "neither a Python file nor a folder" in capsys.readouterr().err


def test_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = tmp_path / "program.py"
    program.write_text("import cv2\nif hasattr(cv2, 'legacy'):\n    cv2.legacy\ncv2.flip(a, 1)\n")
    status, text = run(capsys, "--json", str(program))
    content = json.loads(text)
    assert status == 0
    assert {key: content[key] for key in ("schema", "files", "stops")} == {
        "schema": 1,
        "files": 1,
        "stops": 0,
    }
    assert content["counts"] == {ABSENT: 1, MISSING: 0, UNCLEAR: 0, DIFFERS: 0, WORKS: 1}
    assert content["findings"][1] == {
        "file": program.as_posix(),
        "line": 4,
        "column": 1,
        "kind": "opencv",
        "name": "cv2.flip",
        "verdict": "works",
        "why": "",
        "instead": "",
        "harmless": "",
        "stops": False,
    }
    assert content["findings"][0]["harmless"] == "a browser never comes here: `hasattr(cv2, 'legacy')`"


def test_what_is_installed_or_made_in_a_folder_is_left_out(tmp_path: Path) -> None:
    for name in ("app", ".venv/lib", "node_modules/x", "build", "deep/dist"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "m.py").write_text("import cv2\ncv2.flip(a, 1)")
    assert [each.file for each in check([tmp_path], ask_index=False)] == [
        (tmp_path / "app" / "m.py").as_posix()
    ]
