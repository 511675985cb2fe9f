"""What our own bindings offer beside those of OpenCV's generator, prototype by prototype."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from pyinfer.host.generate.classes import TypeNames
from pyinfer.host.generate.engine import EngineClass, EngineInventory
from pyinfer.host.generate.prototypes import Bindings, ClassPrototype, Prototype
from pyinfer.host.generate.rows import Kind, match_row

from .source import Binding, PropertyBinding, written
from .types import Types

__all__ = ["FullTypeNames", "Offers", "offers"]

#: What native has for hardware and systems that a browser keeps to itself, and its own tests.
_ELSEWHERE = (
    *(
        "cuda",
        "ocl",
        "ogl",
        "directx",
        "gapi",
        "videoio_registry",
        "utils",
        "ipp",
        "parallel",
        "samples",
        "instr",
    ),
    *("VideoCapture", "VideoWriter", "IStreamReader", "UMat", "AsyncArray", "flann"),
)

#: Windows, which are the page's.
_WINDOWS = frozenset(
    {
        *(
            "addText",
            "currentUIFramework",
            "destroyAllWindows",
            "destroyWindow",
            "displayOverlay",
            "displayStatusBar",
        ),
        *("getTrackbarPos", "getWindowImageRect", "getWindowProperty", "imshow", "moveWindow", "namedWindow"),
        *("pollKey", "resizeWindow", "selectROI", "selectROIs", "setTrackbarMax", "setTrackbarMin"),
        *(
            "setTrackbarPos",
            "setWindowProperty",
            "setWindowTitle",
            "startWindowThread",
            "waitKey",
            "waitKeyEx",
        ),
    }
)

#: What is there already: in Python, or of embind's own registration.
_KEPT = frozenset(
    {
        "KeyPoint",
        "DMatch",
        "RotatedRect",
        "Moments",
        "TickMeter",
        "FileStorage",
        "FileNode",
        "MatShape",
        "detail.PoseGraph",
    }
)

#: What C++ takes otherwise than Python gives it: a shared float, arrays written to and not said to be.
_REFUSED = frozenset({"EMD", "denoise_TVL1", "AlignMTB_process"})

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
    "c_string": ("String", "std::string"),
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
        plain = cpp_type.replace("cv::", "").removesuffix("*").strip()
        if direction in ("out", "inout"):
            if plain in _WRITTEN:
                return _WRITTEN[plain], "val"
            if cpp_type.endswith("*"):
                return None
            if plain == "vector_uchar":
                return "uchar[]", "Mat"
        if plain in _MORE:
            return _MORE[plain]
        if direction == "returned" and plain in _RETURNED:
            return _RETURNED[plain]
        if self._is_enumeration(plain):
            return "int", "int"
        return super().kind(cpp_type, direction)

    def _is_enumeration(self, plain: str) -> bool:
        name, scope = plain.replace("::", "_"), self.scope
        while True:
            if (f"{scope}_{name}" if scope else name) in self.enumerations:
                return True
            if not scope:
                return False
            scope = scope.rpartition("_")[0]


@dataclass
class Offers:
    """All of it.

    Attributes
    ----------
    bindings : dict of str to Binding
        By embind's name.
    properties : dict of tuple of str to PropertyBinding
        By the class's id and the attribute's name.
    classes : list of ClassPrototype
        Those that are registered here.
    engine : EngineInventory
        What the two generators have together, for the names of types.
    """

    bindings: dict[str, Binding] = field(default_factory=dict)
    properties: dict[tuple[str, str], PropertyBinding] = field(default_factory=dict)
    classes: list[ClassPrototype] = field(default_factory=list)
    engine: EngineInventory = field(default_factory=lambda: EngineInventory({}, {}, {}))
    _rows: dict[int, str] = field(default_factory=dict)

    def row(self, prototype: Prototype, constants: dict[str, int]) -> str | None:
        """The row of a prototype; None if it is not offered."""
        name = self._rows.get(id(prototype))
        if name is None:
            return None
        binding = self.bindings[name]
        if binding.owner and binding.constructs:
            prototype = replace(prototype, returns=binding.owner.id)
        types = binding.types.names
        kinds = [types.kind(parameter.type, parameter.direction) for parameter in prototype.parameters]
        returned = types.kind(prototype.returns, "returned") if prototype.returns else ("", "void")
        assert returned is not None
        wanted = [returned[1], *(kind[1] for kind in kinds if kind)]
        return match_row(prototype, {name: [wanted]}, constants, types.kind)

    def property_kind(self, owner: str, name: str) -> str | None:
        """The kind of a class's attribute; None if it is not offered."""
        binding = self.properties.get((owner, name))
        if binding is None:
            return None
        kind = binding.types.names.kind(binding.property.type)
        return kind[0] if kind else None


