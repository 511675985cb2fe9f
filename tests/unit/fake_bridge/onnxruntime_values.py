"""The values of the fake engine: native onnxruntime's, reached by the address of their bytes."""

from __future__ import annotations

import ctypes
import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import onnxruntime as native
from onnx import TensorProto, helper
from onnxruntime.capi import _pybind_state as native_state

from .page import ArrayView

__all__ = ["EngineException", "FakeValues", "checked", "run_options_of"]

_STATUS = re.compile(r"\[ONNXRuntimeError\] : (\d+) : [A-Z_ ]+ : (.*)", re.DOTALL)
_CPU = native_state.OrtDevice(0, 0, 0)


class EngineException(Exception):
    """What a JavaScript ``OnnxRuntimeError`` is in Python."""

    name = "OnnxRuntimeError"

    def __init__(self, code: int, message: str) -> None:
        self.message = json.dumps({"code": code, "message": message})
        super().__init__(self.message)


def checked(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except Exception as error:
        status = _STATUS.fullmatch(str(error))
        if status is None:
            raise
        raise EngineException(int(status[1]), status[2]) from None


def run_options_of(options: str) -> native.RunOptions:
    """Native options from those that cross the bridge."""
    run_options = native.RunOptions()
    run_options.log_severity_level = 4
    run_options.terminate = bool(options) and json.loads(options)["terminate"]
    return run_options


def _string_value(array: np.ndarray[Any, Any]) -> Any:
    """A tensor of strings: native hands one out, but takes none from Python as a value."""
    tensor = helper.make_tensor(
        "text", TensorProto.STRING, array.shape, [str(s).encode() for s in array.ravel()]
    )
    node = helper.make_node("Constant", [], ["text"], value=tensor)
    output = helper.make_tensor_value_info("text", TensorProto.STRING, array.shape)
    graph = helper.make_graph([node], "text", [], [output])
    model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])
    session = native.InferenceSession(model.SerializeToString())
    return session.run_with_ort_values(None, {})[0]._get_c_value()


class FakeValues:
    """What ``js_bridge/onnxruntime_values.js`` is."""

    _sessions: dict[int, native.InferenceSession]
    _add: Callable[[dict[int, Any], Any], int]

    def __init__(self) -> None:
        self._values: dict[int, Any] = {}
        self.bytes_moved = 0  #: that were viewed, which is to read or to write them

    def createValue(self, elementType: int, shape: str, size: int) -> int:
        make = native_state.OrtValue.ortvalue_from_shape_and_onnx_type
        try:
            value = make(json.loads(shape), elementType, _CPU)
        except MemoryError:
            raise EngineException(
                6, f"Failed to allocate memory for requested buffer of size {size}"
            ) from None
        assert value.tensor_size_in_bytes() == size
        return self._add(self._values, value)

    def createStringValue(self, shape: str, strings: str) -> int:
        array = np.array(json.loads(strings), object).reshape(json.loads(shape))
        return self._add(self._values, _string_value(array))

    def sliceValue(self, value: int, elementType: int, shape: str, size: int) -> int:
        dtype = helper.tensor_dtype_to_np_dtype(elementType)
        memory = self._bytes(value, size).view(dtype).reshape(json.loads(shape))
        make = native_state.OrtValue.ortvalue_from_numpy_with_onnx_type
        return self._add(self._values, make(memory, elementType))

    def valueView(self, value: int, size: int) -> ArrayView:
        self.bytes_moved += size
        return ArrayView(self._bytes(value, size))

    def valueStrings(self, value: int) -> str:
        return json.dumps(self._values[value].numpy().ravel().tolist())

    def valueAddress(self, value: int) -> int:
        # The engine's addresses have 32 bits.
        return int(self._values[value].data_ptr()) % 2**32

    def _bytes(self, value: int, size: int) -> np.ndarray[Any, Any]:
        address = self._values[value].data_ptr()
        return np.ctypeslib.as_array((ctypes.c_ubyte * size).from_address(address))

    def runValues(self, session: int, request: str, options: str) -> str:
        wanted = json.loads(request)
        feeds, fetches = native_state.OrtValueVector(), native_state.OrtValueVector()
        for _, value in wanted["inputs"]:
            feeds.push_back(self._values[value])
        given = [value for _, value in wanted["outputs"]]
        if any(given) and not all(given):
            return self._run_binding(session, wanted, options)
        for value in given:
            if value:
                fetches.push_back(self._values[value])
        names = [[name for name, _ in wanted[kind]] for kind in ("inputs", "outputs")]
        checked(
            lambda: self._sessions[session].run_with_ortvaluevector(
                run_options_of(options), names[0], feeds, names[1], fetches, [_CPU] * len(names[1])
            )
        )
        outputs = [fetches[index] for index in range(len(names[1]))]
        return self._described(given, outputs)

    def _run_binding(self, session: int, wanted: dict[str, Any], options: str) -> str:
        """As ``runValues``, where some outputs are given and others are not: a vector can't say that."""
        entry = self._sessions[session]
        binding = native_state.SessionIOBinding(entry._sess)
        for name, value in wanted["inputs"]:
            binding.bind_ortvalue_input(name, self._values[value])
        for name, value in wanted["outputs"]:
            if value:
                binding.bind_ortvalue_output(name, self._values[value])
            else:
                binding.bind_output(name, _CPU)
        try:
            entry._sess.run_with_iobinding(binding, run_options_of(options))
        except RuntimeError as error:
            raise EngineException(1, str(error).removeprefix("Error in execution: ")) from None
        outputs = binding.get_outputs()
        given = [value for _, value in wanted["outputs"]]
        return self._described(given, [outputs[index] for index in range(len(given))])

    def _described(self, given: list[int], outputs: list[Any]) -> str:
        parts = []
        for value, output in zip(given, outputs, strict=True):
            number = value or self._add(self._values, output)
            if not output.is_tensor():
                parts.append(f"{number}=0:")
                continue
            kind = 8 if output.data_type() == "tensor(string)" else output.element_type()
            parts.append(f"{number}={kind}:{','.join(map(str, output.shape()))}")
        return ";".join(parts)

    def releaseValue(self, value: int) -> None:
        del self._values[value]

    def memorySize(self) -> int:
        return 0

    def heapEnd(self) -> int:
        return 0
