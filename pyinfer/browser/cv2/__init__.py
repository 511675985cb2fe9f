"""OpenCV for Python in a browser: native's names, signatures and results, computed by opencv.js.

Names come from the generated table and are made when they are first asked for. A function that native
has and this engine lacks is there too, but raises :class:`~pyinfer.errors.UnsupportedInBrowser` when it
is called, so that a module which only refers to it can be imported. A name that native does not have
is an AttributeError.
"""

from __future__ import annotations

import functools
import importlib
import sys
import types
from collections.abc import Callable
from typing import Any

from . import _macros, _special, _system
from ._call import call_function
from ._classes import find_class, static_method, static_method_names
from ._engine_tables import engine_functions, function_rows, is_full
from ._errors import error
from ._errors import redirectError as redirectError
from ._mat import Mat as Mat
from ._spec import FunctionSpec, parse_row
from ._substitute import substitute
from ._substitutes import CLASSES, KEPT, MODULES, REPLACED
from ._table import CONSTANTS, FUNCTIONS, MISSING, NAMESPACES, SIGNATURES, VERSION
from ._umat import UMat as UMat
from ._umat import UMat_context as UMat_context
from ._umat import UMat_queue as UMat_queue
from ._unsupported import CLASS_NAMES, unsupported_class, unsupported_function

__version__ = VERSION

error.__module__ = __name__.rpartition(".")[2]


def _constants(text: str) -> dict[str, int]:
    return {name: int(value) for name, _, value in (pair.partition("=") for pair in text.split())}


globals().update(_constants(CONSTANTS))
for _module in (_special, _macros, _system):
    globals().update({name: getattr(_module, name) for name in _module.__all__})

#: What reads and writes image files. Only our own build of opencv.js has codecs.
_IMAGE_FILES = frozenset(
    {
        *("Animation", "haveImageReader", "haveImageWriter", "imcount"),
        *("imread", "imreadWithMetadata", "imreadanimation", "imreadmulti"),
        *("imdecode", "imdecodeWithMetadata", "imdecodeanimation", "imdecodemulti"),
        *("imwrite", "imwriteWithMetadata", "imwriteanimation", "imwritemulti"),
        *("imencode", "imencodeWithMetadata", "imencodeanimation", "imencodemulti"),
    }
)

#: Names by the module that has them, which is imported when one of them is first asked for: Pillow takes as
#: long as all of the others.
_LATER = {
    **dict.fromkeys(("drawKeypoints", "drawMatches", "drawMatchesKnn"), "_drawn_features"),
    **dict.fromkeys(_IMAGE_FILES, "_image_io"),
}

#: They write to an array that they are given, and natively say nothing of it.
_SILENT = frozenset({"denoise_TVL1"})

#: Modules of the package that native has too, and imports with it.
_MODULES = ("data", "misc", "typing", "version")

_NAMES = frozenset({*FUNCTIONS, *SIGNATURES, *MISSING.split()})


def _function(name: str) -> Callable[..., Any]:
    """A function by its name below ``cv2``: the engine's, else a substitute, else one that says why not."""
    short = name.rpartition(".")[2]
    rows = (parse_row(row) for row in function_rows(name))
    overloads = tuple(row for row in rows if row.engine_name.removeprefix("new ") in engine_functions())
    if name in MODULES and (name in REPLACED or not overloads or (name in KEPT and is_full())):
        spec, function = substitute(name)
    elif overloads:
        spec = FunctionSpec.of(short, overloads)

        def function(*args: Any, **kwargs: Any) -> Any:
            result = call_function(spec, args, kwargs)
            return None if name in _SILENT else result

        if name in _IMAGE_FILES:
            function = _refusing_formats(name, function)
    else:
        return unsupported_function(name)
    return _named(function, name, "\n".join(f"{short}({o.signature()})" for o in spec.overloads))


def _refusing_formats(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    from ._image_files import refusing_formats

    return refusing_formats(name, function)


def _named(function: Callable[..., Any], name: str, doc: str) -> Callable[..., Any]:
    module, _, short = f"cv2.{name}".rpartition(".")
    function.__name__ = function.__qualname__ = short
    function.__module__ = module
    function.__doc__ = doc
    return function


class _Namespace(types.ModuleType):
    """A submodule of ``cv2``. Its names are made when they are first asked for."""

    def __init__(self, name: str) -> None:
        super().__init__(f"cv2.{name}")
        self._prefix = f"{name}."
        self._constants = NAMESPACES[name]

    def __getattr__(self, name: str) -> Any:
        if name in ("_prefix", "_constants") or name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}", name=name)
        if self._constants:
            vars(self).update(_constants(self._constants))
            self._constants = ""
            return getattr(self, name)
        value = _lookup(self, self._prefix, name)
        setattr(self, name, value)
        return value

    def __dir__(self) -> list[str]:
        return _names_below(self._prefix, {*_constants(self._constants), *vars(self)})


def _lookup(module: types.ModuleType, prefix: str, name: str) -> Any:
    full = prefix + name
    if full in _LATER and not (full in _IMAGE_FILES and is_full()):
        return getattr(importlib.import_module(f".{_LATER[full]}", __name__), name)
    if full in CLASSES and (full in KEPT or not is_full()):
        return getattr(importlib.import_module(f"._substitutes.{CLASSES[full]}", __name__), name)
    method = static_method(full)
    if method is not None:
        return method
    if full in _NAMES:
        return _function(full)
    if full in CLASS_NAMES:
        dotted = CLASS_NAMES[full]
        return find_class(full) or unsupported_class(full, _find) if dotted == full else _find(dotted)
    if full in _MODULES:
        return importlib.import_module(f".{full}", __name__)
    if full in NAMESPACES:
        return sys.modules[f"{__name__}.{full}"]
    raise AttributeError(
        f"module {module.__name__!r} has no attribute {name!r}{_hint(module, name)}", name=name
    )


def _hint(module: types.ModuleType, name: str) -> str:
    if name.startswith("__"):
        return ""  # Python itself asks
    import difflib

    close = difflib.get_close_matches(name, dir(module), 3)
    return f"; did you mean {', '.join(close)}?" if close else ""


def _find(name: str) -> Any:
    return functools.reduce(getattr, name.split("."), sys.modules[__name__])


def _names_below(prefix: str, known: set[str]) -> list[str]:
    all_names = (*_NAMES, *_LATER, *NAMESPACES, *CLASS_NAMES, *static_method_names(), *_MODULES)
    names = {name.removeprefix(prefix) for name in all_names if name.startswith(prefix)}
    public = {name for name in known if not name.startswith("_") or name == "__version__"}
    return sorted(public | {name for name in names if "." not in name})


# Natively they are in sys.modules too, so that `import cv2.aruco as aruco` works.
for _name in NAMESPACES:
    sys.modules[f"{__name__}.{_name}"] = _Namespace(_name)
vars(sys.modules[f"{__name__}.cuda"]).update(getCudaEnabledDeviceCount=_system.getCudaEnabledDeviceCount)


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return [public for public in __dir__() if not public.startswith("_")]
    value = _lookup(sys.modules[__name__], "", name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return _names_below("", set(globals()))
