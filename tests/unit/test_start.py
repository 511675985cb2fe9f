"""The parts of a start, with the real Pyodide: a start finds all it reads among them, and nothing is lost."""

from __future__ import annotations

import importlib.metadata
import json
import shutil
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from pyinfer.host.build import build_app
from pyinfer.host.opencv.carried import variant_files
from pyinfer.host.opencv.choice import choosing
from pyinfer.host.opencv.engine import built_engine
from pyinfer.host.places import wheels_dir
from pyinfer.host.start.left_out import STANDARD_LIBRARY_LEFT_OUT
from pyinfer.host.start.pyodide_in_node import pyodide_folder, run_with_pyodide
from pyinfer.host.start.split import module_names

SITE_PACKAGES = "/lib/python3.14/site-packages"
START_IN_NODE = Path(__file__).with_name("start_in_node.mjs")

PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "hearts"
version = "1.0"
dependencies = ["numpy", "opencv-python"]
[tool.pyinfer]
entry = "hearts:locate"
"""
SOURCE = """
import csv
import numpy as np
import cv2
from email import message_from_string

def locate():
    import tarfile
    return np.random.default_rng(0).random()
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("app")
    (folder / "hearts").mkdir()
    (folder / "hearts" / "__init__.py").write_text(SOURCE)
    (folder / "pyproject.toml").write_text(PROJECT)
    return folder


