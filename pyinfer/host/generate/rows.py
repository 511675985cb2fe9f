"""Rows of the table, out of the headers' prototypes and what the engine says it has."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any

from pyinfer.browser.cv2._spec import parse_row

from .prototypes import Parameter, Prototype

__all__ = ["Kind", "kind_of_type", "make_row", "make_signature", "match_row", "names_of", "signature_kind"]

#: A row's kind and embind's name of the type.
Kind = tuple[str, str]

#: The parser's name of a C++ type -> the row's, and embind's name of it.
_KINDS: dict[str, Kind] = {
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

#: They cross to the engine as int, but are bound as themselves where Python computes.
_WIDE_INTEGERS = ("size_t", "int64")

#: How the names of OpenCV's other enumerations end.
_ENUMERATION_ENDINGS = (
    *("Type", "Mode", "Modes", "Method", "Flags", "Algorithm", "Model", "Distance", "Format", "Level"),
    "VideoCaptureAPIs",
)


def make_row(
    name: str,
    prototype: Prototype,
    engine: dict[str, list[list[str]]],
    constants: dict[str, int],
    kind_of: Callable[[str, str], Kind | None],
) -> str | None:
    """The row for one overload, if opencv.js has it.

    Parameters
    ----------
    name : str
        What opencv.js calls the first overload.
    engine : dict
        Function name -> the C++ types (returned value first) of each of its overloads in opencv.js.
    constants : dict
        Native's constants, for default values.
    kind_of : callable
        As for :func:`match_row`.

    Returns
    -------
    str or None
        None if opencv.js does not have this overload, or it takes what has no row kind.
    """
    # opencv.js numbers the overloads that differ in more than defaults.
    names = (name, *(f"{name}{number}" for number in range(1, 5)))
    return match_row(prototype, {each: engine.get(each, []) for each in names}, constants, kind_of)


def match_row(
    prototype: Prototype,
    engine: dict[str, list[list[str]]],
    constants: dict[str, int],
    kind_of: Callable[[str, str], Kind | None],
) -> str | None:
    """The row for the first of the engine's overloads that has this prototype's types.

    Parameters
    ----------
    engine : dict
        The row's name -> types of each overload.
    kind_of : callable
        The kind of a C++ type that is passed ``"in"``, ``"out"`` or ``"inout"``, or is ``"returned"``; None
        if there is none.
    """
    kinds = [kind_of(parameter.type, parameter.direction) for parameter in prototype.parameters]
    returned = kind_of(prototype.returns, "returned") if prototype.returns else ("", "void")
    if returned is None or any(kind is None for kind in kinds):
        return None
    wanted = [returned[1], *(kind[1] for kind in kinds if kind)]
    for name, overloads in engine.items():
        if wanted in overloads:
            shortest = len(wanted)
            while wanted[: shortest - 1] in overloads:
                shortest -= 1
            names = [
                "Path" if parameter.is_path else kind[0]
                for parameter, kind in zip(prototype.parameters, kinds, strict=True)
                if kind
            ]
            return _render(name, prototype, names, returned[0], constants, shortest - 1)
    return None


def names_of(prototype: Prototype) -> tuple[str, ...]:
    """The parameters that Python takes, in Python's order."""
    return parse_row(make_signature(prototype, {})).names


def make_signature(prototype: Prototype, constants: dict[str, int]) -> str:
    """The row for an overload that opencv.js lacks: for its signature alone."""
    kinds = [signature_kind(parameter.type) for parameter in prototype.parameters]
    returned = signature_kind(prototype.returns) if prototype.returns else ""
    return _render(prototype.name, prototype, kinds, returned, constants)


def _render(
    name: str,
    prototype: Prototype,
    kinds: list[str],
    returned: str,
    constants: dict[str, int],
    shortest: int = 0,
) -> str:
    parameters = ", ".join(
        _parameter(parameter, kind, constants, index < shortest)
        for index, (parameter, kind) in enumerate(zip(prototype.parameters, kinds, strict=True))
    )
    row = f"{name}({parameters})" + (f" -> {returned}" if returned else "")
    _check(row, prototype)
    return row


def kind_of_type(cpp_type: str) -> Kind | None:
    """The row's kind and embind's name of a type that needs no class; None if there is none."""
    if cpp_type in _ENUMERATIONS:
        return "enum", f"{cpp_type} enum"
    return _KINDS.get(cpp_type)


