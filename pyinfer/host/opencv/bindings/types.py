"""What a C++ type is in a binding: how it is passed, and what is done before and after the call."""

from __future__ import annotations

from dataclasses import dataclass

from pyinfer.host.generate.prototypes import Bindings, Parameter, Prototype

from .kinds import FullTypeNames, plain_type

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

#: Elements of vectors that cross as a Mat, one a row.
_ROWS = frozenset({"Vec4f", "Vec6f", "RotatedRect"})

#: The same of vectors of vectors: as a Mat a vector.
_LISTS = frozenset({"vector_Point2f", "vector_Point3f"})

#: FLANN's parameters, and those that hold where none are given.
_PARAMETERS = {"IndexParams": "KDTreeIndexParams", "SearchParams": "SearchParams"}

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


#: Where a holder has what it holds.
_VALUE = '["value"]'


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
    names : FullTypeNames
        What they mean to rows and embind.

    Parameters
    ----------
    names : FullTypeNames
    bindings : Bindings
    """

    def __init__(self, names: FullTypeNames, bindings: Bindings) -> None:
        self.names = names
        self._bindings = bindings

    def passed(self, parameter: Parameter) -> Passed | None:
        """How a parameter is passed; None if there is no way."""
        if self.names.kind(parameter.type, parameter.direction) is None:
            return None
        pointed = parameter.type.endswith("*")
        plain = plain_type(parameter.type)
        if plain == "Mat":
            return Passed("const cv::Mat&" if parameter.direction == "in" else "cv::Mat&")
        if plain == "float" and parameter.type.startswith("Ptr<"):
            around = "auto {0}_ = pyinfer::number_of({0});", "pyinfer::give_number({0}, {0}_);"
            return Passed("emscripten::val", "{0}_", *around)
        if plain == "UMat":
            return _umat(parameter.direction, "cv::Mat", "umat_of", "{0}_.copyTo({0});")
        if parameter.direction != "in" and not plain.startswith("vector_"):
            return self._given_back(parameter, plain, pointed)
        if plain.removeprefix("flann::") in _PARAMETERS:
            return _flann_parameters(parameter, plain.removeprefix("flann::"))
        if plain == "MatShape":
            return Passed("const emscripten::val&", "cv::MatShape(pyinfer::vector_of<int>({}))")
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
        if plain == "vector_UMat":
            return _umat(
                parameter.direction, "std::vector<cv::Mat>", "umats_of", "pyinfer::give_umats({0}, {0}_);"
            )
        if plain.startswith("vector_"):
            return self._vector(parameter, plain)
        class_id = self.names.class_id(plain)
        if class_id is not None:
            cpp = self._bindings.classes[class_id].cpp
            if "Ptr<" in parameter.type:
                return Passed("const emscripten::val&", f"pyinfer::shared_of<{cpp}>({{}})")
            return Passed(f"{cpp}&")
        owner = self._bindings.classes.get(self.names.enumeration_scope(plain) or "")
        enumeration = f"{owner.cpp}::{plain}" if owner else _scoped(plain)
        return Passed("int", f"static_cast<{enumeration}>({{}})")

    def _given_back(self, parameter: Parameter, plain: str, pointed: bool) -> Passed | None:
        cpp = f"cv::{plain}" if plain in _STRUCTURES else plain
        class_id = self.names.class_id(plain)
        if class_id is not None and parameter.direction == "out":
            cpp = self._bindings.classes[class_id].cpp
        elif plain not in _STRUCTURES and plain not in _NUMBERS:
            return None
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
        if parameter.direction == "in" and element == "Size":
            return Passed("const cv::Mat&", "pyinfer::sizes_of({})")
        if parameter.direction == "in" and element == "vector_Mat":
            return Passed("const emscripten::val&", "pyinfer::objects_of<std::vector<cv::Mat>>({})")
        if parameter.direction == "out" and element in _ROWS:
            declared = f"{self._vector_type(plain)} {{0}}_;"
            return Passed("cv::Mat&", "{0}_", declared, "pyinfer::give_rows({0}, {0}_);")
        if parameter.direction == "out" and element in _LISTS:
            declared = f"{self._vector_type(plain)} {{0}}_;"
            return Passed("std::vector<cv::Mat>&", "{0}_", declared, "pyinfer::give_lists({0}, {0}_);")
        if self.names.element_class(plain):
            return self._objects(parameter.direction, self._vector_type(element))
        return Passed(f"{self._vector_type(plain)}&")

    def _objects(self, direction: str, element: str) -> Passed:
        taken = f"auto {{0}}_ = pyinfer::objects_of<{element}>({{0}}{'' if direction == 'in' else _VALUE});"
        if direction == "in":
            return Passed("const emscripten::val&", "{0}_", taken)
        declared = f"std::vector<{element}> {{0}}_;" if direction == "out" else taken
        return Passed("emscripten::val", "{0}_", declared, "pyinfer::give_objects({0}, {0}_);")

    def returns_objects(self, returns: str) -> bool:
        """Whether what is returned is a vector of objects, which JavaScript gets as an array."""
        return self.names.element_class(plain_type(returns)) is not None

    def _vector_type(self, plain: str) -> str:
        if plain.startswith("vector_"):
            return f"std::vector<{self._vector_type(plain.removeprefix('vector_'))}>"
        if plain in _TEXTS:
            return "std::string"
        if plain.startswith("Ptr_"):
            return f"cv::Ptr<{self._vector_type(plain.removeprefix('Ptr_'))}>"
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


def _umat(direction: str, mats: str, made: str, given: str) -> Passed:
    """UMats have no other memory here: they are copies of Mats."""
    before = f"auto {{0}}_ = pyinfer::{made}({{0}});"
    if direction == "in":
        return Passed(f"const {mats}&", "{0}_", before)
    return Passed(f"{mats}&", "{0}_", before, given)


def _flann_parameters(parameter: Parameter, plain: str) -> Passed:
    types = f"cv::flann::{plain}, cv::flann::{_PARAMETERS[plain]}"
    before = f"auto {{0}}_ = pyinfer::parameters_of<{types}>({{0}});"
    shared = parameter.type.startswith("Ptr<")
    return Passed("const emscripten::val&", "{0}_" if shared else "*{0}_", before)


def _scoped(plain: str) -> str:
    if plain.startswith("cvflann_"):
        return plain.replace("_", "::", 1)
    return plain.replace("_", "::") if "::" not in plain else plain
