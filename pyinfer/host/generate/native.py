"""What the installed native OpenCV says of itself: its stub's signatures, its names and constants."""

from __future__ import annotations

import ast
import importlib
import types
from collections.abc import Iterable
from pathlib import Path
from typing import Any

__all__ = [
    "class_bases",
    "class_members",
    "constants",
    "depths",
    "function_names",
    "stub_signatures",
    "submodules",
    "version",
]


#: Parts of the package that are not OpenCV's: its loader, its data, and typing aids.
_HELPERS = frozenset({"data", "load_config_py3", "mat_wrapper", "misc", "typing", "version"})


def _native() -> types.ModuleType:
    return importlib.import_module("cv2")


def stub_signatures() -> dict[str, set[tuple[str, ...]]]:
    """Function name -> the parameter names of each of its overloads, from native's own stubs."""
    location = _native().__file__
    if location is None:
        raise FileNotFoundError("native cv2 has no file, so no stub beside it")
    folder = Path(location).parent
    found: dict[str, set[tuple[str, ...]]] = {}
    for stub in folder.rglob("__init__.pyi"):
        prefix = "".join(f"{part}." for part in stub.parent.relative_to(folder).parts)
        for node in ast.parse(stub.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                names = tuple(arg.arg for arg in node.args.args)
                found.setdefault(prefix + node.name, set()).add(names)
    return found


def submodules() -> dict[str, types.ModuleType]:
    """The extension's namespaces below ``cv2``, nested ones by their dotted name."""
    found: dict[str, types.ModuleType] = {}

    def visit(module: types.ModuleType, prefix: str) -> None:
        for name, value in sorted(vars(module).items()):
            inside = isinstance(value, types.ModuleType) and value.__name__ == f"{module.__name__}.{name}"
            if inside and not name.startswith("_") and name not in _HELPERS:
                found[prefix + name] = value
                visit(value, f"{prefix}{name}.")

    visit(_native(), "")
    return found


def constants(module: types.ModuleType | None = None) -> dict[str, int]:
    """The integer constants of ``cv2``, or of one of its submodules, by name."""
    names = vars(module or _native())
    return {
        name: value
        for name, value in sorted(names.items())
        if type(value) is int and not name.startswith("_")
    }


def function_names() -> list[str]:
    """The functions of ``cv2`` and of its submodules, the latter by their dotted names."""
    modules = {"": _native(), **{f"{name}.": module for name, module in submodules().items()}}
    return sorted(
        prefix + name
        for prefix, module in modules.items()
        for name, value in vars(module).items()
        if isinstance(value, types.BuiltinFunctionType | types.FunctionType) and not name.startswith("_")
    )


def class_bases() -> dict[str, str]:
    """Each class of ``cv2``'s and of its submodules -> the class it is derived from, if any.

    Names are dotted: ``"ORB"``, ``"aruco.Board"``, ``"SimpleBlobDetector.Params"``. The one of ``cv2.error``
    is left out: nothing but its name is made of the table.
    """
    found: dict[str, str] = {}
    for module in (_native(), *submodules().values()):
        for name, value in vars(module).items():
            if (
                isinstance(value, type)
                and not name.startswith("_")
                and not issubclass(value, Exception | tuple)
            ):
                base = value.__base__
                found[_class_name(value)] = "" if base in (None, object) else _class_name(base)
    return dict(sorted(found.items()))


def class_members(names: Iterable[str]) -> dict[str, list[str]]:
    """Class -> the public methods and properties that it adds to those of its base."""
    found = {}
    for name in names:
        value: Any = _native()
        for part in name.split("."):
            value = getattr(value, part)
        found[name] = sorted(
            member
            for member, kind in vars(value).items()
            if not member.startswith("_") and not isinstance(kind, type)
        )
    return found


def _class_name(value: type | None) -> str:
    return f"{value.__module__}.{value.__qualname__}".removeprefix("cv2.") if value else ""


def version() -> str:
    """Native OpenCV's version."""
    return str(_native().__version__)


def depths() -> dict[str, int]:
    """dtype name -> depth code, for the dtypes that native takes and gives."""
    known = constants()
    names = {
        "uint8": "CV_8U",
        "int8": "CV_8S",
        "uint16": "CV_16U",
        "int16": "CV_16S",
        "int32": "CV_32S",
        "float32": "CV_32F",
        "float64": "CV_64F",
        "float16": "CV_16F",
        "bool": "CV_Bool",
        "uint32": "CV_32U",
        "uint64": "CV_64U",
        "int64": "CV_64S",
    }
    return {dtype: known[name] for dtype, name in names.items()}
