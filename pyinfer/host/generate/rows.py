"""Rows of the table, out of the headers' prototypes and what the engine says it has."""

from __future__ import annotations

import ast
import re
from typing import Any

from pyinfer.browser.cv2._spec import parse_row

from .prototypes import Parameter, Prototype

__all__ = ["make_row"]

#: The parser's name of a C++ type -> the row's, and embind's name of it.
_KINDS: dict[str, tuple[str, str]] = {
    "Mat": ("Mat", "Mat"),
    "vector_Mat": ("Mat[]", "MatVector"),
    "int": ("int", "int"),
    "size_t": ("int", "unsigned long"),
    "double": ("double", "double"),
    "float": ("float", "float"),
    "bool": ("bool", "bool"),
    "String": ("String", "std::string"),
    "Size": ("Size", "Size"),
    "Point": ("Point", "Point"),
    "Point2f": ("Point2f", "Point2f"),
    "Rect": ("Rect", "Rect"),
    "Scalar": ("Scalar", "Scalar"),
    "RotatedRect": ("RotatedRect", "RotatedRect"),
    "TermCriteria": ("TermCriteria", "TermCriteria"),
    "Range": ("Range", "Range"),
    "Moments": ("Moments", "Moments"),
    "vector_int": ("int[]", "val"),
    "vector_float": ("float[]", "val"),
    "vector_Point": ("Point[]", "PointVector"),
}
_ENUMERATIONS = ("AlgorithmHint", "DrawMatchesFlags", "PutTextFlags")


def make_row(
    prototype: Prototype, engine: dict[str, list[list[str]]], constants: dict[str, int]
) -> str | None:
    """The row for one overload.

    Parameters
    ----------
    engine : dict
        Function name -> the C++ types (returned value first) of each of its overloads in opencv.js.
    constants : dict
        Native's constants, for default values.

    Returns
    -------
    str or None
        None if opencv.js does not have this overload, or it takes what has no row kind.
    """
    kinds = [_kind(parameter.type) for parameter in prototype.parameters]
    returned = ("", "void") if not prototype.returns else _kind(prototype.returns)
    if returned is None or any(kind is None for kind in kinds):
        return None
    wanted = [returned[1], *(kind[1] for kind in kinds if kind)]
    name = _engine_name(prototype.name, wanted, engine)
    if name is None:
        return None
    parameters = ", ".join(
        _parameter(parameter, kind[0], constants)
        for parameter, kind in zip(prototype.parameters, kinds, strict=True)
        if kind
    )
    row = f"{name}({parameters})" + (f" -> {returned[0]}" if returned[0] else "")
    _check(row, prototype)
    return row


def _kind(cpp_type: str) -> tuple[str, str] | None:
    if cpp_type in _ENUMERATIONS:
        return "enum", f"{cpp_type} enum"
    return _KINDS.get(cpp_type)


def _engine_name(name: str, wanted: list[str], engine: dict[str, list[list[str]]]) -> str | None:
    """``name``, ``name1``, ...: opencv.js numbers the overloads that differ in more than defaults."""
    for candidate in (name, *(f"{name}{number}" for number in range(1, 5))):
        if wanted in engine.get(candidate, ()):
            return candidate
    return None


def _parameter(parameter: Parameter, kind: str, constants: dict[str, int]) -> str:
    direction = () if parameter.direction == "in" else (parameter.direction,)
    text = " ".join((*direction, *parameter.words, kind, parameter.name))
    if parameter.default and parameter.direction != "out":
        text += f"={_default(parameter.default, constants)!r}"
    return text


def _check(row: str, prototype: Prototype) -> None:
    documented = prototype.python[prototype.python.index("(") + 1 : prototype.python.rindex(")")]
    derived = parse_row(row).signature()
    if derived != documented:
        raise ValueError(f"{prototype.name}: the row gives ({derived}), native has ({documented})")


def _default(source: str, constants: dict[str, int]) -> Any:
    """A C++ default value in Python."""
    text = re.sub(r"\b(cv|TermCriteria|DrawMatchesFlags)::", lambda m: _SCOPES[m[1]], source)
    text = text.replace("Scalar::all", "Scalar_all")
    names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    known = {**_NAMES, **{name: constants[name] for name in names if name in constants}}
    return eval(text, {"__builtins__": {}}, known)


_SCOPES = {"cv": "", "TermCriteria": "TermCriteria_", "DrawMatchesFlags": "DrawMatchesFlags_"}


def _scalar(*values: float) -> tuple[float, ...]:
    return (*values, *(0,) * (4 - len(values)))


_DOUBLE_MAX = 1.7976931348623157e308

_NAMES: dict[str, Any] = {
    "true": True,
    "false": False,
    "CV_PI": 3.141592653589793,
    "INT_MAX": 2**31 - 1,
    "FLT_EPSILON": 2.0**-23,
    "DBL_EPSILON": 2.0**-52,
    "Mat": lambda: None,
    "noArray": lambda: None,
    "Size": lambda *sides: sides or (0, 0),
    "Point": lambda *coordinates: coordinates or (0, 0),
    "Range": lambda: (0, 0),
    "Scalar": _scalar,
    "Scalar_all": lambda value: (value,) * 4,
    "TermCriteria": lambda *values: values,
    "morphologyDefaultBorderValue": lambda: (_DOUBLE_MAX,) * 4,
}
