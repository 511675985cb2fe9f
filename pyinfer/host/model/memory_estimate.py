"""How much memory a model takes: its weights, and the most that lives at a time while it runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod

import onnx
from onnx import TensorProto, helper

from pyinfer.errors import ModelError

from .weight_files import tensors_of

__all__ = ["MemoryEstimate", "bytes_of", "estimate_memory", "with_sizes"]

_BITS: dict[int, int] = {
    TensorProto.INT4: 4,
    TensorProto.UINT4: 4,
    TensorProto.FLOAT4E2M1: 4,
}


@dataclass(frozen=True)
class MemoryEstimate:
    """Bytes that a run takes.

    Attributes
    ----------
    weights : int
    activations : int
        The largest sum of what is alive at a time: inputs, outputs and what later operators still need.
    unknown : int
        How many values have no known shape, and are not counted.
    """

    weights: int
    activations: int
    unknown: int


def with_sizes(model: onnx.ModelProto, sizes: Mapping[str, tuple[int, ...]]) -> onnx.ModelProto:
    """The model's graph, without its weights' values, for inputs of certain sizes; open ones become 1.

    Parameters
    ----------
    model : onnx.ModelProto
    sizes : mapping of str to tuple of int
        Shapes by input; those that are not there have their open sizes set.

    Raises
    ------
    ModelError
        There is no such input, or it does not take such a shape.
    """
    fixed = onnx.ModelProto()
    fixed.CopyFrom(model)
    names = [value.name for value in fixed.graph.input]
    for name in sizes:
        if name not in names:
            raise ModelError(f"the model has no input {name!r}; it has: {', '.join(names)}")
    symbols: dict[str, int] = {}
    for value in fixed.graph.input:
        shape = value.type.tensor_type.shape.dim
        wanted = sizes.get(value.name, ())
        if wanted and (
            len(wanted) != len(shape)
            or any(size.dim_value not in (0, given) for size, given in zip(shape, wanted, strict=True))
        ):
            takes = "x".join(size.dim_param or str(size.dim_value or "?") for size in shape)
            raise ModelError(f"the input {value.name!r} takes {takes}, not {'x'.join(map(str, wanted))}")
        for size, given in zip(shape, wanted or [0] * len(shape), strict=True):
            if not size.dim_value:
                chosen = given or symbols.get(size.dim_param, 1)
                if size.dim_param:
                    symbols[size.dim_param] = chosen
                size.dim_value = chosen
    # What the exporter wrote of shapes still has the symbols; inference makes them anew.
    del fixed.graph.value_info[:]
    for output in fixed.graph.output:
        for size in output.type.tensor_type.shape.dim:
            if size.dim_param in symbols:
                size.dim_value = symbols[size.dim_param]
    return fixed


def estimate_memory(model: onnx.ModelProto) -> MemoryEstimate:
    """Of a model whose inputs have sizes."""
    weights = sum(bytes_of(tensor.data_type, tensor.dims) for tensor in tensors_of(model.graph))
    try:
        graph = onnx.shape_inference.infer_shapes(model, data_prop=True).graph
    except onnx.shape_inference.InferenceError:
        graph = model.graph
    sizes: dict[str, int] = {}
    for value in (*graph.input, *graph.value_info, *graph.output):
        tensor = value.type.tensor_type
        known = tensor.HasField("shape") and all(size.HasField("dim_value") for size in tensor.shape.dim)
        if known and tensor.elem_type:
            sizes[value.name] = bytes_of(tensor.elem_type, [size.dim_value for size in tensor.shape.dim])
    constant = {tensor.name for tensor in graph.initializer}
    last = {name: number for number, node in enumerate(graph.node) for name in _used(node)}
    last |= {value.name: len(graph.node) for value in graph.output}
    alive = {value.name: sizes.get(value.name, 0) for value in graph.input if value.name not in constant}
    most, unknown = sum(alive.values()), 0
    for number, node in enumerate(graph.node):
        if node.op_type != "Constant":
            made = [name for name in node.output if name]
            unknown += sum(name not in sizes for name in made)
            alive |= {name: sizes.get(name, 0) for name in made}
            most = max(most, sum(alive.values()))
        alive = {name: size for name, size in alive.items() if last.get(name, -1) > number}
    return MemoryEstimate(weights, most, unknown)


def _used(node: onnx.NodeProto) -> list[str]:
    """What a node needs, the bodies of loops and branches included."""
    names = list(node.input)
    for attribute in node.attribute:
        for body in (attribute.g, *attribute.graphs):
            for inner in body.node:
                names += _used(inner)
    return names


def bytes_of(elem_type: int, shape: Iterable[int]) -> int:
    """What a tensor takes; of texts nothing is known."""
    count = prod(shape)
    if elem_type == TensorProto.STRING:
        return 0
    bits = _BITS.get(elem_type) or 8 * helper.tensor_dtype_to_np_dtype(elem_type).itemsize
    return (count * bits + 7) // 8
