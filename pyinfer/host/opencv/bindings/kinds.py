"""What C++ types mean to rows and to embind, where our own bindings take them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pyinfer.host.generate.classes import TypeNames
from pyinfer.host.generate.rows import Kind

__all__ = ["FullTypeNames", "plain_type"]

_WRITTEN: dict[str, str] = {
    **{
        name: name
        for name in ("int", "double", "float", "bool", "Size", "Point", "Point2f", "Point2d", "Rect")
    },
    **{name: name for name in ("Scalar", "RotatedRect")},
    "size_t": "int",
}

_MORE: dict[str, Kind] = {
    "Size2f": ("Size2f", "Size2f"),
    "Point2d": ("Point2d", "Point2d"),
    "Point3f": ("Point3f", "Point3f"),
    "Rect2f": ("Rect2f", "Rect2f"),
    "Rect2d": ("Rect2d", "Rect2d"),
    "KeyPoint": ("KeyPoint", "KeyPoint"),
    "uchar": ("int", "int"),
    "char": ("int", "int"),
    "int64": ("int", "double"),
    "int64_t": ("int", "double"),
    **{
        f"cvflann{separator}flann_{name}_t": ("int", "int")
        for separator in ("_", "::")
        for name in ("distance", "algorithm")
    },
    "c_string": ("String", "std::string"),
    "UMat": ("UMat", "Mat"),
    "vector_UMat": ("UMat[]", "MatVector"),
    "MatShape": ("int[]", "val"),
    **{
        f"{scope}{name}": ("flann.Params", "val")
        for scope in ("", "flann::")
        for name in ("IndexParams", "SearchParams")
    },
}

#: Other names of classes.
_ALIASES = {"FeatureDetector": "Feature2D"}

#: Classes whose vectors are embind's own.
_PACKED = frozenset({"KeyPoint", "DMatch", "RotatedRect"})

#: Vectors that cross as Mats, and those that OpenCV only writes.
_VECTORS: dict[str, Kind] = {
    "vector_Size": ("Size[]", "Mat"),
    "vector_vector_Mat": ("Mat[][]", "val"),
}
_WRITTEN_VECTORS: dict[str, Kind] = {
    "vector_uchar": ("uchar[]", "Mat"),
    "vector_Vec4f": ("Vec4f[]", "Mat"),
    "vector_Vec6f": ("Vec6f[]", "Mat"),
    "vector_RotatedRect": ("RotatedRect[]", "Mat"),
    "vector_vector_Point2f": ("Point2f[][]", "MatVector"),
    "vector_vector_Point3f": ("Point3f[][]", "MatVector"),
}
_RETURNED: dict[str, Kind] = {
    f"Vec{count}{letter}": (f"Vec{count}{letter}", "val") for count in (2, 3) for letter in "id"
}


@dataclass(frozen=True)
class FullTypeNames(TypeNames):
    """What types mean to our bindings: enumerations are numbers, and what C++ writes is given back.

    Parameters
    ----------
    enumerations : frozenset of str
        As `Bindings` has them.
    """

    enumerations: frozenset[str] = frozenset()

    def kind(self, cpp_type: str, direction: str = "in") -> Kind | None:
        if cpp_type == "Ptr<float>":
            return "float?", "val"
        plain = plain_type(cpp_type)
        if direction in ("out", "inout"):
            if plain in _WRITTEN:
                return _WRITTEN[plain], "val"
            if cpp_type.endswith("*"):
                return None
            if plain in _WRITTEN_VECTORS and direction == "out":
                return _WRITTEN_VECTORS[plain]
        if plain in _MORE:
            return _MORE[plain]
        if direction == "in" and plain in _VECTORS:
            return _VECTORS[plain]
        if direction == "returned" and plain in {**_RETURNED, **_WRITTEN_VECTORS}:
            return {**_RETURNED, **_WRITTEN_VECTORS}[plain]
        if self.enumeration_scope(plain) is not None:
            return "int", "int"
        name = self.element_class(plain)
        if name is not None:
            return (f"{self.classes[name]}[]", "val") if name in self.engine.classes else None
        return super().kind(cpp_type, direction)

    def class_id(self, cpp_type: str) -> str | None:
        return super().class_id(_ALIASES.get(cpp_type, cpp_type))

    def element_class(self, plain: str) -> str | None:
        """The id of the class whose objects a vector has, plain or shared; None if it is none."""
        element = plain.removeprefix("vector_")
        if element == plain or element in _PACKED:
            return None
        return self.class_id(element.removeprefix("Ptr_").replace("::", "_"))

    def enumeration_scope(self, plain: str) -> str | None:
        """The id of what an enumeration is declared in, empty for none; None if it is no enumeration."""
        name, scope = plain.replace("::", "_"), self.scope
        while True:
            if (f"{scope}_{name}" if scope else name) in self.enumerations:
                return scope
            if not scope:
                return None
            scope = scope.rpartition("_")[0]


def plain_type(cpp_type: str) -> str:
    """``std::vector<Ptr<cv::mcc::CChecker>>`` as ``vector_Ptr_mcc::CChecker``; without a pointer's star."""
    plain = cpp_type.replace("cv::", "").removesuffix("*").strip()
    while plain != (shorter := re.sub(r"(?:std::)?vector<(.*)>", r"vector_\1", plain.strip())):
        plain = shorter
    plain = re.sub(r"(?<=^vector_)Ptr<(.*)>", r"Ptr_\1", plain)
    return re.sub(r"^Ptr<(.*)>", r"\1", plain).strip()
