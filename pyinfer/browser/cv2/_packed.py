"""C++ vectors of structures and strings, to the engine and back: a converter and a reader a kind.

Structures cross packed, as OpenCV keeps them: many cost as many crossings as one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ._convert_arrays import Call, Converter, sequence_of
from ._errors import Mismatch, wrong_item
from ._results import Later, Reader
from ._spec import Parameter
from ._structures import DMatch, KeyPoint, Structure, pack, unpack

__all__ = ["PACKED_CONVERTERS", "PACKED_READERS", "arrays_of_rows", "vector_of"]

_Item = Callable[[Parameter, Any], bytes]


def _structure(cls: type[Structure]) -> _Item:
    def convert(parameter: Parameter, value: Any) -> bytes:
        if value is None:
            value = cls()
        if not isinstance(value, cls):
            raise Mismatch(f"Expected cv::{cls.__name__} for argument '{parameter.name}'")
        return pack(value)

    return convert


def _character(parameter: Parameter, value: Any) -> bytes:
    if not isinstance(value, (int, np.integer)) or isinstance(value, (bool, np.bool_)):
        raise Mismatch(f"Argument '{parameter.name}' is required to be an integer")
    return bytes((int(value) & 0xFF,))


def _sequence(name: str, value: Any) -> Sequence[Any]:
    return () if value is None else sequence_of(name, value)


def _joined(item: _Item, parameter: Parameter, value: Any) -> bytes:
    packed = []
    items = _sequence(parameter.name, value)
    for index in range(len(items)):
        try:
            packed.append(item(parameter, items[index]))
        except Mismatch:
            raise wrong_item(parameter.name, index) from None
    return b"".join(packed)


def _vector(name: str, item: _Item | None = None) -> Converter:
    """Of structures; ``name`` is opencv.js's. Without ``item`` it is only an output."""

    def convert(call: Call, parameter: Parameter, value: Any) -> str:
        if item is None or not parameter.input:
            return _output(call, name)
        _append(call, name, _joined(item, parameter, value), [])
        return _input(call, parameter)

    return convert


def _vector_of_vectors(name: str, item: _Item | None = None) -> Converter:
    def convert(call: Call, parameter: Parameter, value: Any) -> str:
        if item is None or not parameter.input:
            return _output(call, name)
        packed = []
        counts = []
        items = _sequence(parameter.name, value)
        for index in range(len(items)):
            try:
                packed.append(_joined(item, parameter, items[index]))
            except Mismatch:
                raise wrong_item(parameter.name, index) from None
            counts.append(0 if items[index] is None else len(items[index]))
        _append(call, name, b"".join(packed), counts)
        return _input(call, parameter)

    return convert


def vector_of(name: str, dtype: Any, count: int) -> Converter:
    """Of structures that are so many numbers: natively sequences of them, or an array of rows."""

    def item(parameter: Parameter, value: Any) -> bytes:
        numbers = np.asarray(value, np.float64)
        if numbers.shape != (count,):
            raise Mismatch(
                f"Can't parse '{parameter.name}'. Expected sequence length {count}, got {numbers.size}"
            )
        return numbers.astype(dtype).tobytes()

    return _vector(name, item)


def _output(call: Call, name: str) -> str:
    call.outputs.append(None)
    call.flat.append(name)
    return "K"


def _append(call: Call, name: str, packed: bytes, counts: list[int]) -> None:
    call.flat += [name, call.keep(np.frombuffer(packed, np.uint8)), len(counts), *counts]


def _input(call: Call, parameter: Parameter) -> str:
    if not parameter.output:
        return "P"
    call.outputs.append(None)
    return "U"


def _strings(call: Call, parameter: Parameter, value: Any) -> str:
    if not parameter.input:
        return _output(call, "StringVector")
    items = _sequence(parameter.name, value)
    for index, item in enumerate(items):
        if not isinstance(item, str):
            raise wrong_item(parameter.name, index)
    call.flat += [len(items), *items]
    return "S"


def _bytes(call: Call, parameter: Parameter, value: Any) -> str:
    if isinstance(value, (bytes, bytearray)):
        content = np.frombuffer(value, np.uint8)
    elif isinstance(value, np.ndarray) and value.ndim > 1:
        raise Mismatch(f"Can't parse {value.ndim}D array as '{parameter.name}' vector argument")
    else:
        content = np.array(
            [_character(parameter, item)[0] for item in _sequence(parameter.name, value)], np.uint8
        )
    call.flat.append(call.keep(content))
    return "B"


def _structures(cls: type[Structure]) -> Callable[[Reader, str], Later]:
    def read(reader: Reader, part: str) -> Later:
        packed = reader.mat(part)
        return Later(lambda: unpack(cls, packed))

    return read


def _groups(cls: type[Structure]) -> Callable[[Reader, str], Later]:
    def read(reader: Reader, part: str) -> Later:
        counts, shape = part.split(";")
        packed = reader.mat(shape)
        return Later(lambda: _grouped(unpack(cls, packed), counts))

    return read


def arrays_of_rows(dtype: Any) -> Callable[[Reader, str], Later]:
    """An array with a row an element; an empty tuple, as natively, if there is none."""

    def read(reader: Reader, part: str) -> Later:
        packed = reader.mat(part)
        return Later(lambda: () if packed is None else packed.view(dtype))

    return read


def _points(reader: Reader, part: str) -> Later:
    counts, shape = part.split(";")
    packed = reader.mat(shape)
    return Later(lambda: _grouped(() if packed is None else packed.view(np.int32), counts, copy=True))


def _grouped(items: Any, counts: str, copy: bool = False) -> tuple[Any, ...]:
    groups = []
    at = 0
    for count in map(int, counts.split(",") if counts else ()):
        group = items[at : at + count]
        groups.append(group.copy() if copy and count else tuple(group) if copy else group)
        at += count
    return tuple(groups)


def _texts(reader: Reader, part: str) -> tuple[str, ...]:
    return tuple(json.loads(part))


_KEY_POINT = _structure(KeyPoint)
_MATCH = _structure(DMatch)

#: Kind -> converter.
PACKED_CONVERTERS: dict[str, Converter] = {
    "KeyPoint[]": _vector("KeyPointVector", _KEY_POINT),
    "KeyPoint[][]": _vector_of_vectors("KeyPointVectorVector", _KEY_POINT),
    "DMatch[]": _vector("DMatchVector", _MATCH),
    "DMatch[][]": _vector_of_vectors("DMatchVectorVector", _MATCH),
    "char[][]": _vector_of_vectors("CharVectorVector", _character),
    "Point2f[]": _vector("Point2fVector"),
    "Rect[]": _vector("RectVector"),
    "Point[][]": _vector_of_vectors("PointVectorVector"),
    "String[]": _strings,
    "uchar[]": _bytes,
}

#: Kind -> reader.
PACKED_READERS: dict[str, Callable[[Reader, str], Any]] = {
    "KeyPoint[]": _structures(KeyPoint),
    "KeyPoint[][]": _groups(KeyPoint),
    "DMatch[]": _structures(DMatch),
    "DMatch[][]": _groups(DMatch),
    "Point[]": arrays_of_rows(np.int32),
    "Point2f[]": arrays_of_rows(np.float32),
    "Point3f[]": arrays_of_rows(np.float32),
    "Rect[]": arrays_of_rows(np.int32),
    "Point[][]": _points,
    "String[]": _texts,
}
