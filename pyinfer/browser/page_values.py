"""Values on Python's side of the boundary between the page and Python.

A value crosses as JSON text plus a list of byte buffers; an array stands in the JSON as
``{"$array": index, "dtype": ..., "shape": [...]}``. ``js_bridge/page_values.js`` is the other half.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from pyinfer.browser.bridge.codec import TYPED_ARRAYS
from pyinfer.errors import ConversionError

__all__ = ["lift", "lower"]

#: The largest integer up to which JavaScript's numbers are exact.
_MAX_SAFE_INTEGER = 2**53 - 1


def lower(value: object) -> tuple[Any, list[np.ndarray[Any, Any]]]:
    """Split a Python value into what JSON can hold and the arrays beside it.

    Parameters
    ----------
    value
        None, bool, int within +-(2**53 - 1), float, str, bytes, ndarray or NumPy scalar of a
        numeric dtype, or a list, tuple or dict (with str keys) of these. No masked array, memoryview
        with gaps, or long double.

    Returns
    -------
    tuple
        The value for ``json.dumps``, and the C-contiguous arrays to which it refers. An array that
        is contiguous already is not copied.

    Raises
    ------
    ConversionError
        The value, or something in it, has no counterpart on the page.
    """
    arrays: list[np.ndarray[Any, Any]] = []
    return _lower(value, arrays, "result"), arrays


def _lower(value: object, arrays: list[np.ndarray[Any, Any]], where: str) -> Any:
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, np.ndarray):
        return _lower_array(value, arrays, where)
    if isinstance(value, np.generic):
        return _lower_scalar(value, arrays, where)
    if isinstance(value, int):
        if abs(value) > _MAX_SAFE_INTEGER:
            raise ConversionError(f"{where}: {value} is too large for a JavaScript number")
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {"$float": _javascript_float(value)}
    if isinstance(value, (bytes, bytearray, memoryview)):
        if isinstance(value, memoryview) and not value.c_contiguous:
            raise ConversionError(
                f"{where}: a memoryview with gaps has no counterpart on the page; use bytes()"
            )
        arrays.append(np.frombuffer(value, np.uint8))
        return {"$bytes": len(arrays) - 1}
    if isinstance(value, (list, tuple)):
        return [_lower(item, arrays, f"{where}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, dict):
        entries = []
        for key, item in value.items():
            if not isinstance(key, str):
                raise ConversionError(f"{where}: the key {key!r} is no string, as JSON's keys are")
            entries.append([key, _lower(item, arrays, f"{where}[{key!r}]")])
        if any(key.startswith("$") for key, _ in entries):
            return {"$dict": entries}
        return dict(entries)
    name = f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")
    raise ConversionError(
        f"{where}: a {name} has no counterpart on the page; return None, numbers, strings, bytes, "
        "arrays, or lists and dicts of these"
    )


def _lower_scalar(value: np.generic, arrays: list[np.ndarray[Any, Any]], where: str) -> Any:
    item = value.item()
    if isinstance(item, np.generic):  # a long double, which no type of Python's own holds
        raise ConversionError(f"{where}: no JavaScript number holds a {value.dtype.name}")
    return _lower(item, arrays, where)


def _lower_array(value: np.ndarray[Any, Any], arrays: list[np.ndarray[Any, Any]], where: str) -> Any:
    if _is_masked(value):
        raise ConversionError(f"{where}: the page has no masks; use filled(), or return data and mask")
    name = value.dtype.name
    if name not in TYPED_ARRAYS:
        raise ConversionError(f"{where}: no JavaScript typed array holds dtype {name}")
    shape = list(value.shape)
    arrays.append(np.ascontiguousarray(value, dtype=value.dtype.newbyteorder("=")))
    return {"$array": len(arrays) - 1, "dtype": name, "shape": shape}


def _is_masked(value: np.ndarray[Any, Any]) -> bool:
    ma = sys.modules.get("numpy.ma")  # `np.ma` would import it, which takes longer than most calls
    return ma is not None and isinstance(value, ma.MaskedArray)


def _javascript_float(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def lift(text: str, read: Callable[[int, np.ndarray[Any, Any]], None]) -> Any:
    """Build the Python value again.

    Parameters
    ----------
    text : str
        JSON.
    read : callable
        ``read(index, out)`` fills the flat uint8 array ``out`` with the bytes of buffer ``index``:
        one copy.
    """

    def revive(item: dict[str, Any]) -> Any:
        if "$array" in item:
            array = np.empty(item["shape"], item["dtype"])
            if array.size:
                read(item["$array"], array.reshape(-1).view(np.uint8))
            return array
        if "$bytes" in item:
            out = np.empty(item["size"], np.uint8)
            if out.size:
                read(item["$bytes"], out)
            return out.tobytes()
        if "$float" in item:
            return float(item["$float"].replace("Infinity", "inf"))
        if "$int" in item:
            return int(item["$int"])
        if "$dict" in item:
            return dict(item["$dict"])
        return item

    return json.loads(text, object_hook=revive)
