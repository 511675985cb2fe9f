"""Arrays, and what stands for them, to the flat arguments of a call.

They mirror ``pyopencv_to`` for ``Mat`` and for lists of it in native's cv2_convert.cpp, messages included.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ._errors import Mismatch, wrong_item
from ._mat import Mat, as_mat, check_output, element_type_and_sizes, has_channels, narrow, refuse_mat
from ._spec import Parameter

__all__ = [
    "NO_LENGTH",
    "NUMBERS",
    "Call",
    "Converter",
    "Written",
    "convert_mat",
    "convert_mats",
    "is_sequence",
    "length_of",
    "numbers_of",
    "output_of",
    "sequence_of",
]

Array = np.ndarray[Any, Any]

#: What native takes for a number of a Scalar or a Mat: Python's own, and with them np.float64.
NUMBERS = (int, float)

#: What C++ makes of -1.
NO_LENGTH = 2**64 - 1


class Written:
    """Arrays that OpenCV writes to, and copies that it writes to in their stead.

    Attributes
    ----------
    arrays : list of ndarray
    copies : list of ndarray
        The arrays themselves, where the engine can write to them.
    """

    __slots__ = ("arrays", "copies")

    def __init__(self, arrays: list[Array], copies: list[Array]) -> None:
        self.arrays = arrays
        self.copies = copies

    def finish(self) -> None:
        """Bring what OpenCV wrote into the arrays."""
        for array, copy in zip(self.arrays, self.copies, strict=True):
            if copy is not array:
                np.asarray(array)[...] = copy


class Call:
    """One call in the making.

    Parameters
    ----------
    careful : bool
        Look at each array: is it one that native takes, and one that the engine can copy? Without it
        the engine refuses what it can't, and the call is made anew.

    Attributes
    ----------
    flat : list
        The arguments so far.
    first : ndarray or None
        The first array that is read.
    outputs : list
        For every output so far, in C++ order, the arrays to write to; None for new ones.
    kept : list
        Arrays and other objects made for this call: they must live as long.
    """

    __slots__ = ("careful", "first", "flat", "kept", "outputs")

    def __init__(self, careful: bool = True) -> None:
        self.careful = careful
        self.flat: list[Any] = []
        self.first: Array | None = None
        self.outputs: list[Written | None] = []
        self.kept: list[Any] = []

    def keep(self, array: Array) -> int:
        """The id of an array made for this call."""
        self.kept.append(array)
        return id(array)


Converter = Callable[[Call, Parameter, Any], str]
"""Appends to ``flat`` and returns the layout's letter; raises Mismatch."""


def convert_mat(call: Call, parameter: Parameter, value: Any) -> str:
    if parameter.output:
        if value is None:
            call.outputs.append(None)
            return "o"
        value = output_of(parameter, value)
        copy = _to_write(call, parameter, value)
        call.outputs.append(Written([value], [copy]))
        call.flat.append(id(copy))
        return "w"
    if value is None:
        return "-"
    if isinstance(value, np.ndarray):
        if parameter.arithmetic and value.ndim == 1 and len(value) <= 4:
            element_type_and_sizes(value, parameter.name, parameter.nd)
            value = tuple(narrow(value).tolist())
        else:
            if call.first is None:
                call.first = value
            call.flat.append(_to_read(call, parameter, value) if call.careful else id(value))
            if type(value) is not np.ndarray and isinstance(value, Mat):
                return "l" if has_channels(value, parameter.name, parameter.nd) else "d"
            return "d" if parameter.nd else "a"
    numbers = numbers_of(parameter, value)
    call.flat.append(len(numbers))
    call.flat += numbers
    return "k"


def _to_read(call: Call, parameter: Parameter, array: Array) -> int:
    return call.keep(as_mat(array, parameter.name, parameter.nd))


def _to_write(call: Call, parameter: Parameter, value: Array) -> Array:
    """The array that the engine is to write to: the one given, or a copy of it."""
    if not call.careful:
        return value
    check_output(value, parameter.name)
    return value if value.flags.c_contiguous else np.ascontiguousarray(value)


