"""The kinds that only rows of our own build of opencv.js have."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from ._class_table import CLASSES
from ._classes import register_classes
from ._convert import CONVERTERS, ENGINE_CONVERTERS, doubles, floats
from ._convert_arrays import Call, Converter, convert_mat, sequence_of
from ._errors import Mismatch, wrong_item
from ._full_class_table import CLASSES as MORE
from ._full_objects import register_lists_of_objects
from ._full_umats import convert_umat, convert_umats, read_umat, read_umats
from ._packed import PACKED_CONVERTERS, arrays_of_rows, vector_of
from ._results import HOLDERS, READERS, STRUCTURES, Later, Reader, real, whole
from ._spec import Parameter
from ._structures import KeyPoint
from ._umat import wrap

__all__ = ["register"]


def _key_point(call: Call, parameter: Parameter, value: Any) -> str:
    if not isinstance(value, KeyPoint):
        raise Mismatch(f"Expected cv::KeyPoint for argument '{parameter.name}'")
    (x, y), size, angle = value.pt, value.size, value.angle
    call.flat += [x, y, size, angle, value.response, value.octave, value.class_id]
    return "h"


def _given_back(convert: Converter, kind: str) -> Converter:
    """What C++ writes through a reference: JavaScript makes an object that holds it."""

    def converted(call: Call, parameter: Parameter, value: Any) -> str:
        if not parameter.output:
            return convert(call, parameter, value)
        call.outputs.append(None)
        return f"X{convert(call, parameter, value)}" if parameter.input else "x"

    return converted


def _bytes(call: Call, parameter: Parameter, value: Any) -> str:
    if parameter.input:
        return PACKED_CONVERTERS["uchar[]"](call, parameter, value)
    call.outputs.append(None)
    return "o"


def _flat(reader: Reader, part: str) -> Any:
    """The elements of a Mat of one row, as natively those of a vector of bytes."""
    packed = reader.mat(part)
    return Later(lambda: () if packed is None else packed.reshape(-1))


def _numbers(dtype: Any) -> Callable[[Reader, str], Any]:
    def read(reader: Reader, part: str) -> Any:
        return np.array(part.split(","), np.float64).astype(dtype) if part else ()

    return read


def _term_criteria(numbers: list[str]) -> tuple[int, int, float]:
    kind, count, epsilon = numbers
    return int(kind), int(count), float(epsilon)


def _rows(reader: Reader, part: str) -> Any:
    """A vector of structures that are so many numbers; natively an array, if there is one."""
    packed = reader.mat(part)
    return () if packed is None else packed


def _lists(reader: Reader, part: str) -> tuple[Any, ...]:
    return tuple(_rows(reader, shape) for shape in part.split(";")[1:])


def _rotated_rectangles(reader: Reader, part: str) -> Any:
    packed = reader.mat(part)
    rows: Any = () if packed is None else packed
    return Later(lambda: tuple(((x, y), (w, h), angle) for x, y, w, h, angle in map(np.ndarray.tolist, rows)))


def _sizes(call: Call, parameter: Parameter, value: Any) -> str:
    items = sequence_of(parameter.name, value)
    sizes: list[int] = []
    for index in range(len(items)):
        one = Call()
        try:
            CONVERTERS["Size"](one, parameter, items[index])
        except Mismatch:
            raise wrong_item(parameter.name, index) from None
        sizes += one.flat
    call.flat.append(call.keep(np.array(sizes, np.int32).reshape(-1, 2)))
    return "d"


def _lists_of_arrays(call: Call, parameter: Parameter, value: Any) -> str:
    items = sequence_of(parameter.name, value)
    call.flat.append(len(items))
    for index in range(len(items)):
        try:
            CONVERTERS["Mat[]"](call, parameter, items[index])
        except Mismatch:
            raise wrong_item(parameter.name, index) from None
    return "W"


def _number_or_none(call: Call, parameter: Parameter, value: Any) -> str:
    if value is not None:
        return CONVERTERS["float"](call, parameter, value)
    call.outputs.append(None)
    return "x"


def _points(call: Call, parameter: Parameter, value: Any) -> str:
    if parameter.input:
        return vector_of("PointVector", np.int32, 2)(call, parameter, value)
    call.outputs.append(None)
    return "Q"


def _flann_parameters(call: Call, parameter: Parameter, value: Any) -> str:
    """A name, the letter of a type and a text by turns: pyopencv_flann.hpp tries the types in this order."""
    if value is None:
        value = {}
    if not isinstance(value, dict):
        raise Mismatch(f"Argument '{parameter.name}' is not a dictionary")
    texts: list[str] = []
    for place, (key, setting) in enumerate(value.items()):
        if not isinstance(key, str):
            raise Mismatch(f"Key at pos {place + 1} is not a string")
        if isinstance(setting, (bool, np.bool_)):
            texts += key, "b", str(int(setting))
        elif isinstance(setting, (int, np.integer)):
            texts += key, "i", str(int(setting))
        elif isinstance(setting, (float, np.floating)):
            texts += key, "f", repr(float(setting))
        elif isinstance(setting, str):
            texts += key, "s", setting
        else:
            types = "Supported types: [bool, int, float, str]"
            raise Mismatch(f"Failed to parse IndexParam with key '{key}'. {types}")
    call.flat += [len(texts), *texts]
    return "S"


@cache
def register() -> None:
    """Let rows have them."""
    register_classes(set(MORE) - set(CLASSES))
    register_lists_of_objects({*CLASSES, *MORE})
    HOLDERS["UMat[]"] = wrap
    CONVERTERS.update(
        {
            "Size2f": floats(2, "z"),
            "Point2d": doubles(2, "p"),
            "Point3f": floats(3, "q"),
            "Rect2f": floats(4, "r"),
            "Rect2d": doubles(4, "r"),
        }
    )
    STRUCTURES.update(
        {
            "Point2d": (2, real),
            "Point3f": (3, real),
            "Size2f": (2, real),
            "Rect2f": (4, real),
            "Rect2d": (4, real),
            "Vec2i": (2, whole),
            "Vec3i": (3, whole),
            "Vec2d": (2, real),
            "Vec3d": (3, real),
            "TermCriteria": (3, _term_criteria),
        }
    )
    for kind in STRUCTURES:
        if kind in CONVERTERS and kind not in ("Rect", "Moments"):
            CONVERTERS[kind] = _given_back(CONVERTERS[kind], kind)
    ENGINE_CONVERTERS.update(
        {
            "KeyPoint": _key_point,
            "uchar[]": _bytes,
            "Point2f[]": vector_of("Point2fVector", np.float32, 2),
            "Point3f[]": vector_of("Point3fVector", np.float32, 3),
            "Rect[]": vector_of("RectVector", np.int32, 4),
            "Size[]": _sizes,
            "Mat[][]": _lists_of_arrays,
            "UMat": convert_umat,
            "UMat[]": convert_umats,
            "float?": _number_or_none,
            "flann.Params": _flann_parameters,
            **dict.fromkeys(("Vec4f[]", "Vec6f[]", "RotatedRect[]"), convert_mat),
            **dict.fromkeys(("Point2f[][]", "Point3f[][]"), CONVERTERS["Mat[]"]),
        }
    )
    CONVERTERS["Point[]"] = _points
    READERS.update(
        {
            "uchar[]": _flat,
            "int[]": _numbers(np.int32),
            "float[]": _numbers(np.float32),
            "double[]": _numbers(np.float64),
            "Point3f[]": arrays_of_rows(np.float32),
            "Vec4f[]": _rows,
            "Vec6f[]": _rows,
            "RotatedRect[]": _rotated_rectangles,
            "Point2f[][]": _lists,
            "Point3f[][]": _lists,
            "UMat": read_umat,
            "UMat[]": read_umats,
            "float?": lambda reader, part: float(part) if part else None,
        }
    )
