"""A model that takes the engine less memory: the same one, its large weights left in the file.

While it loads, the engine holds the bytes of a model, what it parses them into and the weights that
it makes of that: three times the model, of the four gigabytes that it can have. Weights in a file
of their own it reads one after another.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from ._protobuf import BYTES, VARINT, message_field, number_field, text_field

__all__ = ["WEIGHTS", "Slimmed", "slimmed"]

#: What the model calls its own file.
WEIGHTS = "the model file itself"

_SMALLEST_LEFT_OUT = 1 << 20
_LARGEST_READ = 1 << 26
_GRAPH, _INITIALIZER, _RAW_DATA, _EXTERNAL_DATA, _DATA_LOCATION, _EXTERNAL = 7, 5, 9, 13, 14, 1
_FIXED64, _FIXED32 = 1, 5


class Slimmed(NamedTuple):
    """A model without its large weights."""

    content: bytes
    left_out: int  #: bytes of weights


class _Field(NamedTuple):
    number: int
    kind: int
    begin: int  #: of the key
    start: int  #: of the value
    end: int


def slimmed(stream: BinaryIO, size: int) -> Slimmed:
    """The model, its large weights referred to as parts of the file :data:`WEIGHTS`.

    Reads all but those weights.

    Raises
    ------
    ValueError
        The bytes are no protobuf, or what is to be read is large, too.
    """
    left_out = 0

    def tensor(start: int, end: int) -> bytes:
        nonlocal left_out
        parts = []
        for field in _fields(stream, start, end):
            length = field.end - field.start
            if (field.number, field.kind) != (_RAW_DATA, BYTES) or length < _SMALLEST_LEFT_OUT:
                parts.append(_read(stream, field.begin, field.end))
                continue
            left_out += length
            for key, value in (("location", WEIGHTS), ("offset", field.start), ("length", length)):
                entry = text_field(1, key) + text_field(2, str(value))
                parts.append(message_field(_EXTERNAL_DATA, entry))
            parts.append(number_field(_DATA_LOCATION, _EXTERNAL))
        return b"".join(parts)

    def graph(start: int, end: int) -> bytes:
        return b"".join(
            message_field(_INITIALIZER, tensor(field.start, field.end))
            if (field.number, field.kind) == (_INITIALIZER, BYTES)
            else _read(stream, field.begin, field.end)
            for field in _fields(stream, start, end)
        )

    content = b"".join(
        message_field(_GRAPH, graph(field.start, field.end))
        if (field.number, field.kind) == (_GRAPH, BYTES)
        else _read(stream, field.begin, field.end)
        for field in _fields(stream, 0, size)
    )
    return Slimmed(content, left_out)


def _fields(stream: BinaryIO, start: int, end: int) -> Iterator[_Field]:
    position = start
    while position < end:
        begin = position
        key, position = _read_varint(stream, begin)
        kind = key & 7
        value = position
        if kind == VARINT:
            _, position = _read_varint(stream, position)
        elif kind == BYTES:
            length, value = _read_varint(stream, position)
            position = value + length
        elif kind in (_FIXED64, _FIXED32):
            position += 8 if kind == _FIXED64 else 4
        else:
            raise ValueError(f"no protobuf, or an old one: wire type {kind} at byte {begin}")
        if position > end:
            raise ValueError(f"no protobuf: a field ends behind its message, at byte {position}")
        yield _Field(key >> 3, kind, begin, value, position)


def _read(stream: BinaryIO, start: int, end: int) -> bytes:
    if end - start > _LARGEST_READ:
        raise ValueError("the model has large parts that are no weights as plain bytes")
    stream.seek(start)
    return stream.read(end - start)


def _read_varint(stream: BinaryIO, position: int) -> tuple[int, int]:
    """A number, and where it ends."""
    stream.seek(position)
    result = 0
    for index, byte in enumerate(stream.read(10)):
        result |= (byte & 0x7F) << 7 * index
        if byte < 0x80:
            return result, position + index + 1
    raise ValueError("no protobuf: a number does not end")
