"""Which conditions are decided before a program starts, in a browser: platform tests and their like."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from .scopes import Scope
from .values import Resolver

__all__ = ["BROWSER_VERSION", "decide"]

#: Of the browser's Python.
BROWSER_VERSION = (3, 14, 0, "final", 0)

_KNOWN: dict[str, Any] = {
    "os.name": "posix",
    "sys.platform": "emscripten",
    "sys.version_info": BROWSER_VERSION,
    "sys.version_info.major": BROWSER_VERSION[0],
    "sys.version_info.minor": BROWSER_VERSION[1],
    "typing.TYPE_CHECKING": False,
    "typing_extensions.TYPE_CHECKING": False,
}
_KNOWN_CALLS: dict[str, Any] = {
    "platform.system": "Emscripten",
    "platform.machine": "wasm32",
    "platform.python_implementation": "CPython",
}
_COMPARED: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda value, container: value in container,
    ast.NotIn: lambda value, container: value not in container,
}
_METHODS = {"startswith", "endswith", "lower"}


class _UndecidedError(Exception):
    """Something in the condition is not known before."""


def decide(
    test: ast.expr, scope: Scope, resolver: Resolver, exists: Callable[[str], bool | None]
) -> bool | None:
    """The outcome of a condition in a browser; None if it is open.

    Parameters
    ----------
    exists : callable
        Whether there is something of a dotted name, None if that is not known: ``hasattr(cv2, "legacy")``.
    """
    try:
        return bool(_Evaluator(scope, resolver, exists).value(test))
    except (_UndecidedError, TypeError, AttributeError, IndexError):
        return None


class _Evaluator:
    def __init__(self, scope: Scope, resolver: Resolver, exists: Callable[[str], bool | None]) -> None:
        self._scope = scope
        self._resolver = resolver
        self._exists = exists

    def value(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant():
                return node.value
            case ast.Tuple() | ast.List() | ast.Set():
                return tuple(self.value(each) for each in node.elts)
            case ast.UnaryOp(op=ast.Not()):
                return not self.value(node.operand)
            case ast.BoolOp():
                return self._both_or_either(node)
            case ast.Compare(ops=[operation], comparators=[right]) if type(operation) in _COMPARED:
                return _COMPARED[type(operation)](self.value(node.left), self.value(right))
            case ast.Subscript(slice=ast.Constant() as index):
                return self.value(node.value)[index.value]
            case ast.Subscript(slice=ast.Slice(lower=None, upper=ast.Constant() as upper, step=None)):
                return self.value(node.value)[: upper.value]
            case ast.Call():
                return self._call(node)
            case ast.Name() | ast.Attribute():
                found = self._resolver.resolve(node, self._scope)
                if found and found.name in _KNOWN:
                    return _KNOWN[found.name]
        raise _UndecidedError

    def _both_or_either(self, node: ast.BoolOp) -> bool:
        decisive = isinstance(node.op, ast.Or)
        is_open = False
        for each in node.values:
            try:
                if bool(self.value(each)) is decisive:
                    return decisive
            except _UndecidedError:
                is_open = True
        if is_open:
            raise _UndecidedError
        return not decisive

    def _call(self, node: ast.Call) -> Any:
        if isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS and not node.keywords:
            method = getattr(self.value(node.func.value), node.func.attr)
            return method(*(self.value(each) for each in node.args))
        function = self._resolver.resolve(node.func, self._scope)
        if function and function.name in _KNOWN_CALLS:
            return _KNOWN_CALLS[function.name]
        if function and function.name == "builtins.hasattr" and len(node.args) == 2:
            owner, name = self._resolver.resolve(node.args[0], self._scope), self.value(node.args[1])
            known = self._exists(f"{owner.name}.{name}") if owner and not owner.is_object else None
            if known is not None:
                return known
        raise _UndecidedError
