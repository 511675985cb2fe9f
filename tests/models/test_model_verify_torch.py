"""`pyinfer model verify` with a PyTorch network as the original."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from pyinfer.errors import ModelError
from pyinfer.host.model.verify import verify
from tests.unit.small_models import PREPROCESSING, classifier, folded, pictures

NETWORK = """
    import torch
    from torch import nn

    class Means(nn.Module):
        def __init__(self):
            super().__init__()
            self.kernel = nn.Parameter(torch.eye(3))

        def forward(self, image):
            if image.isnan().any():
                raise ValueError("no picture")
            return {"scores": image.mean((2, 3)) @ self.kernel}

    def build():
        return Means()
"""


@pytest.fixture
def network(tmp_path: Path) -> str:
    source = "\n".join(line[4:] for line in NETWORK.splitlines())
    (tmp_path / "net.py").write_text(source)
    return f"{tmp_path / 'net.py'}:build"


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    return pictures(tmp_path / "inputs")


def test_a_network_is_the_same_as_what_was_made_from_it(network: str, tmp_path: Path, inputs: Path) -> None:
    plain = classifier(tmp_path / "plain.onnx", preprocessing=PREPROCESSING.to_json())
    for result in (plain, folded(plain, tmp_path / "folded.onnx")):
        report = verify(network, result, inputs, native_only=True)
        assert report.comparison.outputs[0].pairs[0].maximum < 1e-5
        assert report.versions["PyTorch"] == torch.__version__


def test_weights_come_from_a_file(network: str, tmp_path: Path, inputs: Path) -> None:
    kernel = np.random.default_rng(2).random((3, 3)).astype(np.float32)
    torch.save({"kernel": torch.from_numpy(kernel)}, tmp_path / "net.pt")
    result = classifier(tmp_path / "net.onnx", kernel=kernel, preprocessing=PREPROCESSING.to_json())
    assert verify(network, result, inputs, native_only=True).is_past
    assert not verify(network, result, inputs, weights=str(tmp_path / "net.pt"), native_only=True).is_past


def test_an_exported_program_is_an_original_too(tmp_path: Path, inputs: Path) -> None:
    network = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()).eval()
    torch.export.save(torch.export.export(network, (torch.zeros(1, 3, 12, 16),)), tmp_path / "net.pt2")
    result = classifier(tmp_path / "net.onnx")
    report = verify(str(tmp_path / "net.pt2"), result, inputs, native_only=True)
    assert not report.is_past


def test_what_the_network_raises_is_said_in_one_line(network: str, tmp_path: Path) -> None:
    inputs = tmp_path / "inputs"
    inputs.mkdir()
    np.save(inputs / "nothing.npy", np.full((3, 8, 8), np.nan, np.float32))
    result = classifier(tmp_path / "net.onnx")
    with pytest.raises(ModelError, match="the original could not be run: ValueError: no picture"):
        verify(network, result, inputs, native_only=True)
