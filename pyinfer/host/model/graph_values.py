"""Names of values in an ONNX graph: renamed everywhere, made anew, and what is known of one."""

from __future__ import annotations

from collections.abc import Iterator

import onnx

from pyinfer.errors import ModelError

__all__ = [
    "default_opset",
    "find_value",
    "new_name",
    "real_inputs",
    "rename_value",
    "shape_words",
]


def real_inputs(graph: onnx.GraphProto) -> list[onnx.ValueInfoProto]:
    """What the user of a model feeds: old files list the weights among the inputs, too."""
    weights = {tensor.name for tensor in graph.initializer}
    return [value for value in graph.input if value.name not in weights]


def find_value(values: list[onnx.ValueInfoProto], name: str | None, kind: str) -> onnx.ValueInfoProto:
    """The input or output of a name; the first where none is given.

    Raises
    ------
    ModelError
        There is none of that name.
    """
    for value in values:
        if name is None or value.name == name:
            return value
    known = ", ".join(value.name for value in values)
    raise ModelError(f"the model has no {kind} {name!r}, only {known or 'none at all'}")


def default_opset(model: onnx.ModelProto) -> int:
    """The version of ONNX's own operators that a model imports."""
    return max((each.version for each in model.opset_import if each.domain in ("", "ai.onnx")), default=0)


def new_name(model: onnx.ModelProto, wanted: str) -> str:
    """A name that no value or node of the model has yet: ``wanted``, or that with a number."""
    taken = set(_names(model.graph))
    name, count = wanted, 1
    while name in taken:
        count += 1
        name = f"{wanted}_{count}"
    return name


def rename_value(graph: onnx.GraphProto, old: str, new: str) -> None:
    """Rename a value where nodes make or use it, in the bodies of loops and branches, too.

    The graph's own inputs and outputs keep their names.
    """
    for node in graph.node:
        for names in (node.input, node.output):
            for index, name in enumerate(names):
                if name == old:
                    names[index] = new
        for body in _bodies(node):
            rename_value(body, old, new)
    for tensor in graph.initializer:
        if tensor.name == old:
            tensor.name = new
    for value in graph.value_info:
        if value.name == old:
            value.name = new


def shape_words(value: onnx.ValueInfoProto) -> str:
    """A shape as users write it: ``batchx3x224x224``."""
    sizes = value.type.tensor_type.shape.dim
    return "x".join(size.dim_param or (str(size.dim_value) if size.dim_value else "?") for size in sizes)


def _bodies(node: onnx.NodeProto) -> Iterator[onnx.GraphProto]:
    for attribute in node.attribute:
        if attribute.type == onnx.AttributeProto.GRAPH:
            yield attribute.g
        yield from attribute.graphs


def _names(graph: onnx.GraphProto) -> Iterator[str]:
    for values in (graph.input, graph.output, graph.initializer, graph.value_info):
        yield from (value.name for value in values)
    for node in graph.node:
        yield node.name
        yield from node.output
        for body in _bodies(node):
            yield from _names(body)
