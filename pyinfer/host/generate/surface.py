"""Native's public names, and what each of them is."""

from __future__ import annotations

import importlib
import types
from dataclasses import dataclass
from typing import Any

from . import native

__all__ = ["Name", "native_names"]


@dataclass(frozen=True)
class Name:
    """One public name.

    Attributes
    ----------
    full : str
        Below ``cv2``: ``"resize"``, ``"aruco.Board"``, ``"aruco_Board"``.
    kind : str
        ``"function"``, ``"class"``, ``"constant"``, ``"module"``, or ``"value"`` for anything else.
    target : str
        Of a class its dotted name, which differs from ``full`` where native has it under two names.
    members : tuple of str
        Of a class its own public methods and properties.
    """

    full: str
    kind: str
    target: str = ""
    members: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        """The namespace it is in, empty for ``cv2`` itself."""
        return self.full.rpartition(".")[0]

    @property
    def short(self) -> str:
        """The name in its namespace."""
        return self.full.rpartition(".")[2]


def native_names() -> list[Name]:
    """All public names of ``cv2`` and of its submodules, sorted; nested classes belong to the outer one."""
    root = importlib.import_module("cv2")
    found = []
    for prefix, module in {
        "": root,
        **{f"{name}.": each for name, each in native.submodules().items()},
    }.items():
        for name, value in vars(module).items():
            if not name.startswith("_") and not _leaked(prefix + name, value):
                found.append(_name(prefix + name, value))
    return sorted(found, key=lambda name: name.full)


def _leaked(full: str, value: Any) -> bool:
    """Whether it is no part of OpenCV, but what native's loader imports or is made of."""
    if isinstance(value, types.ModuleType):
        return value.__name__ != f"cv2.{full}" or full in ("load_config_py3", "mat_wrapper", "misc")
    return isinstance(value, type) and issubclass(value, tuple)


def _name(full: str, value: Any) -> Name:
    if isinstance(value, type):
        target = f"{value.__module__}.{value.__qualname__}".removeprefix("cv2.")
        return Name(full, "class", target, _members(value))
    if isinstance(value, types.ModuleType):
        return Name(full, "module")
    if callable(value):
        return Name(full, "function")
    return Name(full, "constant" if type(value) is int else "value")


def _members(value: type) -> tuple[str, ...]:
    if issubclass(value, Exception):
        return ()
    return tuple(
        sorted(
            name
            for name, member in vars(value).items()
            if not name.startswith("_") and not isinstance(member, type)
        )
    )
