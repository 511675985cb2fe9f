"""Classes whose objects live in the engine: made of the table's lines when they are first asked for.

An instance holds the integer by which the engine knows its object, and releases it when it is collected.
"""

from __future__ import annotations

import importlib
import weakref
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from pyinfer.browser.bridge import get_bridge
from pyinfer.errors import UnsupportedInBrowser

from ._call import call_function, check_arguments
from ._class_members import DEFAULTS, REFINED, WRAPPERS
from ._class_spec import ClassSpec, Method, Property, parse_class, parse_npm_class
from ._class_table import CLASSES
from ._convert import CONVERTERS, ENGINE_CONVERTERS
from ._convert_arrays import Call, Converter
from ._engine_tables import class_lines, engine_functions
from ._errors import Mismatch, bad_arguments, error, opencv_error
from ._files import convert_path
from ._packed import PACKED_CONVERTERS, PACKED_READERS
from ._results import READERS, Reader
from ._rotated_rectangle import RotatedRectangle, convert_rotated_rectangle
from ._spec import FunctionSpec, Overload, Parameter, parse_row
from ._structures import DMatch, KeyPoint, TrackerParameters
from ._unsupported import CLASS_NAMES, unsupported_function

__all__ = ["EngineObject", "find_class", "register_classes", "static_method", "static_method_names"]

#: Classes that are kept in Python.
_STRUCTURES: dict[str, type] = {
    "KeyPoint": KeyPoint,
    "DMatch": DMatch,
    "RotatedRect": RotatedRectangle,
    "TrackerMIL.Params": TrackerParameters,
}


class EngineObject:
    """What all of the classes have.

    Attributes
    ----------
    identifier : int
        The engine's; 0 if there is no object behind the instance, as natively after ``cv2.ORB()``.
    """

    __slots__ = ("__weakref__", "_finalizer", "identifier")

    #: The class's name below ``cv2``.
    _name = ""

    _finalizer: weakref.finalize[Any, Any]
    identifier: int

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        object.__setattr__(self, "identifier", 0)

    def adopt(self, identifier: int) -> None:
        """Become the owner of an object of the engine's."""
        finalizer = weakref.finalize(self, get_bridge().opencv.release, identifier)
        finalizer.atexit = False
        object.__setattr__(self, "_finalizer", finalizer)
        object.__setattr__(self, "identifier", identifier)

    def take_over(self, other: EngineObject) -> None:
        """Become the owner in another's stead."""
        other._finalizer.detach()
        self.adopt(other.identifier)

    def __setattr__(self, name: str, value: Any) -> None:
        if hasattr(type(self), name) or hasattr(self, "__dict__"):
            object.__setattr__(self, name, value)
        else:
            self.__getattr__(name)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"'cv2.{self._name}' object has no attribute '{name}'", name=name, obj=self)

    def __repr__(self) -> str:
        return f"< cv2.{self._name} {id(self):#x}>"

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError(f"cannot pickle 'cv2.{self._name}' object")


@cache
def find_class(name: str) -> type | None:
    """A class that the loaded engine has, or that is kept in Python.

    Parameters
    ----------
    name : str
        Its name below ``cv2``: ``"ORB"``, ``"aruco.Board"``, ``"SimpleBlobDetector.Params"``.
    """
    if name in _STRUCTURES:
        return _STRUCTURES[name]
    if name not in class_lines():
        return None
    spec = parse_class(name)
    available = _members(spec)
    if not available:
        return None
    made = _make_class(spec, available)
    return _refined(name, made) if name in REFINED else made


def _refined(name: str, made: type) -> type:
    module: Any = importlib.import_module(f".{REFINED[name]}", __package__)
    derived: type = module.REFINERS[name](made)
    derived.__module__, derived.__qualname__ = made.__module__, made.__qualname__
    return derived


def _class(name: str) -> type[EngineObject]:
    cls = find_class(name)
    assert cls is not None, f"opencv.js makes objects of {name} and says that it has no such class"
    return cls


def _members(spec: ClassSpec) -> frozenset[str]:
    return frozenset(get_bridge().opencv.members(spec.engine_name).split())


def static_method(name: str) -> Callable[..., Any] | None:
    """The function that a static method is too, natively: ``ORB_create`` is ``ORB.create``."""
    owner, _, method = name.rpartition("_")
    if owner not in CLASS_NAMES or owner not in class_lines():
        return None
    if method not in parse_class(owner).statics or find_class(owner) is None:
        return None
    spec = parse_class(owner)
    return _static(spec, method, spec.statics[method], _members(spec), name.rpartition(".")[2])


