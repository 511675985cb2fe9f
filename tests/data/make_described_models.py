"""Writes ``described_models.zip``: models that describe themselves in every way there is.

Run it from the project's folder: ``python -m tests.data.make_described_models``. Its output is committed,
and running it again changes nothing.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

WEIGHTS = numpy_helper.from_array(np.ones((2, 3), np.float32), "w")
UNUSED = numpy_helper.from_array(np.ones(2, np.float32), "aa")

SHAPES = {
    "scalar": [],
    "norank": None,
    "symbols": ["N", "C", "N", None, 3],
    "none": [None, None],
    "zero": [0, 2],
    "long": list(range(1, 9)),
    "unicode": ["größe 日本", 1],
    "expressions": ["N+1", "floor(H/2)"],
    "empty_symbol": ["", 2],
    "digit": ["1"],
    "negative": [-1],
    "beyond_31_bits": [2**31],
    "beyond_32_bits": [2**40, 2],
}
TYPES = ["FLOAT16", "BFLOAT16", "DOUBLE", "INT4", "UINT4", "FLOAT8E4M3FN", "FLOAT8E5M2", "COMPLEX64"]
TYPES += ["STRING", "BOOL", "UINT64", "INT2", "FLOAT4E2M1"]


def tensor(shape: Sequence[int | str | None] | None, element_type: int = TensorProto.FLOAT) -> onnx.TypeProto:
    return helper.make_tensor_type_proto(element_type, shape)


def kinds() -> dict[str, onnx.TypeProto]:
    """What is no tensor."""
    sequence = helper.make_sequence_type_proto(tensor(["N", 2], TensorProto.INT64))
    integers = helper.make_map_type_proto(TensorProto.INT64, tensor(None))
    return {
        "sequence": sequence,
        "sequence_of_strings": helper.make_sequence_type_proto(tensor(None, TensorProto.STRING)),
        "optional": helper.make_optional_type_proto(tensor(["N"])),
        "optional_sequence": helper.make_optional_type_proto(sequence),
        "map": helper.make_map_type_proto(TensorProto.STRING, tensor(None)),
        "sequence_of_maps": helper.make_sequence_type_proto(integers),
    }


def model(
    inputs: dict[str, onnx.TypeProto] | None = None,
    outputs: dict[str, onnx.TypeProto] | None = None,
    node: onnx.NodeProto | None = None,
    initializers: Sequence[onnx.TensorProto] = (),
    name: str = "g",
    opset: int = 17,
    ir_version: int = 8,
) -> onnx.ModelProto:
    def declared(types: dict[str, onnx.TypeProto] | None, default: str) -> list[onnx.ValueInfoProto]:
        pairs = ({default: tensor([2])} if types is None else types).items()
        return [helper.make_value_info(key, kind) for key, kind in pairs]

    graph = helper.make_graph(
        [node or helper.make_node("Identity", ["x"], ["y"])],
        name,
        declared(inputs, "x"),
        declared(outputs, "y"),
        list(initializers),
    )
    return helper.make_model(graph, ir_version=ir_version, opset_imports=[helper.make_opsetid("", opset)])


def metadata() -> dict[str, onnx.ModelProto]:
    """What a model says of itself."""
    rich = model()
    rich.producer_name, rich.producer_version, rich.domain = "prod ü", "1.2", "ai.日本"
    rich.model_version, rich.doc_string = -5, "döc\nline 2"
    rich.graph.doc_string = "graph döc"
    entries = [("a", "1"), ("ü", "日本"), ("a", "2"), ("empty", ""), ("", "no key")]
    entries += [("big", "x" * 300_000), ("nul", "a\0b"), ("json", '{"a": [1, 2]}')]
    for key, value in entries:
        prop = rich.metadata_props.add()
        prop.key, prop.value = key, value
    made = {"plain": model(), "rich": rich, "no_name": model(name=""), "unicode_name": model(name="日本 g")}
    for version in (0, 2**63 - 1, -(2**63)):
        made[f"version_{version}"] = model()
        made[f"version_{version}"].model_version = version
    for ir_version in (4, 10):
        made[f"ir_{ir_version}"] = model(ir_version=ir_version)
    return made


def interfaces() -> dict[str, onnx.ModelProto]:
    """What a model takes and gives."""
    made = {}
    for name, shape in SHAPES.items():
        made[f"shape_{name}"] = model({"x": tensor(shape)}, {"y": tensor(shape)})
    for name in TYPES:
        kind = tensor([2], TensorProto.DataType.Value(name))
        made[f"type_{name}"] = model({"x": kind}, {"y": kind}, opset=25, ir_version=13)
    for name, kind in kinds().items():
        made[f"kind_{name}"] = model({"x": kind}, {"y": kind})
        identity = helper.make_node("Identity", ["z"], ["y"])
        made[f"unused_{name}"] = model({"z": tensor([2]), "x": kind}, node=identity)
    product = helper.make_node("MatMul", ["x", "w"], ["y"])
    for name, shape in {"fixed": [2, 3], "symbols": ["K", None], "norank": None}.items():
        made[f"default_{name}"] = model(
            {"w": tensor(shape), "x": tensor(["B", 2])}, {"y": tensor(None)}, product, [WEIGHTS]
        )
    both = {"x": tensor([2]), "aa": tensor([2]), "w": tensor([2, 3])}
    made["defaults_unused"] = model(both, initializers=[WEIGHTS, UNUSED])
    made["defaults_of_ir_3"] = model(
        {"x": tensor([2]), "w": tensor([2, 3])}, initializers=[WEIGHTS], ir_version=3
    )
    made["constant"] = model(initializers=[WEIGHTS])
    made["constant_out"] = model(None, {"y": tensor([2]), "w": tensor([2, 3])}, None, [WEIGHTS])
    made["handed_through"] = model(
        None, {"x": tensor([2]), "z": tensor([2])}, helper.make_node("Identity", ["x"], ["z"])
    )
    made["output_without_rank"] = model(None, {"y": tensor(None)})
    made["output_with_symbol"] = model(None, {"y": tensor(["M"])})
    made["output_without_type"] = model(None, {"y": onnx.TypeProto()})
    made["unused"] = model({"x": tensor([2]), "unused": tensor(["N"], TensorProto.INT64)})
    return made


if __name__ == "__main__":
    path = Path(__file__).with_name("described_models.zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, made in sorted({**metadata(), **interfaces()}.items()):
            entry = zipfile.ZipInfo(f"{name}.onnx", (2026, 1, 1, 0, 0, 0))
            archive.writestr(entry, made.SerializeToString(deterministic=True), zipfile.ZIP_DEFLATED)
