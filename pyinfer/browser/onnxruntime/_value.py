"""Tensors: from what a script feeds into the engine, and from the engine into arrays."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt

from pyinfer.browser.bridge.codec import read_into, write_from
from pyinfer.browser.bridge.contract import OnnxRuntimeEngine
from pyinfer.errors import UnsupportedInBrowser

from ._errors import error_of_code
from ._tables import ELEMENT_TYPES, STRING, ElementType, element_type_of

__all__ = ["as_array", "read_tensor", "write_tensor"]

#: What ``np.array([1, 2])`` holds: 64 bits on desktops, 32 in a browser's Python.
_DEFAULT_INTEGER = np.dtype(int)


def as_array(value: object, name: str, expected: ElementType | None) -> npt.NDArray[Any]:
    """What native onnxruntime takes for input ``name``, as an array.

    Where NumPy's default integer has 32 bits, an array of it becomes int64 if the model expects that:
    on a desktop the same script made an int64 array.

    Parameters
    ----------
    value : ndarray or list
        A list becomes an array of the type that the model expects.
    expected : ElementType, optional
        None: the model does not say, or does not know the input.

    Raises
    ------
    RuntimeError
        ``value`` is neither; the same cases and words as native's.
    UnsupportedInBrowser
        ``value`` is a mapping.
    """
    if isinstance(value, np.ndarray):
        if expected is not None and expected.dtype == np.int64 and value.dtype == _DEFAULT_INTEGER:
            return value.astype(np.int64, copy=False)
        return value
    if isinstance(value, list):
        return np.array(value, dtype=None if expected is None else expected.dtype)
    if value is None:
        raise error_of_code(1, f"Missing Input: {name}")
    if isinstance(value, dict):
        if not value:
            raise RuntimeError("Size of dictionary is empty, unable to run the prediction.")
        raise UnsupportedInBrowser(f"input {name!r} as a dict", "the engine is fed with tensors only")
    if isinstance(value, str | bytes | tuple):
        raise RuntimeError(
            f"Input must be a list of dictionaries or a single numpy array for input '{name}'."
        )
    raise RuntimeError(f"Unable to handle object of type {type(value)}")


def write_tensor(engine: OnnxRuntimeEngine, array: npt.NDArray[Any]) -> int:
    """A new tensor in the engine with the elements of ``array``.

    Copies the data once; strided and byte-swapped arrays once more.

    Raises
    ------
    RuntimeError
        The engine has no tensors of this dtype.
    """
    dtype = array.dtype
    element_type = element_type_of(dtype)
    if element_type is None:
        raise RuntimeError(f"Numpy_type {dtype.num} can't be converted to MLDataType.")
    shape = ",".join(map(str, array.shape))
    if element_type is STRING:
        return engine.createStringTensor(shape, json.dumps(_strings(array)))
    if not dtype.isnative:
        array = array.astype(dtype.newbyteorder("="))
    tensor = engine.createTensor(element_type.number, shape, array.nbytes)
    if array.nbytes:
        try:
            write_from(engine.tensorView(tensor, array.nbytes), array)
        except BaseException:
            engine.releaseTensors(str(tensor))
            raise
    return tensor


def _strings(array: npt.NDArray[Any]) -> list[str]:
    """The elements in C order, converted as native converts them."""
    if array.dtype.kind == "V":
        array = np.ascontiguousarray(array).view(f"S{array.dtype.itemsize}")
    if array.dtype.kind == "S":
        texts = [element.split(b"\0")[0].decode() for element in array.ravel().tolist()]
    else:
        texts = [str(element) for element in array.ravel().tolist()]
    if any("\0" in text for text in texts):
        raise UnsupportedInBrowser("a string with a NUL character", "the engine ends strings there")
    return texts


def read_tensor(engine: OnnxRuntimeEngine, tensor: int, number: int, shape: list[int]) -> npt.NDArray[Any]:
    """A fresh array with the elements of a tensor: one copy.

    Raises
    ------
    UnsupportedInBrowser
        NumPy has no such element type.
    """
    element_type = ELEMENT_TYPES[number]
    if element_type is STRING:
        strings = np.empty(shape, object)
        strings.reshape(-1)[:] = json.loads(engine.tensorStrings(tensor))
        return strings
    if element_type.dtype is None:
        raise UnsupportedInBrowser(
            f"an output of type tensor({element_type.name})",
            "NumPy has no such type",
            "a Cast to float at the end of the model",
        )
    out = np.empty(shape, element_type.dtype)
    if out.nbytes:
        read_into(engine.tensorView(tensor, out.nbytes), out)
    return out
