"""What an app's sources tell: which modules its start imports, which engines it can want."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pyinfer.host.start.program import (
    ENGINES,
    Program,
    handles_image_files,
    wanted_engines,
    wanted_imports,
)

KNOWN = {
    "numpy",
    "numpy.random",
    "numpy.linalg",
    "scipy",
    "scipy.ndimage",
    "csv",
    "json",
    "json.tool",
    "yaml",
}


def program(*sources: str, pages: tuple[str, ...] = ()) -> Program:
    return Program(
        "app",
        {f"{n}.py": text for n, text in enumerate(sources)},
        {str(n): text for n, text in enumerate(pages)},
    )


@pytest.mark.parametrize(
    ("source", "engines"),
    [
        ("import numpy", []),
        ("import cv2", ["opencv"]),
        ("from cv2 import imread", ["opencv", "jpeg"]),
        ("import cv2 as cv\ncv.imdecode(data, 1)", ["opencv", "jpeg"]),
        ("import cv2 as cv\ncv.imwrite('a.jpg', data)", ["opencv"]),
        ("import cv2\nnet = cv2.dnn.readNetFromONNX(path)", ["opencv", "networks"]),
        ("from cv2 import FaceDetectorYN", ["opencv", "networks"]),
        ("import cv2\ncv2.dnn.blobFromImage(image)", ["opencv"]),
        ("barcode = BarcodeDetector()", []),
        ("import cv2\ngetattr(cv2, name)('a.jpg')", ["opencv", "jpeg"]),
        ("import onnxruntime as ort", ["onnxruntime"]),
        ("def f():\n    import importlib\n    importlib.import_module('onnxruntime')", ["onnxruntime"]),
        ("from skimage.io import imread", []),
        ("model.eval()\nre.compile(pattern)", []),
        ("import importlib\nimportlib.import_module(name)", [*ENGINES]),
        ("__import__(name)", [*ENGINES]),
        ("exec(open('script.py').read())", [*ENGINES]),
        ("def", [*ENGINES]),
    ],
)
def test_engines_by_sources(source: str, engines: list[str]) -> None:
    assert wanted_engines(program("import math", source)) == engines


@pytest.mark.parametrize("source", ["from cv2 import imread", "__import__(name)", ""])
def test_opencv_with_codecs_wants_no_other(source: str) -> None:
    engines = wanted_engines(program(*([source] if source else [])))
    assert "jpeg" in engines
    wanted = [engine for engine in engines if engine != "jpeg"]
    assert wanted_engines(program(*([source] if source else [])), has_codecs=True) == wanted


@pytest.mark.parametrize(
    ("source", "handles"),
    [("cv2.imread('a.png')", True), ("from cv2 import imencode as e", True), ("cv2.resize(im, size)", False)],
)
def test_image_files_by_the_functions_that_are_named(source: str, handles: bool) -> None:
    assert handles_image_files(program("import csv", source)) == handles


def test_engines_of_what_it_uses_and_of_its_pages() -> None:
    assert wanted_engines(program("import skan"), others=["import cv2"]) == ["opencv"]
    assert wanted_engines(program("x = 1", pages=("call('app:cv2')",))) == ["opencv"]
    assert wanted_engines(program("x = 1", pages=("await python.runPythonAsync(text)",))) == [*ENGINES]
    assert wanted_engines(program("x = 1", pages=('<script type="text/python">',))) == [*ENGINES]


def test_who_brings_networks_runs_them() -> None:
    assert wanted_engines(replace(program("x = 1"), has_models=True)) == ["onnxruntime"]


def test_what_runs_anything_wants_all_engines() -> None:
    assert wanted_engines(None) == wanted_engines(program()) == [*ENGINES]


def imports(source: str) -> list[str]:
    return wanted_imports(program(source), KNOWN).at_import


def test_imports_outside_of_functions() -> None:
    source = """
import sys, numpy as np
from scipy import ndimage, no_module
from json.tool import main
from . import own
import app.other
try:
    import yaml
except ImportError:
    import csv
def later():
    import json
"""
    assert imports(source) == ["numpy", "scipy.ndimage", "scipy", "json.tool", "yaml", "csv"]


@pytest.mark.parametrize("condition", ["TYPE_CHECKING", "typing.TYPE_CHECKING", "__name__ == '__main__'"])
def test_imports_for_others_do_not_count(condition: str) -> None:
    assert imports(f"if {condition}:\n    import scipy\nelse:\n    import csv") == ["csv"]


def test_submodules_that_come_by_being_asked_for() -> None:
    source = "import numpy as np\ndef f():\n    return np.random.default_rng().random() + np.pi + np.other.x"
    found = wanted_imports(program(source), KNOWN)
    assert (found.at_import, found.by_attribute) == (["numpy"], ["numpy.random"])


def test_what_cannot_be_read_does_not_count() -> None:
    assert wanted_imports(program("def", "import csv"), KNOWN).at_import == ["csv"]


def test_what_packages_bring_in_by_attribute_is_wanted_by_what_the_entry_comes_to() -> None:
    app = Program(
        "app",
        {
            "app/__init__.py": "",
            "app/digits.py": "from . import paper\nfrom .tools.blur import soft\nimport app.late",
            "app/paper.py": "import numpy as np\nnp.linalg.norm(x)",
            "app/late.py": "import scipy",
            "app/tools/__init__.py": "from .. import shared",
            "app/tools/blur.py": "def soft():\n    import scipy\n    scipy.ndimage.blur(x)",
            "app/shared.py": "import json\njson.tool.main()",
            "app/noise.py": "import numpy as np\nnp.random.rand()",
        },
    )
    known = KNOWN | {"scipy.ndimage"}
    entry = replace(app, entry="app.digits:read")
    assert wanted_imports(entry, known).by_attribute == ["numpy.linalg", "json.tool"]
    assert wanted_imports(entry, known).at_import == wanted_imports(app, known).at_import
    for anything in (app, replace(app, entry="other.module")):
        assert "numpy.random" in wanted_imports(anything, known).by_attribute
