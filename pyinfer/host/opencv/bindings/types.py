"""What a C++ type is in a binding: how it is passed, and what is done before and after the call."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pyinfer.host.generate.classes import TypeNames
from pyinfer.host.generate.prototypes import Bindings, Parameter, Prototype

__all__ = ["Passed", "Types"]

#: Passed as they are, by value.
_NUMBERS = {"int": "int", "double": "double", "float": "float", "bool": "bool", "size_t": "size_t"}

#: Passed as another type, and cast.
_CAST = {"uchar": "int", "char": "int", "int64": "double", "long long": "double", "int64_t": "double"}

_TEXTS = frozenset({"String", "string", "std::string", "cv::String"})

#: Structures that embind makes JavaScript objects or arrays of.
_STRUCTURES = frozenset(
    {
        *(
            "Size",
            "Size2f",
            "Point",
            "Point2f",
            "Point2d",
            "Point3f",
            "Rect",
            "Rect2f",
            "Rect2d",
            "Range",
            "Scalar",
        ),
        *("RotatedRect", "TermCriteria", "Moments", "KeyPoint", "DMatch"),
    }
)

#: Elements of vectors that JavaScript arrays stand for.
_FROM_ARRAYS = {
    "int": "int",
    "float": "float",
    "double": "double",
    "String": "std::string",
    "string": "std::string",
    "uchar": "uchar",
    "char": "char",
}


@dataclass(frozen=True)
class Passed:
    """A parameter of a binding.

    Attributes
    ----------
    declaration : str
        Its type in the binding's own signature.
    argument : str
        What OpenCV is given; ``{}`` stands for its name.
    before, after : str
        Statements around the call; empty for none.
    """

    declaration: str
    argument: str = "{}"
    before: str = ""
    after: str = ""


class Types:
    """The types of a scope.

    Attributes
    ----------
    names : TypeNames
        What they mean to rows and embind.

    Parameters
    ----------
    names : TypeNames
    bindings : Bindings
    """

    def __init__(self, names: TypeNames, bindings: Bindings) -> None:
        self.names = names
        self._bindings = bindings

    def passed(self, parameter: Parameter) -> Passed | None:
        """How a parameter is passed; None if there is no way."""
        if self.names.kind(parameter.type, parameter.direction) is None:
            return None
        pointed = parameter.type.endswith("*")
        plain = _plain(parameter.type)
        if plain == "Mat":
            return Passed("const cv::Mat&" if parameter.direction == "in" else "cv::Mat&")
        if parameter.direction != "in" and not plain.startswith("vector_"):
            return self._given_back(parameter, plain, pointed)
        if plain in _NUMBERS:
            return Passed(_NUMBERS[plain])
        if plain in _CAST:
            return Passed(_CAST[plain], f"static_cast<{plain}>({{}})")
        if plain in _TEXTS:
            return Passed("const std::string&")
        if plain == "c_string":
            return Passed("const std::string&", "{}.c_str()")
        if plain in _STRUCTURES:
            return Passed(f"cv::{plain}")
        if plain == "vector_uchar" and parameter.direction == "out":
            bytes_of = "std::vector<uchar> {0}_;", "pyinfer::give_bytes({0}, {0}_);"
            return Passed("cv::Mat&", "{0}_", *bytes_of)
        if plain.startswith("vector_"):
            return self._vector(parameter, plain)
        class_id = self.names.class_id(plain)
        if class_id is not None:
            cpp = self._bindings.classes[class_id].cpp
            shared = parameter.type.startswith("Ptr<") or "Ptr<" in parameter.type
            return Passed(f"const cv::Ptr<{cpp}>&" if shared else f"{cpp}&")
        return Passed("int", f"static_cast<{_scoped(plain)}>({{}})")

    def _given_back(self, parameter: Parameter, plain: str, pointed: bool) -> Passed | None:
        cpp = f"cv::{plain}" if plain in _STRUCTURES else plain
        if plain not in _STRUCTURES and plain not in _NUMBERS:
            class_id = self.names.class_id(plain)
            if class_id is None or parameter.direction != "out" or pointed:
                return None
            cpp = self._bindings.classes[class_id].cpp
        first = "" if parameter.direction == "out" else f" = pyinfer::taken<{cpp}>({{0}})"
        return Passed(
            "emscripten::val",
            "&{0}_" if pointed else "{0}_",
            f"{cpp} {{0}}_{first or '{{}}'};",
            "pyinfer::give_back({0}, {0}_);",
        )

    def _vector(self, parameter: Parameter, plain: str) -> Passed | None:
        element = plain.removeprefix("vector_")
        if parameter.direction == "in" and element in _FROM_ARRAYS:
            before = f"auto {{0}}_ = pyinfer::vector_of<{_FROM_ARRAYS[element]}>({{0}});"
            return Passed("const emscripten::val&", "{0}_", before)
        return Passed(f"{self._vector_type(plain)}&")

    def _vector_type(self, plain: str) -> str:
        if plain.startswith("vector_"):
            return f"std::vector<{self._vector_type(plain.removeprefix('vector_'))}>"
        if plain in _TEXTS:
            return "std::string"
        class_id = self.names.class_id(plain)
        return (
            self._bindings.classes[class_id].cpp
            if class_id
            else f"cv::{plain}"
            if plain[0].isupper()
            else plain
        )

    def is_offered(self, prototype: Prototype) -> bool:
        """Whether a binding can be made of a prototype."""
        if not prototype.is_plain or (
            prototype.returns and self.names.kind(prototype.returns, "returned") is None
        ):
            return False
        return all(self.passed(parameter) is not None for parameter in prototype.parameters)


def _plain(cpp_type: str) -> str:
    """``std::vector<cv::Point>`` as ``vector_Point``; without a pointer's star."""
    while cpp_type != (plain := re.sub(r"(?:std::)?vector<(.*)>", r"vector_\1", cpp_type.strip())):
        cpp_type = plain
    return re.sub(r"Ptr<(.*)>", r"\1", plain).replace("cv::", "").removesuffix("*").strip()


def _scoped(plain: str) -> str:
    return plain.replace("_", "::") if "::" not in plain else plain
