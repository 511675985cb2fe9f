"""What native has and a browser's OpenCV does not: functions and classes that say why, and what to take.

Such a name is there, so that a program which only refers to it runs, and `isinstance(x, cv2.VideoCapture)`
is an answer. Calling it, or making an object of it, raises :class:`~pyinfer.errors.UnsupportedInBrowser`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any, NoReturn

from pyinfer.errors import UnsupportedInBrowser

from . import _macros
from ._class_table import CLASSES, MEMBERS, OTHERS
from ._unsupported_table import REASONS

__all__ = ["CLASS_NAMES", "unsupported_class", "unsupported_function"]

#: Class -> the class that it is derived from, or an empty string.
_BASES: dict[str, str] = dict(re.findall(r"([\w.]+)(?:\(([\w.]+)\))?", f"{OTHERS} {' '.join(CLASSES)}"))

#: Name below ``cv2`` -> dotted name: natively a class in a namespace has a second name, ``dnn_Model``.
CLASS_NAMES: dict[str, str] = {
    **{name: name for name in _BASES},
    **{name.replace(".", "_"): name for name in _BASES},
}

_MEMBER = re.compile(r"(?:(?:lacks )?(?:def|static) |property [^ ]+ )(\w+)")


def _raise(function: str, name: str) -> NoReturn:
    for reason, alternative, patterns in REASONS:
        if any(fnmatchcase(name, pattern) for pattern in patterns.split()):
            raise UnsupportedInBrowser(function, reason, alternative)
    raise UnsupportedInBrowser(function, "the loaded opencv.js does not have it")


def unsupported_function(name: str, owner: str = "") -> Callable[..., Any]:
    """A function that raises.

    Parameters
    ----------
    name : str
        Its name below ``cv2``: ``"stereoRectify"``, ``"VideoCapture.read"``.
    owner : str, optional
        The class that it is a method of, whose reason it has.
    """

    def function(*args: Any, **kwargs: Any) -> Any:
        _raise(f"cv2.{name}", owner or name)

    module, _, short = f"cv2.{name}".rpartition(".")
    function.__name__ = function.__qualname__ = short
    function.__module__ = module
    function.__doc__ = f"{name} is not available in a browser."
    return function


def _method(name: str, member: str) -> Callable[..., Any]:
    macro: Callable[..., Any] | None = getattr(_macros, f"{name}_{member}", None)
    return macro or unsupported_function(f"{name}.{member}", name)


def unsupported_class(name: str, find: Callable[[str], Any]) -> type:
    """A class that raises when an object of it is made, or a method of it is called.

    Parameters
    ----------
    name : str
        Its dotted name below ``cv2``: ``"dnn.Model"``.
    find : callable
        Gives what ``cv2`` has by a dotted name: the class's base.
    """

    def new(cls: type, *args: Any, **kwargs: Any) -> Any:
        _raise(f"cv2.{name}", name)

    module, _, short = f"cv2.{name}".rpartition(".")
    own = MEMBERS[name].split() if name in MEMBERS else _MEMBER.findall("\n".join(CLASSES.get(name, ())))
    members = {member: staticmethod(_method(name, member)) for member in own}
    namespace = {
        "__module__": module,
        "__doc__": f"{name} is not available in a browser.",
        "__new__": new,
        **members,
    }
    base: Any = find(_BASES[name]) if _BASES[name] in _BASES else object
    made: type = type(base)(short, (base,), namespace)
    for nested in _BASES:
        if nested.rpartition(".")[0] == name:
            setattr(made, nested.rpartition(".")[2], unsupported_class(nested, find))
    return made
