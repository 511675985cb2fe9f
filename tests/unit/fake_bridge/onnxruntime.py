"""The engine of the onnxruntime shim, as native onnxruntime behind the same calls.

Element types, error codes and shapes are read from native onnxruntime and ONNX, never from the
shim's own tables, so that a wrong row there shows.
"""

from __future__ import annotations

import itertools
import json
import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as native
from onnx import TensorProto, helper

from .onnxruntime_values import EngineException, FakeValues, checked, run_options_of
from .page import ArrayView

__all__ = ["EngineException", "FakeExecutionProviders", "FakeOnnxRuntime"]

_ORT_NAMES = {"FLOAT": "float", "DOUBLE": "double"}
_NUMBERS = {_ORT_NAMES.get(name, name.lower()): number for name, number in TensorProto.DataType.items()}


class FakeOnnxRuntime(FakeValues):
    """What ``js_bridge/onnxruntime_calls.js`` is."""

    def __init__(self, threads: int = 1) -> None:
        self.loaded_threads = threads
        self.session_options: list[dict[str, Any]] = []
        self.run_options: list[str] = []
        super().__init__()
        self._threads = 0
        self._profiles = tempfile.TemporaryDirectory()
        self._numbers = itertools.count(1)
        self._buffers: dict[int, np.ndarray[Any, Any]] = {}
        self._sessions: dict[int, native.InferenceSession] = {}
        self._runs: dict[int, _Run] = {}
        self._external_files: dict[str, np.ndarray[Any, Any]] = {}

    def _add(self, table: dict[int, Any], entry: Any) -> int:
        number = next(self._numbers)
        table[number] = entry
        return number

    def allocate(self, size: int) -> int:
        return self._add(self._buffers, np.zeros(size, np.uint8))

    def bufferView(self, buffer: int, start: int, size: int) -> ArrayView:
        return ArrayView(self._buffers[buffer][start : start + size])

    def releaseBuffer(self, buffer: int) -> None:
        del self._buffers[buffer]

    def externalDataView(self, name: str, size: int) -> ArrayView:
        file = self._external_files[name] = np.zeros(size, np.uint8)
        return ArrayView(file)

    def externalDataFile(self, name: str, path: str) -> None:
        self._external_files[name] = np.fromfile(path, np.uint8)

    def releaseExternalData(self) -> None:
        self._external_files.clear()

    def createSession(self, buffer: int, options: str) -> int:
        wanted = json.loads(options)
        self.session_options.append(wanted)
        self._threads = self._threads or min(wanted["numThreads"] or self.loaded_threads, self.loaded_threads)
        session_options = native.SessionOptions()
        session_options.intra_op_num_threads = 1
        level = native.GraphOptimizationLevel(wanted["graphOptimizationLevel"])
        session_options.graph_optimization_level = level
        session_options.log_severity_level = 4
        session_options.enable_profiling = wanted["enableProfiling"]
        session_options.profile_file_prefix = self._profiles.name + "/"
        for name, size in wanted["freeDimensions"].items():
            session_options.add_free_dimension_override_by_name(name, size)
        if self._external_files:
            contents = list(self._external_files.values())
            session_options.add_external_initializers_from_files_in_memory(
                list(self._external_files), contents, [file.nbytes for file in contents]
            )
        model = self._buffers[buffer].tobytes()
        make = native.InferenceSession
        session = checked(lambda: make(model, session_options, providers=["CPUExecutionProvider"]))
        return self._add(self._sessions, session)

    def describeSession(self, session: int) -> str:
        def rows(entries: Any) -> list[Any]:
            tensor = re.compile(r"tensor\((\w+)\)")
            matches = [(entry, tensor.fullmatch(entry.type)) for entry in entries]
            return [
                [entry.name, _NUMBERS[match[1]] if match else 0, entry.shape if match else []]
                for entry, match in matches
            ]

        entry = self._sessions[session]
        return json.dumps({"inputs": rows(entry.get_inputs()), "outputs": rows(entry.get_outputs())})

    def endProfiling(self, session: int) -> str:
        path = Path(self._sessions[session].end_profiling())
        return f"{path.name}\n{path.read_text()}"

    def releaseSession(self, session: int) -> None:
        del self._sessions[session]

    def threadCount(self) -> int:
        return self._threads

    def openRun(self, session: int, signature: str) -> int:
        wanted = json.loads(signature)
        inputs = {}
        for name, number, shape, size in wanted["inputs"]:
            tensor = np.zeros(shape, helper.tensor_dtype_to_np_dtype(number))
            if number != TensorProto.STRING and tensor.nbytes != size:
                raise EngineException(2, f"not enough space: expected {tensor.nbytes}, got {size}")
            inputs[name] = tensor
        return self._add(self._runs, _Run(self._sessions[session], inputs, wanted["outputs"]))

    def inputView(self, run: int, index: int) -> ArrayView:
        return ArrayView(self._runs[run].input(index).reshape(-1).view(np.uint8))

    def setInputStrings(self, run: int, index: int, strings: str) -> None:
        tensor = self._runs[run].input(index)
        tensor.reshape(-1)[:] = json.loads(strings)

    def execute(self, run: int, options: str) -> str:
        self.run_options.append(options)
        run_options = run_options_of(options)
        entry = self._runs[run]
        entry.outputs = checked(lambda: entry.session.run(entry.names, entry.inputs, run_options))
        return ";".join(_describe(output) for output in entry.outputs)

    def outputView(self, run: int, index: int, size: int) -> ArrayView:
        output = self._runs[run].outputs[index]
        assert output.nbytes == size
        return ArrayView(np.ascontiguousarray(output).reshape(-1).view(np.uint8))

    def outputStrings(self, run: int, index: int) -> str:
        return json.dumps(self._runs[run].outputs[index].ravel().tolist())

    def closeRun(self, run: int) -> None:
        del self._runs[run]

    def liveCount(self) -> int:
        tables = (self._buffers, self._sessions, self._runs, self._values, self._external_files)
        return sum(len(table) for table in tables)


class FakeExecutionProviders:
    """What ``js_bridge/onnxruntime_providers.js`` is: none, unless a test adds some.

    The engine computes on the CPU whatever it is asked for.
    """

    def __init__(self) -> None:
        self.names = ""
        self.failure = ""
        self.other = FakeOnnxRuntime()
        self.questions = 0

    def available(self) -> str:
        self.questions += 1
        return self.names

    def engine(self) -> FakeOnnxRuntime:
        if self.failure:
            raise OSError(self.failure)
        return self.other


@dataclass
class _Run:
    session: native.InferenceSession
    inputs: dict[str, np.ndarray[Any, Any]]
    names: list[str]
    outputs: list[Any] = field(default_factory=list)

    def input(self, index: int) -> np.ndarray[Any, Any]:
        return list(self.inputs.values())[index]


def _describe(output: Any) -> str:
    if not isinstance(output, np.ndarray):
        return "0:"
    number = 8 if output.dtype == object else helper.np_dtype_to_tensor_dtype(output.dtype)
    return f"{number}:{','.join(map(str, output.shape))}"
