"""Each of the project's networks gives in the browser what it gave in training, its small file about that."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

from pyinfer.host.model.verify import verify

MODELS = Path(__file__).resolve().parents[2] / "site" / "models"
sys.path.insert(0, str(MODELS))

import heart_pictures  # noqa: E402
import objects_score  # noqa: E402
import write_layers  # noqa: E402
import write_tflite  # noqa: E402

TRAINED = {"heart": "heart_network.py:build", "objects": "objects_network.py:build"}


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    (folder / "digits").mkdir()
    for index, digit in enumerate(load_digits().images[-20:]):
        np.save(folder / "digits" / f"{index:02}.npy", digit[None, None].astype(np.float32))
    (folder / "heart").mkdir()
    heart_pictures.write_samples(folder / "heart", 12)
    objects_score.write_samples(folder / "objects", 2)
    return folder


def test_the_digits_for_litert_are_those_for_onnx_runtime(tmp_path: Path) -> None:
    """The speed page compares engines by them."""
    write_layers.write_layers(MODELS / "digits.onnx", tmp_path / "digits-layers.npz")
    write_tflite.write_tflite(tmp_path / "digits-layers.npz", tmp_path / "digits.tflite")
    assert (tmp_path / "digits.tflite").read_bytes() == (MODELS / "digits.tflite").read_bytes()


@pytest.mark.parametrize("name", TRAINED)
def test_what_was_trained_is_what_runs_in_the_browser(name: str, samples: Path) -> None:
    weights = str(MODELS / f"{name}.pt")
    report = verify(f"{MODELS / TRAINED[name]}", MODELS / f"{name}.onnx", samples / name, weights=weights)
    assert not report.is_past, report.conclusion()


@pytest.mark.parametrize("name", ["digits", "heart", "objects"])
def test_eight_bits_are_near_enough_in_the_browser_too(name: str, samples: Path) -> None:
    small = MODELS / f"{name}-8bit.onnx"
    assert small.stat().st_size <= 0.30 * (MODELS / f"{name}.onnx").stat().st_size
    report = verify(str(MODELS / f"{name}.onnx"), small, samples / name)
    assert not report.is_past, report.conclusion()
