"""The committed classifier of household objects does what the project says of it, on pictures drawn anew."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest

from pyinfer.host.model.model_file import get_metadata

MODELS = Path(__file__).resolve().parents[2] / "site" / "models"
sys.path.insert(0, str(MODELS))

import objects_score  # noqa: E402
from pictures.household import OBJECTS  # noqa: E402

COMMITTED = json.loads((MODELS / "scores.json").read_text(encoding="utf-8"))["objects"]
FLOAT, SMALL = MODELS / "objects.onnx", MODELS / "objects-8bit.onnx"

#: Fewer pictures than the committed scores are of.
COUNT, CHANCE = 25, 0.06


@pytest.fixture(scope="module")
def scores() -> dict[str, dict[str, float]]:
    found = objects_score.score([FLOAT, SMALL], COMMITTED["threshold"], COUNT)
    return dict(zip(("", "8bit_"), found, strict=True))


@pytest.mark.parametrize("kind", ["", "8bit_"])
def test_known_objects_are_told_apart_and_strangers_rejected_as_often_as_committed(
    scores: dict[str, dict[str, float]], kind: str
) -> None:
    for name, value in scores[kind].items():
        assert value >= COMMITTED[f"{kind}{name}"] - CHANCE, name


def test_the_files_say_what_a_page_must_know() -> None:
    for path in (FLOAT, SMALL):
        metadata = get_metadata(onnx.load(path))
        assert metadata["labels"] == list(OBJECTS)
        assert metadata["unknown_threshold"] == COMMITTED["threshold"]
        assert metadata["activation"] == "softmax"
        assert "demonstration" in metadata["description"]
        fed = metadata["preprocessing"]
        assert (fed["dtype"], fed["layout"], fed["channel_order"]) == ("uint8", "NHWC", "RGB")


def test_eight_bits_take_a_quarter_and_decide_the_same() -> None:
    assert SMALL.stat().st_size <= 0.30 * FLOAT.stat().st_size
    pictures = objects_score.draw(OBJECTS, 10, 7)
    decided = [objects_score.probabilities(path, pictures).argmax(1) for path in (FLOAT, SMALL)]
    assert np.mean(decided[0] == decided[1]) >= 0.97


def test_samples_lie_in_a_folder_for_each_class_and_one_for_what_is_none(tmp_path: Path) -> None:
    objects_score.write_samples(tmp_path, 2)
    assert {folder.name for folder in tmp_path.iterdir()} == {*OBJECTS, "unknown"}
    assert len(list((tmp_path / "cup").iterdir())) == 2
