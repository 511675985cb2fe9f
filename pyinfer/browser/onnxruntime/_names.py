"""Names of inputs and outputs, as native takes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ._errors import error_of_code

__all__ = ["names_of_inputs", "names_of_outputs"]

_INVALID_ARGUMENT = 2


def names_of_outputs(names: Iterable[str], function: str) -> tuple[str, ...]:
    """The outputs that are asked for; bytes are taken too.

    Raises
    ------
    TypeError
        They are no sequence of strings.
    onnxruntime.capi.onnxruntime_pybind11_state.InvalidArgument
        A name has a NUL character: the engine would take what stands before it.
    """
    if not isinstance(names, Iterable) or isinstance(names, str | bytes | Mapping):
        raise _no_names(names, "output_names", function)
    listed: list[Any] = [name.decode() if isinstance(name, bytes) else name for name in names]
    return _checked(listed, names, "output", function)


def names_of_inputs(feed: Mapping[str, Any], function: str) -> tuple[str, ...]:
    """The inputs that are fed; raises as :func:`names_of_outputs`."""
    return _checked(list(feed), list(feed), "input", function)


def _checked(names: list[Any], given: object, kind: str, function: str) -> tuple[str, ...]:
    if not all(isinstance(name, str) for name in names):
        raise _no_names(given, "output_names" if kind == "output" else "the keys of input_feed", function)
    for name in names:
        if "\0" in name:
            before = name.partition("\0")[0]
            raise error_of_code(_INVALID_ARGUMENT, f"Invalid {kind} name: {before}")
    return tuple(names)


def _no_names(given: object, what: str, function: str) -> TypeError:
    return TypeError(
        f"{function}(): incompatible function arguments: {what} must be a sequence of str: {given!r}"
    )
