"""The node cases of the package ``onnx``, in two files that Python and JavaScript read alike.

``cases.json`` is a list of cases: ``name``, ``rtol``, ``atol``, ``model``, ``inputs`` and ``outputs``. Bytes
are given as ``[start, size]`` in ``cases.bin``. A value is null, ``{"sequence": [value, ...]}`` or a tensor:
``name``, ``type`` (ONNX's number), ``shape``, and ``data`` or, for text, ``strings``.
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx.backend.test.case.node import collect_testcases

__all__ = ["write_cases"]


class _Bytes:
    """What ``cases.bin`` becomes."""

    def __init__(self) -> None:
        self.content = bytearray()

    def add(self, piece: bytes) -> list[int]:
        """Where the piece lies; 16-byte steps, so that each JavaScript array can begin there."""
        self.content += bytes(-len(self.content) % 16)
        start = len(self.content)
        self.content += piece
        return [start, len(piece)]


def _value(file: _Bytes, name: str, value: Any) -> dict[str, Any] | None:
    if value is None:
        return None
    if isinstance(value, list):
        return {"name": name, "sequence": [_value(file, name, item) for item in value]}
    array = onnx.numpy_helper.to_array(value) if isinstance(value, onnx.TensorProto) else np.asarray(value)
    tensor: dict[str, Any] = {
        "name": name,
        "type": onnx.helper.np_dtype_to_tensor_dtype(array.dtype),
        "shape": array.shape,
    }
    if tensor["type"] == onnx.TensorProto.STRING:
        return {**tensor, "strings": [str(text) for text in array.ravel().tolist()]}
    return {**tensor, "data": file.add(onnx.numpy_helper.from_array(array).raw_data)}


def write_cases(folder: Path) -> int:
    """Write the two files; how many cases there are."""
    np.random.seed(0)  # some cases are made up anew at every collection
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the arithmetic that makes expected infinities
        found = collect_testcases(None)
    file = _Bytes()
    cases = []
    for case in sorted(found, key=lambda case: case.name):
        graph = case.model.graph
        ((inputs, outputs),) = case.data_sets
        cases.append(
            {
                "name": case.name,
                "rtol": case.rtol,
                "atol": case.atol,
                "model": file.add(case.model.SerializeToString()),
                "inputs": [_value(file, *pair) for pair in zip(_names(graph.input), inputs, strict=True)],
                "outputs": [_value(file, *pair) for pair in zip(_names(graph.output), outputs, strict=True)],
            }
        )
    (folder / "cases.json").write_text(json.dumps(cases))
    (folder / "cases.bin").write_bytes(file.content)
    return len(cases)


def _names(values: Any) -> list[str]:
    return [value.name for value in values]
