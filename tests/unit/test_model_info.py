"""`pyinfer model info`: what a page's author must know of a model before it is used."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from pyinfer.errors import ModelError
from pyinfer.host import cli
from pyinfer.host.model.info import info
from pyinfer.host.model.model_file import write_model
from tests.unit.small_models import LABELS, classifier, folded

DATA = Path(__file__).parents[1] / "data"


def test_a_labelled_folded_model_is_described_in_words(tmp_path: Path, capsys) -> None:
    path = folded(classifier(tmp_path / "net.onnx"), tmp_path / "small.onnx", labels=LABELS)
    assert cli.main(["model", "info", str(path)]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "input pixels: uint8 batch x height x width x 4" in text
    assert "output probabilities: float32 batch x 3" in text
    assert "labels 3: blue, green, red" in text
    assert "preprocessing RGBA, NHWC, uint8: pixels as they are" in text
    assert "(pixels * 0.0039216 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]" in text
    assert "activation softmax" in text
    assert text.count("has all operators") == 3
    assert "with pixels uint8 1 x 1 x 1 x 4" in text, "what the estimate of memory assumes"


def test_json_has_the_same(tmp_path: Path, capsys) -> None:
    path = classifier(tmp_path / "net.onnx", labels=LABELS)
    assert cli.main(["model", "info", str(path), "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["schema"] == 1 and content["parameters"] == 9
    assert content["weights"] == {"float32": 36} and content["size"] == path.stat().st_size
    assert content["operators"] == {"GlobalAveragePool": 1, "Flatten": 1, "MatMul": 1}
    assert content["inputs"] == [
        {"name": "image", "dtype": "float32", "shape": ["batch", 3, "height", "width"]}
    ]
    assert content["missing"] == {"wasm": [], "webgpu": [], "webnn": []}


def test_memory_is_that_of_the_shape_that_is_asked_for(tmp_path: Path) -> None:
    """The pixels live until the means of their channels are there."""
    path = classifier(tmp_path / "net.onnx")
    memory = info(path, {"": (2, 3, 10, 20)}).memory
    assert memory.weights == 36
    assert memory.activations == 4 * 2 * 3 * (10 * 20 + 1)
    assert memory.unknown == 0


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ({"": (2, 4, 8, 8)}, "takes batchx3xheightxwidth, not 2x4x8x8"),
        ({"": (2, 3)}, "not 2x3"),
        ({"picture": (1, 3, 8, 8)}, "no input 'picture'; it has: image"),
    ],
)
def test_a_shape_that_the_model_does_not_take_is_refused(
    sizes: dict[str, tuple[int, ...]], words: str, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match=words):
        info(classifier(tmp_path / "net.onnx"), sizes)


def test_values_die_after_their_last_use(tmp_path: Path) -> None:
    """A chain of ten needs two at a time, however long it is."""
    nodes = [helper.make_node("Relu", [f"v{n}"], [f"v{n + 1}"]) for n in range(10)]
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [100]) for name in ("v0", "v10")]
    graph = helper.make_graph(nodes, "chain", values[:1], values[1:])
    write_model(helper.make_model(graph, ir_version=10), tmp_path / "chain.onnx")
    assert info(tmp_path / "chain.onnx").memory.activations == 2 * 400


def operators_model(path: Path, operator: str, opset: int) -> Path:
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [2, 3]) for name in ("x", "y")]
    graph = helper.make_graph([helper.make_node(operator, ["x"], ["y"])], "one", values[:1], values[1:])
    model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", opset)])
    write_model(model, path)
    return path


def test_what_a_provider_lacks_is_named(tmp_path: Path) -> None:
    lacks = info(operators_model(tmp_path / "a.onnx", "Hardmax", 18)).missing
    assert lacks == {"wasm": [], "webgpu": ["Hardmax"], "webnn": ["Hardmax"]}


def test_an_opset_counts_by_what_it_changed(tmp_path: Path) -> None:
    """WebNN is documented by the model's opset, WebGPU by the version that the opset has of an operator."""
    assert info(operators_model(tmp_path / "a.onnx", "Relu", 11)).missing["webnn"] == []
    assert info(operators_model(tmp_path / "b.onnx", "Relu", 11)).missing["webgpu"] == []
    assert info(operators_model(tmp_path / "c.onnx", "Relu", 18)).missing["webgpu"] == []


def test_what_the_cpu_lacks_is_said_in_its_words(tmp_path: Path) -> None:
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("x", "y")]
    node = helper.make_node("Nothing", ["x"], ["y"], domain="example")
    graph = helper.make_graph([node], "none", values[:1], values[1:])
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("example", 1)]
    model = helper.make_model(graph, ir_version=8, opset_imports=opsets)
    path = tmp_path / "none.onnx"
    path.write_bytes(model.SerializeToString())
    found = info(path)
    assert "Nothing" in found.missing["wasm"][0]
    assert found.missing["webgpu"] == ["example.Nothing"] and found.operators == {"example.Nothing": 1}


def test_bodies_and_constants_are_counted(tmp_path: Path) -> None:
    def branch(name: str, value: float) -> onnx.GraphProto:
        out = helper.make_tensor_value_info(name, TensorProto.FLOAT, [1])
        constant = numpy_helper.from_array(np.array([value], np.float32))
        return helper.make_graph([helper.make_node("Constant", [], [name], value=constant)], name, [], [out])

    node = helper.make_node("If", ["which"], ["y"], then_branch=branch("a", 1), else_branch=branch("b", 2))
    which = helper.make_tensor_value_info("which", TensorProto.BOOL, [])
    out = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])
    model = helper.make_model(helper.make_graph([node], "if", [which], [out]), ir_version=10)
    write_model(model, tmp_path / "if.onnx")
    found = info(tmp_path / "if.onnx")
    assert found.operators == {"Constant": 2, "If": 1} and found.parameters == 2


def test_weights_beside_the_model_count() -> None:
    found = info(DATA / "weights_beside.onnx")
    assert found.weight_files == ["weights.bin"] and found.parameters == 4
    assert found.size == sum((DATA / name).stat().st_size for name in ("weights_beside.onnx", "weights.bin"))
