"""Lists of objects of the engine's classes, which only rows of our own build of opencv.js have."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ._convert import ENGINE_CONVERTERS
from ._convert_arrays import Call, Converter, sequence_of
from ._errors import Mismatch, wrong_item
from ._results import READERS, Reader
from ._spec import Parameter

__all__ = ["register_lists_of_objects"]


def register_lists_of_objects(names: Iterable[str]) -> None:
    """Let rows have them as arguments and results."""
    for name in names:
        if name in ENGINE_CONVERTERS and name in READERS:
            kind = f"{name}[]"
            ENGINE_CONVERTERS[name] = _written(ENGINE_CONVERTERS[name])
            ENGINE_CONVERTERS.setdefault(kind, _written(_list_of(ENGINE_CONVERTERS[name])))
            READERS.setdefault(kind, _reader(READERS[name]))


def _list_of(convert: Converter) -> Converter:
    def converted(call: Call, parameter: Parameter, value: Any) -> str:
        items = () if value is None else sequence_of(parameter.name, value)
        one = Call()
        for index in range(len(items)):
            try:
                convert(one, parameter, items[index])
            except Mismatch:
                raise wrong_item(parameter.name, index) from None
        call.kept += one.kept
        call.flat += [len(one.flat), *one.flat]
        return "A"

    return converted


def _written(convert: Converter) -> Converter:
    """The same where C++ writes: JavaScript makes an object that holds what it wrote."""

    def converted(call: Call, parameter: Parameter, value: Any) -> str:
        if not parameter.output:
            return convert(call, parameter, value)
        call.outputs.append(None)
        return f"X{convert(call, parameter, value)}" if parameter.input else "x"

    return converted


def _reader(read: Callable[[Reader, str], Any]) -> Callable[[Reader, str], Any]:
    def read_all(reader: Reader, part: str) -> tuple[Any, ...]:
        return tuple(read(reader, identifier) for identifier in part.split(",")) if part else ()

    return read_all
