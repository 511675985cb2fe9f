"""Writes the small models that the tests of OpenCV's own network engine load.

Run it from anywhere: ``python tests/data/make_dnn_models.py``. Its output is committed, and running it again
changes nothing.
"""

from __future__ import annotations

from pathlib import Path

import flatbuffers
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).parent
OPSET = 17
IR_VERSION = 8
STRIDES = (8, 16, 32)


def faces() -> None:
    """A network with FaceDetectorYN's inputs and outputs: it finds a face where the image is bright."""
    nodes = []
    weights = []

    def constant(name: str, value: np.ndarray) -> str:
        weights.append(numpy_helper.from_array(value, name))
        return name

    random = np.random.default_rng(5)
    for stride in STRIDES:
        pooled = f"pooled_{stride}"
        window = [stride, stride]
        nodes.append(
            helper.make_node("AveragePool", ["input"], [pooled], kernel_shape=window, strides=window)
        )
        for name, channels in (("cls", 1), ("obj", 1), ("bbox", 4), ("kps", 10)):
            full = f"{name}_{stride}"
            scores = channels == 1
            scale = 0.01 if scores else 0.002 * random.standard_normal((channels, 1, 1, 1))
            weight = np.broadcast_to(scale, (channels, 3, 1, 1)).astype(np.float32)
            bias = np.full(channels, -5.0 if scores else 0.2, np.float32)
            values = [pooled, constant(f"{full}_w", weight), constant(f"{full}_b", bias)]
            nodes.append(helper.make_node("Conv", values, [f"{full}_map"], kernel_shape=[1, 1]))
            last = f"{full}_map"
            if scores:
                nodes.append(helper.make_node("Sigmoid", [last], [f"{full}_score"]))
                last = f"{full}_score"
            nodes.append(helper.make_node("Transpose", [last], [f"{full}_last"], perm=[0, 2, 3, 1]))
            shape = constant(f"{full}_shape", np.array([1, -1, channels], np.int64))
            nodes.append(helper.make_node("Reshape", [f"{full}_last", shape], [full]))
    outputs = [
        helper.make_tensor_value_info(f"{name}_{stride}", TensorProto.FLOAT, [1, None, channels])
        for name, channels in (("cls", 1), ("obj", 1), ("bbox", 4), ("kps", 10))
        for stride in STRIDES
    ]
    image = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, 64, 96])
    graph = helper.make_graph(nodes, "faces", [image], outputs, weights)
    model = helper.make_model(
        graph,
        producer_name="pyinfer tests",
        ir_version=IR_VERSION,
        opset_imports=[helper.make_opsetid("", OPSET)],
    )
    onnx.checker.check_model(model)
    (HERE / "faces.onnx").write_bytes(model.SerializeToString(deterministic=True))


def _field(number: int, content: bytes | int) -> bytes:
    """A field of a protocol buffer, of less than 128 bytes or numbers."""
    if isinstance(content, int):
        return bytes((number << 3, content))
    return bytes((number << 3 | 2, len(content))) + content


def tensorflow_relu() -> None:
    """A TensorFlow graph: y = max(x, 0)."""
    data_type = _field(5, _field(1, b"T") + _field(2, _field(6, 1)))
    placeholder_type = _field(5, _field(1, b"dtype") + _field(2, _field(6, 1)))
    x = _field(1, b"x") + _field(2, b"Placeholder") + placeholder_type
    y = _field(1, b"y") + _field(2, b"Relu") + _field(3, b"x") + data_type
    (HERE / "relu.pb").write_bytes(_field(1, x) + _field(1, y))


def tflite_relu() -> None:
    """A TensorFlow Lite model with two tensors of (1, 2, 3, 4): y = max(x, 0)."""
    builder = flatbuffers.Builder(0)

    def table(*fields: tuple[int, str, int]) -> int:
        builder.StartObject(8)
        for slot, kind, content in fields:
            getattr(builder, f"Prepend{kind}Slot")(slot, content, 0)
        return builder.EndObject()

    def vector(items: list[int], prepend: str) -> int:
        builder.StartVector(4, len(items), 4)
        for item in reversed(items):
            getattr(builder, prepend)(item)
        return builder.EndVector()

    def numbers(*items: int) -> int:
        return vector([*items], "PrependInt32")

    def offsets(*items: int) -> int:
        return vector([*items], "PrependUOffsetTRelative")

    offset = "UOffsetTRelative"
    relu = 19
    buffers = offsets(table())
    tensors = []
    for name in ("x", "y"):
        text, shape = builder.CreateString(name), numbers(1, 2, 3, 4)
        quantization = table()
        tensors.append(
            table((0, offset, shape), (2, "Uint32", 0), (3, offset, text), (4, offset, quantization))
        )
    inputs, outputs = numbers(0), numbers(1)
    operator = table((1, offset, inputs), (2, offset, outputs))
    parts = offsets(*tensors), numbers(0), numbers(1), offsets(operator), builder.CreateString("main")
    subgraph = table(*((slot, offset, part) for slot, part in enumerate(parts)))
    code = table((0, "Int8", relu), (2, "Int32", 1), (3, "Int32", relu))
    codes, subgraphs = offsets(code), offsets(subgraph)
    model = table((0, "Uint32", 3), (1, offset, codes), (2, offset, subgraphs), (4, offset, buffers))
    builder.Finish(model, file_identifier=b"TFL3")
    (HERE / "relu.tflite").write_bytes(builder.Output())


if __name__ == "__main__":
    faces()
    tensorflow_relu()
    tflite_relu()