@pytest.fixture(scope="module")
def built(app: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_app(app, tmp_path_factory.mktemp("built") / "dist", compress=False)


@pytest.fixture(scope="module")
def start(built: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((built / "pyinfer.json").read_text())["start"]
    return value


def members(built: Path, *urls: str) -> set[str]:
    return {name for url in urls for name in zipfile.ZipFile(built / url).namelist()}


def archive(start: dict[str, Any], name: str) -> str:
    (url,) = (url for url in start["archives"] if PurePosixPath(url).name.startswith(f"{name}."))
    return str(url)


def rest(start: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = (each for each in start["onUse"] if PurePosixPath(each["archive"]).name.startswith(f"{name}_"))
    return dict(found)


def in_node(built: Path, start: dict[str, Any], tree: Path, code: str) -> dict[str, Any]:
    for url in start["archives"]:
        zipfile.ZipFile(built / url).extractall(tree)
    job = {"bundle": str(built), "tree": str(tree), "code": code}
    answer: dict[str, Any] = json.loads(run_with_pyodide(START_IN_NODE, job))
    return answer


def test_a_start_reads_nothing_that_is_not_among_its_parts(
    built: Path, start: dict[str, Any], tmp_path: Path
) -> None:
    code = """
import json, traceback
import numpy as np
try:
    np.vstack([])
except ValueError as error:
    raised_in = [frame.filename for frame in traceback.extract_tb(error.__traceback__)][-1]
try:
    import tarfile
except ModuleNotFoundError as error:
    missing = error.name
json.dumps({
    "random": np.random.default_rng(0).random(),
    "missing": missing,
    "raised in": raised_in,
    "docstring": np.vstack.__doc__,
})
"""
    answer = in_node(built, start, tmp_path, code)
    assert set(start["imports"]) >= {"numpy", "csv", "email"}
    assert answer["found"]["csv"] == "/lib/python314.zip/csv.pyc"
    assert answer["found"]["numpy"] == f"{SITE_PACKAGES}/numpy/__init__.pyc"
    value = json.loads(answer["value"])
    assert 0 <= value["random"] < 1, "numpy.random, which the app names, is in place"
    assert value["missing"] == "tarfile", "what a function imports is not"
    assert value["raised in"] == f"{SITE_PACKAGES}/numpy/_core/shape_base.py"
    assert "Stack arrays in sequence vertically" in value["docstring"]


def test_all_distributions_are_known_by_their_metadata(
    built: Path, start: dict[str, Any], tmp_path: Path
) -> None:
    zipfile.ZipFile(built / archive(start, "metadata")).extractall(tmp_path)
    found = list(importlib.metadata.distributions(path=[str(tmp_path)]))
    assert {each.metadata["Name"].lower(): each.version for each in found} == start["packages"]
    assert {"opencv-python", "onnxruntime-gpu", "micropip", "pillow", "hearts"} <= set(start["packages"])
    tops = {each.metadata["Name"]: (each.read_text("top_level.txt") or "").split() for each in found}
    assert (tops["pillow"], tops["pyinfer-web"]) == (["PIL"], ["cv2", "onnxruntime", "pyinfer"])


def test_each_module_is_in_place_or_in_a_rest(built: Path, start: dict[str, Any]) -> None:
    wheel = next(wheels_dir().glob("numpy-*"))
    with zipfile.ZipFile(wheel) as original:
        modules = {name for name in original.namelist() if name.endswith((".py", ".so"))}
    first = {name.replace(".pyc", ".py") for name in members(built, archive(start, "numpy"))}
    libraries = {each["path"] for each in start["libraries"]}
    later = members(built, rest(start, "numpy")["archive"])
    assert first & later == libraries & later == set()
    assert modules <= first | libraries | later
    assert rest(start, "numpy")["modules"] == module_names(later, first | libraries)


def test_what_is_left_out_of_the_standard_library_was_there(built: Path, start: dict[str, Any]) -> None:
    """Or the table is out of date."""
    with zipfile.ZipFile(pyodide_folder() / "python_stdlib.zip") as original:
        names = [PurePosixPath(name) for name in original.namelist()]
    for left_out in STANDARD_LIBRARY_LEFT_OUT:
        assert any(name.is_relative_to(left_out) for name in names), left_out
    first = {name.replace(".pyc", ".py") for name in members(built, start["standard"])}
    there = first | members(built, rest(start, "standard")["archive"])
    assert {"os.py", "tarfile.py", "unittest/mock.py", "pydoc.py", "multiprocessing/pool.py"} <= there


def test_archives_hold_their_files_as_they_are(built: Path, start: dict[str, Any]) -> None:
    urls = [start["standard"], *start["archives"], *(each["archive"] for each in start["onUse"])]
    for url in urls:
        for member in zipfile.ZipFile(built / url).infolist():
            assert member.compress_type == zipfile.ZIP_STORED, url


def modules_on_use(start: dict[str, Any]) -> list[str]:
    return [name for each in start["onUse"] for name in each["modules"]]


def test_no_module_is_in_two_rests(start: dict[str, Any]) -> None:
    modules = modules_on_use(start)
    assert len(modules) == len(set(modules))


@pytest.fixture(params=["npm", *(["full"] if built_engine() else [])])
def reads_images(app: Path, tmp_path: Path, request: pytest.FixtureRequest) -> dict[str, Any]:
    """The manifest of an app that reads images by that opencv.js."""
    reading = shutil.copytree(app, tmp_path / "reading")
    (reading / "hearts" / "__init__.py").write_text(SOURCE.replace("return np", "return cv2.imread(np)"))
    with choosing(request.param):
        built = build_app(reading, tmp_path / "dist", compress=False)
    manifest: dict[str, Any] = json.loads((built / "pyinfer.json").read_text())
    return manifest


def test_an_app_that_reads_images_starts_with_what_that_takes(
    reads_images: dict[str, Any], start: dict[str, Any]
) -> None:
    """Pillow and a JPEG codec where npm's opencv.js is: our own has codecs, and tables of its own."""
    is_own = reads_images["opencv"]["build"] == "full"
    later = modules_on_use(reads_images["start"])
    assert {"cv2._image_io", "PIL.Image"} <= set(modules_on_use(start))
    assert {name in later for name in ("cv2._image_io", "PIL.Image")} == {is_own}
    assert {name in later for name in ("cv2._full_table", "cv2._full_class_table")} == {not is_own}
    assert reads_images["start"]["engines"] == (["opencv"] if is_own else ["opencv", "jpeg"])
    assert "PIL.Image" not in reads_images["start"]["imports"]


def test_the_app_keeps_its_sources_and_wants_only_its_engine(built: Path, start: dict[str, Any]) -> None:
    assert members(built, archive(start, "hearts")) == {"hearts/__init__.py"}
    assert start["engines"] == ["opencv"]
    assert "onnxruntime" not in start["imports"]
    assert "hearts" not in start["imports"], "its modules run when the page is there"
    assert start["packages"]["hearts"] == "1.0"


def test_an_engine_that_is_not_wanted_is_not_kept_for_offline_use(built: Path) -> None:
    manifest = json.loads((built / "pyinfer.json").read_text())
    head = (built / manifest["serviceWorker"]).read_bytes().partition(b"\n")[0]
    offline = json.loads(head.removeprefix(b"self.pyinferOffline=").removesuffix(b";"))
    stored = {entry["url"] for entry in offline["stored"]}
    assert manifest["opencv"]["wasm"] in stored | variant_files(manifest), "the page stores its variant"
    assert manifest["onnxruntime"]["wasm"] in offline["storedOnUse"]
    has_codecs = manifest["opencv"]["build"] == "full"
    assert (manifest["jpeg"]["wasm"] in stored) != has_codecs, "an image may turn out to be a JPEG"


def test_a_debugging_build_has_sources_only(
    app: Path, built: Path, start: dict[str, Any], tmp_path: Path
) -> None:
    debugging = build_app(app, tmp_path / "dist", compress=False, debug=True)
    other = json.loads((debugging / "pyinfer.json").read_text())["start"]
    assert other["key"] != start["key"]
    assert other["imports"] == start["imports"]
    urls = (other["standard"], *other["archives"])
    assert [name for name in members(debugging, *urls) if name.endswith(".pyc")] == []
    assert "numpy/__init__.py" in members(debugging, archive(other, "numpy"))
