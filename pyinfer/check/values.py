"""What an expression stands for, where that is certain: a dotted name, or an object of a known class."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping
from typing import NamedTuple, Protocol

from .scopes import Binding, Scope

__all__ = ["Library", "Resolver", "Value"]


class Value(NamedTuple):
    """What is known of a value: ``cv2.ORB`` itself, or (``is_object``) something that is a ``cv2.ORB``."""

    name: str
    is_object: bool = False


class Library(Protocol):
    """What has to be known of a module's names; they are without the module's own."""

    def attribute(self, name: str, attribute: str, of_object: bool) -> str | None:
        """The name of an attribute; None if nothing can be said of it."""
        ...

    def made_by(self, name: str) -> str | None:
        """The class of the object that a call makes; None if that is not certain."""
        ...

    def is_constant(self, name: str) -> bool:
        """Whether it is a mere value, so that a variable which holds it is no second name of it."""
        ...

    def has(self, name: str) -> bool:
        """Whether it has a name; what an import with ``*`` may bring."""
        ...


class Resolver:
    """Answers for the expressions of one file.

    Parameters
    ----------
    libraries : mapping
        By the name that they are imported as.
    """

    def __init__(self, libraries: Mapping[str, Library]) -> None:
        self._libraries = libraries
        self._asked: set[tuple[int, int]] = set()
        self._known: dict[tuple[int, int], Value | None] = {}

    def resolve(self, node: ast.expr | None, scope: Scope) -> Value | None:
        """What an expression stands for, read in a scope; None if that is not certain."""
        key = id(node), id(scope)
        if key in self._known:
            return self._known[key]
        if key in self._asked:  # `x = x.y` somewhere: a name that is defined by itself
            return None
        self._asked.add(key)
        found = self._look(node, scope)
        self._asked.discard(key)
        if not self._asked:  # else it may be the other way round within something that is defined by itself
            self._known[key] = found
        return found

    def _look(self, node: ast.expr | None, scope: Scope) -> Value | None:
        match node:
            case ast.Name():
                return self._name(node.id, scope)
            case ast.Attribute():
                return self._attribute(node, scope)
            case ast.Call():
                return self._call(node, scope)
            case ast.NamedExpr():
                return self.resolve(node.value, scope)
        return None

    def _name(self, name: str, scope: Scope) -> Value | None:
        bindings = scope.lookup(name)
        if bindings:
            return self._one_of(bindings)
        for module in scope.module.stars:
            top, _, below = module.partition(".")
            full = f"{below}.{name}".lstrip(".")
            if top in self._libraries and not name.startswith("_") and self._libraries[top].has(full):
                return Value(f"{module}.{name}")
        return Value(f"builtins.{name}") if hasattr(builtins, name) else None

    def _one_of(self, bindings: list[Binding]) -> Value | None:
        """The value that all bindings give; of imports, one of a known library."""
        given = [each for each in bindings if not _is_none(each.node)]
        imported = [Value(each.target) for each in given if each.kind == "import"]
        if imported and len(imported) == len(given):
            known = [value for value in imported if value.name.partition(".")[0] in self._libraries]
            return (known or imported)[0]
        if not given or any(each.kind == "other" for each in given):  # most names: no need to look further
            return None
        first = self._bound(given[0])
        return first if first and all(self._bound(each) == first for each in given[1:]) else None

    def _bound(self, binding: Binding) -> Value | None:
        if binding.kind == "import":
            return Value(binding.target)
        value = self.resolve(binding.node, binding.scope)
        if binding.kind == "annotation":
            made = self._made(value)
            return made if made and value and made.name == value.name else None
        return None if value and self._is_read(binding, value) else value

    def _is_read(self, binding: Binding, value: Value) -> bool:
        """Whether the name is bound to what a constant, or an object's attribute, holds."""
        top, _, name = value.name.partition(".")
        if value.is_object or top not in self._libraries:
            return False
        node = binding.node
        owner = self.resolve(node.value, binding.scope) if isinstance(node, ast.Attribute) else None
        return bool(owner and owner.is_object) or self._libraries[top].is_constant(name)

    def _attribute(self, node: ast.Attribute, scope: Scope) -> Value | None:
        value = self.resolve(node.value, scope)
        if value is None:
            owner = scope.method_class(node.value.id) if isinstance(node.value, ast.Name) else None
            return (
                self._one_of(owner.attributes[node.attr]) if owner and node.attr in owner.attributes else None
            )
        return self._below(value, node.attr)

    def _below(self, value: Value, attribute: str) -> Value | None:
        top, _, name = value.name.partition(".")
        library = self._libraries.get(top)
        if library:
            found = library.attribute(name, attribute, value.is_object)
            return None if found is None else Value(f"{top}.{found}")
        return Value(f"{value.name}.{attribute}") if not value.is_object else None

    def _call(self, node: ast.Call, scope: Scope) -> Value | None:
        function = self.resolve(node.func, scope)
        if function is None or function.is_object:
            return None
        words = [
            each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)
        ]
        if function.name == "builtins.getattr" and len(node.args) > 1 and words:
            value = self.resolve(node.args[0], scope)
            return value and self._below(value, words[0])
        if function.name in ("importlib.import_module", "builtins.__import__") and words:
            return Value(words[0])
        return self._made(function)

    def _made(self, function: Value | None) -> Value | None:
        if function is None or function.is_object:
            return None
        top, _, name = function.name.partition(".")
        made = self._libraries[top].made_by(name) if top in self._libraries else None
        return Value(f"{top}.{made}", True) if made else None


def _is_none(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
