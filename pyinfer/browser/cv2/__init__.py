"""OpenCV for Python in a browser: native's names, signatures and results, computed by opencv.js.

Names come from the generated table and are made when they are first asked for. A function that native
has and this engine lacks is there too, but raises :class:`~pyinfer.errors.UnsupportedInBrowser` when it
is called, so that a module which only refers to it can be imported. A name that native does not have
is an AttributeError.
"""

from __future__ import annotations

import difflib
import types
from collections.abc import Callable
from functools import cache
from typing import Any

from pyinfer.browser.bridge import get_bridge
from pyinfer.errors import UnsupportedInBrowser

from . import _image_io, _special, _system
from ._call import call_function
from ._errors import error
from ._spec import FunctionSpec, parse_row
from ._table import CONSTANTS, FUNCTIONS, MISSING, NAMESPACES, VERSION

__version__ = VERSION

error.__module__ = __name__.rpartition(".")[2]


def _constants(text: str) -> dict[str, int]:
    return {name: int(value) for name, _, value in (pair.partition("=") for pair in text.split())}


globals().update(_constants(CONSTANTS))
for _module in (_special, _image_io, _system):
    globals().update({name: getattr(_module, name) for name in _module.__all__})

_MISSING = frozenset(MISSING.split())


@cache
def _engine_functions() -> frozenset[str]:
    """What the loaded engine has: a fuller build of opencv.js brings more rows to life."""
    return frozenset(get_bridge().opencv.functions().split())


def _function(name: str) -> Callable[..., Any]:
    rows = (parse_row(row) for row in FUNCTIONS.get(name, ()))
    overloads = tuple(row for row in rows if row.engine_name in _engine_functions())
    if not overloads:
        return _unsupported(name)
    spec = FunctionSpec.of(name, overloads)

    def function(*args: Any, **kwargs: Any) -> Any:
        return call_function(spec, args, kwargs)

    return _named(function, name, "\n".join(f"{name}({overload.signature()})" for overload in overloads))


def _unsupported(name: str) -> Callable[..., Any]:
    def function(*args: Any, **kwargs: Any) -> Any:
        raise UnsupportedInBrowser(f"cv2.{name}", "the loaded opencv.js does not have it")

    return _named(function, name, f"{name} is not available in a browser.")


def _named(function: Callable[..., Any], name: str, doc: str) -> Callable[..., Any]:
    function.__name__ = function.__qualname__ = name
    function.__module__ = "cv2"
    function.__doc__ = doc
    return function


def _namespace(name: str) -> types.ModuleType:
    module = types.ModuleType(f"cv2.{name}")
    vars(module).update(_constants(NAMESPACES[name]))
    return module


def __getattr__(name: str) -> Any:
    if name in FUNCTIONS or name in _MISSING:
        value: Any = _function(name)
    elif name in NAMESPACES:
        value = _namespace(name)
    else:
        close = difflib.get_close_matches(name, __dir__(), 3)
        hint = f"; did you mean {', '.join(close)}?" if close else ""
        raise AttributeError(f"module 'cv2' has no attribute {name!r}{hint}", name=name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    public = {name for name in globals() if not name.startswith("_") or name == "__version__"}
    return sorted({*public, *FUNCTIONS, *NAMESPACES})
