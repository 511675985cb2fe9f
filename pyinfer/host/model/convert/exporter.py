"""From an exported program to ONNX, by PyTorch's exporter. Needs PyTorch."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import onnx
import torch

from pyinfer.errors import ModelError
from pyinfer.host.model.graph_values import default_opset, new_name, rename_value
from pyinfer.host.model.network import first_line, is_own, words_of_place
from pyinfer.host.model.operators import missing_at, operator_like

from .inputs import InputSpec
from .silence import silence

__all__ = ["to_onnx"]

_NO_FUNCTION = re.compile(r"No ONNX function found for <OpOverload\(op='([^']+)'")
_PLACE = re.compile(r'File "([^"]+)", line (\d+), in [^\n]*\n\s*([^\n]*)')


def to_onnx(
    program: torch.export.ExportedProgram,
    inputs: Sequence[InputSpec],
    output_names: Sequence[str],
    opset: int | None,
    source: str,
) -> onnx.ModelProto:
    """Write a program as ONNX.

    Parameters
    ----------
    program : torch.export.ExportedProgram
    inputs : sequence of InputSpec
        With a name each, for the inputs, and names for axes of any size.
    output_names : sequence of str
    opset : int, optional
        The exporter's own choice by default.
    source : str
        For messages.

    Raises
    ------
    ModelError
        An operator is not in ONNX, or not in this opset.
    """
    axes = tuple(
        {axis: size for axis, size in enumerate(each.shape) if isinstance(size, str)} for each in inputs
    )
    try:
        with torch.no_grad(), silence():
            exported = torch.onnx.export(
                program,
                dynamo=True,
                opset_version=opset,
                dynamic_shapes=axes if any(axes) else None,
                verbose=False,
            )
            assert exported is not None
            model: onnx.ModelProto = exported.model_proto
    except Exception as error:
        raise _explained(error, source) from error
    if opset is not None and default_opset(model) != opset:
        raise _out_of_reach(model, opset, source)
    _forget_sources(model)
    _name(model, [each.name or "" for each in inputs], output_names)
    return model


def _explained(error: Exception, source: str) -> ModelError:
    chain = list(_chain(error))
    found = next((match for each in chain if (match := _NO_FUNCTION.search(str(each)))), None)
    if found is None:
        return ModelError(f"{source}: PyTorch's exporter failed: {first_line(chain[-1])}")
    operator, place = found[1], ""
    if node := _node_of(chain):
        # What the user wrote, before it was taken apart into simpler operators.
        operator = str(node.meta.get("original_aten") or operator).removesuffix(".default")
        frames = [frame for frame in _PLACE.findall(node.meta.get("stack_trace") or "") if is_own(frame[0])]
        if frames:
            place = words_of_place(*frames[-1])
    alike = operator_like(operator.partition(".")[2].partition(".")[0])
    has = (
        f"; ONNX itself has {alike[0]} since opset {alike[1]}, but PyTorch's exporter does not write it"
        if alike
        else "; no opset of ONNX has it"
    )
    return ModelError(f"{source}: the operator {operator}{place} can't be written as ONNX{has}")


def _node_of(chain: Sequence[BaseException]) -> torch.fx.Node | None:
    """The node that the exporter was at: its exceptions don't tell, but their frames do."""
    for error in chain:
        trace = error.__traceback__
        while trace is not None:
            node = trace.tb_frame.f_locals.get("node")
            if isinstance(node, torch.fx.Node):
                return node
            trace = trace.tb_next
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _out_of_reach(model: onnx.ModelProto, opset: int, source: str) -> ModelError:
    missing = missing_at(model, opset)
    if missing:
        named = ", ".join(f"{name} is in ONNX since opset {since}" for name, since in missing.items())
        return ModelError(f"{source}: opset {opset} is not enough: {named}")
    written = default_opset(model)
    return ModelError(
        f"{source}: its operators can't be written in opset {opset}, but in {written}: give --opset {written}"
    )


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
