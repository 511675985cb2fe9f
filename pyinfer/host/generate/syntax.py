"""Looking things up in the syntax trees of test files."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

__all__ = [
    "aliases_of_cv2",
    "assigned",
    "conditions_of",
    "dictionary_items",
    "dotted_name",
    "text_pattern",
    "words_in",
]


def aliases_of_cv2(tree: ast.Module) -> dict[str, str]:
    """Names, of whatever scope, that stand for ``cv2`` or something in it."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for name, value in assigned(node):
                head, dot, rest = dotted_name(value).partition(".")
                if head == "cv2" or head in found:
                    found[name] = f"{found.get(head, head)}{dot}{rest}"
        elif isinstance(node, ast.ImportFrom) and f"{node.module}.".startswith("cv2."):
            found.update({alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names})
    return found


def assigned(node: ast.Assign) -> Iterator[tuple[str, ast.AST]]:
    """Names and what each stands for, also where several are assigned at once."""
    for target in node.targets:
        if isinstance(target, ast.Name):
            yield target.id, node.value
        elif isinstance(target, ast.Tuple):
            values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value] * len(target.elts)
            for each, value in zip(target.elts, values, strict=False):
                if isinstance(each, ast.Name):
                    yield each.id, value


def dictionary_items(dictionary: ast.Dict) -> Iterator[tuple[str, ast.AST]]:
    """Keys and values, those of comprehensions too."""
    for key, value in zip(dictionary.keys, dictionary.values, strict=True):
        if isinstance(key, ast.Constant):
            yield str(key.value), value
        elif key is None and isinstance(value, ast.DictComp):
            yield text_pattern(value.key), value.value


def text_pattern(key: ast.expr) -> str:
    """``resize_…`` for an f-string."""
    parts = key.values if isinstance(key, ast.JoinedStr) else [key]
    texts = (part.value if isinstance(part, ast.Constant) else None for part in parts)
    return "".join(text if isinstance(text, str) else "…" for text in texts)


def dotted_name(node: ast.AST) -> str:
    """``cv2.dnn.NMSBoxes`` of an attribute or a name; an empty string for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = dotted_name(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    return ""


def words_in(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The words of all strings."""
    for node in nodes:
        for each in ast.walk(node):
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                yield from each.value.split()


def conditions_of(test: ast.FunctionDef, call: ast.Call) -> Iterator[tuple[ast.expr, bool]]:
    """The conditions under which a call is reached, each with whether it must not hold."""
    for node in ast.walk(test):
        if isinstance(node, ast.If):
            for branch, negated in ((node.body, False), (node.orelse, True)):
                if any(each is call for statement in branch for each in ast.walk(statement)):
                    yield node.test, negated
