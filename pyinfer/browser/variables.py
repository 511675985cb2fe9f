"""Writes down what a script's variables hold at its end, for `pyinfer verify`.

It runs in the browser and, read from its file, in the native interpreter, which need not have pyinfer:
so it imports nothing of it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["save"]

_DEEPEST = 16


def save(names: Sequence[str], path: str) -> None:
    """Write the named variables of ``__main__`` into an ``.npz`` file.

    Its entry ``description`` is JSON (bytes): by name the leaves of a value, each a path below the name
    such as ``[0]['box']`` and either ``{"array": n}``, the entry ``array<n>``, or ``{"text": ...}``, or
    ``{"type": ...}`` of what can't be compared. A name that is not defined is not there.

    Parameters
    ----------
    names : sequence of str
    path : str
    """
    values = vars(sys.modules["__main__"])
    arrays: list[Any] = []
    description = {name: _leaves(values[name], "", arrays, 0) for name in names if name in values}
    content = np.frombuffer(json.dumps(description).encode(), np.uint8)
    entries: dict[str, Any] = {f"array{i}": array for i, array in enumerate(arrays)}
    np.savez(path, description=content, **entries)


def _leaves(value: Any, where: str, arrays: list[Any], depth: int) -> list[list[Any]]:
    items = _items(value) if depth < _DEEPEST else None
    if items is not None:
        length = [f"len({where})", _kept(np.int64(len(items)), arrays)]
        leaves = [leaf for key, item in items for leaf in _leaves(item, where + key, arrays, depth + 1)]
        return [length, *leaves]
    if value is None or isinstance(value, str | bytes):
        return [[where, {"text": repr(value)}]]
    array = _as_array(value)
    if array is None:
        return [[where, {"type": f"{type(value).__module__}.{type(value).__qualname__}"}]]
    return [[where, _kept(array, arrays)]]


def _items(value: Any) -> list[tuple[str, Any]] | None:
    """What lies in a collection, each with its way there; None for what is none, or is better an array."""
    if isinstance(value, dict):
        return [(f"[{key!r}]", item) for key, item in value.items()]
    if isinstance(value, list | tuple):
        if value and all(isinstance(item, bool | int | float) for item in value):
            return None
        return [(f"[{index}]", item) for index, item in enumerate(value)]
    return None


def _as_array(value: Any) -> Any:
    """A value as an array of numbers, truth values or texts; None if it is none."""
    if hasattr(value, "numpy") and callable(value.numpy):  # onnxruntime's OrtValue
        value = value.numpy()
    known = isinstance(value, bool | int | float | complex | list | tuple | np.generic | np.ndarray)
    if not known and not hasattr(value, "__array__") and not hasattr(value, "__array_interface__"):
        return None
    array = np.asarray(value)
    if array.dtype.kind in "iu" and not isinstance(value, np.generic) and not hasattr(value, "__array__"):
        array = array.astype(np.int64)  # Python's own numbers have no width, which NumPy's depends on
    return None if array.dtype.hasobject else array


def _kept(array: Any, arrays: list[Any]) -> dict[str, int]:
    arrays.append(array)
    return {"array": len(arrays) - 1}