def numbers_of(parameter: Parameter, value: Any) -> list[float]:
    """The numbers of the column that a number, or a tuple of numbers, stands for.

    Raises
    ------
    Mismatch
        It is neither.
    """
    arithmetic = parameter.arithmetic
    if isinstance(value, NUMBERS):
        return [float(value)] * 4 if arithmetic else [float(value), 0.0, 0.0, 0.0]
    if isinstance(value, tuple):
        if not all(isinstance(item, NUMBERS) for item in value):
            raise Mismatch(f"{parameter.name} is not a numerical tuple", parameter.name)
        padding = (0.0,) * (4 - len(value)) if arithmetic else ()
        return [*map(float, value), *padding]
    raise Mismatch(f"{parameter.name} is not a numpy array, neither a scalar", parameter.name)


def output_of(parameter: Parameter, value: Any) -> Array:
    """The array to write to: the given one, or a new one for what native makes an array of.

    Raises
    ------
    Mismatch
        It is neither an array nor numbers.
    """
    if type(value) is np.ndarray:
        return value
    if isinstance(value, np.ndarray):
        refuse_mat(value, parameter.name, nd=False)
        return value
    return np.array([] if value is None else numbers_of(parameter, value), np.float64).reshape(-1, 1)


def convert_mats(call: Call, parameter: Parameter, value: Any) -> str:
    if parameter.output and value is None:
        call.outputs.append(None)
        return "V"
    items: Sequence[Any]
    if value is None:
        items = ()
    elif parameter.nd and isinstance(value, np.ndarray):
        items = (value,)
    else:
        items = sequence_of(parameter.name, value)
    if parameter.output:
        items = _outputs(parameter, items)
    convert = _item_to_write if parameter.output else _item_to_read
    converted = []
    for index, item in enumerate(items):
        try:
            converted.append(convert(call, parameter, item))
        except Mismatch:
            raise wrong_item(parameter.name, index) from None
    call.flat.append(len(converted))
    if parameter.output:
        written = Written(list(items), call.kept[len(call.kept) - len(converted) :])
        call.outputs.append(written)
    call.flat += converted
    if parameter.output:
        return "y"
    return "u" if parameter.nd else "v"


def _outputs(parameter: Parameter, items: Sequence[Any]) -> list[Array]:
    outputs = []
    for index, item in enumerate(items):
        try:
            outputs.append(output_of(parameter, item))
        except Mismatch:
            raise wrong_item(parameter.name, index) from None
    return outputs


def _item_to_write(call: Call, parameter: Parameter, item: Any) -> int:
    return call.keep(_to_write(call, parameter, item))


def _item_to_read(call: Call, parameter: Parameter, item: Any) -> int:
    if item is None:
        return 0
    if isinstance(item, np.ndarray):
        refuse_mat(item, parameter.name, parameter.nd)
        return call.keep(item) if not call.careful else _to_read(call, parameter, item)
    return call.keep(np.array(numbers_of(parameter, item), np.float64).reshape(-1, 1))


def is_sequence(value: Any) -> bool:
    """Whether C's ``PySequence_Check`` says so: a dict is none."""
    return isinstance(value, (Sequence, np.ndarray)) or (
        hasattr(value, "__getitem__") and hasattr(value, "__len__") and not isinstance(value, dict)
    )


def sequence_of(name: str, value: Any) -> Sequence[Any]:
    """What C++ makes a vector of.

    Raises
    ------
    Mismatch
        It is no sequence, or one without a length: an array without axes.
    """
    if not is_sequence(value):
        raise Mismatch(f"Can't parse '{name}'. Input argument doesn't provide sequence protocol")
    if length_of(value) == NO_LENGTH:
        raise Mismatch(f"Conversion error: {name}, what: vector::_M_default_append")
    items: Sequence[Any] = value
    return items


def length_of(value: Any) -> int:
    """A sequence's length as C++ gets it: an array without axes fails with -1, which is unsigned there."""
    return NO_LENGTH if isinstance(value, np.ndarray) and not value.ndim else len(value)
