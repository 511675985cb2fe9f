"""Tensors: from what a script feeds into the engine, and from the engine into arrays."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from pyinfer.browser.bridge.codec import read_into, write_from
from pyinfer.browser.bridge.contract import OnnxRuntimeEngine
from pyinfer.errors import UnsupportedInBrowser

from ._errors import Fail, error_of_code
from ._tables import ELEMENT_TYPES, STRING, ElementType, element_type_of

__all__ = [
    "OutputLayout",
    "Writer",
    "as_array",
    "filled",
    "input_of",
    "read_description",
    "read_output",
    "strings_of",
    "widens",
]

#: What ``np.array([1, 2])`` holds: 64 bits on desktops, 32 in a browser's Python.
_DEFAULT_INTEGER = np.dtype(int)


def as_array(value: object, name: str, expected: ElementType | None) -> npt.NDArray[Any]:
    """What native onnxruntime takes for input ``name``, as an array.

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
        return np.asarray(value)
    if isinstance(value, list):
        try:
            return np.array(value, dtype=None if expected is None else expected.dtype)
        except (TypeError, ValueError, OverflowError):
            raise RuntimeError("Could not create tensor from given input list") from None
    if value is None:
        raise error_of_code(1, f"Missing Input: {name}")
    if isinstance(value, dict):
        raise _error_of_mapping(value, name, expected)
    if isinstance(value, Iterable) and not isinstance(value, memoryview):
        raise RuntimeError(
            f"Input must be a list of dictionaries or a single numpy array for input '{name}'."
        )
    raise RuntimeError(f"Unable to handle object of type {type(value)}")


def _error_of_mapping(value: dict[Any, Any], name: str, expected: ElementType | None) -> Exception:
    """What is raised for an input that is a mapping; native takes it for a map."""
    if not value:
        return RuntimeError("Size of dictionary is empty, unable to run the prediction.")
    key, number = next(iter(value.items()))
    kind = "string" if isinstance(key, str) else "int64"
    if not isinstance(key, str | int):
        words = f"Unexpected key type  {type(key)}, it cannot be linked to C type int64_t for input '{name}'."
        return RuntimeError(words)
    if not isinstance(number, int | float | np.number):
        words = f"Unexpected value type  {type(number)}, it cannot be linked to C type string"
        return RuntimeError(f"{words} for input '{name}'.")
    if expected is None:
        return UnsupportedInBrowser(f"input {name!r} as a dict", "the engine is fed with tensors only")
    wanted = f"Actual: ((map({kind},tensor(float)))) , expected: ((tensor({expected.name})))"
    return error_of_code(2, f"Unexpected input data type. {wanted}")


#: Copies an array into input ``index`` of a run.
Writer: TypeAlias = Callable[[OnnxRuntimeEngine, int, int, npt.NDArray[Any]], None]


def write_bytes(engine: OnnxRuntimeEngine, run: int, index: int, array: npt.NDArray[Any]) -> None:
    """Copies once; a strided array once more."""
    write_from(engine.inputView(run, index), array)


def write_strings(engine: OnnxRuntimeEngine, run: int, index: int, array: npt.NDArray[Any]) -> None:
    """Copies as JSON."""
    engine.setInputStrings(run, index, json.dumps(strings_of(array)))


def write_as(dtype: np.dtype[Any]) -> Writer:
    """A writer that converts first: copies twice."""

    def write(engine: OnnxRuntimeEngine, run: int, index: int, array: npt.NDArray[Any]) -> None:
        write_bytes(engine, run, index, array.astype(dtype))

    return write


def input_of(array: npt.NDArray[Any], expected: ElementType | None) -> tuple[ElementType, int, Writer]:
    """Element type, size in bytes and writer for arrays like ``array``.

    Where NumPy's default integer has 32 bits, an array of it becomes int64 if the model expects that:
    on a desktop the same script made an int64 array.

    Raises
    ------
    RuntimeError
        The engine has no tensors of this dtype.
    """
    dtype = array.dtype
    if expected is not None and widens(dtype, expected):
        return expected, array.size * 8, write_as(np.dtype(np.int64))
    element_type = element_type_of(dtype)
    if element_type is None:
        raise RuntimeError(f"Numpy_type {dtype.num} can't be converted to MLDataType.")
    if element_type is STRING:
        return STRING, 0, write_strings
    return element_type, array.nbytes, write_bytes if dtype.isnative else write_as(dtype.newbyteorder("="))


def widens(dtype: np.dtype[Any], expected: ElementType) -> bool:
    """Whether integers of NumPy's default, having 32 bits, stand for the 64 that are expected."""
    return expected.dtype == np.int64 and dtype == _DEFAULT_INTEGER != np.int64


def strings_of(array: npt.NDArray[Any]) -> list[str]:
    """The elements in C order, converted as native converts them."""
    if array.dtype.kind == "V":
        array = np.ascontiguousarray(array).view(f"S{array.dtype.itemsize}")
    if array.dtype.kind == "S":
        texts = [element.split(b"\0")[0].decode() for element in array.ravel().tolist()]
    else:
        texts = [str(element) for element in array.ravel().tolist()]
    try:
        for text in texts:
            text.encode()
    except UnicodeEncodeError as error:  # a surrogate
        if array.dtype.kind != "U":
            raise
        raise Fail(f"{type(error)}: {error}") from None
    if any("\0" in text for text in texts):
        raise UnsupportedInBrowser("a string with a NUL character", "the engine ends strings there")
    return texts


def filled(array: npt.NDArray[Any], size: int) -> npt.NDArray[Any]:
    """``array``; or its first ``size`` bytes, where several elements share one and the rest stays 0."""
    if array.nbytes == size:
        return array
    array.fill(0)
    return array.reshape(-1)[:size]


class OutputLayout(NamedTuple):
    """The kind of array that an output becomes."""

    element_type: ElementType
    shape: tuple[int, ...]
    size: int  #: in bytes; 0 for strings


def read_description(description: str, names: tuple[str, ...]) -> list[OutputLayout]:
    """What :meth:`OnnxRuntimeEngine.execute` says of the outputs.

    Raises
    ------
    UnsupportedInBrowser
        An output is no tensor.
    RuntimeError
        NumPy has no such element type; native's words.
    """
    layouts = []
    for name, output in zip(names, description.split(";"), strict=True):
        number, _, sizes = output.partition(":")
        element_type = ELEMENT_TYPES.get(int(number))
        if element_type is None:
            raise UnsupportedInBrowser(
                f"output {name!r}, which is no tensor",
                "the engine hands out tensors only",
                "other output_names, or a model whose outputs are tensors",
            )
        if element_type.array_dtype is None:
            name = element_type.engine_name
            raise RuntimeError(f"No corresponding Numpy type for Tensor Type. {name}")
        shape = tuple(int(size) for size in sizes.split(",")) if sizes else ()
        size = element_type.size_of(math.prod(shape))
        layouts.append(OutputLayout(element_type, shape, size))
    return layouts


def read_output(engine: OnnxRuntimeEngine, run: int, index: int, layout: OutputLayout) -> npt.NDArray[Any]:
    """A fresh array with output ``index`` of a run: one copy."""
    out = np.empty(layout.shape, layout.element_type.array_dtype)
    if layout.size:
        read_into(engine.outputView(run, index, layout.size), filled(out, layout.size))
    elif layout.element_type is STRING:
        out.reshape(-1)[:] = json.loads(engine.outputStrings(run, index))
    return out
