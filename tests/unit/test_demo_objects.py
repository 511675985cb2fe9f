"""The camera page's Python, on plain CPython with native OpenCV and ONNX Runtime."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from pyinfer.host.demo_route import DESTINATIONS

SITE = Path(__file__).resolve().parents[2] / "site"
sys.path[:0] = [str(SITE), str(SITE / "models")]

from objects_score import SEED, draw  # noqa: E402
from pictures.household import OBJECTS  # noqa: E402
from pictures.strangers import HELD_OUT  # noqa: E402
from pyinfer_demo import objects  # noqa: E402

COMMITTED = json.loads((SITE / "models" / "scores.json").read_text(encoding="utf-8"))["objects"]


@pytest.fixture(autouse=True)
def network() -> None:
    objects.load(str(SITE / "models" / "objects-8bit.onnx"))


def as_frame(picture: np.ndarray, width: int = 640, height: int = 480) -> np.ndarray:
    """A picture in the middle of a wider or higher frame: uint8 (height, width, 4)."""
    frame = np.full((height, width, 4), 255, np.uint8)
    edge = min(height, width)
    repeats = np.linspace(0, len(picture) - 1e-3, edge).astype(int)
    top, left = (height - edge) // 2, (width - edge) // 2
    frame[top : top + edge, left : left + edge, :3] = picture[repeats][:, repeats]
    return frame


@pytest.mark.parametrize(("width", "height"), [(640, 480), (360, 640), (224, 224)])
def test_objects_are_told_apart_whatever_the_form_of_the_frame(width: int, height: int) -> None:
    drawn = draw(OBJECTS, 6, SEED + 50)
    right = [
        objects.classify(as_frame(picture, width, height))["label"] == name
        for name, pictures in zip(OBJECTS, drawn, strict=True)
        for picture in pictures
    ]
    assert np.mean(right) >= COMMITTED["8bit_accuracy"] - 0.06


def test_most_of_what_is_no_such_object_is_rejected() -> None:
    drawn = draw(HELD_OUT, 8, SEED + 51)
    accepted = [objects.classify(as_frame(picture))["accepted"] for kind in drawn for picture in kind]
    assert np.mean(accepted) <= 1 - COMMITTED["8bit_drawings_rejected"] + 0.1


def test_the_file_itself_says_classes_threshold_and_size() -> None:
    said = objects.load(str(SITE / "models" / "objects-8bit.onnx"))
    assert said == {"labels": list(OBJECTS), "threshold": COMMITTED["threshold"], "side": 224}


def test_every_class_has_a_place_to_go() -> None:
    assert list(DESTINATIONS) == list(OBJECTS)


@pytest.mark.parametrize("shape", [(1, 1, 4), (15, 400, 4)])
def test_frame_of_too_few_pixels_is_refused_in_words(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=f"{shape[1]} x {shape[0]} pixels are too few"):
        objects.classify(np.zeros(shape, np.uint8))


def test_shown_source_is_the_file_itself() -> None:
    assert objects.source() == (SITE / "pyinfer_demo" / "objects.py").read_text(encoding="utf-8")
