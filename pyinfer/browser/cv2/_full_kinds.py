"""The kinds that only rows of our own build of opencv.js have."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from ._class_table import CLASSES
from ._classes import register_classes
from ._convert import CONVERTERS, ENGINE_CONVERTERS, doubles, floats
from ._convert_arrays import Call, Converter
from ._errors import Mismatch
from ._full_class_table import CLASSES as MORE
from ._packed import PACKED_CONVERTERS, arrays_of_rows, vector_of
from ._results import READERS, STRUCTURES, Later, Reader, real, whole
from ._spec import Parameter
from ._structures import KeyPoint

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


@cache
def register() -> None:
    """Let rows have them."""
    register_classes(set(MORE) - set(CLASSES))
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
        }
    )
    READERS.update(
        {
            "uchar[]": _flat,
            "int[]": _numbers(np.int32),
            "float[]": _numbers(np.float32),
            "double[]": _numbers(np.float64),
            "Point3f[]": arrays_of_rows(np.float32),
        }
    )
