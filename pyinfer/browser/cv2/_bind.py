"""Python's arguments to C++'s parameters, by the rules and in the words of native's argument parser."""

from __future__ import annotations

from typing import Any

from ._errors import Mismatch
from ._spec import Overload

__all__ = ["bind"]


def bind(name: str, overload: Overload, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
    """The arguments in C++ order, None where none is given.

    Raises
    ------
    Mismatch
        They are too many or too few, or named as none of the parameters is.
    """
    values: list[Any] = [None] * len(overload.parameters)
    for index, value in zip(overload.arguments, args, strict=False):
        values[index] = value
    if kwargs or not overload.required <= len(args) <= len(overload.names):
        _bind_keywords(name, overload, len(args), kwargs, values)
    return values


def _bind_keywords(
    name: str, overload: Overload, positional: int, kwargs: dict[str, Any], values: list[Any]
) -> None:
    names = overload.names
    given = positional + len(kwargs)
    if given > len(names):
        kind = "keyword " if kwargs and not positional else ""
        plural = "" if len(names) == 1 else "s"
        raise Mismatch(f"{name}() takes at most {len(names)} {kind}argument{plural} ({given} given)")
    for position in range(positional, overload.required):
        if names[position] not in kwargs:
            raise Mismatch(f"{name}() missing required argument '{names[position]}' (pos {position + 1})")
    for keyword, value in kwargs.items():
        try:
            position = names.index(keyword)
        except ValueError:
            raise Mismatch(f"'{keyword}' is an invalid keyword argument for {name}()") from None
        if position < positional:
            raise Mismatch(f"argument for {name}() given by name ('{keyword}') and position ({position + 1})")
        values[overload.arguments[position]] = value
