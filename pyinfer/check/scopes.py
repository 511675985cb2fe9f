"""Which scope of a Python file binds a name, and to what: Python's own rule, without running anything."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = ["Binding", "Scope", "build_scopes"]

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True)
class Binding:
    """One place where a name gets a value.

    Attributes
    ----------
    kind : str
        ``"import"``: ``target`` is the dotted name that is bound. ``"value"``: ``node`` is the expression.
        ``"annotation"``: ``node`` is the type of a parameter. ``"other"``: anything else.
    scope : Scope
        Where ``node`` is evaluated.
    """

    kind: str
    scope: Scope
    target: str = ""
    node: ast.expr | None = None


@dataclass(eq=False)
class Scope:
    """A module, class, function or comprehension.

    Attributes
    ----------
    node : ast.AST
        What makes it.
    outer : Scope or None
    names : dict
        Name -> its bindings here.
    declared : dict
        Name -> ``"global"`` or ``"nonlocal"``.
    attributes : dict
        Of a class: attribute of its objects (``self.x``) -> its bindings.
    stars : list of str
        Modules that are imported with ``*``.
    """

    node: ast.AST
    outer: Scope | None
    names: dict[str, list[Binding]] = field(default_factory=dict)
    declared: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, list[Binding]] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)

    @property
    def is_class(self) -> bool:
        """Whether its names can't be seen from the functions in it."""
        return isinstance(self.node, ast.ClassDef)

    @property
    def module(self) -> Scope:
        """The outermost scope."""
        return self if self.outer is None else self.outer.module

    def bind(self, name: str, binding: Binding) -> None:
        """Add a binding, to the scope that owns the name."""
        owner = self._owner(name)
        owner.names.setdefault(name, []).append(binding)

    def _owner(self, name: str) -> Scope:
        declared = self.declared.get(name)
        if declared == "global":
            return self.module
        outer = self.outer
        while declared == "nonlocal" and outer is not None:
            if isinstance(outer.node, _FUNCTIONS) and name in outer.names:
                return outer
            outer = outer.outer
        return self

    def lookup(self, name: str) -> list[Binding]:
        """The bindings that a name has when it is read here; none if it is free in the whole file."""
        scope: Scope | None = self.module if self.declared.get(name) == "global" else self
        while scope is not None:
            if name in scope.names and (scope is self or not scope.is_class):
                return scope.names[name]
            scope = scope.outer
        return []

    def method_class(self, name: str) -> Scope | None:
        """The class whose object the name stands for: it is the first parameter of a method."""
        scope: Scope | None = self
        while scope is not None:
            node = scope.node
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and name in scope.names:
                parameters = [*node.args.posonlyargs, *node.args.args]
                is_first = bool(parameters) and parameters[0].arg == name
                static = any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in node.decorator_list)
                outer = scope.outer
                return outer if outer and outer.is_class and is_first and not static else None
            scope = scope.outer
        return None


def build_scopes(tree: ast.Module) -> dict[ast.AST, Scope]:
    """The scope that each scope-making node of a file makes."""
    builder = _Builder()
    builder.enter(tree, None)
    return builder.scopes


class _Builder(ast.NodeVisitor):
    def __init__(self) -> None:
        self.scopes: dict[ast.AST, Scope] = {}
        self._scope: Scope

    def enter(self, node: ast.AST, outer: Scope | None) -> None:
        scope = self.scopes[node] = Scope(node, outer)
        previous = getattr(self, "_scope", None)
        self._scope = scope
        for statement in _declarations(node):
            kind = "global" if isinstance(statement, ast.Global) else "nonlocal"
            scope.declared.update(dict.fromkeys(statement.names, kind))
        if isinstance(node, _FUNCTIONS):
            self._bind_parameters(node.args)
            body = [node.body] if isinstance(node, ast.Lambda) else node.body
            for part in body:
                self.visit(part)
        elif isinstance(node, ast.Module | ast.ClassDef):
            for part in node.body:
                self.visit(part)
        else:
            self.generic_visit(node)
        if previous is not None:
            self._scope = previous

    def _bind_parameters(self, arguments: ast.arguments) -> None:
        assert self._scope.outer is not None
        for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            kind = "annotation" if each.annotation else "other"
            self._scope.bind(each.arg, Binding(kind, self._scope.outer, node=each.annotation))
        for rest in (arguments.vararg, arguments.kwarg):
            if rest:
                self._bind_other(rest.arg)

    def _bind_other(self, name: str) -> None:
        self._scope.bind(name, Binding("other", self._scope))

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._bind_other(node.name)
        for part in (*node.decorator_list, node.args, *([node.returns] if node.returns else [])):
            self.visit(part)
        self.enter(node, self._scope)

    visit_FunctionDef = _function
    visit_AsyncFunctionDef = _function

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.visit(node.args)
        self.enter(node, self._scope)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._bind_other(node.name)
        for part in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(part)
        self.enter(node, self._scope)

    def _comprehension(self, node: ast.AST) -> None:
        self.enter(node, self._scope)

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            target = alias.name if alias.asname else alias.name.partition(".")[0]
            self._scope.bind(alias.asname or target, Binding("import", self._scope, target))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            if alias.name == "*":
                self._scope.module.stars.append(module)
            else:
                # Packages hand these on: `from utils.general import cv2`.
                handed_on = alias.name in ("cv2", "onnxruntime") and module not in ("cv2", "onnxruntime")
                target = alias.name if handed_on or module == alias.name else f"{module}.{alias.name}"
                self._scope.bind(alias.asname or alias.name, Binding("import", self._scope, target))

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self._assign(target, node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.visit(node.annotation)
        if node.value:
            self.visit(node.value)
            self._assign(node.target, node.value)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        scope = self._scope
        while isinstance(scope.node, _COMPREHENSIONS) and scope.outer:
            scope = scope.outer
        scope.bind(node.target.id, Binding("value", self._scope, node=node.value))

    def visit_With(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self.visit(item.context_expr)
            if item.optional_vars:
                self._assign(item.optional_vars, None)
        for part in node.body:
            self.visit(part)

    visit_AsyncWith = visit_With

    def _assign(self, target: ast.expr, value: ast.expr | None) -> None:
        if isinstance(target, ast.Name) and value is not None:
            self._scope.bind(target.id, Binding("value", self._scope, node=value))
        elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            owner = self._scope.method_class(target.value.id)
            if owner:
                kind = "other" if value is None else "value"
                owner.attributes.setdefault(target.attr, []).append(Binding(kind, self._scope, node=value))
        elif isinstance(target, ast.Attribute):
            self.visit(target.value)
        else:
            self.visit(target)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self._bind_other(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.ctx, ast.Store):
            self._assign(node, None)
        else:
            self.visit(node.value)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self._bind_other(node.name)
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        if node.name:
            self._bind_other(node.name)
        self.generic_visit(node)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        if node.name:
            self._bind_other(node.name)


def _declarations(node: ast.AST) -> Iterator[ast.Global | ast.Nonlocal]:
    """The ``global`` and ``nonlocal`` statements of a scope itself."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Global | ast.Nonlocal):
            yield child
        elif not isinstance(child, (*_FUNCTIONS, ast.ClassDef)):
            yield from _declarations(child)
