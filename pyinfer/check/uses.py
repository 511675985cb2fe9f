"""Every use of a library's names in one Python file, with the place and what surrounds it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from .conditions import decide
from .scopes import Scope, build_scopes
from .values import Library, Resolver, Value

__all__ = ["Context", "Use", "find_uses"]


@dataclass(frozen=True)
class Context:
    """What surrounds a use.

    Attributes
    ----------
    unreached : str
        The condition because of which a browser never comes here.
    caught : frozenset of str
        Exceptions that a ``try`` around it catches, ``"*"`` for all.
    in_while : bool
    annotation : bool
        It is a type hint, which Python 3.14 does not evaluate.
    """

    unreached: str = ""
    caught: frozenset[str] = frozenset()
    in_while: bool = False
    annotation: bool = False


@dataclass(frozen=True)
class Use:
    """A dotted name that is used.

    Attributes
    ----------
    name : str
        In full: ``cv2.dnn.blobFromImage``; of an object's method with its class.
    line, column : int
        Both counted from 1.
    how : str
        ``"import"`` (a module), ``"from"`` (a name by ``from ... import``), ``"call"``, ``"alias"``
        (``f = cv2.f``), ``"test"`` (``isinstance``, ``except``, ``hasattr``), ``"dynamic"`` (a
        ``getattr`` with a name that is computed) or ``"value"``.
    call : ast.Call or None
        The call, of ``"call"``.
    """

    name: str
    line: int
    column: int
    how: str
    context: Context
    call: ast.Call | None = None


def find_uses(
    tree: ast.Module, libraries: Mapping[str, Library], exists: Callable[[str], bool | None]
) -> list[Use]:
    """All uses of imported and built-in names, in the order of their places.

    Parameters
    ----------
    libraries : mapping
        What is known of the modules that objects come from.
    exists : callable
        As in :func:`conditions.decide`.
    """
    finder = _Finder(build_scopes(tree), Resolver(libraries), exists)
    finder.walk(tree)
    return sorted(finder.found, key=lambda use: (use.line, use.column, use.name))


class _Finder(ast.NodeVisitor):
    def __init__(
        self, scopes: dict[ast.AST, Scope], resolver: Resolver, exists: Callable[[str], bool | None]
    ) -> None:
        self.found: list[Use] = []
        self._scopes = scopes
        self._resolver = resolver
        self._exists = exists
        self._context = Context()
        self._scope: Scope

    def walk(self, tree: ast.Module) -> None:
        """Look at the whole file."""
        self._scope = self._scopes[tree]
        self.generic_visit(tree)

    @contextmanager
    def _within(self, **changes: object) -> Iterator[None]:
        previous = self._context
        self._context = replace(previous, **changes)  # type: ignore[arg-type]
        yield
        self._context = previous

    def _add(self, name: str, node: ast.AST, how: str, call: ast.Call | None = None) -> None:
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1
        if isinstance(node, ast.Attribute) and node.end_lineno and node.end_lineno > line:
            # A chain over several lines: the name stands on the last.
            line, column = node.end_lineno, (node.end_col_offset or 0) - len(node.attr) + 1
        self.found.append(Use(name, line, column, how, self._context, call))

    # Names

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._add(alias.name, alias, "import")

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.level or not node.module:
            return
        self._add(node.module, node, "import")
        for alias in node.names:
            if alias.name != "*":
                self._add(f"{node.module}.{alias.name}", alias, "from")

    def visit_Name(self, node: ast.Name) -> None:
        self._chain(node, "value")

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._chain(node, "value")

    def _chain(self, node: ast.expr, how: str, call: ast.Call | None = None) -> None:
        """A dotted name at its longest, or whatever else the expression is."""
        if not isinstance(node, ast.Name | ast.Attribute):
            self.visit(node)
            return
        value = self._resolver.resolve(node, self._scope) if isinstance(node.ctx, ast.Load) else None
        if value and not value.is_object:
            self._add(value.name, node, how, call)
        inner: ast.expr = node
        while isinstance(inner, ast.Attribute):
            inner = inner.value
            if value is None and isinstance(inner, ast.Name | ast.Attribute):
                self._chain(inner, "value")
                return
        if not isinstance(inner, ast.Name):
            self.visit(inner)

    def visit_Call(self, node: ast.Call) -> None:
        function = self._resolver.resolve(node.func, self._scope)
        self._chain(node.func, "call", node)
        name = function.name if function and not function.is_object else ""
        arguments = list(node.args)
        if name in ("builtins.getattr", "builtins.hasattr") and len(arguments) > 1:
            self._attribute_by_name(node, name == "builtins.getattr", len(arguments) == 2)
        elif name in ("importlib.import_module", "builtins.__import__"):
            self._import_by_name(node)
        elif name in ("builtins.isinstance", "builtins.issubclass") and len(arguments) == 2:
            self._test(arguments.pop())
        for each in (*arguments, *node.keywords):
            self.visit(each)

    def _attribute_by_name(self, node: ast.Call, is_read: bool, must_exist: bool) -> None:
        owner = self._resolver.resolve(node.args[0], self._scope)
        if owner is None:
            return
        found = self._resolver.resolve(node, self._scope)
        if isinstance(node.args[1], ast.Constant):
            if found and not found.is_object and is_read and must_exist:
                self._add(found.name, node, "value")
        elif is_read and not owner.is_object:
            self._add(owner.name, node, "dynamic")

    def _import_by_name(self, node: ast.Call) -> None:
        first = node.args[0] if node.args else None
        if (
            isinstance(first, ast.Constant)
            and isinstance(first.value, str)
            and not first.value.startswith(".")
        ):
            self._add(first.value, node, "import")

    def _test(self, node: ast.expr) -> None:
        for each in node.elts if isinstance(node, ast.Tuple) else [node]:
            self._chain(each, "test")

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            self.visit(target)
        named = len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)
        self._chain(node.value, "alias" if named else "value")

    # What surrounds them

    def _annotated(self, node: ast.expr | None) -> None:
        if node:
            with self._within(annotation=True):
                self.visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._annotated(node.annotation)
        if node.value:
            self.visit(node.value)

    def visit_arg(self, node: ast.arg) -> None:
        self._annotated(node.annotation)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator)
        self.visit(node.args)
        self._annotated(node.returns)
        self._inside(node, node.body)

    visit_FunctionDef = visit_AsyncFunctionDef = _function

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.visit(node.args)
        self._inside(node, [node.body])

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for part in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(part)
        self._inside(node, node.body)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        self._inside(node, list(ast.iter_child_nodes(node)))

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension

    def _inside(self, node: ast.AST, parts: list[ast.stmt] | list[ast.expr] | list[ast.AST]) -> None:
        outer, self._scope = self._scope, self._scopes[node]
        in_while = self._context.in_while and not isinstance(node, ast.FunctionDef | ast.ClassDef)
        with self._within(in_while=in_while):
            for part in parts:
                self.visit(part)
        self._scope = outer

    def visit_While(self, node: ast.While) -> None:
        with self._within(in_while=True):
            self.visit(node.test)
            for part in node.body:
                self.visit(part)
        for part in node.orelse:
            self.visit(part)

    def _branches(self, node: ast.If | ast.IfExp) -> None:
        self.visit(node.test)
        outcome = decide(node.test, self._scope, self._resolver, self._exists)
        words = ast.unparse(node.test)
        body = node.body if isinstance(node, ast.If) else [node.body]
        orelse = node.orelse if isinstance(node, ast.If) else [node.orelse]
        branches: list[tuple[Sequence[ast.AST], str, bool]] = [
            (body, f"`{words}`", outcome is False),
            (orelse, f"not `{words}`", outcome is True),
        ]
        for branch, condition, unreached in branches:
            with self._within(unreached=condition if unreached else self._context.unreached):
                for each in branch:
                    self.visit(each)

    visit_If = visit_IfExp = _branches

    def visit_Try(self, node: ast.Try | ast.TryStar) -> None:
        caught = self._context.caught.union(*(self._caught(handler.type) for handler in node.handlers))
        with self._within(caught=caught):
            for part in node.body:
                self.visit(part)
        for other in (*node.handlers, *node.orelse, *node.finalbody):
            self.visit(other)

    visit_TryStar = visit_Try

    def _caught(self, kinds: ast.expr | None) -> Iterator[str]:
        if kinds is None:
            yield "*"
        for each in kinds.elts if isinstance(kinds, ast.Tuple) else [kinds]:
            value: Value | None = self._resolver.resolve(each, self._scope)
            if value:
                name = value.name.removeprefix("builtins.")
                yield "*" if name in ("Exception", "BaseException") else name

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.type:
            self._test(node.type)
        for part in node.body:
            self.visit(part)
