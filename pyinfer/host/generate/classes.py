"""The classes: native's, joined with what opencv.js has of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from pyinfer.errors import BuildError

from .engine import EngineClass, EngineInventory
from .prototypes import Bindings, ClassPrototype, Prototype
from .refinements import CLASS_REFINEMENTS
from .rows import Kind, kind_of_type, make_signature, match_row

__all__ = ["ClassTable", "Offered", "TypeNames", "class_table"]

#: Vectors by the parser's name of the element's type -> the row's kind, and embind's name of the vector.
_VECTORS: dict[str, Kind] = {
    "KeyPoint": ("KeyPoint[]", "KeyPointVector"),
    "vector_KeyPoint": ("KeyPoint[][]", "KeyPointVectorVector"),
    "DMatch": ("DMatch[]", "DMatchVector"),
    "vector_DMatch": ("DMatch[][]", "DMatchVectorVector"),
    "Point2f": ("Point2f[]", "Point2fVector"),
    "Point3f": ("Point3f[]", "Point3fVector"),
    "vector_Point": ("Point[][]", "PointVectorVector"),
    "Rect": ("Rect[]", "RectVector"),
    "String": ("String[]", "StringVector"),
    "int": ("int[]", "IntVector"),
    "float": ("float[]", "FloatVector"),
    "double": ("double[]", "DoubleVector"),
    "vector_char": ("char[][]", "CharVectorVector"),
}

#: Vectors of these are passed to opencv.js as JavaScript arrays.
_FROM_ARRAYS = {
    "int": "int[]",
    "float": "float[]",
    "double": "double[]",
    "String": "String[]",
    "uchar": "uchar[]",
    "char": "int[]",
}


@dataclass(frozen=True)
class TypeNames:
    """What C++ types mean to rows and to embind, in the scope of a namespace or class.

    Parameters
    ----------
    classes : dict
        Id -> Python's name.
    engine : EngineInventory
    scope : str
        The id that names are looked up below: ``"aruco"``, ``"TrackerMIL"``.
    """

    classes: Mapping[str, str]
    engine: EngineInventory
    scope: str

    def kind(self, cpp_type: str, direction: str = "in") -> Kind | None:
        """A row's kind and embind's type name; None if opencv.js has no such type."""
        plain = _plain(cpp_type)
        element = plain.removeprefix("vector_")
        if element != plain:
            if direction == "in" and element in _FROM_ARRAYS:
                return _FROM_ARRAYS[element], "val"
            return _VECTORS.get(element) or kind_of_type(plain)
        known = kind_of_type(plain)
        if known:
            return known
        name = self.class_id(plain)
        if name is not None:
            if name not in self.engine.classes:
                return None
            return self.classes[name], name
        return ("enum", f"{plain} enum") if f"{plain} enum" in self.engine.types() else None

    def makers(self, cpp_type: str) -> dict[str, list[list[str]]]:
        """The constructors of a class, as functions that return it."""
        name = self.class_id(_plain(cpp_type))
        if name is None or name not in self.engine.classes:
            return {}
        return {f"new {name}": [[name, *types[1:]] for types in self.engine.classes[name].constructors]}

    def class_id(self, cpp_type: str) -> str | None:
        """The id of the class that a C++ type is, if it is one that native's Python knows."""
        scope = self.scope
        while True:
            candidate = f"{scope}_{cpp_type}" if scope else cpp_type
            if candidate in self.classes:
                return candidate
            if not scope:
                return None
            scope = scope.rpartition("_")[0]


def _plain(cpp_type: str) -> str:
    """``std::vector<cv::aruco::Dictionary>`` as ``vector_aruco_Dictionary``."""
    while cpp_type != (plain := re.sub(r"(?:std::)?vector<(.*)>", r"vector_\1", cpp_type.strip())):
        cpp_type = plain
    plain = re.sub(r"Ptr<(.*)>", r"\1", plain).replace("cv::", "").replace("std::", "").replace("::", "_")
    return re.sub(r"\bstring\b|(?<=vector_)string$", "String", plain).replace(" ", "")


class Offered(Protocol):
    """What our own build of opencv.js has besides npm's."""

    engine: EngineInventory

    def row(self, prototype: Prototype, constants: dict[str, int]) -> str | None:
        """The row of a prototype; None if it is not offered."""

    def property_kind(self, owner: str, name: str) -> str | None:
        """The kind of a class's attribute; None if it is not offered."""


