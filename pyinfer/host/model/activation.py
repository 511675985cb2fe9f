"""Appends to a model what turns its scores into probabilities, and names its classes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import onnx
from onnx import TensorProto, helper

from pyinfer.errors import ModelError

from .graph_values import default_opset, find_value, new_name, rename_value, shape_words
from .model_file import get_metadata, set_metadata

__all__ = ["Activation", "append_activation", "read_labels", "set_labels"]

Activation = Literal["sigmoid", "softmax"]

_OPERATORS = {"sigmoid": "Sigmoid", "softmax": "Softmax"}
_FLOATS = {TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.DOUBLE}
_CLASSES = 1  # the axis
_ONE_AXIS_ONLY = 13  # Softmax of older opsets is over all further axes, too


def append_activation(model: onnx.ModelProto, activation: Activation, output_name: str | None = None) -> None:
    """Apply sigmoid or softmax (over axis 1, the classes) to an output, which keeps its name.

    Parameters
    ----------
    model : onnx.ModelProto
        Changed in place; the metadata says ``activation``.
    activation : {"sigmoid", "softmax"}
    output_name : str, optional
        Which output; the first by default.

    Raises
    ------
    ModelError
        There is no such output, it holds no scores, or it has an activation already.
    """
    output = find_value(list(model.graph.output), output_name, "output")
    tensor = output.type.tensor_type
    operator = _OPERATORS[activation]
    before = next((node.op_type for node in model.graph.node if output.name in node.output), None)
    if "activation" in get_metadata(model) or before in _OPERATORS.values():
        raise ModelError(
            f"the output {output.name!r} has an activation already: {before or 'see its metadata'}"
        )
    if tensor.elem_type not in _FLOATS:
        raise ModelError(f"the output {output.name!r} is not of floats: {activation} is not for it")
    attributes: dict[str, Any] = {}
    if activation == "softmax":
        axes = len(tensor.shape.dim)
        if axes <= _CLASSES:
            raise ModelError(
                f"the output {output.name!r} ({shape_words(output) or 'one number'}) has no axis of classes"
            )
        if axes > 2 and default_opset(model) < _ONE_AXIS_ONLY:
            raise ModelError(
                f"softmax of an output of {axes} axes needs opset {_ONE_AXIS_ONLY}; the model is of "
                f"{default_opset(model)}"
            )
        attributes["axis"] = _CLASSES
    scores = new_name(model, f"{output.name}/scores")
    rename_value(model.graph, output.name, scores)
    name = new_name(model, f"{output.name}/{operator}")
    model.graph.node.append(helper.make_node(operator, [scores], [output.name], name, **attributes))
    set_metadata(model, activation=activation)


def read_labels(text: str) -> list[str]:
    """Labels from a file (a line each, or a JSON list in a ``.json`` file), or ``cat,dog,other``.

    Raises
    ------
    ModelError
        There is no such file and no comma, or a file holds something else.
    """
    path = Path(text)
    if not path.is_file():
        if "," not in text:
            raise ModelError(f"labels: there is no file {text}, and no comma that would make it a list")
        return [label.strip() for label in text.split(",")]
    try:
        content = path.read_text("utf-8-sig")
        if path.suffix != ".json":
            return [line.strip() for line in content.splitlines() if line.strip()]
        labels = json.loads(content)
    except ValueError as error:
        raise ModelError(f"{path}: no labels can be read from it: {error}") from error
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise ModelError(f"{path}: labels must be a JSON list of strings")
    return labels


def set_labels(model: onnx.ModelProto, labels: Sequence[str], output_name: str | None = None) -> None:
    """Put labels into the metadata, in the order of the output's axis 1.

    Raises
    ------
    ModelError
        The output has another number of classes, or labels are empty.
    """
    output = find_value(list(model.graph.output), output_name, "output")
    sizes = output.type.tensor_type.shape.dim
    classes = sizes[_CLASSES].dim_value if len(sizes) > _CLASSES else 0
    if classes != len(labels):
        has = f"has {classes} classes" if classes else "has no axis of a known number of classes"
        raise ModelError(
            f"there are {len(labels)} labels, and the output {output.name!r} ({shape_words(output)}) {has}"
        )
    if not all(labels):
        raise ModelError("a label is empty")
    set_metadata(model, labels=list(labels))
