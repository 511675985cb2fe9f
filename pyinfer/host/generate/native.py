"""What the installed native OpenCV says of itself: its stub's signatures, its names and constants."""

from __future__ import annotations

import ast
import importlib
import types
from pathlib import Path

__all__ = ["constants", "depths", "function_names", "stub_signatures", "submodules", "version"]


def _native() -> types.ModuleType:
    return importlib.import_module("cv2")


def stub_signatures() -> dict[str, set[tuple[str, ...]]]:
    """Function name -> the parameter names of each of its overloads, from native's own stub."""
    location = _native().__file__
    if location is None:
        raise FileNotFoundError("native cv2 has no file, so no stub beside it")
    tree = ast.parse(Path(location).with_name("__init__.pyi").read_text(encoding="utf-8"))
    found: dict[str, set[tuple[str, ...]]] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found.setdefault(node.name, set()).add(tuple(arg.arg for arg in node.args.args))
    return found


def submodules() -> dict[str, types.ModuleType]:
    """The namespaces below ``cv2`` that hold constants."""
    native = _native()
    return {
        name: module
        for name, module in sorted(vars(native).items())
        if isinstance(module, types.ModuleType)
        and module.__name__.startswith("cv2.")
        and not name.startswith("_")
        and constants(module)
    }


def constants(module: types.ModuleType | None = None) -> dict[str, int]:
    """The integer constants of ``cv2``, or of one of its submodules, by name."""
    names = vars(module or _native())
    return {
        name: value
        for name, value in sorted(names.items())
        if type(value) is int and not name.startswith("_")
    }


def function_names() -> list[str]:
    """The functions of ``cv2`` itself."""
    return sorted(
        name
        for name, value in vars(_native()).items()
        if isinstance(value, types.BuiltinFunctionType | types.FunctionType) and not name.startswith("_")
    )


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
