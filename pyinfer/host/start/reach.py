"""Which of a program's own modules its entry comes to, by their imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from .split import module_name

__all__ = ["reached_modules"]


def reached_modules(trees: Mapping[str, ast.Module], entry: str) -> set[str]:
    """The paths of the module that an entry names and of all that it imports, in functions, too.

    Parameters
    ----------
    trees : mapping of str to ast.Module
        The program's own modules, by path.
    entry : str
        As pyproject.toml has it: ``"package.module"`` or ``"package.module:function"``.

    Returns
    -------
    set of str
        All paths if the entry is none of the program's modules.
    """
    paths = {name: path for path in trees if (name := module_name(path)) is not None}
    start = entry.partition(":")[0]
    if start not in paths:
        return set(trees)
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        path = paths.get(name)
        if path is None or path in reached:
            continue
        reached.add(path)
        waiting += _around(name)
        package = name if path.endswith("/__init__.py") else name.rpartition(".")[0]
        for imported in _imported(trees[path], package):
            waiting += [imported, *_around(imported)]
    return reached


def _around(name: str) -> Iterator[str]:
    while name := name.rpartition(".")[0]:
        yield name


def _imported(tree: ast.Module, package: str) -> Iterator[str]:
    """Dotted names of all that may be modules."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            steps = package.split(".")
            base = steps[: len(steps) + 1 - node.level] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)
