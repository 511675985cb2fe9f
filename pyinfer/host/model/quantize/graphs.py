"""The graphs of a model and their operators."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import onnx
from onnx import helper

__all__ = ["attribute", "graphs_of"]


def graphs_of(graph: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    """A graph, and the branches and loops in it."""
    yield graph
    for node in graph.node:
        for found in node.attribute:
            for inner in [found.g] if found.type == onnx.AttributeProto.GRAPH else found.graphs:
                yield from graphs_of(inner)


def attribute(node: onnx.NodeProto, name: str, default: Any) -> Any:
    """The value of an operator's attribute."""
    return next(
        (helper.get_attribute_value(found) for found in node.attribute if found.name == name), default
    )