def offers(bindings: Bindings, npm: EngineInventory) -> Offers:
    """What our bindings offer of OpenCV's Python API.

    Parameters
    ----------
    bindings : Bindings
        The prototypes.
    npm : EngineInventory
        What OpenCV's own generator has: that is left to it.
    """
    found = Offers()
    found.classes = [
        each
        for each in bindings.classes.values()
        if each.id not in npm.classes and not _is_elsewhere(each.name) and each.name not in _KEPT
    ]
    ours = {each.id: EngineClass(each.base, [], {}, {}, {}) for each in found.classes}
    found.engine = EngineInventory(npm.functions, npm.constants, {**ours, **npm.classes})
    classes = {each.id: each.name for each in bindings.classes.values()}
    for name, owner, constructs, prototype in _prototypes(bindings):
        scope = owner.id if owner else prototype.namespace.removeprefix("cv").replace("::", "_").lstrip("_")
        if _has(npm, TypeNames(classes, npm, scope), name, owner, constructs, prototype):
            continue
        names = FullTypeNames(classes, found.engine, scope, bindings.enumerations)
        types = Types(names, bindings)
        if name in _REFUSED or not types.is_offered(prototype):
            continue
        taken = {*npm.functions, *found.bindings}
        number = 0
        while (engine_name := f"{name}{number or ''}") in taken:
            number += 1
        found.bindings[engine_name] = Binding(engine_name, prototype, types, owner, constructs)
        found._rows[id(prototype)] = engine_name
    for each in bindings.classes.values():
        if each.id not in found.engine.classes or _is_elsewhere(each.name) or each.name in _KEPT:
            continue
        names = FullTypeNames(classes, found.engine, each.id, bindings.enumerations)
        types = Types(names, bindings)
        for attribute in each.properties:
            there = npm.classes[each.id].properties if each.id in npm.classes else {}
            offered = types.passed(written(attribute)) and names.kind(attribute.type, "returned")
            if attribute.name not in there and offered:
                binding = PropertyBinding(each.id, each.cpp, attribute, types)
                found.properties[each.id, attribute.name] = binding
    for each in bindings.classes.values():
        for name, prototypes in each.statics.items():
            module = each.name.rpartition(".")[0]
            function = f"{each.id}_{name}".removeprefix(f"{module.replace('.', '_')}_")
            functions = bindings.functions.get(f"{module}.{function}" if module else function, [])
            for prototype, twin in zip(prototypes, functions, strict=False):
                if id(twin) in found._rows:
                    found._rows[id(prototype)] = found._rows[id(twin)]
    return found


def _is_elsewhere(name: str) -> bool:
    if name in _WINDOWS:
        return True
    return name.replace(".", "_").startswith(tuple(f"{each}_" for each in _ELSEWHERE)) or name in _ELSEWHERE


def _prototypes(bindings: Bindings) -> Iterator[tuple[str, ClassPrototype | None, bool, Prototype]]:
    """Embind's name, the class, whether it makes an object, and each prototype that a browser can have."""
    makers = {each.id for each in bindings.classes.values()}
    for name, prototypes in bindings.functions.items():
        if not _is_elsewhere(name) and name.replace(".", "_") not in makers:
            for prototype in prototypes:
                yield name.replace(".", "_"), None, False, prototype
    for each in bindings.classes.values():
        if _is_elsewhere(each.name) or each.name in _KEPT:
            continue
        for prototype in each.constructors:
            yield f"{each.id}_new", each, True, prototype
        for name, prototypes in each.methods.items():
            for prototype in prototypes:
                yield f"{each.id}_{name}", each, False, prototype


def _has(
    npm: EngineInventory,
    names: TypeNames,
    name: str,
    owner: ClassPrototype | None,
    constructs: bool,
    prototype: Prototype,
) -> bool:
    """Whether OpenCV's own generator binds a prototype."""
    kinds = [names.kind(parameter.type, parameter.direction) for parameter in prototype.parameters]
    returned = names.kind(prototype.returns, "returned") if prototype.returns else ("", "void")
    if returned is None or None in kinds:
        return False
    wanted = [kind[1] for kind in kinds if kind]
    if constructs or prototype.returns.startswith("Ptr<"):
        made = names.makers(owner.id if constructs and owner else prototype.returns)
        return any(wanted == types[1:] for overloads in made.values() for types in overloads)
    if owner is None:
        short = name.removeprefix(f"{names.scope}_")
        return any(
            [returned[1], *wanted] in npm.functions.get(each, ())
            for each in (*_numbered(name), *_numbered(short))
        )
    engine: EngineClass | None = npm.classes.get(owner.id)
    while engine:
        method = name.removeprefix(f"{owner.id}_")
        if any([returned[1], *wanted] in engine.methods.get(each, ()) for each in _numbered(method)):
            return True
        engine = npm.classes.get(engine.base)
    return False


def _numbered(name: str) -> tuple[str, ...]:
    return name, *(f"{name}{number}" for number in range(1, 5))
