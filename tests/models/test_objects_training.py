"""Whoever changes how the objects' network is trained learns in seconds that it still runs."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnxruntime
import torch

MODELS = Path(__file__).resolve().parents[2] / "site" / "models"
sys.path.insert(0, str(MODELS))

import objects_network  # noqa: E402
import train_objects  # noqa: E402


def test_training_writes_networks_that_score(tmp_path: Path) -> None:
    scores = train_objects.main(tmp_path, pictures=16, epochs=1, held_out=3)
    assert {"threshold", "accuracy", "8bit_accuracy", "photographs_rejected"} <= scores.keys()
    assert {path.name for path in tmp_path.iterdir()} == {"objects.pt", "objects.onnx", "objects-8bit.onnx"}


def test_the_committed_file_is_the_committed_network() -> None:
    network = objects_network.build()
    network.load_state_dict(torch.load(MODELS / "objects.pt", weights_only=True))
    pictures = np.random.default_rng(0).integers(0, 256, (3, 224, 224, 3), np.uint8)
    session = onnxruntime.InferenceSession(MODELS / "objects.onnx", providers=["CPUExecutionProvider"])
    with torch.inference_mode():
        scores = network.eval()(train_objects._normalised(pictures))
    np.testing.assert_allclose(
        session.run(None, {"image": pictures})[0], scores.softmax(1).numpy(), atol=1e-5
    )
