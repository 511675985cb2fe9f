"""ONNX models as bytes: taken apart and put together by the wire format alone, without ``onnx``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

MODELS = Path(__file__).parents[1] / "data"

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_WIDTHS = {FIXED64: 8, FIXED32: 4}

#: Number, wire type, and an integer or bytes.
Field = tuple[int, int, int | bytes]

# Fields of ONNX's messages.
MODEL_GRAPH, MODEL_OPSET, MODEL_METADATA = 7, 8, 14
GRAPH_NODE, GRAPH_NAME, GRAPH_INITIALIZER, GRAPH_INPUT, GRAPH_OUTPUT = 1, 2, 5, 11, 12
TENSOR_NAME, TENSOR_RAW_DATA, TENSOR_EXTERNAL_DATA, TENSOR_DATA_LOCATION = 8, 9, 13, 14


def content(name: str) -> bytes:
    """One of the models of the tests."""
    return (MODELS / f"{name}.onnx").read_bytes()


def fields(data: bytes) -> list[Field]:
    """The fields of a message.

    Raises
    ------
    ValueError, IndexError
        The bytes are no message.
    """
    found: list[Field] = []
    at = 0
    while at < len(data):
        key, at = _read_varint(data, at)
        number, kind = key >> 3, key & 7
        value: int | bytes
        if kind == VARINT:
            value, at = _read_varint(data, at)
        else:
            size, at = _read_varint(data, at) if kind == BYTES else (_WIDTHS.get(kind, -1), at)
            if size < 0 or at + size > len(data) or number == 0:
                raise ValueError(f"no field: {key}")
            value, at = data[at : at + size], at + size
        found.append((number, kind, value))
    return found


def message(parts: Sequence[Field]) -> bytes:
    """The message that has these fields."""
    out = b""
    for number, kind, value in parts:
        out += varint(number << 3 | kind)
        if isinstance(value, int):
            out += varint(value)
        else:
            out += (varint(len(value)) if kind == BYTES else b"") + value
    return out


def varint(value: int) -> bytes:
    """An integer as the wire format has it."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def changed(data: bytes, path: Sequence[int], change: Callable[[list[Field]], list[Field]]) -> bytes:
    """``data`` with another message at ``path``: the first field of each number leads to the next."""
    parts = fields(data)
    if not path:
        return message(change(parts))
    index = [number for number, _, _ in parts].index(path[0])
    number, kind, value = parts[index]
    assert isinstance(value, bytes)
    parts[index] = (number, kind, changed(value, path[1:], change))
    return message(parts)


def entry(key: str, value: str | bytes) -> bytes:
    """A StringStringEntryProto."""
    encoded = value.encode() if isinstance(value, str) else value
    return message([(1, BYTES, key.encode()), (2, BYTES, encoded)])


def with_external_data(data: bytes, **entries: str | int) -> bytes:
    """A model whose first initializer lies in a file: ``location``, and ``offset`` and ``length``."""

    def move(parts: list[Field]) -> list[Field]:
        kept = [part for part in parts if part[0] != TENSOR_RAW_DATA]
        where: list[Field] = [
            (TENSOR_EXTERNAL_DATA, BYTES, entry(key, str(value))) for key, value in entries.items()
        ]
        return [*kept, *where, (TENSOR_DATA_LOCATION, VARINT, 1)]

    return changed(data, [MODEL_GRAPH, GRAPH_INITIALIZER], move)
