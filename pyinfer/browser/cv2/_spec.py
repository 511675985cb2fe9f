"""Rows of the table, and what the interpreter reads in them.

A row is a C++ prototype in OpenCV's own words, parameters in C++ order, named as opencv.js names
the overload::

    norm1(Mat src1, Mat src2, int normType=4, Mat mask=None) -> double

``out`` and ``inout`` parameters are results too. Python's signature follows from that by the rule
of OpenCV's own binding generator: arrays that are only output become optional and go where the
first optional parameter stands.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

__all__ = ["ARRAYS", "MOMENTS", "FunctionSpec", "Overload", "Parameter", "parse_row"]

#: The kinds whose output Python may hand in, as ``dst=``.
ARRAYS = frozenset({"Mat", "Mat[]"})

#: The fields of cv::Moments.
MOMENTS = (
    *("m00", "m10", "m01", "m20", "m11", "m02", "m30", "m21", "m12", "m03"),
    *("mu20", "mu11", "mu02", "mu30", "mu21", "mu12", "mu03"),
    *("nu20", "nu11", "nu02", "nu30", "nu21", "nu12", "nu03"),
)

_ROW = re.compile(r"(?P<name>(?:(?:new|get|set) )?[\w.#]+)\((?P<parameters>.*)\)(?: -> (?P<returns>.+))?")
_WORDS = frozenset({"out", "inout", "filled", "arithmetic", "nd"})


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a row.

    Attributes
    ----------
    kind : str
        ``"Mat"``, ``"Mat[]"``, ``"int"``, ``"Size"``, ...
    input, output : bool
        Whether OpenCV reads it; whether it writes it.
    required : bool
    default : object
        None where C++ has an empty array, and where there is no default.
    arithmetic : bool
        A scalar may stand for the array and then holds for every channel.
    nd : bool
        The array's last axis is never taken for channels.
    filled : bool
        The engine must be given it, although Python need not.
    """

    name: str
    kind: str
    input: bool
    output: bool
    required: bool
    default: Any
    arithmetic: bool = False
    nd: bool = False
    filled: bool = False


@dataclass(frozen=True, slots=True)
class Overload:
    """One row.

    Attributes
    ----------
    engine_name : str
        As opencv.js names it.
    parameters : tuple of Parameter
        In C++ order.
    arguments : tuple of int
        Which of the parameters Python takes, in Python's order.
    names : tuple of str
        Their names.
    required : int
        How many of them must be given.
    shortest : int
        How many parameters the engine must be given at least; the rest have defaults.
    returns : tuple of str
        The kinds of the returned value's parts; empty for none.
    """

    engine_name: str
    parameters: tuple[Parameter, ...]
    arguments: tuple[int, ...]
    names: tuple[str, ...]
    required: int
    shortest: int
    returns: tuple[str, ...]

    @property
    def takes_arrays(self) -> bool:
        """Whether one of its parameters is an array, or a list of them."""
        return any(parameter.kind in ARRAYS for parameter in self.parameters)

    def signature(self) -> str:
        """Python's signature in native's notation: ``src, dsize[, dst[, fx]]``."""
        given = ", ".join(self.names[: self.required])
        optional = self.names[self.required :]
        return "[, ".join([given, *optional]) + "]" * len(optional)


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """A Python function.

    Attributes
    ----------
    overloads : tuple of Overload
        In the order in which they are tried.
    takes_arrays : bool
        Whether native has it for arrays: its errors are worded otherwise then.
    label : str
        What errors about its arguments call it: ``"resize"``, ``"Feature2D.detect"``.
    """

    name: str
    overloads: tuple[Overload, ...]
    takes_arrays: bool
    label: str

    @classmethod
    def of(cls, name: str, overloads: Iterable[Overload], label: str = "") -> FunctionSpec:
        """The function with these overloads."""
        overloads = tuple(overloads)
        arrays = any(overload.takes_arrays for overload in overloads)
        return cls(name, overloads, arrays, label or name)


def parse_row(row: str) -> Overload:
    """Read one row.

    Raises
    ------
    ValueError
        It is no row.
    """
    match = _ROW.fullmatch(row)
    if match is None:
        raise ValueError(f"not a row: {row}")
    parameters = tuple(_parse_parameter(text) for text in _split(match["parameters"]))
    arguments, required = _python_order(parameters)
    return Overload(
        engine_name=match["name"],
        parameters=parameters,
        arguments=arguments,
        names=tuple(parameters[i].name for i in arguments),
        required=required,
        shortest=max(
            (i for i, p in enumerate(parameters, 1) if p.required or p.filled or p.output), default=0
        ),
        returns=tuple(part.split()[0] for part in _split(match["returns"] or "")),
    )


def _split(text: str) -> list[str]:
    """Split at the commas outside of parentheses."""
    return [part.strip() for part in re.split(r",(?![^(]*\))", text) if part.strip()]


def _parse_parameter(text: str) -> Parameter:
    declaration, equals, default = text.partition("=")
    *words, kind, name = declaration.split()
    if not _WORDS.issuperset(words):
        raise ValueError(f"not a parameter: {text}")
    return Parameter(
        name=name,
        kind=kind,
        input="out" not in words,
        output="out" in words or "inout" in words,
        required=not equals,
        default=ast.literal_eval(default) if equals else None,
        arithmetic="arithmetic" in words,
        nd="nd" in words,
        filled="filled" in words,
    )


def _python_order(parameters: tuple[Parameter, ...]) -> tuple[tuple[int, ...], int]:
    """The rule of ``FuncVariant.init_pyproto`` in OpenCV's gen2.py."""
    order: list[int] = []
    arrays: list[int] = []
    required: int | None = None
    for index, parameter in enumerate(parameters):
        if not parameter.input:
            if parameter.kind in ARRAYS:
                arrays.append(index)
            continue
        if not parameter.required:
            if required is None:
                required = len(order)
            order += arrays
            arrays = []
        order.append(index)
    if arrays and required is None:
        required = len(order)
    order += arrays
    return tuple(order), len(order) if required is None else required
