"""What a model of the ORT format says about itself, read from its flatbuffer.

Only the few fields below are read, wherever they lie, so that a model of any size costs as little.
Their numbers are those of ``onnxruntime/core/flatbuffers/schema/ort.fbs``.
"""

from __future__ import annotations

import struct
from typing import BinaryIO

from ._model_file import ModelFile, NodeArg
from ._tables import ELEMENT_TYPES

__all__ = ["ORT_FORMAT", "read_ort_file"]

#: What stands at the fourth byte of such a file.
ORT_FORMAT = b"ORTM"

_SIZE, _SYMBOL = 1, 2
_TENSOR = 1


class _Table:
    """A flatbuffer's table."""

    def __init__(self, stream: BinaryIO, position: int) -> None:
        self._stream = stream
        self._position = position

    def _number(self, form: str, position: int) -> int:
        self._stream.seek(position)
        (value,) = struct.unpack(form, self._stream.read(struct.calcsize(form)))
        return int(value)

    def _field(self, number: int) -> int:
        """Where a field begins; 0 if the table has none."""
        layout = self._position - self._number("<i", self._position)
        if 4 + 2 * number >= self._number("<H", layout):
            return 0
        offset = self._number("<H", layout + 4 + 2 * number)
        return self._position + offset if offset else 0

    def _target(self, position: int) -> int:
        return position + self._number("<I", position)

    def number(self, field: int, form: str, default: int = 0) -> int:
        position = self._field(field)
        return self._number(form, position) if position else default

    def text(self, field: int) -> str:
        position = self._field(field)
        return self._text(self._target(position)) if position else ""

    def _text(self, position: int) -> str:
        size = self._number("<I", position)
        return self._stream.read(size).decode("utf-8", "replace")

    def table(self, field: int) -> _Table | None:
        position = self._field(field)
        return _Table(self._stream, self._target(position)) if position else None

    def _items(self, field: int) -> list[int]:
        position = self._field(field)
        if not position:
            return []
        start = self._target(position)
        count = self._number("<I", start)
        return [self._target(start + 4 + 4 * index) for index in range(count)]

    def tables(self, field: int) -> list[_Table]:
        return [_Table(self._stream, position) for position in self._items(field)]

    def texts(self, field: int) -> list[str]:
        return [self._text(position) for position in self._items(field)]


def read_ort_file(stream: BinaryIO) -> ModelFile:
    """The readable parts of a model of the ORT format.

    Raises
    ------
    ValueError
        The bytes end too soon.
    """
    file = ModelFile()
    try:
        stream.seek(0)
        (root,) = struct.unpack("<I", stream.read(4))
        model = _Table(stream, root).table(1)
        if model is not None:
            _read_model(model, file)
    except struct.error as error:
        raise ValueError(f"no flatbuffer: {error}") from None
    return file


def _read_model(model: _Table, file: ModelFile) -> None:
    metadata = file.metadata
    metadata.producer_name = model.text(2)
    metadata.domain = model.text(4)
    metadata.version = model.number(5, "<q")
    metadata.description = model.text(6)
    metadata.graph_description = model.text(8)
    metadata.custom_metadata_map.update((entry.text(0), entry.text(1)) for entry in model.tables(9))
    graph = model.table(7)
    if graph is None:
        return
    initialized = {tensor.text(0) for tensor in graph.tables(0)}
    file.declared.update((declared.name, declared) for declared in map(_node_arg, graph.tables(1)))
    file.overridable = [file.declared[name] for name in graph.texts(5) if name in initialized]


def _node_arg(info: _Table) -> NodeArg:
    kind = info.table(2)
    content = kind.table(2) if kind and kind.number(1, "<B") == _TENSOR else None
    if content is None:
        return NodeArg(info.text(0), "", [])
    known = ELEMENT_TYPES.get(content.number(0, "<i"))
    shape = content.table(1)
    sizes = [] if shape is None else [_dimension(axis.table(0)) for axis in shape.tables(0)]
    return NodeArg(info.text(0), f"tensor({known.name if known else 'undefined'})", sizes)


def _dimension(value: _Table | None) -> int | str | None:
    if value is None:
        return None
    kind = value.number(0, "<b")
    if kind == _SIZE:
        return value.number(1, "<q")
    return value.text(2) or None if kind == _SYMBOL else None