def signature_kind(cpp_type: str) -> str:
    """A kind for any C++ type: the row's own where there is one, else the type's name.

    Examples
    --------
    >>> signature_kind("vector_vector_DMatch"), signature_kind("Ptr<cv::CLAHE>"), signature_kind("int*")
    ('DMatch[][]', 'CLAHE', 'int')
    """
    if cpp_type in _WIDE_INTEGERS:
        return cpp_type
    known = kind_of_type(cpp_type)
    if known:
        return known[0]
    cpp_type = re.sub(r"std::vector<(.*)>", r"vector_\1", cpp_type)
    if cpp_type.startswith("vector_"):
        return signature_kind(cpp_type.removeprefix("vector_")) + "[]"
    plain = re.sub(r"Ptr<(.*)>", r"\1", cpp_type).removesuffix("*").removeprefix("cv::")
    plain = {"std::string": "String", "uchar": "int", "char": "int"}.get(plain, plain)
    if plain != cpp_type:
        return signature_kind(plain)
    return "enum" if plain.endswith(_ENUMERATION_ENDINGS) else plain.replace("::", "_")


def _parameter(parameter: Parameter, kind: str, constants: dict[str, int], filled: bool) -> str:
    direction = () if parameter.direction == "in" else (parameter.direction,)
    # The engine has no overload that is shorter, so that this default must be filled in.
    words = ("filled",) if filled and parameter.default else ()
    text = " ".join((*direction, *words, *parameter.words, kind, parameter.name))
    if parameter.default and parameter.direction != "out":
        text += f"={_default(parameter.default, constants)!r}"
    return text


def _check(row: str, prototype: Prototype) -> None:
    documented = prototype.python[prototype.python.index("(") + 1 : prototype.python.rindex(")")]
    derived = parse_row(row).signature()
    if derived != documented:
        raise ValueError(f"{prototype.name}: the row gives ({derived}), native has ({documented})")


def _default(source: str, constants: dict[str, int]) -> Any:
    """A C++ default value in Python; None for an object that C++ makes."""
    text = re.sub(r"\bstd::vector<[^()]*>\(\)", "vector()", source).replace("cv::", "").replace("dnn::", "")
    text = re.sub(r"\b(\w+)::(?=\w)", r"\1_", text)
    text = re.sub(r"\b(\d+\.?\d*|\.\d+)[fF]\b", r"\1", text)
    text = text.strip()
    if text not in constants:
        text = re.sub(r"\b(?:AlgorithmHint|DrawMatchesFlags)_(?=\w+$)", "", text)
    if text.endswith("]") or "{" in text or "<" in text or "->" in text:
        return None
    names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    known = {**_NAMES, **{name: constants[name] for name in names if name in constants}}
    if not names <= known.keys():
        return None
    return eval(text, {"__builtins__": {}}, known)


def _scalar(*values: float) -> tuple[float, ...]:
    return (*values, *(0,) * (4 - len(values)))


_DOUBLE_MAX = 1.7976931348623157e308

_NAMES: dict[str, Any] = {
    "true": True,
    "false": False,
    "CV_PI": 3.141592653589793,
    "DBL_MAX": _DOUBLE_MAX,
    "INT16_MAX": 2**15 - 1,
    "INT_MAX": 2**31 - 1,
    "FLT_EPSILON": 2.0**-23,
    "DBL_EPSILON": 2.0**-52,
    "Mat": lambda: None,
    "noArray": lambda: None,
    "Size": lambda *sides: sides or (0, 0),
    "Point": lambda *coordinates: coordinates or (0, 0),
    "Point2d": lambda *coordinates: coordinates or (0, 0),
    "Range": lambda: (0, 0),
    "Range_all": lambda: (-(2**31), 2**31 - 1),
    "Scalar": _scalar,
    "CV_RGB": lambda red, green, blue: _scalar(blue, green, red),
    "cvflann_FLANN_DIST_L2": 1,
    "Scalar_all": lambda value: (value,) * 4,
    "TermCriteria": lambda *values: values,
    "morphologyDefaultBorderValue": lambda: (_DOUBLE_MAX,) * 4,
}
