"""The committed networks do what the project says of them, on pictures made anew."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest

from pyinfer.host.model.model_file import get_metadata

MODELS = Path(__file__).resolve().parents[2] / "site" / "models"
sys.path.insert(0, str(MODELS))

import heart_pictures  # noqa: E402
import heart_score  # noqa: E402
from chest_phantom import LENGTH, Frame, Patient, to_grey  # noqa: E402

COMMITTED = json.loads((MODELS / "scores.json").read_text(encoding="utf-8"))
HEART = MODELS / "heart.onnx"

#: Fewer pictures than the committed scores are of.
CHANCE = 0.04


@pytest.fixture(scope="module")
def heart_scores() -> dict[str, float]:
    return heart_score.score(HEART, 200)


def test_the_heart_is_found_in_patients_that_no_training_saw(heart_scores: dict[str, float]) -> None:
    for name in ("iou", "dice", "presence", "rectangle_iou"):
        assert heart_scores[name] >= COMMITTED["heart"][name] - CHANCE, name


def test_the_heart_is_found_in_real_slices_as_often_as_committed(heart_scores: dict[str, float]) -> None:
    if not heart_score.REFERENCE.is_dir():
        pytest.skip("there are no real slices in ../shared/reference-ct")
    for name in ("reference_presence", "reference_rectangle_iou"):
        assert heart_scores[name] >= COMMITTED["heart"][name] - 0.01, name


def test_the_heart_locator_says_that_it_is_not_for_patients() -> None:
    metadata = get_metadata(onnx.load(HEART))
    assert "Not for clinical use" in metadata["intended_use"]
    assert "synthetic phantoms only" in metadata["description"]


def test_the_heart_locator_can_take_the_place_of_the_reference_network() -> None:
    model = onnx.load(HEART)
    shapes = [
        (value.name, [size.dim_param or size.dim_value for size in value.type.tensor_type.shape.dim])
        for value in (*model.graph.input, *model.graph.output)
    ]
    assert shapes == [("input", ["batch", 1, 64, 64]), ("output", ["batch", 1, 64, 64])]
    assert HEART.stat().st_size < 260_000


def test_a_darker_window_shows_the_same_heart() -> None:
    found = Patient(3).slice(120, 200, 256)
    network = heart_score.load(HEART)
    greys = [
        cv2.resize(to_grey(found.hounsfield, -2000, high), (64, 64), interpolation=cv2.INTER_LINEAR)
        for high in (1500, 6000)
    ]
    bright, dark = map(heart_score.rectangle, heart_score.run(network, np.stack(greys)))
    assert bright is not None
    assert dark is not None
    assert heart_score.rectangle_overlap(bright, dark) > 0.8


def test_a_series_is_the_same_patient_at_any_size_and_count() -> None:
    patient = Patient(5)
    frame = Frame(64, 380.0), Frame(256, 380.0)
    small, large = (patient.at(190.0, each) for each in frame)
    shrunk = cv2.resize(large.hounsfield, (64, 64), interpolation=cv2.INTER_AREA)
    assert np.abs(shrunk - small.hounsfield).mean() < 40
    assert abs(small.heart.mean() - large.heart.mean()) < 0.01
    again = Patient(5).slice(30, 200, 64)
    assert np.array_equal(again.hounsfield, patient.slice(30, 200, 64).hounsfield)
    hearts = [patient.at(z, frame[0]).heart.sum() for z in np.linspace(1, LENGTH - 1, 160)]
    assert hearts[0] == hearts[-1] == 0
    # Slices 2 mm apart: no solid jumps.
    assert np.abs(np.diff(np.array(hearts, float))).max() < 0.35 * max(hearts)


def test_samples_are_pictures_for_calibration(tmp_path: Path) -> None:
    heart_pictures.write_samples(tmp_path, 6)
    read = [cv2.imread(str(path), cv2.IMREAD_UNCHANGED) for path in sorted(tmp_path.iterdir())]
    assert [picture.shape for picture in read] == [(64, 64)] * 6
