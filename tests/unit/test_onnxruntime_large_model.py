"""Large models: their weights stay in the file, and the numbers are the same."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as native
import pytest
from onnx import TensorProto, helper, numpy_helper

from pyinfer.browser import onnxruntime as ort
from pyinfer.browser.onnxruntime import _large_model, _load
from pyinfer.browser.onnxruntime._large_model import WEIGHTS, slimmed
from tests.unit.fake_bridge import FakeBridge

COUNT = 300_000


def large_model(*, raw: bool = True) -> bytes:
    """`y = x + large + small`."""
    weights = np.random.default_rng(7).normal(size=COUNT).astype(np.float32)
    large = numpy_helper.from_array(weights, "large")
    if not raw:
        large.ClearField("raw_data")
        large.float_data.extend(weights.tolist())
    nodes = [
        helper.make_node("Add", ["x", "large"], ["sum"]),
        helper.make_node("Add", ["sum", "small"], ["y"]),
    ]
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "large",
        [value("x", TensorProto.FLOAT, [COUNT])],
        [value("y", TensorProto.FLOAT, [COUNT])],
        [large, numpy_helper.from_array(np.array([3], np.float32), "small")],
    )
    opset = [helper.make_opsetid("", 17)]
    content: bytes = helper.make_model(graph, ir_version=8, opset_imports=opset).SerializeToString()
    return content


def slim(content: bytes) -> onnx.ModelProto:
    return onnx.load_from_string(slimmed(io.BytesIO(content), len(content)).content)


def test_only_large_weights_are_left_out():
    content = large_model()
    model, whole = slim(content), onnx.load_from_string(content)
    assert model.ByteSize() < 1000
    large, small = model.graph.initializer
    where = {entry.key: entry.value for entry in large.external_data}
    offset, length = int(where["offset"]), int(where["length"])
    assert where["location"] == WEIGHTS
    assert content[offset : offset + length] == whole.graph.initializer[0].raw_data
    assert small == whole.graph.initializer[1]
    for name in ("node", "input", "output", "name"):
        assert getattr(model.graph, name) == getattr(whole.graph, name)
    assert model.opset_import == whole.opset_import


def test_a_file_is_read_where_it_lies(
    fake_bridge: FakeBridge, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(_load, "_LARGE", 1000)
    monkeypatch.chdir(tmp_path)
    Path("large.onnx").write_bytes(large_model())
    allocated, files = [], []
    engine = fake_bridge.onnxruntime
    allocate, bring = engine.allocate, engine.externalDataFile
    monkeypatch.setattr(engine, "allocate", lambda size: allocated.append(size) or allocate(size))
    monkeypatch.setattr(engine, "externalDataFile", lambda *args: files.append(args) or bring(*args))
    monkeypatch.setattr(engine, "externalDataView", None)
    ort.InferenceSession("large.onnx")
    assert files == [(WEIGHTS, str(tmp_path / "large.onnx"))]
    assert sum(allocated) < 1000


@pytest.mark.parametrize("raw", [True, False])
def test_the_numbers_are_the_same(
    raw: bool, fake_bridge: FakeBridge, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(_load, "_LARGE", 1000)
    content = large_model(raw=raw)
    path = tmp_path / "large.onnx"
    path.write_bytes(content)
    x = np.ones(COUNT, np.float32)
    (expected,) = native.InferenceSession(content).run(None, {"x": x})
    for model in (path, content):
        np.testing.assert_array_equal(ort.InferenceSession(model).run(None, {"x": x})[0], expected)


def test_a_model_of_other_large_parts_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(_large_model, "_LARGEST_READ", 1 << 20)
    with pytest.raises(ValueError, match="large parts"):
        slim(large_model(raw=False))


@pytest.mark.parametrize("content", [b"\x0b", b"\x80" * 20, b"\x3a\x7f", b"text"], ids=str)
def test_what_is_no_protobuf_is_a_value_error(content: bytes):
    with pytest.raises(ValueError, match="no protobuf"):
        slimmed(io.BytesIO(content), len(content))
