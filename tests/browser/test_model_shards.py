"""What `pyinfer model shard` writes, the model store fetches as one model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pyinfer.host.model.shard import shard
from pyinfer.manifest import ModelSpec
from tests.browser.model_server import ModelServer, Served
from tests.browser.model_visitor import ModelVisitor

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pieces")


@pytest.fixture(scope="module")
def spec(model_url: str, pieces: Path) -> ModelSpec:
    return shard(DATA / "weights_beside.onnx", pieces, 50, url=f"{model_url}/served")


@pytest.fixture(scope="module")
def model_app(spec: ModelSpec) -> dict[str, Any]:
    return {"name": "test", "models": [spec.to_json()]}


def test_shards_become_the_model_again(
    visitor: ModelVisitor, model_server: ModelServer, spec: ModelSpec, pieces: Path
) -> None:
    """With its weights, which are a file of their own; the model's own address is never asked for."""
    for path in pieces.glob("*.bin"):
        model_server.served[path.name] = Served(path.read_bytes())
    room = visitor.visit()
    path = room.fetch("weights_beside")
    assert room.read(path) == spec.sha256
    assert room.read(f"{path.rpartition('/')[0]}/weights.bin") == spec.external_data[0].sha256
    assert sorted(name for name, _ in model_server.downloads()) == sorted(model_server.served)
