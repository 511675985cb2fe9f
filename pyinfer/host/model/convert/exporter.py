"""From a network to ONNX, by PyTorch's exporter. Needs PyTorch."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import onnx
import torch
from torch import nn

from pyinfer.host.model.graph_values import default_opset, new_name, rename_value

from .inputs import InputSpec, random_array
from .original import check_names
from .refusals import explained, out_of_reach
from .silence import silence

__all__ = ["loosen_outputs", "to_onnx"]


def to_onnx(
    network: nn.Module | torch.export.ExportedProgram,
    inputs: Sequence[InputSpec],
    sizes: Mapping[str, int],
    output_names: Sequence[str],
    opset: int | None,
    source: str,
) -> tuple[onnx.ModelProto, list[InputSpec]]:
    """Write a network as ONNX.

    Parameters
    ----------
    network : torch.nn.Module or torch.export.ExportedProgram
        It runs on such inputs.
    inputs : sequence of InputSpec
    sizes : mapping of str to int
        Of the axes of any size, to try.
    output_names : sequence of str
    opset : int, optional
        The exporter's own choice by default.
    source : str
        For messages.

    Returns
    -------
    onnx.ModelProto
    list of InputSpec
        Each with its name.

    Raises
    ------
    ModelError
        The network does different things for different values, fixes an axis that was to have any size, or
        has an operator that is not in ONNX, or not in this opset.
    """
    random = np.random.default_rng(0)
    arrays = (random_array(each.sized(sizes), each.dtype, random) for each in inputs)
    axes = tuple(
        {axis: size for axis, size in enumerate(each.shape) if isinstance(size, str)} for each in inputs
    )
    try:
        with silence(), _plain_attention():
            exported = torch.onnx.export(
                network,
                tuple(map(torch.from_numpy, arrays)),
                dynamo=True,
                opset_version=opset,
                dynamic_shapes=axes if any(axes) else None,
                verbose=False,
            )
            assert exported is not None
            model: onnx.ModelProto = exported.model_proto
    except Exception as error:
        raise explained(error, source) from error
    if opset is not None and default_opset(model) != opset:
        raise out_of_reach(model, opset, source)
    _forget_sources(model)
    named = [
        replace(each, name=each.name or value.name)
        for each, value in zip(inputs, model.graph.input, strict=True)
    ]
    check_names(named, output_names)
    _name(model, [each.name or "" for each in named], output_names)
    return model, named


def loosen_outputs(
    model: onnx.ModelProto, shapes: Sequence[tuple[int, ...]], others: Sequence[tuple[int, ...]]
) -> None:
    """Take sizes out of the outputs that change with the inputs' after all, as in a loop over an axis.

    Parameters
    ----------
    model : onnx.ModelProto
        Changed in place.
    shapes, others : sequence of tuple of int
        Of what the network gave for one size of its inputs, and for another.
    """
    for value, shape, other in zip(model.graph.output, shapes, others, strict=True):
        for axis, size in enumerate(value.type.tensor_type.shape.dim):
            if size.HasField("dim_value") and shape[axis] != other[axis]:
                size.ClearField("value")
                del model.graph.value_info[:]  # which has the same mistake


@contextlib.contextmanager
def _plain_attention() -> Iterator[None]:
    """Have transformers computed by operators that ONNX knows, and not by one of PyTorch's own."""
    before = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(before)


def _forget_sources(model: onnx.ModelProto) -> None:
    """Take out what tells of the developer's files and code: it would be served with the model."""
    graphs = [model.graph, *model.functions]
    for graph in graphs:
        del graph.metadata_props[:]
        for node in graph.node:
            del node.metadata_props[:]
            node.doc_string = ""
        for value in graph.value_info:
            del value.metadata_props[:]
    for value in (*model.graph.input, *model.graph.output, *model.graph.initializer):
        del value.metadata_props[:]


def _name(model: onnx.ModelProto, inputs: Sequence[str], outputs: Sequence[str]) -> None:
    """Give inputs and outputs their names, also where another value has one of them."""
    graph = model.graph
    pairs = [*zip(graph.input, inputs, strict=True), *zip(graph.output, outputs, strict=True)]
    for value, _ in pairs:
        spare = new_name(model, f"{value.name}/value")
        rename_value(graph, value.name, spare)
        value.name = spare
    for value, name in pairs:
        rename_value(graph, name, new_name(model, f"{name}/value"))
        rename_value(graph, value.name, name)
        value.name = name
