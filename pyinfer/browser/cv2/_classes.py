"""Classes whose objects live in the engine: made of the table's lines when they are first asked for.

An instance holds the integer by which the engine knows its object, and releases it when it is collected.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import cache
from typing import Any

from pyinfer.browser.bridge import get_bridge

from ._bind import bind
from ._call import call_function
from ._class_members import DEFAULTS, WRAPPERS
from ._class_spec import ClassSpec, Method, Property, parse_class
from ._class_table import CLASSES
from ._convert import ENGINE_CONVERTERS
from ._convert_arrays import Call, Converter
from ._errors import Mismatch, error, opencv_error
from ._packed import PACKED_CONVERTERS, PACKED_READERS
from ._results import READERS, Reader
from ._spec import FunctionSpec, Overload, Parameter, parse_row
from ._structures import DMatch, KeyPoint
from ._unsupported import unsupported_function

__all__ = ["EngineObject", "find_class", "static_method", "static_method_names"]

#: Classes that are kept in Python.
_STRUCTURES: dict[str, type] = {"KeyPoint": KeyPoint, "DMatch": DMatch}


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
    if name not in CLASSES:
        return None
    spec = parse_class(name)
    available = _members(spec)
    return _make_class(spec, available) if available else None


def _class(name: str) -> type[EngineObject]:
    cls = find_class(name)
    assert cls is not None, f"opencv.js makes objects of {name} and says that it has no such class"
    return cls


def _members(spec: ClassSpec) -> frozenset[str]:
    return frozenset(get_bridge().opencv.members(spec.engine_name).split())


def static_method(name: str) -> Callable[..., Any] | None:
    """The function that a static method is too, natively: ``ORB_create`` is ``ORB.create``."""
    owner, _, method = name.rpartition("_")
    if owner not in CLASSES or method not in parse_class(owner).statics or find_class(owner) is None:
        return None
    spec = parse_class(owner)
    return _static(spec, method, spec.statics[method], _members(spec), name.rpartition(".")[2])


def static_method_names() -> list[str]:
    """The names of the functions that static methods stand for."""
    found = []
    for name in CLASSES:
        module, _, short = name.rpartition(".")
        prefix = f"{module}." if module and module[0].islower() else ""
        found += [f"{prefix}{short}_{method}" for method in parse_class(name).statics]
    return found


def _make_class(spec: ClassSpec, available: frozenset[str]) -> type:
    content: dict[str, Any] = {}
    if spec.init.overloads or spec.init.lacking:
        content["__init__"] = _initializer(spec)
    for name, method in spec.methods.items():
        content[name] = _method(spec, name, method, available)
    for name, method in spec.statics.items():
        content[name] = staticmethod(_static(spec, name, method, available))
    for each in spec.properties:
        content[each.name] = _property(spec, each)
    for name in CLASSES:
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


def _initializer(spec: ClassSpec) -> Callable[..., None]:
    function = FunctionSpec.of(spec.name.rpartition(".")[2], spec.init.overloads)
    lacking = spec.init.lacking

    def __init__(self: EngineObject, *args: Any, **kwargs: Any) -> None:
        _refuse_arguments(f"<class 'cv2.{spec.name}'>", function, lacking, args, kwargs)
        self.take_over(_call(spec.name, function, lacking, args, kwargs, 0))

    return __init__


def _refuse_arguments(
    what: str, function: FunctionSpec, lacking: list[Overload], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    """Native gives no reason when something that takes no arguments is given some."""
    if (args or kwargs) and not any(each.names for each in (*function.overloads, *lacking)):
        raise SystemError(f"{what} returned NULL without setting an exception")


def _method(spec: ClassSpec, name: str, method: Method, available: frozenset[str]) -> Callable[..., Any]:
    function, lacking = _split(spec, name, method, available)

    def call(self: EngineObject, *args: Any, **kwargs: Any) -> Any:
        what = f"'{name}' for 'cv2.{spec.name}' objects"
        if not isinstance(self, _class(spec.name)):
            raise TypeError(f"descriptor {what} doesn't apply to a '{type(self).__name__}' object")
        _refuse_arguments(f"<method '{name}' of 'cv2.{spec.name}' objects>", function, lacking, args, kwargs)
        if not self.identifier:
            raise _no_object(self, name)
        return _call(f"{spec.name}.{name}", function, lacking, args, kwargs, self.identifier)

    return _described(call, name, spec, method, function)


def _no_object(instance: EngineObject, name: str) -> error:
    """Natively a method called on what, say, ``cv2.ORB()`` returns ends the process."""
    hint = f"there is no object behind cv2.{instance._name}(): call cv2.{instance._name}.create()"
    return opencv_error(-27, "Null pointer", hint, name, "python/src2/cv2.cpp:0")


def _static(
    spec: ClassSpec, name: str, method: Method, available: frozenset[str], called: str = ""
) -> Callable[..., Any]:
    """A static method; as the function of the name ``called`` its errors bear that."""
    function, lacking = _split(spec, name, method, available, called)

    def call(*args: Any, **kwargs: Any) -> Any:
        return _call(f"{spec.name}.{name}", function, lacking, args, kwargs, 0)

    described = _described(call, name, spec, method, function)
    if called:
        described.__name__ = described.__qualname__ = called
    return described


def _split(
    spec: ClassSpec, name: str, method: Method, available: frozenset[str], called: str = ""
) -> tuple[FunctionSpec, list[Overload]]:
    """What the loaded engine has of a method, and what it lacks."""
    has = [each for each in method.overloads if " " in each.engine_name or _short(each) in available]
    lacking = [*method.lacking, *(each for each in method.overloads if each not in has)]
    label = called or f"{spec.name.rpartition('.')[2]}.{name}"
    return FunctionSpec.of(called or name, has, label), lacking


def _short(overload: Overload) -> str:
    return overload.engine_name.replace("#", ".").rpartition(".")[2]


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
        overloads = (*method.overloads, *method.lacking)
        function.__doc__ = "\n".join(f"{name}({each.signature()})" for each in overloads)
    return function


def _call(
    name: str,
    function: FunctionSpec,
    lacking: list[Overload],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    target: int,
) -> Any:
    """Call the engine; if only an overload that it lacks would do, say so.

    Raises
    ------
    UnsupportedInBrowser
    """
    if function.overloads:
        try:
            return call_function(function, args, kwargs, target)
        except (error, TypeError) as refused:
            # Errors about arguments come from no line of OpenCV's sources.
            if not lacking or getattr(refused, "line", -1) != -1:
                raise
            if not any(_binds(function.label, each, args, kwargs) for each in lacking):
                raise
    return unsupported_function(name, name.rpartition(".")[0])()


def _binds(label: str, overload: Overload, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    try:
        bind(label, overload, args, kwargs)
    except Mismatch:
        return False
    return True


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
    """Instances of a class as arguments."""

    def convert(call: Call, parameter: Parameter, value: Any) -> str:
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


def _instance(name: str) -> Callable[[Reader, str], EngineObject]:
    """Instances of a class as results."""

    def read(reader: Reader, part: str) -> EngineObject:
        instance: EngineObject = EngineObject.__new__(_class(name))
        instance.adopt(int(part))
        return instance

    return read


ENGINE_CONVERTERS.update(PACKED_CONVERTERS)
READERS.update(PACKED_READERS)
for _name in CLASSES:
    if _name not in _STRUCTURES:
        ENGINE_CONVERTERS[_name] = _object(_name)
        READERS[_name] = _instance(_name)