def static_method_names() -> list[str]:
    """The names of the functions that static methods stand for."""
    found = []
    for name in CLASSES:
        module, _, short = name.rpartition(".")
        prefix = f"{module}." if module and module[0].islower() else ""
        found += [f"{prefix}{short}_{method}" for method in parse_npm_class(name).statics]
    return found


def _make_class(spec: ClassSpec, available: frozenset[str]) -> type:
    content: dict[str, Any] = {}
    if spec.init.ordered:
        content["__init__"] = _initializer(spec)
    for name, method in spec.methods.items():
        content[name] = _method(spec, name, method, available)
    for name, method in spec.statics.items():
        content[name] = staticmethod(_static(spec, name, method, available))
    for each in spec.properties:
        content[each.name] = _property(spec, each)
    for name in class_lines():
        if name.rpartition(".")[0] == spec.name:
            content[name.rpartition(".")[2]] = _Nested(name)
    base = find_class(spec.base) if spec.base else None
    module, _, short = f"cv2.{spec.name}".rpartition(".")
    content.update({"__slots__": (), "__module__": module, "_name": spec.name})
    return type(short, (base or EngineObject,), content)


class _Nested:
    """An attribute that is a class within a class."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, owner: type) -> type | None:
        return find_class(self._name)


class _Member:
    """A constructor, method or static method as it is called.

    Parameters
    ----------
    name : str
        Below ``cv2``: ``"ORB.detect"``.
    label : str
        What errors about arguments call it.
    available : frozenset of str
        What the loaded engine has.
    """

    def __init__(self, name: str, label: str, method: Method, available: frozenset[str]) -> None:
        self._name = name
        self._all = [(each, each in method.lacking or not _has(available, each)) for each in method.ordered]
        here = [overload for overload, lacking in self._all if not lacking]
        short = label.rpartition(".")[2]
        self.function = FunctionSpec.of(short, here, label)
        self._takes_arrays = any(overload.takes_arrays for overload, _ in self._all)
        self._whole = len(here) == len(self._all)

    def __call__(self, target: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call the engine, with ``target`` for the object; where it lacks what would fit, say so."""
        if self._whole:
            return call_function(self.function, args, kwargs, target)
        mismatches = []
        for overload, lacking in self._all:
            try:
                check_arguments(self.function.label, overload, args, kwargs)
            except Mismatch as mismatch:
                mismatch.twice = overload.takes_arrays
                mismatches.append(mismatch)
                continue
            if lacking:
                return unsupported_function(self._name, self._name.rpartition(".")[0])()
            return call_function(self.function, args, kwargs, target)
        raise bad_arguments(self.function.name, mismatches, self._takes_arrays)

    def refuse_arguments(self, what: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Native gives no reason when something that takes no arguments is given some."""
        if (args or kwargs) and not any(overload.names for overload, _ in self._all):
            raise SystemError(f"{what} returned NULL without setting an exception")


def _has(available: frozenset[str], overload: Overload) -> bool:
    """Whether the loaded engine has an overload."""
    name = overload.engine_name
    if name.startswith("new ") or name in engine_functions():
        return True
    return name.replace("#", ".").rpartition(".")[2] in available


def _initializer(spec: ClassSpec) -> Callable[..., None]:
    # A namespace begins with a small letter, a class around this one with a capital.
    label = "_".join(part for part in spec.name.split(".") if part[0].isupper())
    member = _Member(spec.name, label, spec.init, frozenset())
    what = f"<class 'cv2.{spec.name}'>"

    def __init__(self: EngineObject, *args: Any, **kwargs: Any) -> None:
        member.refuse_arguments(what, args, kwargs)
        try:
            made = member(0, args, kwargs)
        except error as thrown:
            if thrown.line > 0:  # by OpenCV itself: natively it gets in the constructor's way
                raise SystemError(f"{what} returned a result with an exception set") from thrown
            raise
        self.take_over(made)

    return __init__


def _method(spec: ClassSpec, name: str, method: Method, available: frozenset[str]) -> Callable[..., Any]:
    member = _Member(f"{spec.name}.{name}", f"{spec.engine_name}.{name}", method, available)

    def call(self: EngineObject, *args: Any, **kwargs: Any) -> Any:
        what = f"'{name}' for 'cv2.{spec.name}' objects"
        if not isinstance(self, _class(spec.name)):
            raise TypeError(f"descriptor {what} doesn't apply to a '{type(self).__name__}' object")
        member.refuse_arguments(f"<method '{name}' of 'cv2.{spec.name}' objects>", args, kwargs)
        if not self.identifier:
            raise _no_object(self, name)
        return member(self.identifier, args, kwargs)

    return _described(call, name, spec, method, member.function)


def _no_object(instance: EngineObject, name: str) -> error:
    """Natively a method called on what, say, ``cv2.ORB()`` returns ends the process."""
    hint = f"there is no object behind cv2.{instance._name}(): call cv2.{instance._name}.create()"
    return opencv_error(-27, "Null pointer", hint, name, "python/src2/cv2.cpp:0")


def _static(
    spec: ClassSpec, name: str, method: Method, available: frozenset[str], called: str = ""
) -> Callable[..., Any]:
    """A static method; as the function of the name ``called`` its errors bear that."""
    member = _Member(f"{spec.name}.{name}", called or f"{spec.engine_name}.{name}", method, available)

    def call(*args: Any, **kwargs: Any) -> Any:
        return member(0, args, kwargs)

    described = _described(call, name, spec, method, member.function)
    if called:
        described.__name__ = described.__qualname__ = called
    return described


def _described(
    function: Callable[..., Any], name: str, spec: ClassSpec, method: Method, available: FunctionSpec
) -> Callable[..., Any]:
    """The function as it is shown, with what is put around it by hand."""
    wrapper = WRAPPERS.get(f"{spec.name}.{name}")
    if wrapper is not None:
        function = wrapper(function)
    function.__name__ = name
    function.__qualname__ = f"{spec.name.rpartition('.')[2]}.{name}"
    function.__module__ = f"cv2.{spec.name}".rpartition(".")[0]
    function.__doc__ = f"{spec.name}.{name} is not available in a browser."
    if available.overloads or wrapper is not None:
        function.__doc__ = "\n".join(f"{name}({each.signature()})" for each in method.ordered)
    return function


def _property(spec: ClassSpec, described: Property) -> property:
    name, kind = described.name, described.kind
    place = f"{spec.engine_name}#{name}"
    getter = FunctionSpec(name, (parse_row(f"get {place}() -> {kind}"),), False, name)
    setter = FunctionSpec(name, (parse_row(f"set {place}({kind} value)"),), False, name)

    def read(self: EngineObject) -> Any:
        return call_function(getter, (), {}, self.identifier)

    def write(self: EngineObject, value: Any) -> None:
        if value is None:
            return
        try:
            call_function(setter, (value,), {}, self.identifier)
        except TypeError as refused:
            # An integer that is too large is natively another error, and only here.
            raise (ValueError if "won't fit" in str(refused) else TypeError)(str(refused)) from None

    def delete(self: EngineObject) -> None:
        raise TypeError(f"Cannot delete the {name} attribute")

    return property(read, None if described.readonly else write, delete, name)


def _object(name: str) -> Converter:
    """Instances of a class as arguments; one that C++ makes, in an object that holds it."""

    def convert(call: Call, parameter: Parameter, value: Any) -> str:
        if not parameter.input:
            call.outputs.append(None)
            return "x"
        cls = _class(name)
        if value is None:
            value = cls() if parameter.required or name not in DEFAULTS else DEFAULTS[name]()
        if not isinstance(value, cls) or not value.identifier:
            shown = name.replace(".", "::")
            raise Mismatch(f"Expected cv::{shown} for argument '{parameter.name}'")
        call.kept.append(value)
        call.flat.append(value.identifier)
        return "O"

    return convert


def _tracker_parameters(call: Call, parameter: Parameter, value: Any) -> str:
    """The last argument of the only function that takes them: opencv.js can have C++'s own only."""
    if value is not None and not isinstance(value, TrackerParameters):
        raise Mismatch(f"Expected cv::TrackerMIL::Params for argument '{parameter.name}'")
    if value is not None and not value.is_initial():
        reason = "opencv.js can't make the parameters of a tracker: each keeps the first ones"
        raise UnsupportedInBrowser("cv2.TrackerMIL.create with changed parameters", reason)
    return ""


def _instance(name: str) -> Callable[[Reader, str], EngineObject]:
    """Instances of a class as results, natively too where C++ has a pointer to nothing."""

    def read(reader: Reader, part: str) -> EngineObject:
        instance: EngineObject = EngineObject.__new__(_class(name))
        if part:
            instance.adopt(int(part))
        else:
            object.__setattr__(instance, "identifier", 0)
        return instance

    return read


def register_classes(names: Iterable[str]) -> None:
    """Let rows have objects of these classes as arguments and results."""
    for name in names:
        if name not in _STRUCTURES:
            ENGINE_CONVERTERS[name] = _object(name)
            READERS[name] = _instance(name)


ENGINE_CONVERTERS.update(PACKED_CONVERTERS)
ENGINE_CONVERTERS["Path"] = convert_path
CONVERTERS["RotatedRect"] = convert_rotated_rectangle
ENGINE_CONVERTERS["TrackerMIL.Params"] = _tracker_parameters
READERS.update(PACKED_READERS)
register_classes(CLASSES)
