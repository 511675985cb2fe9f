"""Small ONNX models and pictures for the tests of `pyinfer model`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from pyinfer.host.model.model_file import set_metadata, write_model
from pyinfer.host.model.preprocessing import Preprocessing

PREPROCESSING = Preprocessing(
    scale=1 / 255, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225), channel_order="BGR"
)
LABELS = ["blue", "green", "red"]


def classifier(path: Path, *, kernel: np.ndarray[Any, Any] | None = None, **metadata: Any) -> Path:
    """The mean of each channel as the score of a class; ``kernel`` (3, 3) mixes them."""
    weights = np.eye(3, dtype=np.float32) if kernel is None else kernel.astype(np.float32)
    nodes = [
        helper.make_node("GlobalAveragePool", ["image"], ["means"]),
        helper.make_node("Flatten", ["means"], ["flat"]),
        helper.make_node("MatMul", ["flat", "kernel"], ["scores"]),
    ]
    return _write(path, nodes, {"kernel": weights}, ["batch", 3, "height", "width"], ["batch", 3], metadata)


def masker(path: Path, **metadata: Any) -> Path:
    """How far each pixel's sum of channels is above 0."""
    nodes = [helper.make_node("Conv", ["image", "kernel"], ["scores"])]
    kernel = np.ones((1, 3, 1, 1), np.float32)
    return _write(
        path, nodes, {"kernel": kernel}, [1, 3, "height", "width"], [1, 1, "height", "width"], metadata
    )


def folded(path: Path, target: Path, **metadata: Any) -> Path:
    """The same for RGBA bytes, with `PREPROCESSING` inside, and a softmax at its end."""
    model = onnx.load(path)
    (value,), (scores,) = model.graph.input, model.graph.output
    pre = PREPROCESSING
    mean, std = (np.array(values, np.float32).reshape(1, 3, 1, 1) for values in (pre.mean, pre.std))
    constants = {"order": np.array([2, 1, 0]), "scale": np.float32(pre.scale), "mean": mean, "std": std}
    nodes = [
        helper.make_node("Transpose", ["pixels"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("Gather", ["planes", "order"], ["chosen"], axis=1),
        helper.make_node("Cast", ["chosen"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["floats", "scale"], ["scaled"]),
        helper.make_node("Sub", ["scaled", "mean"], ["centred"]),
        helper.make_node("Div", ["centred", "std"], ["image"]),
        *model.graph.node,
        helper.make_node("Softmax", ["scores"], ["probabilities"], axis=1),
    ]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    model.graph.initializer.extend(
        [numpy_helper.from_array(np.asarray(array), name) for name, array in constants.items()]
    )
    shape: list[Any] = ["batch", "height", "width", 4]
    value.CopyFrom(helper.make_tensor_value_info("pixels", TensorProto.UINT8, shape))
    scores.name = "probabilities"
    remaining = Preprocessing(channel_order="RGBA", layout="NHWC", dtype="uint8")
    described = {"preprocessing": remaining.to_json(), "folded": pre.to_json(), "activation": "softmax"}
    set_metadata(model, **described, **metadata)
    write_model(model, target)
    return target


def pictures(folder: Path, count: int = 2) -> Path:
    """Noise, in folders by the colour that is strongest in it."""
    generator = np.random.default_rng(3)
    for number, label in enumerate(LABELS):
        (folder / label).mkdir(parents=True)
        for index in range(count):
            pixels = generator.integers(0, 160, (12, 16, 3), np.uint8)
            pixels[..., 2 - number] += 90
            Image.fromarray(pixels).save(folder / label / f"{index}.png")
    return folder


def _write(
    path: Path,
    nodes: list[onnx.NodeProto],
    weights: dict[str, np.ndarray[Any, Any]],
    takes: list[Any],
    gives: list[Any],
    metadata: dict[str, Any],
) -> Path:
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, takes)],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, gives)],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 20)])
    set_metadata(model, **metadata)
    write_model(model, path)
    return path
