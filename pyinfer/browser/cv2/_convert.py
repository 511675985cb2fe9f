"""Python values to the flat arguments of a call: a converter a kind.

Each mirrors the ``pyopencv_to`` of its type in native's cv2_convert.cpp, messages included. None
stands for the parameter's default, else for the type's zero value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ._convert_arrays import (
    NO_LENGTH,
    NUMBERS,
    Call,
    Converter,
    convert_mat,
    convert_mats,
    is_sequence,
    length_of,
    sequence_of,
)
from ._errors import Mismatch, no_memory, wrong_item
from ._spec import MOMENTS, Parameter

__all__ = ["CONVERTERS", "ENGINE_CONVERTERS", "doubles", "floats"]

_INT = frozenset({int})
_PLAIN = frozenset({int, float})
_ZEROS = (0.0,) * 4


def _integer(call: Call, parameter: Parameter, value: Any) -> str:
    if value is None:
        value = parameter.default or 0
    call.flat.append(_to_int(parameter.name, value))
    return "n"


def _enumeration(call: Call, parameter: Parameter, value: Any) -> str:
    _integer(call, parameter, value)
    return "e"


def _double(call: Call, parameter: Parameter, value: Any) -> str:
    if value is None:
        value = parameter.default or 0.0
    call.flat.append(_to_double(parameter.name, value))
    return "n"


def _float(call: Call, parameter: Parameter, value: Any) -> str:
    if value is None:
        value = parameter.default or 0.0
    call.flat.append(_to_float(parameter.name, value))
    return "n"


def _boolean(call: Call, parameter: Parameter, value: Any) -> str:
    if value is None:
        value = bool(parameter.default)
    if not isinstance(value, (bool, np.bool_, int, np.integer)):
        raise Mismatch(f"Argument '{parameter.name}' is not convertable to bool")
    call.flat.append(bool(value))
    return "b"


def _string(call: Call, parameter: Parameter, value: Any) -> str:
    if value is None:
        value = parameter.default or ""
    if isinstance(value, bytes):
        value = value.decode()
    if not isinstance(value, str):
        raise Mismatch(f"Can't convert object to 'str' for '{parameter.name}'")
    call.flat.append(value)
    return "s"


def _integers(count: int, letter: str) -> Converter:
    def convert(call: Call, parameter: Parameter, value: Any) -> str:
        if value is None:
            value = parameter.default or (0,) * count
        if type(value) is tuple and len(value) == count and _are_plain_ints(value):
            call.flat += value
        else:
            call.flat += _sequence(parameter.name, value, count, _to_int)
        return letter

    return convert


def _size(call: Call, parameter: Parameter, value: Any) -> str:
    letter = _SIZE(call, parameter, value)
    width, height = call.flat[-2:]
    source = call.first
    if width * height > _SMALL and source is not None:
        # OpenCV would compute the size of the result modulo 2**32, and write beyond it.
        channels = source.shape[2] if source.ndim == 3 else 1
        size = width * height * channels * source.itemsize
        if size > _LARGEST:
            raise no_memory(size)
    return letter


def floats(count: int, letter: str) -> Converter:
    """A sequence of so many floats, which opencv.js makes what the layout letter says of."""
    return _reals(count, letter, _to_float)


def doubles(count: int, letter: str) -> Converter:
    """The same of doubles."""
    return _reals(count, letter, _to_double)


def _reals(count: int, letter: str, item: Callable[[str, Any], float]) -> Converter:
    def convert(call: Call, parameter: Parameter, value: Any) -> str:
        if value is None:
            value = parameter.default or (0.0,) * count
        call.flat.extend(_sequence(parameter.name, value, count, item))
        return letter

    return convert


def _rectangle(call: Call, parameter: Parameter, value: Any) -> str:
    if parameter.output and not parameter.input:
        call.outputs.append(None)
        return "x"
    return _integers(4, "r")(call, parameter, value)


def _range(call: Call, parameter: Parameter, value: Any) -> str:
    if value is not None and is_sequence(value) and not length_of(value):
        value = (-(2**31), 2**31 - 1)
    return _integers(2, "g")(call, parameter, value)


def _scalar(call: Call, parameter: Parameter, value: Any) -> str:
    name = parameter.name
    if value is None:
        value = parameter.default or ()
    if type(value) is tuple and len(value) <= 4 and _PLAIN.issuperset(map(type, value)):
        call.flat += map(float, value)
        call.flat += _ZEROS[len(value) :]
    elif is_sequence(value) and length_of(value) != NO_LENGTH:
        if len(value) > 4:
            raise Mismatch(f"Scalar value for argument '{name}' is longer than 4")
        if not all(isinstance(item, NUMBERS) for item in value):
            raise Mismatch(f"Scalar value for argument '{name}' is not numeric")
        call.flat.extend(float(item) for item in value)
        call.flat.extend((0.0,) * (4 - len(value)))
    elif isinstance(value, NUMBERS):
        call.flat.extend((float(value), 0.0, 0.0, 0.0))
    else:
        raise Mismatch(f"Scalar value for argument '{name}' is not numeric")
    return "c"


def _rotated_rectangle(call: Call, parameter: Parameter, value: Any) -> str:
    name = parameter.name
    if value is None:
        value = ((0.0, 0.0), (0.0, 0.0), 0.0)
    center, size, angle = _triple(name, value, "RotatedRect")
    call.flat.extend(_sequence(f"'{name}' center point", center, 2, _to_float))
    call.flat.extend(_sequence(f"'{name}' size", size, 2, _to_float))
    call.flat.append(_to_float(f"'{name}' angle", angle))
    return "R"


def _term_criteria(call: Call, parameter: Parameter, value: Any) -> str:
    name = parameter.name
    if value is None:
        value = parameter.default or (0, 0, 0.0)
    kind, count, epsilon = _triple(name, value, "TermCriteria")
    call.flat.append(_to_int(f"'{name}' criteria type", kind))
    call.flat.append(_to_int(f"'{name}' max count", count))
    call.flat.append(_to_double(f"'{name}' epsilon", epsilon))
    return "t"


def _moments(call: Call, parameter: Parameter, value: Any) -> str:
    if not isinstance(value, dict):
        raise Mismatch(f"Expected dict for argument '{parameter.name}'")
    call.flat.extend(float(value.get(name, 0.0)) for name in MOMENTS)
    return "M"


def _numbers(item: Callable[[str, Any], float], new: str) -> Converter:
    def convert(call: Call, parameter: Parameter, value: Any) -> str:
        if not parameter.input:
            call.outputs.append(None)
            return new
        if value is None:
            value = ()
        items = sequence_of(parameter.name, value)
        call.flat.append(len(items))
        call.flat.extend(_items(parameter.name, items, item))
        return "i"

    return convert


def _points(call: Call, parameter: Parameter, value: Any) -> str:
    call.outputs.append(None)
    return "Q"


def _sequence(name: str, value: Any, count: int, item: Callable[[str, Any], Any]) -> list[Any]:
    if not is_sequence(value):
        raise Mismatch(f"Can't parse '{name}'. Input argument doesn't provide sequence protocol")
    if length_of(value) != count:
        raise Mismatch(f"Can't parse '{name}'. Expected sequence length {count}, got {length_of(value)}")
    return _items(name, value, item)


def _items(name: str, value: Any, item: Callable[[str, Any], Any]) -> list[Any]:
    converted = []
    for index in range(len(value)):
        try:
            converted.append(item(name, value[index]))
        except Mismatch:
            raise wrong_item(name, index) from None
    return converted


def _triple(name: str, value: Any, kind: str) -> Any:
    if not is_sequence(value):
        raise Mismatch(f"Can't parse '{name}' as {kind}.Input argument doesn't provide sequence protocol")
    if length_of(value) != 3:
        raise Mismatch(f"Can't parse '{name}' as {kind}. Expected sequence length 3, got {length_of(value)}")
    return value


def _are_plain_ints(values: tuple[Any, ...]) -> bool:
    return _INT.issuperset(map(type, values)) and min(values) >= -(2**31) and max(values) < 2**31


def _to_int(name: str, value: Any) -> int:
    if type(value) is not int:
        if isinstance(value, (bool, np.bool_)):
            raise Mismatch(f"Argument '{name}' must be integer, not bool")
        if not isinstance(value, (int, np.integer)):
            raise Mismatch(f"Argument '{name}' is required to be an integer")
        value = int(value)
    if not -(2**31) <= value < 2**31:
        raise Mismatch("integer won't fit into a C int")
    return int(value)


def _to_double(name: str, value: Any) -> float:
    if type(value) is float:
        return value
    return _to_real(name, value, _DOUBLE, "can not be treated as a double")


def _to_float(name: str, value: Any) -> float:
    if type(value) is float:
        return value
    return _to_real(name, value, _FLOAT, "can't be treated as a float")


def _to_real(name: str, value: Any, target: tuple[str, type[np.floating[Any]]], refusal: str) -> float:
    c_type, numpy_type = target
    if isinstance(value, (bool, np.bool_)):
        raise Mismatch(f"Argument '{name}' must be {c_type}, not bool")
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, np.generic) and np.can_cast(value.dtype, numpy_type):
        return float(value)
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and not value.ndim):
        raise Mismatch(f"Argument '{name}' can not be safely parsed to '{c_type}'")
    raise Mismatch(f"Argument '{name}' {refusal}")


_DOUBLE = ("double", np.float64)
_FLOAT = ("float", np.float32)


_SIZE = _integers(2, "z")
_SMALL = 1 << 24
_LARGEST = 2**31 - 1

#: Kind -> converter.
CONVERTERS: dict[str, Converter] = {
    "Mat": convert_mat,
    "Mat[]": convert_mats,
    "int": _integer,
    "enum": _enumeration,
    "double": _double,
    "float": _float,
    "bool": _boolean,
    "String": _string,
    "Size": _size,
    "Point": _integers(2, "p"),
    "Point2f": floats(2, "p"),
    "Rect": _rectangle,
    "Range": _range,
    "Scalar": _scalar,
    "RotatedRect": _rotated_rectangle,
    "TermCriteria": _term_criteria,
    "Moments": _moments,
    "int[]": _numbers(_to_int, "I"),
    "float[]": _numbers(_to_float, "F"),
    "double[]": _numbers(_to_double, "D"),
    "Point[]": _points,
}

#: The same of kinds that only the engine is given; other modules add them.
ENGINE_CONVERTERS: dict[str, Converter] = {}
