"""Which typed array holds which dtype, and moving the bytes across, once.

The WebAssembly heaps of Pyodide and of each engine are separate, so one copy per crossing is the
least there can be. Nothing here makes a second one, except where the docstring says so.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

__all__ = ["TYPED_ARRAYS", "HeapView", "read_into", "typed_array_of", "write_from"]

#: NumPy dtype name -> the JavaScript typed array with the same elements. JavaScript has no
#: float16 array in every browser and no bool array: those travel as the integers of their size.
TYPED_ARRAYS: dict[str, str] = {
    "bool": "Uint8Array",
    "int8": "Int8Array",
    "uint8": "Uint8Array",
    "int16": "Int16Array",
    "uint16": "Uint16Array",
    "float16": "Uint16Array",
    "int32": "Int32Array",
    "uint32": "Uint32Array",
    "float32": "Float32Array",
    "float64": "Float64Array",
    "int64": "BigInt64Array",
    "uint64": "BigUint64Array",
}


class HeapView(Protocol):
    """A byte view (``Uint8Array``) over a piece of an engine's heap.

    It dies when that heap grows, so it is asked for, used and dropped within one call.
    """

    def assign(self, source: Any) -> None:
        """Copy the bytes of a C-contiguous buffer into the view: one copy."""

    def assign_to(self, target: Any) -> None:
        """Copy the view's bytes into a writable C-contiguous buffer: one copy."""


def typed_array_of(dtype: npt.DTypeLike) -> str:
    """Name of the JavaScript typed array for ``dtype``.

    Raises
    ------
    TypeError
        No typed array holds this dtype (object, string, complex, ...).
    """
    name = np.dtype(dtype).name
    try:
        return TYPED_ARRAYS[name]
    except KeyError:
        raise TypeError(f"no JavaScript typed array holds dtype {name}") from None


def write_from(view: HeapView, array: npt.NDArray[Any]) -> None:
    """Copy ``array`` into ``view``.

    Copies once; a strided or byte-swapped array is made contiguous first, which copies once more.
    """
    if array.size:
        view.assign(np.ascontiguousarray(array).data.cast("B"))


def read_into(view: HeapView, out: npt.NDArray[Any]) -> None:
    """Copy ``view`` into the C-contiguous array ``out``: one copy."""
    if out.size:
        view.assign_to(out.data.cast("B"))
