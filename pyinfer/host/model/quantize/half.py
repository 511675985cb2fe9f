"""A model that computes with float16 where the machine can."""

from __future__ import annotations

from typing import cast

import onnx
from onnxruntime.transformers.float16 import convert_float_to_float16
from onnxruntime.transformers.onnx_model import OnnxModel

__all__ = ["to_half"]


def to_half(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model in float16, but for its inputs and outputs.

    On a CPU without float16 arithmetic, such as a browser's WebAssembly, ONNX Runtime widens it when it loads
    it, and computes with float32.
    """
    half = OnnxModel(convert_float_to_float16(model, keep_io_types=True))
    # Where several operators need a tensor as float32, the converter widens it for each under one name.
    nodes = half.model.graph.node
    first = {tuple(node.output): place for place, node in reversed(list(enumerate(nodes)))}
    for place in reversed(range(len(nodes))):
        if first[tuple(nodes[place].output)] != place:
            del nodes[place]
    half.topological_sort()
    return cast(onnx.ModelProto, half.model)