@dataclass(frozen=True)
class ClassTable:
    """What the generated module of the classes holds.

    Attributes
    ----------
    classes : dict
        Python's name -> its lines, of the classes that opencv.js has too.
    others : dict
        Python's name -> the base class's, of all others.
    """

    classes: dict[str, tuple[str, ...]]
    others: dict[str, str]

    def static_rows(self) -> dict[str, tuple[str, ...]]:
        """The rows of the functions that static methods are too, by the functions' names."""
        found: dict[str, tuple[str, ...]] = {}
        for name, lines in self.classes.items():
            module, _, short = name.rpartition(".")
            prefix = f"{module}.{short}" if module else short
            for line in lines:
                word, _, rest = line.partition(" ")
                if word == "static":
                    method, _, row = rest.partition(" ")
                    function = f"{prefix}_{method}"
                    found[function] = (*found.get(function, ()), row)
        return found


def class_table(
    bindings: Bindings,
    engine: EngineInventory,
    native_bases: Mapping[str, str],
    constants: Mapping[str, dict[str, int]],
    offered: Offered | None = None,
) -> ClassTable:
    """The lines of every class.

    Parameters
    ----------
    native_bases : mapping
        Python's name of each of native's classes -> that of its base, empty if there is none.
    constants : mapping
        Native's constants by submodule; those of ``cv2`` itself below ``""``.
    offered : Offered, optional
        What our own build has besides.

    Raises
    ------
    BuildError
        Headers and native contradict each other.
    """
    names = {each.id: each.name for each in bindings.classes.values()}
    by_hand = {
        refinement.name: refinement.lines
        for refinement in CLASS_REFINEMENTS
        if not (offered and refinement.npm_only)
    }
    classes = {}
    for name, base in native_bases.items():
        prototype = next((each for each in bindings.classes.values() if each.name == name), None)
        everything = offered.engine if offered else engine
        if prototype is None or prototype.id not in everything.classes:
            continue
        found = everything.classes[prototype.id]
        types = TypeNames(names, engine, prototype.id)
        if (names[types.class_id(prototype.base) or ""] if prototype.base else "") != base:
            raise BuildError(f"{name} is derived from {prototype.base} in the headers, natively from {base}")
        module = name.rpartition(".")[0]
        known = constants[""] | constants.get(module, {})
        lines = [f"class {name}({base})" if base else f"class {name}"]
        for line in _lines(prototype, found, types, known, offered):
            lines += by_hand.get(f"{name}.{_member(line)}", (line,))
        classes[name] = tuple(dict.fromkeys(lines))
    return ClassTable(classes, {name: base for name, base in native_bases.items() if name not in classes})


def _member(line: str) -> str:
    """What a line is about: ``"init"``, or a method's name."""
    words = line.removeprefix("lacks ").split(" ", 2)
    return words[0] if words[0] == "init" else words[1].partition("(")[0]


def _lines(
    prototype: ClassPrototype,
    engine: EngineClass,
    types: TypeNames,
    constants: dict[str, int],
    offered: Offered | None,
) -> Iterator[str]:
    def ours(overload: Prototype) -> str | None:
        return offered.row(overload, constants) if offered else None

    makers = types.makers(prototype.id)
    for overload in prototype.constructors:
        row = match_row(replace(overload, returns=prototype.id), makers, constants, types.kind)
        row = row or ours(overload)
        yield f"init {row}" if row else f"lacks init {make_signature(overload, constants)}"
    # opencv.js's static methods take an object first.
    statics = {name: [[types[0], *types[2:]] for types in each] for name, each in engine.statics.items()}
    for name, overloads in prototype.statics.items():
        for overload in overloads:
            rows = {**makers, **_numbered(f"{prototype.id}.", name, statics)}
            row = match_row(overload, rows, constants, types.kind) or ours(overload)
            yield f"static {name} {row}" if row else f"lacks static {make_signature(overload, constants)}"
    methods = _with_inherited(engine, types.engine)
    for name, overloads in prototype.methods.items():
        rows = _numbered(f"{prototype.id}#", name, methods)
        for overload in overloads:
            row = ours(overload) or match_row(overload, rows, constants, types.kind)
            yield f"def {name} {row}" if row else f"lacks def {make_signature(overload, constants)}"
    for each in prototype.properties:
        ours_kind = offered.property_kind(prototype.id, each.name) if offered else None
        lacks = each.name not in engine.properties and ours_kind is None
        words = ("lacks ",) * lacks, ("readonly ",) * each.readonly
        kind = ours_kind or (types.kind(each.type) or ("int", ""))[0]
        yield "".join((*words[0], "property ", *words[1], f"{kind} {each.name}"))


def _with_inherited(engine: EngineClass, inventory: EngineInventory) -> dict[str, list[list[str]]]:
    base = inventory.classes.get(engine.base)  # a class of our own bindings has its methods as functions
    inherited = _with_inherited(base, inventory) if base else {}
    return inherited | engine.methods


def _numbered(prefix: str, name: str, found: dict[str, list[list[str]]]) -> dict[str, list[list[str]]]:
    """opencv.js numbers the overloads that differ in more than defaults."""
    names = (name, *(f"{name}{number}" for number in range(1, 5)))
    return {f"{prefix}{each}": found.get(each, []) for each in names}
