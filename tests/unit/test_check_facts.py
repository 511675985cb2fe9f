"""What `pyinfer check` knows of names: from the shims, and of OpenCV 4 by hand."""

from __future__ import annotations

import csv
import pkgutil
import types
from pathlib import Path

import cv2
import onnxruntime
import pytest

from pyinfer.check.onnxruntime_facts import DESKTOP_MODULES, onnxruntime_facts
from pyinfer.check.opencv_4 import DROPPED, dropped
from pyinfer.check.opencv_facts import opencv_facts
from pyinfer.check.standard_library import ABSENT_MODULES, is_standard, judge_call, judge_module
from pyinfer.check.verdict import ABSENT, DIFFERS, MISSING, WORKS
from pyinfer.host.generate import survey
from pyinfer.host.generate.surface import native_names

SURVEY = Path(survey.__file__).with_name("survey.csv")


def test_all_of_native_is_known() -> None:
    facts = opencv_facts()
    names = native_names()
    absent = [name.full for name in names if facts.verdict(name.full).status == ABSENT]
    absent += [f"{n.full}.{each}" for n in names for each in n.members if not facts.has(f"{n.full}.{each}")]
    assert len(names) > 3000
    assert absent == []


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("ORB", "ORB"),
        ("ORB_create", "ORB"),
        ("ORB.create", "ORB"),
        ("dnn.readNetFromONNX", "dnn.Net"),
        ("dnn_Net", "dnn.Net"),
        ("imread", None),
        ("minAreaRect", None),
        ("ORB.detect", None),
    ],
)
def test_what_makes_objects(name: str, made: str | None) -> None:
    assert opencv_facts().made_by(name) == made


def test_what_public_code_uses_and_opencv_5_lacks_is_told() -> None:
    with SURVEY.open(encoding="utf-8", newline="") as file:
        names = [row["name"] for row in csv.DictReader(file) if row["native"] == "no"]
    assert len(names) > 30
    untold = {name for name in names if dropped(name) is None}
    # Misspelt, or never cv2's.
    assert untold == {"CreateMat", "CvtColor", "compile_args", "destoryAllWindows", "fromarray"}


def test_names_of_opencv_4_have_words_of_their_own() -> None:
    facts = opencv_facts()
    for name in ("CascadeClassifier", "ml.SVM_create", "xfeatures2d.SIFT_create", "linearPolar", "gapi.wip"):
        verdict = facts.verdict(name)
        assert verdict.status == ABSENT
        assert (verdict.why, verdict.instead) in {(why, instead) for why, instead, _ in DROPPED}
        assert "no such name" not in verdict.why
    assert facts.verdict("imraed").why == f"OpenCV {cv2.__version__} has no such name"


def test_all_of_native_onnxruntime_is_known() -> None:
    facts = onnxruntime_facts()
    public = [
        name
        for name, value in vars(onnxruntime).items()
        if not name.startswith("_") and not isinstance(value, types.ModuleType)
    ]
    assert len(public) > 40
    assert [name for name in public if facts.verdict(name).status == ABSENT] == []
    for name in (
        "InferenceSession",
        "SessionOptions",
        "RunOptions",
        "OrtValue",
        "IOBinding",
        "ModelMetadata",
    ):
        members = [each for each in dir(getattr(onnxruntime, name)) if not each.startswith("_")]
        assert [each for each in members if facts.verdict(f"{name}.{each}").status == ABSENT] == [], name


def test_onnxruntimes_packages_are_told_of() -> None:
    subpackages = {each.name for each in pkgutil.iter_modules(onnxruntime.__path__)}
    assert subpackages - {"capi"} <= DESKTOP_MODULES.keys()


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("InferenceSession", WORKS, ""),
        ("set_seed", MISSING, "random numbers"),
        ("SessionOptions.add_provider_for_devices", MISSING, "lists no devices"),
        ("SparseTensor.sparse_coo_from_numpy", MISSING, "dense tensors only"),
        ("preload_dlls", DIFFERS, "does nothing: there are no libraries"),
        ("capi.onnxruntime_pybind11_state.InvalidArgument", WORKS, ""),
        ("capi.onnxruntime_pybind11_state.quantize_matmul_4bits", MISSING, "quantize"),
        ("InferenceSesion", ABSENT, "no such name"),
    ],
)
def test_onnxruntime_verdicts(name: str, status: str, words: str) -> None:
    verdict = onnxruntime_facts().verdict(name)
    assert (verdict.status, words in verdict.why) == (status, True)


def test_the_standard_librarys_modules() -> None:
    assert is_standard("os.path")
    assert is_standard("distutils.version")
    assert not is_standard("numpy")
    assert judge_module("os.path").status == judge_module("multiprocessing.pool").status == WORKS
    assert judge_module("multiprocessing.shared_memory").status == MISSING
    names = [name for _, _, words in ABSENT_MODULES for name in words.split()]
    assert sorted(set(names)) == sorted(names)
    assert {judge_module(name).status for name in names} == {MISSING}
    assert judge_call("os.getcwd") is None
