"""Writes the small models that the onnxruntime tests and the bench load.

Run it from anywhere: ``python tests/data/make_models.py``. Its output is committed, and running it
again changes nothing (fixed seed, no names or dates from the machine).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).parent
OPSET = 17
IR_VERSION = 8

#: Element types that NumPy and the engine's CPU kernels both hold.
ELEMENT_TYPES = {
    "float16": TensorProto.FLOAT16,
    "float32": TensorProto.FLOAT,
    "float64": TensorProto.DOUBLE,
    "int8": TensorProto.INT8,
    "int16": TensorProto.INT16,
    "int32": TensorProto.INT32,
    "int64": TensorProto.INT64,
    "uint8": TensorProto.UINT8,
    "uint16": TensorProto.UINT16,
    "uint32": TensorProto.UINT32,
    "uint64": TensorProto.UINT64,
    "bool": TensorProto.BOOL,
    "string": TensorProto.STRING,
}

Dimensions = Sequence[int | str | None] | None


def value(name: str, element_type: int, shape: Dimensions) -> onnx.ValueInfoProto:
    """A tensor input or output; ``shape=None`` leaves even the rank open."""
    return helper.make_tensor_value_info(name, element_type, shape)


def save(
    name: str,
    nodes: list[onnx.NodeProto],
    inputs: list[onnx.ValueInfoProto],
    outputs: list[onnx.ValueInfoProto],
    initializers: Sequence[onnx.TensorProto] = (),
    metadata: dict[str, str] | None = None,
    domains: Sequence[tuple[str, int]] = (),
) -> None:
    graph = helper.make_graph(
        nodes, name, inputs, outputs, list(initializers), doc_string=f"the {name} graph"
    )
    model = helper.make_model(
        graph,
        producer_name="pyinfer tests",
        ir_version=IR_VERSION,
        opset_imports=[helper.make_opsetid("", OPSET), *(helper.make_opsetid(*domain) for domain in domains)],
    )
    model.domain = "example.pyinfer"
    model.model_version = 7
    model.doc_string = f"{name}, for the tests"
    if metadata:
        helper.set_model_props(model, metadata)
    (HERE / f"{name}.onnx").write_bytes(model.SerializeToString(deterministic=True))


def identities() -> None:
    for name, element_type in ELEMENT_TYPES.items():
        save(
            f"identity_{name}",
            [helper.make_node("Identity", ["x"], ["y"])],
            [value("x", element_type, None)],
            [value("y", element_type, None)],
        )


def arithmetic() -> None:
    save(
        "add_symbolic",
        [helper.make_node("Add", ["a", "b"], ["total"])],
        [value("a", TensorProto.FLOAT, ["N", 3]), value("b", TensorProto.FLOAT, [None, 3])],
        [value("total", TensorProto.FLOAT, ["N", 3])],
        metadata={"stride": "32", "names": "{0: 'thorax', 1: 'herz, größe'}"},
    )
    save(
        "add_fixed",
        [helper.make_node("Add", ["a", "b"], ["total"])],
        [value("a", TensorProto.FLOAT, [2, 3]), value("b", TensorProto.FLOAT, [2, 3])],
        [value("total", TensorProto.FLOAT, [2, 3])],
    )
    one = numpy_helper.from_array(np.array(1, np.int64), "one")
    save(
        "int64_multiply_add",
        [
            helper.make_node("Mul", ["a", "b"], ["product"]),
            helper.make_node("Add", ["product", "one"], ["y"]),
        ],
        [value("a", TensorProto.INT64, ["N"]), value("b", TensorProto.INT64, ["N"])],
        [value("y", TensorProto.INT64, ["N"])],
        [one],
    )
    save(
        "bool_logic",
        [helper.make_node("And", ["a", "b"], ["both"]), helper.make_node("Not", ["a"], ["not_a"])],
        [value("a", TensorProto.BOOL, ["N"]), value("b", TensorProto.BOOL, ["N"])],
        [value("both", TensorProto.BOOL, ["N"]), value("not_a", TensorProto.BOOL, ["N"])],
    )
    save(
        "two_in_two_out",
        [
            helper.make_node("Sub", ["first", "second"], ["difference"]),
            helper.make_node("Cast", ["first"], ["whole"], to=TensorProto.INT32),
        ],
        [value("first", TensorProto.FLOAT, [2]), value("second", TensorProto.FLOAT, [2])],
        [value("difference", TensorProto.FLOAT, [2]), value("whole", TensorProto.INT32, [2])],
    )
    save(
        "reshape_int32",
        [helper.make_node("Reshape", ["x", "shape"], ["y"])],
        [value("x", TensorProto.INT32, ["N"]), value("shape", TensorProto.INT64, [None])],
        [value("y", TensorProto.INT32, None)],
    )


def unusual() -> None:
    save(
        "nonzero",
        [helper.make_node("NonZero", ["x"], ["indices"])],
        [value("x", TensorProto.FLOAT, ["height", "width"])],
        [value("indices", TensorProto.INT64, [2, None])],
    )
    save(
        "default_scale",
        [helper.make_node("Mul", ["x", "scale"], ["y"])],
        [value("x", TensorProto.FLOAT, ["N"]), value("scale", TensorProto.FLOAT, [1])],
        [value("y", TensorProto.FLOAT, ["N"])],
        [numpy_helper.from_array(np.array([2.0], np.float32), "scale")],
    )
    save(
        "sequence_out",
        [helper.make_node("SequenceConstruct", ["x", "x"], ["pair"])],
        [value("x", TensorProto.FLOAT, ["N"])],
        [helper.make_tensor_sequence_value_info("pair", TensorProto.FLOAT, None)],
    )
    save(
        "constant_only",
        [
            helper.make_node(
                "Constant", [], ["y"], value=numpy_helper.from_array(np.arange(4, dtype=np.float32))
            )
        ],
        [],
        [value("y", TensorProto.FLOAT, [4])],
    )


def network() -> None:
    """A 1x1x64x64 image-to-image network with the operators, and about the cost, of a small segmenter."""
    random = np.random.default_rng(64)
    nodes: list[onnx.NodeProto] = []
    weights: list[onnx.TensorProto] = []

    def constant(name: str, array: np.ndarray) -> str:
        weights.append(numpy_helper.from_array(array, name))
        return name

    def convolution(
        x: str,
        name: str,
        inputs: int,
        outputs: int,
        *,
        kernel: int = 1,
        stride: int = 1,
        group: int = 1,
        relu: bool = True,
    ) -> str:
        fan_in = inputs // group * kernel * kernel
        kernel_weights = random.normal(0, (2 / fan_in) ** 0.5, (outputs, inputs // group, kernel, kernel))
        parameters = [
            constant(f"{name}_w", kernel_weights.astype(np.float32)),
            constant(f"{name}_b", np.zeros(outputs, np.float32)),
        ]
        nodes.append(
            helper.make_node(
                "Conv",
                [x, *parameters],
                [name],
                name=name,
                group=group,
                kernel_shape=[kernel] * 2,
                strides=[stride] * 2,
                pads=[kernel // 2] * 4,
            )
        )
        if not relu:
            return name
        nodes.append(helper.make_node("Relu", [name], [f"{name}_relu"]))
        return f"{name}_relu"

    def block(x: str, name: str, inputs: int, outputs: int, stride: int) -> str:
        """Point-wise, depth-wise, point-wise, then a gate that looks at the whole image."""
        x = convolution(x, f"{name}_expand", inputs, outputs)
        x = convolution(
            x, f"{name}_depth", outputs, outputs, kernel=3, stride=stride, group=outputs, relu=False
        )
        x = convolution(x, f"{name}_point", outputs, outputs)
        nodes.append(helper.make_node("GlobalAveragePool", [x], [f"{name}_mean"]))
        gate = convolution(f"{name}_mean", f"{name}_squeeze", outputs, 8)
        gate = convolution(gate, f"{name}_gate", 8, outputs, relu=False)
        nodes.append(helper.make_node("HardSigmoid", [gate], [f"{name}_sigmoid"]))
        nodes.append(helper.make_node("Mul", [x, f"{name}_sigmoid"], [f"{name}_out"]))
        return f"{name}_out"

    half = convolution("input", "stem", 1, 16, kernel=3, stride=2)
    quarter = block(half, "down1", 16, 24, 2)
    eighth = block(quarter, "down2", 24, 48, 2)
    x = block(eighth, "bottom", 48, 48, 1)
    twice = constant("twice", np.array([1, 1, 2, 2], np.float32))
    for name, skip, inputs, outputs in (("up2", quarter, 48, 24), ("up1", half, 24, 16)):
        x = convolution(x, f"{name}_narrow", inputs, outputs)
        nodes.append(helper.make_node("Resize", [x, "", twice], [f"{name}_large"], mode="linear"))
        nodes.append(helper.make_node("Add", [f"{name}_large", skip], [f"{name}_sum"]))
        x = block(f"{name}_sum", f"{name}_mix", outputs, outputs, 1)
    parameters = [
        constant("head_w", random.normal(0, 0.3, (16, 1, 2, 2)).astype(np.float32)),
        constant("head_b", np.zeros(1, np.float32)),
    ]
    nodes.append(
        helper.make_node("ConvTranspose", [x, *parameters], ["output"], kernel_shape=[2, 2], strides=[2, 2])
    )
    shape = ["batch", 1, 64, 64]
    save(
        "network_64",
        nodes,
        [value("input", TensorProto.FLOAT, shape)],
        [value("output", TensorProto.FLOAT, shape)],
        weights,
    )


if __name__ == "__main__":
    identities()
    arithmetic()
    unusual()
    network()
