"""Networks for the tests of `pyinfer model quantize`: random weights, of the shapes that real ones have."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

LABELS = ["cup", "key", "pen"]


class Network:
    """A graph that grows by one operator after the other."""

    def __init__(self, shape: list[int | str], dtype: int = TensorProto.FLOAT) -> None:
        self.generator = np.random.default_rng(7)
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self.inputs = [helper.make_tensor_value_info("input", dtype, shape)]
        self.last = "input"

    def weight(self, *shape: int, spread: float | None = None) -> str:
        size = 1 / np.sqrt(np.prod(shape[1:])) if spread is None else spread
        values = self.generator.normal(0, size, shape).astype(np.float32)
        return self.constant(values)

    def constant(self, values: np.ndarray[Any, Any]) -> str:
        self.weights.append(numpy_helper.from_array(values, f"features.{len(self.weights)}.weight"))
        return self.weights[-1].name

    def add(self, operator: str, *others: str, before: str | None = None, **attributes: Any) -> str:
        inputs = [before or self.last, *others]
        self.last = f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [self.last], f"/{self.last}", **attributes))
        return self.last

    def conv(self, inner: int, outer: int, kernel: int, stride: int = 1, group: int = 1) -> str:
        """A convolution as training leaves it, with batch normalisation behind."""
        self.add(
            "Conv",
            self.weight(outer, inner // group, kernel, kernel),
            kernel_shape=[kernel, kernel],
            strides=[stride, stride],
            pads=[kernel // 2] * 4,
            group=group,
        )
        spread = self.generator.uniform(0.5, 2, (2, outer)).astype(np.float32)
        moved = self.generator.normal(0, 0.1, (2, outer)).astype(np.float32)
        return self.add("BatchNormalization", *map(self.constant, (spread[0], *moved, spread[1])))

    def model(self, output: list[int | str], **metadata: Any) -> onnx.ModelProto:
        outputs = [helper.make_tensor_value_info("output", TensorProto.FLOAT, output)]
        self.nodes.append(helper.make_node("Identity", [self.last], ["output"]))
        graph = helper.make_graph(self.nodes, "network", self.inputs, outputs, self.weights)
        model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])
        for key, value in metadata.items():
            model.metadata_props.add(key=key, value=value if isinstance(value, str) else json.dumps(value))
        onnx.checker.check_model(model, full_check=True)
        return model


def segmenter() -> onnx.ModelProto:
    """50,000 weights in the blocks of MobileNetV3: many small tensors, and depthwise convolutions."""
    net = Network(["batch", 1, 64, 64])
    net.conv(1, 16, 3, stride=2)
    net.add("HardSwish")
    for inner, wide, outer, kernel, stride in (
        (16, 32, 16, 3, 1),
        (16, 48, 24, 3, 2),
        (24, 72, 24, 3, 1),
        (24, 96, 40, 5, 2),
        (40, 96, 40, 5, 1),
        (40, 96, 40, 5, 1),
    ):
        before = net.last
        net.conv(inner, wide, 1)
        net.add("HardSwish")
        net.conv(wide, wide, kernel, stride, group=wide)
        shown = net.add("HardSwish")
        net.add("ReduceMean", axes=[2, 3])
        net.add("Conv", net.weight(8, wide, 1, 1), net.weight(8, spread=0.1))
        net.add("Relu")
        net.add("Conv", net.weight(wide, 8, 1, 1), net.weight(wide, spread=0.1))
        net.add("HardSigmoid")
        net.add("Mul", shown)
        net.conv(wide, outer, 1)
        if inner == outer and stride == 1:
            net.add("Add", before)
    for inner, outer in ((40, 16), (16, 8), (8, 1)):
        net.add("ConvTranspose", net.weight(inner, outer, 2, 2), strides=[2, 2])
    net.add("Sigmoid")
    return net.model(["batch", 1, 64, 64], labels=["heart"], activation="sigmoid", author="somebody")


def classifier(**metadata: Any) -> onnx.ModelProto:
    """Three classes of 16 x 16 x 3 pixels."""
    net = Network([1, 3, 16, 16])
    net.conv(3, 16, 3, stride=2)
    net.add("Relu")
    net.conv(16, 48, 3, stride=2)
    net.add("Relu")
    net.add("GlobalAveragePool")
    net.add("Flatten")
    net.add("Gemm", net.weight(3, 48), net.weight(3, spread=0.1), transB=1)
    return net.model([1, 3], **({"labels": LABELS} | metadata))


def reader() -> onnx.ModelProto:
    """Word numbers through an embedding, a recurrent layer and a matrix product."""
    net = Network([1, 12], TensorProto.INT64)
    net.add("Gather", "input", before=net.weight(300, 32, spread=1))
    net.add("Transpose", perm=[1, 0, 2])
    net.add("LSTM", net.weight(1, 96, 32, spread=0.1), net.weight(1, 96, 24, spread=0.1), hidden_size=24)
    net.add("Squeeze", net.constant(np.array([1], np.int64)))
    net.add("MatMul", net.weight(24, 40))
    return net.model([12, 1, 40])
