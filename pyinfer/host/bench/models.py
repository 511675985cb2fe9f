"""The networks that the bench runs, made when it starts."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from pyinfer.host.model.folding import fold_preprocessing
from pyinfer.host.model.preprocessing import Preprocessing

__all__ = ["MEAN", "STD", "detector_640", "folded_640", "large_network", "segmenter_64", "sum_network"]

#: With so many channels the weights of a convolution take 12.5 MB.
_CHANNELS = 590

#: Of ImageNet's pictures, as most networks want them.
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def detector_640() -> bytes:
    """A detector's beginning: 1x3x640x640 float32 through five convolutions to 1x64x20x20."""
    generator = np.random.default_rng(3)
    nodes, weights = [], []
    name, channels = "images", 3
    for index, wanted in enumerate((8, 16, 32, 64, 64)):
        kernel = generator.normal(0, 1 / np.sqrt(9 * channels), (wanted, channels, 3, 3)).astype(np.float32)
        weights.append(numpy_helper.from_array(kernel, f"kernel{index}"))
        convolved, name, before = f"convolved{index}", f"active{index}", name
        nodes += [
            helper.make_node(
                "Conv", [before, f"kernel{index}"], [convolved], strides=[2, 2], pads=[1, 1, 1, 1]
            ),
            helper.make_node("Relu", [convolved], [name]),
        ]
        channels = wanted
    graph = helper.make_graph(
        nodes,
        "detector",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, 640, 640])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 64, 20, 20])],
        weights,
    )
    return _serialized(graph)


def folded_640() -> bytes:
    """`detector_640`, but it takes 1x640x640x3 uint8 and normalises that itself."""
    model = onnx.load_from_string(detector_640())
    network = Preprocessing(scale=1 / 255, mean=MEAN, std=STD)
    fold_preprocessing(model, network, layout="NHWC", dtype="uint8")
    content: bytes = model.SerializeToString(deterministic=True)
    return content


def segmenter_64() -> bytes:
    """A small segmentation network: batch x1x64x64 float32, halved three times and doubled as often."""
    generator = np.random.default_rng(5)
    nodes: list[onnx.NodeProto] = []
    weights: list[onnx.TensorProto] = []
    name = "input"

    def add(operator: str, shape: tuple[int, ...], **attributes: Any) -> None:
        nonlocal name
        index = len(weights)
        values = generator.normal(0, 1 / np.sqrt(np.prod(shape[1:])), shape).astype(np.float32)
        weights.append(numpy_helper.from_array(values, f"weights{index}"))
        before, name = name, f"layer{index}"
        nodes.append(helper.make_node(operator, [before, f"weights{index}"], [name], **attributes))

    def activate() -> None:
        nonlocal name
        before, name = name, f"{name}_active"
        nodes.append(helper.make_node("Relu", [before], [name]))

    channels = 1
    for wanted in (16, 24, 48):
        add("Conv", (wanted, channels, 1, 1))
        add("Conv", (wanted, 1, 3, 3), group=wanted, strides=[2, 2], pads=[1, 1, 1, 1])
        activate()
        add("Conv", (wanted, wanted, 1, 1))
        activate()
        channels = wanted
    for wanted in (24, 16, 1):
        add("ConvTranspose", (channels, wanted, 2, 2), strides=[2, 2])
        channels = wanted
    shape: list[str | int | None] = ["batch", 1, 64, 64]
    graph = helper.make_graph(
        nodes,
        "segmenter",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)],
        weights,
    )
    return _serialized(graph)


def sum_network() -> bytes:
    """The smallest of networks: one number and one number."""
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("a", "b", "total")]
    nodes = [helper.make_node("Add", ["a", "b"], ["total"])]
    return _serialized(helper.make_graph(nodes, "sum", values[:2], values[2:]))


def _serialized(graph: onnx.GraphProto) -> bytes:
    model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])
    onnx.checker.check_model(model)
    content: bytes = model.SerializeToString(deterministic=True)
    return content


def large_network(layers: int, seed: int) -> bytes:
    """Convolutions of 12.5 MB each, random weights inside the file, on an input of 16 pixels.

    The engine keeps the weights of a convolution as they are (those of a matrix product it packs anew).
    """
    generator = np.random.default_rng(seed)
    nodes, weights = [], []
    name = "input"
    for index in range(layers):
        kernel = generator.random((_CHANNELS, _CHANNELS, 3, 3), np.float32) - np.float32(0.5)
        weights.append(numpy_helper.from_array(kernel, f"kernel{index}"))
        before, name = name, f"layer{index}"
        nodes.append(helper.make_node("Conv", [before, f"kernel{index}"], [name], pads=[1, 1, 1, 1]))
    shape = [1, _CHANNELS, 4, 4]
    graph = helper.make_graph(
        nodes,
        "large",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)],
        weights,
    )
    return _serialized(graph)
