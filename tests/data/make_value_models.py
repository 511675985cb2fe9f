"""Writes the models that the tests of OrtValues and bindings load; see make_models.py.

Run it from anywhere: ``python tests/data/make_value_models.py``. Running it again changes nothing.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import onnx
from onnx import TensorProto, helper

HERE = Path(__file__).parent

#: Element types that NumPy has not; 4 bits came with version 10 of the format.
CAST = ["bfloat16", "float8e4m3fn", "float8e5m2", "int4", "uint4"]


def value(name: str, element_type: int, shape: Sequence[int | str | None] | None) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, element_type, shape)


def save(
    name: str,
    nodes: list[onnx.NodeProto],
    inputs: list[onnx.ValueInfoProto],
    outputs: list[onnx.ValueInfoProto],
    initializers: Sequence[TensorProto] = (),
) -> None:
    graph = helper.make_graph(nodes, name, inputs, outputs, list(initializers))
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid("ai.onnx.ml", 3)]
    model = helper.make_model(graph, producer_name="pyinfer tests", ir_version=10, opset_imports=opsets)
    (HERE / f"{name}.onnx").write_bytes(model.SerializeToString(deterministic=True))


def main() -> None:
    numbers = ["N"]
    # What a decoder does: a state that goes in comes out changed.
    save(
        "running_total",
        [
            helper.make_node("Add", ["total", "step"], ["next_total"]),
            helper.make_node("Mul", ["next_total", "step"], ["product"]),
        ],
        [value("total", TensorProto.FLOAT, numbers), value("step", TensorProto.FLOAT, numbers)],
        [value("product", TensorProto.FLOAT, numbers), value("next_total", TensorProto.FLOAT, numbers)],
    )
    # An input that is an output, too: the engine hands out the same bytes.
    save(
        "handed_through",
        [helper.make_node("Neg", ["x"], ["y"])],
        [value("x", TensorProto.FLOAT, numbers)],
        [value("y", TensorProto.FLOAT, numbers), value("x", TensorProto.FLOAT, numbers)],
    )
    # Weights in a file of their own.
    (HERE / "weights.bin").write_bytes(struct.pack("<4f", 1, 2, 3, 4))
    weights = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[4], data_location=TensorProto.EXTERNAL)
    weights.external_data.add(key="location", value="weights.bin")
    save(
        "weights_beside",
        [helper.make_node("Add", ["x", "w"], ["y"])],
        [value("x", TensorProto.FLOAT, [4])],
        [value("y", TensorProto.FLOAT, [4])],
        [weights],
    )
    for name in CAST:
        number = TensorProto.DataType.Value(name.upper())
        save(
            f"to_{name}",
            [helper.make_node("Cast", ["x"], ["y"], to=number)],
            [value("x", TensorProto.FLOAT, None)],
            [value("y", number, None)],
        )
        save(
            f"from_{name}",
            [helper.make_node("Cast", ["x"], ["y"], to=TensorProto.FLOAT)],
            [value("x", number, None)],
            [value("y", TensorProto.FLOAT, None)],
        )
    save(
        "to_strings",
        [helper.make_node("Cast", ["x"], ["y"], to=TensorProto.STRING)],
        [value("x", TensorProto.INT64, None)],
        [value("y", TensorProto.STRING, None)],
    )
    sequence = helper.make_tensor_sequence_value_info("s", TensorProto.FLOAT, None)
    save(
        "sequence_in",
        [helper.make_node("ConcatFromSequence", ["s"], ["y"], axis=0)],
        [sequence],
        [value("y", TensorProto.FLOAT, None)],
    )
    optional = helper.make_optional_type_proto(helper.make_tensor_type_proto(TensorProto.FLOAT, None))
    save(
        "optional_in",
        [helper.make_node("OptionalHasElement", ["x"], ["y"])],
        [helper.make_value_info("x", optional)],
        [value("y", TensorProto.BOOL, [])],
    )
    save(
        "optional_out",
        [helper.make_node("Optional", ["x"], ["y"])],
        [value("x", TensorProto.FLOAT, None)],
        [helper.make_value_info("y", optional)],
    )
    save(
        "optional_empty",
        [
            helper.make_node(
                "Optional", [], ["y"], type=helper.make_tensor_type_proto(TensorProto.FLOAT, None)
            )
        ],
        [],
        [helper.make_value_info("y", optional)],
    )
    scores = helper.make_map_type_proto(
        TensorProto.INT64, helper.make_tensor_type_proto(TensorProto.FLOAT, [])
    )
    # What a classifier that scikit-learn trained ends with.
    save(
        "map_out",
        [helper.make_node("ZipMap", ["x"], ["y"], domain="ai.onnx.ml", classlabels_int64s=[3, 5])],
        [value("x", TensorProto.FLOAT, ["N", 2])],
        [helper.make_value_info("y", helper.make_sequence_type_proto(scores))],
    )
    save(
        "map_in",
        [helper.make_node("DictVectorizer", ["x"], ["y"], domain="ai.onnx.ml", int64_vocabulary=[3, 5])],
        [helper.make_value_info("x", scores)],
        [value("y", TensorProto.FLOAT, [1, 2])],
    )


if __name__ == "__main__":
    main()
