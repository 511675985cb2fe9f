"""Runs the cases of a folder through ``onnxruntime``, on a desktop or in a browser: unedited the same.

``python run_cases.py FOLDER REPORT``: the report is a JSON object, by a case's name ``""`` if it passed, else
what went wrong.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

#: By ONNX's number. Others have no NumPy type; their bytes are handed over as they are.
DTYPES = {
    1: np.float32,
    2: np.uint8,
    3: np.int8,
    4: np.uint16,
    5: np.int16,
    6: np.int32,
    7: np.int64,
    9: np.bool_,
    10: np.float16,
    11: np.float64,
    12: np.uint32,
    13: np.uint64,
    14: np.complex64,
    15: np.complex128,
}
STRING = 8
BFLOAT16 = 16


class Differs(Exception):
    """The outputs are not the expected ones."""


def array_of(content: bytes, value: dict[str, Any]) -> np.ndarray:
    """A tensor's elements; where NumPy has no such type, unsigned integers that hold the same bytes.

    Of types that share bytes the array has the tensor's shape all the same, as native wants it: with the
    elements packed at its beginning.
    """
    if value["type"] == STRING:
        return np.array(value["strings"], object).reshape(value["shape"])
    start, size = value["data"]
    dtype = np.dtype(DTYPES.get(value["type"]) or (np.uint16 if value["type"] == BFLOAT16 else np.uint8))
    array = np.zeros(math.prod(value["shape"]), dtype)
    packed = np.frombuffer(content, dtype, size // dtype.itemsize, start)
    array[: packed.size] = packed
    return array.reshape(value["shape"])


def fed(content: bytes, value: dict[str, Any]) -> Any:
    """What a session takes for it."""
    if "sequence" in value:
        return [fed(content, item) for item in value["sequence"]]
    array = array_of(content, value)
    if value["type"] in DTYPES or value["type"] == STRING:
        return array
    return onnxruntime.OrtValue.ortvalue_from_numpy_with_onnx_type(array, value["type"])


def results_of(session: Any, feed: dict[str, Any]) -> list[Any]:
    """The outputs, as arrays."""
    if not any(isinstance(value, onnxruntime.OrtValue) for value in feed.values()):
        return session.run(None, feed)
    values = {
        name: value
        if isinstance(value, onnxruntime.OrtValue)
        else onnxruntime.OrtValue.ortvalue_from_numpy(value)
        for name, value in feed.items()
    }
    return [value.numpy() for value in session.run_with_ort_values(None, values)]


def compare(
    content: bytes, name: str, wanted: dict[str, Any] | None, found: Any, case: dict[str, Any]
) -> None:
    """As onnx's own runner compares: dtype, shape, then elements within the case's tolerances."""
    if wanted is None or "sequence" in wanted:
        items = None if wanted is None else wanted["sequence"]
        if items is None or not isinstance(found, list) or len(found) != len(items):
            if found is not items:
                raise Differs(f"{name}: {type(found).__name__} instead of {items}")
            return
        for item, other in zip(items, found, strict=True):
            compare(content, name, item, other, case)
        return
    expected = array_of(content, wanted)
    found = np.asarray(found)
    if (found.dtype, found.shape) != (expected.dtype, expected.shape):
        raise Differs(f"{name}: {found.dtype}{found.shape} instead of {expected.dtype}{expected.shape}")
    if expected.dtype == object:
        equal = bool((found == expected).all())
    else:
        equal = np.allclose(found, expected, case["rtol"], case["atol"], equal_nan=True)
    if not equal:
        raise Differs(f"{name}: other values")


def outcome(content: bytes, case: dict[str, Any]) -> str:
    """What becomes of a case."""
    start, size = case["model"]
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(
            content[start : start + size], options, providers=["CPUExecutionProvider"]
        )
        feed = {value["name"]: fed(content, value) for value in case["inputs"] if value is not None}
        found = results_of(session, feed)
        for value, (name, result) in zip(
            case["outputs"], zip([o.name for o in session.get_outputs()], found, strict=True), strict=True
        ):
            compare(content, name, value, result, case)
    except Exception as error:
        return f"{type(error).__name__}: {error}".splitlines()[0]
    return ""


def main(folder: str, report: str) -> None:
    """Run all cases."""
    onnxruntime.set_default_logger_severity(4)
    content = (Path(folder) / "cases.bin").read_bytes()
    cases = json.loads((Path(folder) / "cases.json").read_text())
    outcomes = {}
    for number, case in enumerate(cases, 1):
        outcomes[case["name"]] = outcome(content, case)
        if number % 200 == 0 or number == len(cases):
            print(f"{number} of {len(cases)} cases", flush=True)
    Path(report).write_text(json.dumps(outcomes))


if __name__ == "__main__":
    main(*sys.argv[1:])
