"""A model without what only people read, which is half of a small network's file."""

from __future__ import annotations

import string

import onnx
from onnx import helper

from .graphs import graphs_of

__all__ = ["slim"]

#: By attribute, what all its numbers are where nothing is said.
_WINDOW = {"strides": 1, "dilations": 1, "pads": 0}

_DIGITS = string.ascii_letters + string.digits


def slim(model: onnx.ModelProto) -> None:
    """Take out of a model, in place, what it computes the same without.

    Names of its inputs and outputs stay; what is between them gets short ones. Notes of exporters go, names
    of operators, shapes that follow from others, and attributes that say what holds without them. The
    model's own metadata stay.
    """
    graphs = list(graphs_of(model.graph))
    opset = next(found.version for found in model.opset_import if found.domain in ("", "ai.onnx"))
    outer = {value.name for value in (*model.graph.input, *model.graph.output)}
    rename = _Short(outer)
    for graph in graphs:
        del graph.value_info[:], graph.metadata_props[:], graph.quantization_annotation[:]
        graph.doc_string = ""
        for value in (*graph.input, *graph.output):
            value.name = rename(value.name)
            del value.metadata_props[:]
        for tensor in graph.initializer:
            tensor.name = rename(tensor.name)
            tensor.doc_string = ""
        for node in graph.node:
            del node.metadata_props[:]
            node.name = node.doc_string = ""
            node.input[:] = [rename(name) for name in node.input]
            node.output[:] = [rename(name) for name in node.output]
            for attribute in [found for found in node.attribute if _is_default(node, found, opset)]:
                node.attribute.remove(attribute)


class _Short:
    """A short name for each, always the same."""

    def __init__(self, kept: set[str]) -> None:
        self._names = {name: name for name in kept} | {"": ""}
        self._count = 0

    def __call__(self, name: str) -> str:
        while name not in self._names:
            short = _numeral(self._count)
            self._count += 1
            if short not in self._names:
                self._names[name] = short
        return self._names[name]


def _numeral(number: int) -> str:
    more, last = divmod(number, len(_DIGITS))
    return (_numeral(more - 1) if more else "") + _DIGITS[last]


def _is_default(node: onnx.NodeProto, attribute: onnx.AttributeProto, opset: int) -> bool:
    """Whether an attribute says what holds without it."""
    if node.domain not in ("", "ai.onnx"):
        return False
    value = helper.get_attribute_value(attribute)
    if node.op_type in ("Conv", "ConvTranspose"):
        # Some of their defaults depend on the weights' shape.
        if attribute.name in _WINDOW:
            return set(value) == {_WINDOW[attribute.name]}
        if attribute.name == "kernel_shape":
            return True
    known = onnx.defs.get_schema(node.op_type, opset).attributes.get(attribute.name)
    if known is None or not known.default_value.name:
        return False
    return bool(helper.get_attribute_value(known.default_value) == value)
