"""What is known of each name of ``onnxruntime``: the shim itself is asked, which loads no engine for that."""

from __future__ import annotations

import difflib
import importlib
import inspect
import types
from functools import cache, cached_property, reduce
from typing import Any

from pyinfer.errors import UnsupportedInBrowser

from .shims import shim
from .verdict import ABSENT, DIFFERS, MISSING, WORKS, Verdict

__all__ = ["DESKTOP_MODULES", "OnnxRuntimeFacts", "onnxruntime_facts"]

_DESKTOP = "it prepares models, on a desktop: the shim has what runs them"

#: Native's own subpackages that the shim lacks: what to do instead.
DESKTOP_MODULES = {
    "backend": "onnxruntime.InferenceSession",
    "datasets": "a model of your own",
    "quantization": "quantize the model on a desktop, and run the result here",
    "tools": "convert the model on a desktop, and run the result here",
    "transformers": "optimize the model on a desktop, and run the result here",
    "training": "train on a desktop, and run the result here",
}

#: How the documentation of the shim begins where it does nothing that native would.
_IDLE = ("Does nothing: ", "Empty: ")
_UNAVAILABLE = ("Not available:", "Not available.")

#: Classes whose members are all in the class itself, and whose objects programs work with.
_CLASSES = {
    "IOBinding",
    "InferenceSession",
    "ModelMetadata",
    "NodeArg",
    "OrtValue",
    "RunOptions",
    "SessionOptions",
}

#: Methods that give an object of a class.
_MAKERS = {
    "InferenceSession.io_binding": "IOBinding",
    "InferenceSession.get_modelmeta": "ModelMetadata",
    "InferenceSession.get_session_options": "SessionOptions",
}


class OnnxRuntimeFacts:
    """Looks names up, all below ``onnxruntime``.

    Parameters
    ----------
    module : module
        The shim.
    """

    def __init__(self, module: types.ModuleType) -> None:
        self._module = module

    @cached_property
    def absent_providers(self) -> frozenset[str]:
        """Execution providers that native has, and no browser."""
        tables = importlib.import_module(f"{self._module.__name__}._tables")
        there = {*tables.AVAILABLE_PROVIDERS, *tables.ENGINE_PROVIDERS}
        return frozenset(tables.ALL_PROVIDERS) - there

    def is_constant(self, name: str) -> bool:
        """Whether it is a value: of an enumeration, a version."""
        found = self._find(name)
        return found is not None and not callable(found[0]) and not isinstance(found[0], types.ModuleType)

    def has(self, name: str) -> bool:
        """Whether the shim has it."""
        return self._find(name) is not None

    def attribute(self, name: str, attribute: str, of_object: bool) -> str | None:
        """The name of an attribute; None of what is none of the library's: a function's, a number's."""
        owner = self._find(name) if name else (self._module,)
        if owner and not isinstance(owner[0], type | types.ModuleType):
            return None
        return None if attribute.startswith("__") else f"{name}.{attribute}".removeprefix(".")

    def made_by(self, name: str) -> str | None:
        """The class of the object that a call makes."""
        if name in _CLASSES:
            return name
        owner, _, member = name.rpartition(".")
        # These are class methods: OrtValue.ortvalue_from_numpy.
        return owner if owner == "OrtValue" and member.startswith("ort") else _MAKERS.get(name)

    def verdict(self, name: str) -> Verdict:
        """Whether it works, in the shim's words."""
        found = self._find(name)
        if found is None:
            return self._absent(name)
        value = found[0]
        words = " ".join((inspect.getdoc(value) or "").split("\n\n")[0].split())
        if isinstance(value, type | types.FunctionType | types.MethodType) and words.startswith(_UNAVAILABLE):
            return _refusal(value, words)
        idle = next((start for start in _IDLE if words.startswith(start)), None)
        return Verdict(DIFFERS, f"{words[0].lower()}{words[1:]}".rstrip(".")) if idle else Verdict(WORKS)

    def _find(self, name: str) -> tuple[Any] | None:
        try:
            return (reduce(_step, name.split("."), self._module),)
        except (AttributeError, ImportError):
            return None

    def _absent(self, name: str) -> Verdict:
        top = name.partition(".")[0]
        if top in DESKTOP_MODULES:
            return Verdict(MISSING, _DESKTOP, DESKTOP_MODULES[top])
        owner, _, short = name.rpartition(".")
        found = self._find(owner) if owner else (self._module,)
        if owner and found and (lack := self.verdict(owner)).status == MISSING:
            return lack
        beside = [each for each in dir(found[0]) if not each.startswith("_")] if found else []
        near = difflib.get_close_matches(short, beside, 1, 0.8)
        instead = ".".join(filter(None, ("onnxruntime", owner, near[0]))) + "?" if near else ""
        return Verdict(ABSENT, f"onnxruntime {self._module.__version__} has no such name", instead)


def _step(owner: Any, name: str) -> Any:
    # Attributes that only objects have are annotated in the class.
    if isinstance(owner, type) and not hasattr(owner, name):
        declared = (vars(each) for each in owner.__mro__)
        in_enumeration = hasattr(owner, "__members__") and name in ("name", "value")
        if in_enumeration or any(
            name in (*each.get("__annotations__", ()), *each.get("__slots__", ())) for each in declared
        ):
            return None
    return getattr(owner, name)


def _refusal(value: Any, words: str) -> Verdict:
    """What the shim raises: it is called, where it is declared to do nothing else."""
    signature = inspect.signature(value)
    if isinstance(value, type) or signature.return_annotation == "NoReturn":
        arguments = [0 for each in signature.parameters.values() if each.kind == each.POSITIONAL_OR_KEYWORD]
        try:
            value(*arguments)
        except UnsupportedInBrowser as error:
            return Verdict(MISSING, error.reason, error.alternative or "")
    return Verdict(MISSING, words.removeprefix(_UNAVAILABLE[0]).strip(" ."))


@cache
def onnxruntime_facts() -> OnnxRuntimeFacts:
    """The facts of the shim that this package carries."""
    return OnnxRuntimeFacts(importlib.import_module(shim("onnxruntime")))
