"""Sequences of tensors: the engine computes with them, but its exports neither make them nor take them apart.

ONNX has operators for both. A session that has to do with sequences keeps small models of one node,
created when they are needed: SequenceConstruct, SequenceEmpty, SequenceLength and SequenceAt.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pyinfer.browser.bridge import JsHandle, get_bridge

from ._c_value import CValue
from ._load import load_model
from ._native_errors import native_errors_of_run
from ._options import SessionOptions
from ._protobuf import message_field, number_field, text_field
from ._tables import ELEMENT_TYPES, ElementType, element_type_of
from ._value import widens

__all__ = ["Sequences", "sequence_of"]

_IR_VERSION, _OPSET = 8, 17
_INT64 = ELEMENT_TYPES[7]
_ATTRIBUTE_IS_INTEGER = 2

_BY_TYPE_NAME = {
    form.format(f"seq(tensor({row.name}))"): row
    for row in ELEMENT_TYPES.values()
    for form in ("{}", "optional({})")
}


def sequence_of(type_name: str) -> ElementType | None:
    """The element type in ``seq(tensor(float))`` or ``optional(seq(tensor(float)))``; None: it is another."""
    return _BY_TYPE_NAME.get(type_name)


class Sequences:
    """Makes sequences and takes them apart. Its models are given back when the object is deleted."""

    def __init__(self) -> None:
        self._sessions: dict[tuple[Any, ...], JsHandle] = {}

    def make(self, arrays: Sequence[object], element_type: ElementType) -> CValue:
        """The sequence of ``arrays``: each is copied once into the engine, and once more there.

        Raises
        ------
        RuntimeError
            One is no array, or has another dtype; native's words.
        """
        values = {}
        for index, array in enumerate(arrays):
            if not isinstance(array, np.ndarray):
                raise RuntimeError("CreateSequenceOfTensors: Input is not a tensor")
            if widens(array.dtype, element_type):
                array = array.astype(np.int64)
            if element_type_of(array.dtype) is not element_type:
                raise RuntimeError("TensorSeq: tensor to be added has a different data type.")
            values[f"t{index}"] = CValue.of_array(array, element_type)
        operator = "SequenceConstruct" if values else "SequenceEmpty"
        return self._run(operator, element_type, values, "", f"seq(tensor({element_type.name}))")

    def read(self, sequence: CValue, element_type: ElementType) -> list[npt.NDArray[Any]]:
        """A fresh array of each tensor, copied once inside the engine and once out of it."""
        inputs = {"s": sequence}
        length = int(self._run("SequenceLength", element_type, inputs, "s").copy_to_array())
        arrays = []
        for index in range(length):
            at = {**inputs, "i": CValue.of_array(np.array(index, np.int64), _INT64)}
            arrays.append(self._run("SequenceAt", element_type, at, "s").copy_to_array())
        return arrays

    def _run(
        self,
        operator: str,
        element_type: ElementType,
        inputs: Mapping[str, CValue],
        sequence_input: str,
        type_name: str = "",
    ) -> CValue:
        engine = get_bridge().onnxruntime
        key = operator, element_type.number, len(inputs)
        with native_errors_of_run():
            if key not in self._sessions:
                model = _model(operator, element_type.number, list(inputs), sequence_input, bool(type_name))
                identifier, _ = load_model(engine, model, SessionOptions())
                self._sessions[key] = JsHandle("InferenceSession", identifier, engine.releaseSession)
            request = {
                "inputs": [[name, value.for_run(engine)] for name, value in inputs.items()],
                "outputs": [["out", 0]],
            }
            answer = engine.runValues(self._sessions[key].identifier, json.dumps(request), "")
        return CValue.of_description(engine, answer, type_name)


def _model(
    operator: str, element: int, inputs: list[str], sequence_input: str, makes_sequence: bool
) -> bytes:
    """A model of one node, as onnx.proto lays it out."""
    tensor = message_field(1, number_field(1, element))
    index = message_field(1, number_field(1, _INT64.number))
    sequence = message_field(4, message_field(1, tensor))
    kinds = {
        name: sequence if name == sequence_input else index if name == "i" else tensor for name in inputs
    }
    result = sequence if makes_sequence else index if operator == "SequenceLength" else tensor
    node = b"".join(text_field(1, name) for name in inputs) + text_field(2, "out") + text_field(4, operator)
    if operator == "SequenceEmpty":
        node += message_field(
            5, text_field(1, "dtype") + number_field(3, element) + number_field(20, _ATTRIBUTE_IS_INTEGER)
        )
    graph = message_field(1, node) + text_field(2, operator)
    graph += b"".join(
        message_field(11, text_field(1, name) + message_field(2, kind)) for name, kind in kinds.items()
    )
    graph += message_field(12, text_field(1, "out") + message_field(2, result))
    opset = text_field(1, "") + number_field(2, _OPSET)
    return number_field(1, _IR_VERSION) + message_field(7, graph) + message_field(8, opset)
