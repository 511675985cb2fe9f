"""Functions that opencv.js lacks, computed by other means behind native's own signatures.

An implementation is a Python function in a module of :mod:`._substitutes`. It is called with what OpenCV's
C++ function reads, by keyword and converted as native converts it: arrays as they were given (64-bit integers
as int32), numbers as a float64 column, None for an absent array (an empty one of bytes if the parameter's
annotation is ``Array``, not ``Array | None``), everything else as Python numbers and tuples, defaults filled
in. It returns what native returns. Arrays given to be written to are dealt with here; an implementation with
a parameter of an output's name gets the array, or None, to leave parts of it as they are.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from ._bind import bind
from ._convert import CONVERTERS
from ._convert_arrays import Call, numbers_of, output_of, sequence_of
from ._errors import Mismatch, bad_arguments, wrong_item
from ._mat import check_output, element_type_and_sizes, narrow, refuse_mat
from ._sequences import SEQUENCES
from ._spec import ARRAYS, FunctionSpec, Overload, Parameter, parse_row
from ._substitutes import MODULES, READ_MATS
from ._table import FUNCTIONS, SIGNATURES
from ._umat import call_with_arrays, has_umat

__all__ = ["checked_output", "converted", "mat_of", "substitute"]

Array = npt.NDArray[Any]
_ArrayConverter = Callable[[Parameter, Any], Array | None]

#: How an implementation is annotated that is not made for None.
_NEEDED = frozenset({"Array", "list[Array]"})

#: How a converter's flat arguments become a value, by the layout letter it returns.
_UNFLATTEN: dict[str, Callable[[list[Any]], Any]] = {
    **dict.fromkeys("nbse", lambda flat: flat[0]),
    "i": lambda flat: flat[1:],
    "R": lambda flat: ((flat[0], flat[1]), (flat[2], flat[3]), flat[4]),
}


def substitute(name: str, called: str = "", label: str = "") -> tuple[FunctionSpec, Callable[..., Any]]:
    """The signatures of a function that is computed without opencv.js, and the function.

    Parameters
    ----------
    name : str
        Its name below ``cv2``: ``"sort"``, ``"dnn.NMSBoxes"``.
    called, label : str
        What errors call it, if it is a method too: ``"convert"``, ``"KeyPoint.convert"``.
    """
    rows = SIGNATURES.get(name) or FUNCTIONS[name]
    short = name.rpartition(".")[2]
    spec = FunctionSpec.of(called or short, map(parse_row, rows), label)
    module = importlib.import_module(f"._substitutes.{MODULES[name]}", __package__)
    implementation = getattr(module, short)
    code = implementation.__code__
    read = frozenset(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
    array = mat_of if MODULES[name] in READ_MATS else _array
    needed = frozenset(name for name, kind in implementation.__annotations__.items() if kind in _NEEDED)

    def function(*args: Any, **kwargs: Any) -> Any:
        mismatches = []
        for overload in spec.overloads:
            try:
                given, written = _bind(spec.label, overload, args, kwargs, read, needed, array)
            except Mismatch as mismatch:
                mismatch.twice = overload.takes_arrays
                mismatches.append(mismatch)
            else:
                return _write_back(overload, implementation(**given), written)
        if has_umat(args, kwargs):
            return call_with_arrays(function, spec, args, kwargs)
        raise bad_arguments(spec.name, mismatches, spec.takes_arrays)

    return spec, function


def _bind(
    name: str,
    overload: Overload,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    read: frozenset[str],
    needed: frozenset[str],
    array: _ArrayConverter,
) -> tuple[dict[str, Any], list[Any]]:
    """What the implementation takes, and the arrays to write to, one an output."""
    given = {}
    written: list[Any] = []
    values = bind(name, overload, args, kwargs)
    for parameter, value in zip(overload.parameters, values, strict=True):
        if parameter.output:
            written.append(checked_output(parameter, value))
            if parameter.name in read:
                given[parameter.name] = written[-1]
        if parameter.input:
            value = converted(parameter, value, array)
            given[parameter.name] = _present(parameter, value) if parameter.name in needed else value
    return given, written


def _present(parameter: Parameter, value: Any) -> Any:
    """Arrays, with what OpenCV takes None for in its place."""
    if parameter.kind == "Mat[]":
        return [np.empty((0, 0), np.uint8) if array is None else array for array in value]
    return np.empty((0, 0), np.uint8) if value is None and parameter.kind == "Mat" else value


def converted(parameter: Parameter, value: Any, array: _ArrayConverter) -> Any:
    """What OpenCV reads of an argument, None standing for the default.

    Raises
    ------
    Mismatch
        Native does not take it.
    """
    kind = parameter.kind
    if kind == "Mat":
        return array(parameter, value)
    if kind == "Mat[]":
        return _arrays(parameter, value, array)
    sequence = SEQUENCES.get(kind)
    if sequence is not None:
        return sequence(parameter, value)
    convert = CONVERTERS.get(kind)
    if convert is None:
        return parameter.default if value is None else value
    call = Call()
    letter = convert(call, parameter, value)
    return _UNFLATTEN.get(letter, tuple)(call.flat)


def _array(parameter: Parameter, value: Any) -> Array | None:
    if isinstance(value, np.ndarray):
        refuse_mat(value, parameter.name, parameter.nd)
        value = np.asarray(value)
        if not parameter.nd and value.ndim == 3 and value.shape[2] == 1:
            value = value[..., 0]  # for OpenCV the same: its results have no axis for a single channel
    return mat_of(parameter, value)


def mat_of(parameter: Parameter, value: Any) -> Array | None:
    """An array, with int32 for 64-bit integers; a float64 column for numbers; None for nothing.

    Raises
    ------
    Mismatch
        It is none of these.
    """
    if value is None:
        return None
    if isinstance(value, np.ndarray):
        element_type_and_sizes(value, parameter.name, parameter.nd)
        return narrow(value)
    return np.array(numbers_of(parameter, value), np.float64).reshape(-1, 1)


def _arrays(parameter: Parameter, value: Any, array: _ArrayConverter) -> list[Array | None]:
    if value is None:
        return []
    if parameter.nd and isinstance(value, np.ndarray):
        return [array(parameter, value)]
    items = sequence_of(parameter.name, value)
    arrays = []
    for index in range(len(items)):
        try:
            arrays.append(array(parameter, items[index]))
        except Mismatch:
            raise wrong_item(parameter.name, index) from None
    return arrays


def checked_output(parameter: Parameter, value: Any) -> Any:
    """The array, or the list of them, that OpenCV is to write to; None for a new one.

    Raises
    ------
    Mismatch
        It is nothing that native writes to.
    """
    if value is None or parameter.kind not in ARRAYS:
        return None
    if parameter.kind == "Mat":
        value = output_of(parameter, value)
        check_output(value, parameter.name)
        return value
    outputs = []
    for index, item in enumerate(sequence_of(parameter.name, value)):
        try:
            outputs.append(output_of(parameter, item))
            check_output(outputs[-1], parameter.name)
        except Mismatch:
            raise wrong_item(parameter.name, index) from None
    return outputs


def _write_back(overload: Overload, result: Any, written: list[Any]) -> Any:
    """The result, with the arrays that were given to be written to in place of new ones, where they fit."""
    if all(target is None for target in written):
        return result
    several = len(overload.returns) + len(written) > 1
    results = list(result) if several else [result]
    first = len(overload.returns)
    for index, target in enumerate(written, first):
        results[index] = _placed(results[index], target)
    return tuple(results) if several else results[0]


def _placed(value: Any, target: Any) -> Any:
    if isinstance(value, tuple) and target is not None:
        if len(value) == len(target):
            return tuple(map(_placed, value, target))
        return value
    if not isinstance(value, np.ndarray) or target is None or value is target:
        return value
    wanted = value.dtype, element_type_and_sizes(value, "", nd=False)
    if wanted != (target.dtype, element_type_and_sizes(target, "", nd=False)):
        return value
    np.asarray(target)[...] = value.reshape(target.shape)  # a masked array would take its mask off
    return target
