"""How a model makes floats of its 8-bit weights: functions inside the file, and calls of them.

They are made of Cast, Sub, Mul and Gather. ONNX Runtime computes such operators once, when it loads a model,
and a run then costs what it costs with floats; a DequantizeLinear it would compute in every run.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from .levels import Codes

__all__ = ["DOMAIN", "Expansions"]

#: Of the functions.
DOMAIN = "pyinfer"

#: The first version with functions in a file.
_LEAST_IR_VERSION = 8


class Expansions:
    """Puts codes and calls into a model, in place, and the functions that these need."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self._model = model
        self._tables: dict[int, str] = {}

    def replace(self, graph: onnx.GraphProto, tensor: onnx.TensorProto, codes: Codes) -> None:
        """Let a tensor's codes take its place; the call's result has its name."""
        name = tensor.name
        inputs = [
            _constant(graph, f"{name}.codes", codes.codes),
            _constant(graph, f"{name}.scale", codes.scale),
        ]
        if codes.table is not None:
            self._call(graph, tensor, "Table", [*inputs, self._table(codes.table)])
        elif codes.zero_point is not None:
            zero_point = _constant(graph, f"{name}.zero_point", codes.zero_point)
            self._call(graph, tensor, "Linear", [*inputs, zero_point])
        else:
            self._call(graph, tensor, "Symmetric", inputs)

    def replace_by_half(self, tensors: list[onnx.TensorProto]) -> None:
        """Let vectors of the main graph lie as float16 in the file, one behind the other."""
        if not tensors:
            return
        graph = self._model.graph
        values = np.concatenate([numpy_helper.to_array(tensor) for tensor in tensors]).astype(np.float16)
        sizes = np.array([tensor.dims[0] for tensor in tensors], np.int64)
        half, floats = f"{DOMAIN}.half", f"{DOMAIN}.floats"
        nodes = [
            helper.make_node("Cast", [_constant(graph, half, values)], [floats], to=TensorProto.FLOAT),
            helper.make_node(
                "Split",
                [floats, _constant(graph, f"{DOMAIN}.sizes", sizes)],
                [tensor.name for tensor in tensors],
            ),
        ]
        for tensor in tensors:
            graph.initializer.remove(tensor)
        for node in reversed(nodes):
            graph.node.insert(0, node)

    def _call(
        self, graph: onnx.GraphProto, tensor: onnx.TensorProto, function: str, inputs: list[str]
    ) -> None:
        graph.initializer.remove(tensor)
        # Computed from constants alone: it may come first.
        graph.node.insert(0, helper.make_node(function, inputs, [tensor.name], domain=DOMAIN))
        if all(function != known.name for known in self._model.functions):
            self._add(function)

    def _add(self, name: str) -> None:
        opset = next(found for found in self._model.opset_import if found.domain in ("", "ai.onnx"))
        takes, nodes = _FUNCTIONS[name]
        body = [
            helper.make_node(operator, inputs, [output], **more) for operator, inputs, output, more in nodes
        ]
        self._model.functions.append(helper.make_function(DOMAIN, name, takes, ["weights"], body, [opset]))
        if all(found.domain != DOMAIN for found in self._model.opset_import):
            self._model.opset_import.append(helper.make_opsetid(DOMAIN, 1))
        self._model.ir_version = max(self._model.ir_version, _LEAST_IR_VERSION)

    def _table(self, table: np.ndarray[Any, Any]) -> str:
        """The name of a table, which several tensors may share."""
        known = self._tables.get(id(table))
        if known is None:
            name = f"{DOMAIN}.table{len(self._tables)}"
            known = self._tables[id(table)] = _constant(self._model.graph, name, table)
        return known


def _constant(graph: onnx.GraphProto, name: str, values: np.ndarray[Any, Any]) -> str:
    graph.initializer.append(numpy_helper.from_array(values, name))
    return name


_FLOAT = {"to": TensorProto.FLOAT}

#: By name: what a function takes, and its operators, each with its inputs, output and attributes.
_FUNCTIONS: dict[str, tuple[list[str], list[tuple[str, list[str], str, dict[str, Any]]]]] = {
    "Symmetric": (
        ["codes", "scale"],
        [
            ("Cast", ["codes"], "steps", _FLOAT),
            ("Cast", ["scale"], "step", _FLOAT),
            ("Mul", ["steps", "step"], "weights", {}),
        ],
    ),
    "Linear": (
        ["codes", "scale", "zero_point"],
        [
            ("Cast", ["codes"], "places", _FLOAT),
            ("Cast", ["zero_point"], "zero", _FLOAT),
            ("Sub", ["places", "zero"], "steps", {}),
            ("Cast", ["scale"], "step", _FLOAT),
            ("Mul", ["steps", "step"], "weights", {}),
        ],
    ),
    "Table": (
        ["codes", "scale", "table"],
        [
            ("Cast", ["codes"], "places", {"to": TensorProto.INT32}),
            ("Gather", ["table", "places"], "relative", {}),
            ("Cast", ["scale"], "largest", _FLOAT),
            ("Mul", ["relative", "largest"], "weights", {}),
        ],
    ),
}
