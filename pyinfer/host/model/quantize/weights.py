"""Models whose weights lie as 8-bit numbers in the file, and are floats again once the model is loaded."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

from .expansion import Expansions
from .graphs import attribute, graphs_of
from .levels import Codes, Histogram, look_up, quantize_linear, quantize_linear_symmetric

__all__ = ["WEIGHT_MODES", "Weight", "find_weights", "quantize_weights"]

WEIGHT_MODES = ("linear", "linear_symmetric", "kmeans")

#: A tensor of fewer values is hardly larger than what would expand it.
_SMALLEST = 96
#: From so many on, a table of its own is little beside a tensor.
_SMALLEST_WITH_TABLE = 16384

#: The axis of the channels, by operator and number of the input.
_AXES: dict[str, dict[int, int]] = {
    "Conv": {1: 0},
    "ConvTranspose": {1: 1},
    "Gather": {0: 0},
    "Gemm": {1: 1},
    "GRU": {1: 1, 2: 1},
    "LSTM": {1: 1, 2: 1},
    "MatMul": {0: -2, 1: -1},
    "RNN": {1: 1, 2: 1},
}
#: The number of the input that is a bias, by operator.
_BIASES = {"Conv": 2, "ConvTranspose": 2, "Gemm": 2}


@dataclass(frozen=True)
class Weight:
    """A tensor that is worth 8 bits, the graph that it is in, and the axis of its channels."""

    graph: onnx.GraphProto
    tensor: onnx.TensorProto
    axis: int


def find_weights(model: onnx.ModelProto) -> list[Weight]:
    """The float32 tensors of convolutions, matrix products, recurrent layers and look-ups."""
    graphs = list(graphs_of(model.graph))
    axes: dict[str, int] = {}
    for graph in graphs:
        for node in graph.node:
            for index in _AXES.get(node.op_type, {}):
                if index < len(node.input):
                    axes.setdefault(node.input[index], _axis(node, index))
    found = []
    for graph in graphs:
        replaceable = {value.name for value in graph.input}
        found += [
            Weight(graph, tensor, axes[tensor.name])
            for tensor in graph.initializer
            if tensor.name in axes
            and tensor.name not in replaceable
            and tensor.data_type == TensorProto.FLOAT
            and len(tensor.dims) > 1
            and np.prod(tensor.dims) >= _SMALLEST
        ]
    return found


def quantize_weights(model: onnx.ModelProto, weights: list[Weight], mode: str) -> None:
    """Replace weights by 8-bit numbers, and biases by float16, in place.

    Parameters
    ----------
    model : onnx.ModelProto
    weights : list of Weight
        What `find_weights` gave of it.
    mode : {"linear", "linear_symmetric", "kmeans"}
    """
    expansions = Expansions(model)
    methods = _methods(weights, mode)
    for weight in weights:
        codes = methods[weight.tensor.name](numpy_helper.to_array(weight.tensor), weight.axis)
        expansions.replace(weight.graph, weight.tensor, codes)
    expansions.replace_by_half(_find_biases(model))


def _find_biases(model: onnx.ModelProto) -> list[onnx.TensorProto]:
    """Biases that float16 holds: it has 8 times the digits that the weights have."""
    graph = model.graph
    names = {
        node.input[_BIASES[node.op_type]]
        for node in graph.node
        if len(node.input) > _BIASES.get(node.op_type, len(node.input))
    }
    names -= {value.name for value in (*graph.input, *graph.output)}
    return [
        tensor
        for tensor in graph.initializer
        if tensor.name in names
        and tensor.data_type == TensorProto.FLOAT
        and len(tensor.dims) == 1
        and np.abs(numpy_helper.to_array(tensor)).max(initial=0) < np.finfo(np.float16).max
    ]


def _methods(weights: list[Weight], mode: str) -> dict[str, Callable[[Any, int], Codes]]:
    """How to quantise each weight, by name."""
    if mode != "kmeans":
        method = quantize_linear if mode == "linear" else quantize_linear_symmetric
        return {weight.tensor.name: method for weight in weights}
    large = [[weight] for weight in weights if _size(weight) >= _SMALLEST_WITH_TABLE]
    small = [weight for weight in weights if _size(weight) < _SMALLEST_WITH_TABLE]
    methods: dict[str, Callable[[Any, int], Codes]] = {}
    for group in [*large, small] if small else large:
        histogram = Histogram()
        for weight in group:
            histogram.add(numpy_helper.to_array(weight.tensor), weight.axis)
        method = functools.partial(look_up, table=histogram.table())
        methods.update({weight.tensor.name: method for weight in group})
    return methods


def _size(weight: Weight) -> int:
    return int(np.prod(weight.tensor.dims))


def _axis(node: onnx.NodeProto, index: int) -> int:
    if node.op_type == "Gemm":
        return 0 if attribute(node, "transB", 0) else 1
    if node.op_type == "ConvTranspose":
        # Of grouped ones it has the channels of a group only.
        return 0 if attribute(node, "group", 1) > 1 else 1
    return _AXES[node.op_type][index]
