"""What is converted: an ONNX model of it, and a way to run it for comparison."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx

from pyinfer.errors import ModelError
from pyinfer.host.model.graph_values import real_inputs
from pyinfer.host.model.model_file import check_finite, read_model

from .comparison import run_model
from .inputs import InputSpec, example_sizes

__all__ = ["Original", "Wanted", "check_names", "original_of_model"]

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a user says of a network besides where it is.

    Attributes
    ----------
    inputs : sequence of InputSpec
        In the order of the parameters of ``forward``.
    outputs : sequence of str
        Names for what it gives, in its order.
    sizes : mapping of str to int
        To try for axes of any size.
    weights : str, optional
        A file with its ``state_dict``.
    opset : int, optional
    """

    inputs: Sequence[InputSpec] = ()
    outputs: Sequence[str] = ()
    sizes: Mapping[str, int] = field(default_factory=dict)
    weights: str | None = None
    opset: int | None = None


@dataclass(frozen=True)
class Original:
    """A network before conversion.

    Attributes
    ----------
    source : str
        What its user calls it.
    model : onnx.ModelProto
        What will be changed and written.
    inputs : list of InputSpec
        With names.
    sizes : dict of str to int
        To try for the axes of any size.
    run : callable
        Computes the outputs, in the order of the model's, from arrays in the order of its inputs.
    """

    source: str
    model: onnx.ModelProto
    inputs: list[InputSpec]
    sizes: dict[str, int]
    run: Callable[[Sequence[Array]], list[Array]]


def original_of_model(path: str, wanted: Wanted) -> Original:
    """An ONNX file.

    Raises
    ------
    ModelError
        It can't be read, or something is wanted that only a PyTorch network can have.
    """
    if wanted.inputs or wanted.outputs or wanted.weights or wanted.opset:
        raise ModelError(
            f"{path} is ONNX already: its inputs, outputs, weights and opset stay as they are; only "
            "preprocessing, activation and labels can be added"
        )
    model = read_model(path)
    check_finite(model, path)
    if not all(output.type.tensor_type.HasField("shape") for output in model.graph.output):
        model = onnx.shape_inference.infer_shapes(model)
    inputs = []
    for value in real_inputs(model.graph):
        tensor = value.type.tensor_type
        shape = tuple(
            size.dim_value or size.dim_param or f"{value.name}_{axis}"
            for axis, size in enumerate(tensor.shape.dim)
        )
        inputs.append(InputSpec(shape, onnx.helper.tensor_dtype_to_np_dtype(tensor.elem_type), value.name))

    def run(arrays: Sequence[Array]) -> list[Array]:
        feeds = {each.name or "": array for each, array in zip(inputs, arrays, strict=True)}
        return list(run_model(path, feeds).values())

    return Original(path, model, inputs, example_sizes(inputs, wanted.sizes), run)


def check_names(inputs: Sequence[InputSpec], outputs: Sequence[str]) -> None:
    """Refuse two inputs or outputs of the same name.

    Raises
    ------
    ModelError
        There are such.
    """
    names = [*(each.name for each in inputs if each.name), *outputs]
    for name in names:
        if names.count(name) > 1:
            raise ModelError(f"the name {name!r} is given twice among inputs and outputs")
