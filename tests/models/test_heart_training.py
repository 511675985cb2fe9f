"""Whoever changes the heart locator's training learns in seconds that it still runs from end to end."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch

from pyinfer.host.model.model_file import get_metadata

MODELS = Path(__file__).resolve().parents[2] / "site" / "models"
sys.path.insert(0, str(MODELS))

import heart_network  # noqa: E402
import train_heart  # noqa: E402


def test_training_writes_a_network_that_scores(tmp_path: Path) -> None:
    scores = train_heart.main(tmp_path, count=128, epochs=1, held_out=40)
    assert {"iou", "dice", "presence", "rectangle_iou"} <= scores.keys()
    metadata = get_metadata(onnx.load(tmp_path / "heart.onnx"))
    assert "Not for clinical use" in metadata["intended_use"]
    assert metadata["preprocessing"]["channel_order"] == "GRAY"


def test_training_twice_gives_the_same_file(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        train_heart.main(tmp_path / name, count=64, epochs=1, held_out=40)
    assert (tmp_path / "first" / "heart.onnx").read_bytes() == (
        tmp_path / "second" / "heart.onnx"
    ).read_bytes()


def test_the_committed_file_is_the_committed_network() -> None:
    network = heart_network.build()
    network.load_state_dict(torch.load(MODELS / "heart.pt", weights_only=True))
    greys = np.random.default_rng(0).integers(0, 256, (3, 1, 64, 64)).astype(np.float32)
    session = onnxruntime.InferenceSession(MODELS / "heart.onnx", providers=["CPUExecutionProvider"])
    with torch.inference_mode():
        wanted = network.eval()(torch.from_numpy(greys)).numpy()
    np.testing.assert_allclose(session.run(None, {"input": greys})[0], wanted, atol=1e-3)
    assert 40_000 < sum(weights.numel() for weights in network.parameters()) < 60_000
