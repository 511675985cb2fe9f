"""What the engine does not tell about a model, read from its protobuf.

Only the wire format and the few field numbers below are needed; weights are skipped, not read, so
that a model of any size costs a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from ._tables import ELEMENT_TYPES, ElementType

__all__ = ["ModelFile", "ModelMetadata", "NodeArg", "read_model_file"]

_VARINT, _FIXED64, _BYTES, _GROUP, _END_OF_GROUP, _FIXED32 = range(6)
_EXTERNAL = 1
_BEYOND_THE_ENGINE = 1 << 31
_FIRST_WITH_CONSTANTS = 4  # before this version of the format every initializer is an input, to no effect
_LARGEST_SEARCHED = 1 << 20


class NodeArg:
    """One input or output of a model.

    Attributes
    ----------
    name : str
    type : str
        ``"tensor(float)"``, ``"seq(tensor(int64))"``, ...
    shape : list of int, str or None
        A size, the name of a symbolic dimension, or None for an unnamed one. Empty for scalars and
        where the model leaves the rank open.
    """

    __slots__ = ("_name", "_shape", "_type")

    def __init__(self, name: str, type: str, shape: list[int | str | None]) -> None:
        self._name = name
        self._type = type
        self._shape = shape

    @property
    def name(self) -> str:
        return self._name

    @property
    def type(self) -> str:
        return self._type

    @property
    def shape(self) -> list[int | str | None]:
        return list(self._shape)

    def __str__(self) -> str:
        return f"NodeArg(name='{self.name}', type='{self.type}', shape={self.shape})"


#: What native tells of a model file that has no version.
_NO_VERSION = 2**63 - 1


@dataclass
class ModelMetadata:
    """What a model says about itself; see :meth:`InferenceSession.get_modelmeta`."""

    custom_metadata_map: dict[str, str] = field(default_factory=dict)
    description: str = ""
    domain: str = ""
    graph_description: str = ""
    graph_name: str = ""
    producer_name: str = ""
    version: int = _NO_VERSION


for _class in (NodeArg, ModelMetadata):
    _class.__module__ = "onnxruntime.capi.onnxruntime_pybind11_state"


@dataclass
class ModelFile:
    """The readable parts of a model file."""

    metadata: ModelMetadata = field(default_factory=ModelMetadata)
    #: Declared inputs and outputs by name; an output that is also an input appears once.
    declared: dict[str, NodeArg] = field(default_factory=dict)
    #: Inputs that have a default value.
    overridable: list[NodeArg] = field(default_factory=list)
    #: Files of weights beside the model, as the model refers to them, and the first tensor of each.
    external_files: dict[str, str] = field(default_factory=dict)

    def node_arg(self, name: str, element_type: ElementType | None, shape: list[int | str | None]) -> NodeArg:
        """An input or output as the engine describes it; as declared where the engine has no words.

        Those are for what is no tensor, and for sizes beyond 32 bits.
        """
        declared = self.declared.get(name)
        if element_type is None:
            return declared or NodeArg(name, "", [])
        sizes = declared.shape if declared else []
        if len(sizes) == len(shape):
            shape = [
                size if isinstance(size, int) and size >= _BEYOND_THE_ENGINE else told
                for size, told in zip(sizes, shape, strict=True)
            ]
        return NodeArg(name, f"tensor({element_type.name})", shape)


class _Message:
    """A protobuf message between two offsets of a file."""

    def __init__(self, stream: BinaryIO, start: int, end: int) -> None:
        self._stream = stream
        self._start = start
        self._end = end

    def fields(self) -> Iterator[tuple[int, int | _Message]]:
        """Field numbers and values: numbers, or what a length stands before."""
        stream, position, depth = self._stream, self._start, 0
        while position < self._end:
            stream.seek(position)
            key = self._varint()
            kind = key & 7
            value: int | _Message = 0
            if kind == _VARINT:
                value = self._varint()
                position = stream.tell()
            elif kind == _BYTES:
                size = self._varint()
                start = stream.tell()
                position = start + size
                value = _Message(stream, start, position)
            elif kind in (_FIXED64, _FIXED32):
                position = stream.tell() + (8 if kind == _FIXED64 else 4)
            elif kind in (_GROUP, _END_OF_GROUP):
                depth += 1 if kind == _GROUP else -1
                position = stream.tell()
                continue
            else:
                raise ValueError(f"no protobuf: wire type {kind} at byte {position}")
            if position > self._end:
                raise ValueError(f"no protobuf: a field ends behind its message, at byte {position}")
            if depth == 0:
                yield key >> 3, value
        if depth:
            raise ValueError("no protobuf: a group does not end")

    def messages(self) -> Iterator[tuple[int, _Message]]:
        """Only the fields that a length stands before."""
        for number, value in self.fields():
            if isinstance(value, _Message):
                yield number, value

    def text(self) -> str:
        self._stream.seek(self._start)
        return self._stream.read(self._end - self._start).decode("utf-8", "replace")

    def may_contain(self, words: bytes) -> bool:
        """Whether to look for them; reads nothing of what is so large that looking is cheaper."""
        size = self._end - self._start
        if size > _LARGEST_SEARCHED:
            return True
        self._stream.seek(self._start)
        return words in self._stream.read(size)

    def _varint(self) -> int:
        result = shift = 0
        while True:
            byte = self._stream.read(1)
            if not byte or shift > 63:
                raise ValueError("no protobuf: a number does not end")
            result |= (byte[0] & 0x7F) << shift
            if byte[0] < 0x80:
                return result
            shift += 7


def read_model_file(stream: BinaryIO, size: int) -> ModelFile:
    """The readable parts of an ONNX model.

    Raises
    ------
    ValueError
        The bytes are no protobuf.
    """
    file = ModelFile()
    metadata = file.metadata
    format_version = 0
    for number, value in _Message(stream, 0, size).fields():
        if isinstance(value, int):
            if number == 1:
                format_version = value
            elif number == 5:
                metadata.version = value - (1 << 64) if value >> 63 else value
        elif number == 2:
            metadata.producer_name = value.text()
        elif number == 4:
            metadata.domain = value.text()
        elif number == 6:
            metadata.description = value.text()
        elif number == 7:
            _read_graph(value, file)
        elif number == 14:
            key, entry = _entry(value)
            metadata.custom_metadata_map[key] = entry
    if format_version < _FIRST_WITH_CONSTANTS:
        file.overridable = []
    return file


def _read_graph(graph: _Message, file: ModelFile) -> None:
    """Inputs, outputs, names and files of weights."""
    inputs: list[NodeArg] = []
    initialized: set[str] = set()
    for number, value in graph.messages():
        if number == 2:
            file.metadata.graph_name = value.text()
        elif number == 10:
            file.metadata.graph_description = value.text()
        elif number == 5:
            initialized.add(_read_tensor(value, file.external_files))
        elif number == 1:
            _read_node(value, file.external_files)
        elif number in (11, 12):
            declared = _value_info(value)
            file.declared[declared.name] = declared
            if number == 11:
                inputs.append(declared)
    file.overridable = [declared for declared in inputs if declared.name in initialized]


def _read_node(node: _Message, external_files: dict[str, str]) -> None:
    """The files of weights that its attributes refer to: tensors, and graphs with their own weights."""
    if not node.may_contain(b"location"):
        return
    for number, attribute in node.messages():
        if number != 5:
            continue
        for part, value in attribute.messages():
            if part in (5, 10):
                _read_tensor(value, external_files)
            elif part in (6, 11):
                for kind, content in value.messages():
                    if kind == 1:
                        _read_node(content, external_files)
                    elif kind == 5:
                        _read_tensor(content, external_files)


def _read_tensor(tensor: _Message, external_files: dict[str, str]) -> str:
    """Its name; where its data lie is noted."""
    name, external, entries = "", False, []
    for number, value in tensor.fields():
        if isinstance(value, int):
            external = external or (number == 14 and value == _EXTERNAL)
        elif number == 8:
            name = value.text()
        elif number == 13:
            entries.append(value)
    if external:
        for key, text in map(_entry, entries):
            if key == "location":
                external_files.setdefault(text, name)
    return name


def _entry(message: _Message) -> tuple[str, str]:
    """A StringStringEntryProto."""
    parts = {number: value.text() for number, value in message.messages()}
    return parts.get(1, ""), parts.get(2, "")


def _value_info(message: _Message) -> NodeArg:
    name, type_name = "", ""
    shape: list[int | str | None] = []
    for number, value in message.messages():
        if number == 1:
            name = value.text()
        elif number == 2:
            type_name, shape = _type(value)
    return NodeArg(name, type_name, shape)


_OPTIONAL = 9
_WRAPPERS = {4: "seq", _OPTIONAL: "optional"}


def _type(message: _Message) -> tuple[str, list[int | str | None]]:
    """A TypeProto in onnxruntime's words, with the shape if it is a tensor."""
    for number, value in message.messages():
        if number in (1, 8):
            element, shape = 0, []
            for part, content in value.fields():
                if isinstance(content, int):
                    element = content
                elif part == 2:
                    shape = [_dimension(size) for axis, size in content.messages() if axis == 1]
            word = "tensor" if number == 1 else "sparse_tensor"
            return f"{word}({_element_name(element)})", shape
        if number in _WRAPPERS:
            inner, shape = next((_type(content) for part, content in value.messages() if part == 1), ("", []))
            return f"{_WRAPPERS[number]}({inner})", shape if number == _OPTIONAL else []
        if number == 5:
            key, inner = 0, ""
            for content in dict(value.fields()).values():
                if isinstance(content, int):
                    key = content
                else:
                    inner = _type(content)[0]
            return f"map({_element_name(key)},{inner})", []
    return "", []


def _element_name(number: int) -> str:
    known = ELEMENT_TYPES.get(number)
    return known.name if known else "undefined"


def _dimension(message: _Message) -> int | str | None:
    for number, value in message.fields():
        if isinstance(value, int) and number == 1:
            return value if value < 1 << 63 else None
        if isinstance(value, _Message) and number == 2:
            return value.text() or None
    return None
