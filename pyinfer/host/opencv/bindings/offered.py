"""What our own bindings offer beside those of OpenCV's generator, prototype by prototype."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from pyinfer.host.generate.classes import TypeNames
from pyinfer.host.generate.engine import EngineClass, EngineInventory
from pyinfer.host.generate.prototypes import Bindings, ClassPrototype, Prototype
from pyinfer.host.generate.rows import match_row

from .kinds import FullTypeNames
from .source import Binding, PropertyBinding, written
from .types import Types

__all__ = ["Offers", "offers"]

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
    *("VideoCapture", "VideoWriter", "IStreamReader", "UMat", "AsyncArray"),
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
        "MatShape",
        "detail.PoseGraph",
    }
)

#: Methods with overloads whose entries embind gives to a derived class that has them too.
_OVERWRITTEN = frozenset({"BackgroundSubtractor_apply"})

#: Arrays that OpenCV writes to and does not say so: natively Python's own, which a call returns nothing of.
_WRITTEN_UNSAID = {"denoise_TVL1": "result", "AlignMTB_process": "dst"}


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
        prototype = binding.prototype
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
        scope = owner.id if owner else _scope_of(prototype)
        known = TypeNames(classes, npm, scope)
        if name not in _OVERWRITTEN and _has(npm, known, name, owner, constructs, prototype):
            continue
        names = FullTypeNames(classes, found.engine, scope, bindings.enumerations)
        types = Types(names, bindings)
        written_to = _with_written(prototype, _WRITTEN_UNSAID.get(name, ""))
        if not types.is_offered(written_to):
            continue
        taken = {*npm.functions, *found.bindings}
        number = 0
        while (engine_name := f"{name}{number or ''}") in taken:
            number += 1
        found.bindings[engine_name] = Binding(engine_name, written_to, types, owner, constructs)
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


def _scope_of(function: Prototype) -> str:
    """Where a function's types are looked up: in its namespace, or the class whose static method it is."""
    return function.callee.removeprefix("cv::").rpartition("::")[0].replace("::", "_")


def _with_written(prototype: Prototype, name: str) -> Prototype:
    parameters = (
        replace(each, direction="inout") if each.name == name else each for each in prototype.parameters
    )
    return replace(prototype, parameters=tuple(parameters))


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
