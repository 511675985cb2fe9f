"""Which names of ``cv2`` Python code uses, counted in repositories: how ``survey.csv`` was made.

``python -m pyinfer.host.generate.survey [NAME=]FOLDER... > survey.csv``

A folder is one repository: a git directory or a clone, read at HEAD, or any folder with files. Seen are
attributes of ``cv2`` under any name it is imported as, with those of its submodules and classes, but not
an instance's methods. Constants are left out. Copied code counts, installed packages don't.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import csv
import importlib
import io
import json
import re
import subprocess
import sys
import types
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

__all__ = ["Row", "main", "names_in", "python_parts", "rank", "repository_files"]

INSTALLED = {"site-packages", "dist-packages", "node_modules", "venv", ".venv"}
CAPITALS = re.compile(r"_*[A-Z][A-Z0-9_]*")
DOTTED = re.compile(r"(?<![\w.])([A-Za-z_]\w*)((?:\.[A-Za-z_]\w*)*)")
IMPORT = re.compile(r"^[ \t]*((?:import|from)[ \t]+cv2\b[^#\n(]*(?:\([^)]*\))?)", re.MULTILINE)


class Row(NamedTuple):
    """One name: in how many repositories, how often in all, and whether native OpenCV has it."""

    name: str
    repositories: int
    uses: int
    native: bool


def _git(directory: Path, *arguments: str, text: str = "") -> bytes:
    command = ["git", f"--git-dir={directory}", *arguments]
    return subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout


def _git_directory(folder: Path) -> Path | None:
    candidates = (folder / ".git", folder)
    return next(
        (path for path in candidates if (path / "HEAD").is_file() and (path / "objects").is_dir()), None
    )


def _blobs(directory: Path) -> Iterator[tuple[str, bytes]]:
    tree = _git(directory, "ls-tree", "-rz", "HEAD").decode(errors="replace").split("\0")[:-1]
    files = [line.split("\t", 1) for line in tree if " blob " in line and _wanted(line.split("\t", 1)[1])]
    hashes = "".join(f"{entry.split()[2]}\n" for entry, _ in files)
    stream = io.BytesIO(_git(directory, "cat-file", "--batch", text=hashes))
    for _, path in files:
        _, kind, *size = stream.readline().split()
        if kind == b"blob":  # else this copy lacks it
            yield path, stream.read(int(size[0]) + 1)


def _wanted(path: str) -> bool:
    return path.endswith((".py", ".ipynb")) and not INSTALLED & set(path.split("/"))


def repository_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Path and content of each Python file and notebook that mentions ``cv2``."""
    if directory := _git_directory(folder):
        found = _blobs(directory)
    else:
        paths = ((path, path.relative_to(folder).as_posix()) for path in sorted(folder.rglob("*")))
        found = ((name, path.read_bytes()) for path, name in paths if _wanted(name) and path.is_file())
    return ((name, content) for name, content in found if b"cv2" in content)


def python_parts(path: str, content: bytes) -> list[str]:
    """The source of a Python file, or of each code cell of a notebook without its magic commands."""
    text = content.decode("utf-8-sig", errors="replace")
    if not path.endswith(".ipynb"):
        return [text]
    try:
        cells = [cell["source"] for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError):  # no notebook, or one from before 2015
        return []
    return [re.sub(r"(?m)^[ \t]*[%!].*$", "", "".join(cell)) for cell in cells]


def _parse(part: str) -> ast.Module | None:
    failures = SyntaxError, ValueError, RecursionError, MemoryError
    with warnings.catch_warnings(action="ignore"), contextlib.suppress(*failures):
        return ast.parse(part)
    return None


def _imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Local names of ``cv2`` and of what is below it, and what they stand for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname and f"{alias.name}.".startswith("cv2."):
                    yield alias.asname, alias.name
        elif isinstance(node, ast.ImportFrom) and not node.level and f"{node.module}.".startswith("cv2."):
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _chains(node: ast.AST) -> Iterator[str]:
    """The dotted names that are read somewhere in a tree, each at its longest."""
    chain, inner = "", node
    while isinstance(inner, ast.Attribute):
        chain, inner = f".{inner.attr}{chain}", inner.value
    if isinstance(inner, ast.Name) and isinstance(getattr(node, "ctx", None), ast.Load):
        yield inner.id + chain
    for child in ast.iter_child_nodes(inner):
        yield from _chains(child)


def names_in(parts: Iterable[str]) -> Counter[str]:
    """How often each name below ``cv2`` is read, in sources that share their imports.

    The name ``cv2`` is the module, from wherever it came. What Python 3 cannot parse is searched as text.
    """
    imported, chains = {"cv2": "cv2"}, list[str]()
    for part in parts:
        if tree := _parse(part):
            imported.update(_imported(tree))
            chains += _chains(tree)
        else:
            for statement in IMPORT.findall(part):
                imported.update(_imported(_parse(statement) or ast.Module([], [])))
            text = IMPORT.sub("", re.sub(r"#.*", "", part))
            chains += (f"{head}{tail}" for head, tail in DOTTED.findall(text))
    found = Counter[str]()
    for chain in chains:
        head, dot, tail = chain.partition(".")
        if head in imported:
            found[re.sub(r"^(cv2(\.|$))+", "", imported[head] + dot + tail)] += 1  # `cv2.cv2` was `cv2` once
    del found[""]
    return found


def _resolve(name: str, native: object) -> tuple[str, object]:
    """A name, ended at the function or string in it, and what native has for it, or None."""
    value, seen = native, ""
    for part in name.split("."):
        value, seen = getattr(value, part, None), f"{seen}.{part}".lstrip(".")
        if isinstance(value, types.BuiltinFunctionType | types.FunctionType | str):
            break
    return seen, value


def rank(repositories: Iterable[Counter[str]], native: object) -> list[Row]:
    """What repositories use of `native` besides constants, the names that most of them use first."""
    spread, uses, has = Counter[str](), Counter[str](), dict[str, bool]()
    for counts in repositories:
        names = set()
        for given, number in counts.items():
            name, value = _resolve(given, native)
            is_capital = value is None and CAPITALS.fullmatch(name.rpartition(".")[2])
            if not isinstance(value, int | types.ModuleType) and not is_capital:
                names.add(name)
                uses[name] += number
                has[name] = value is not None
        spread.update(names)
    rows = [Row(name, spread[name], uses[name], has[name]) for name in spread]
    return sorted(rows, key=lambda row: (-row.repositories, -row.uses, row.name))


def main(arguments: list[str] | None = None) -> int:
    """Write the list to standard output; returns the exit status."""
    parser = argparse.ArgumentParser(description="Count which names of cv2 repositories use.")
    parser.add_argument("folders", nargs="+", metavar="[NAME=]FOLDER")
    parser.add_argument("--repositories", type=Path, help="a file for those that use cv2, with their commits")
    options, found = parser.parse_args(arguments), dict[str, Counter[str]]()
    for name, _, location in (argument.rpartition("=") for argument in options.folders):
        files = repository_files(folder := Path(location))
        counts = sum((names_in(python_parts(path, content)) for path, content in files), Counter[str]())
        if counts:
            directory = _git_directory(folder)
            commit = _git(directory, "rev-parse", "HEAD").decode().strip() if directory else "-"
            found[f"{name or folder.resolve().name} {commit}"] = counts
    if options.repositories:
        options.repositories.write_text("".join(f"{line}\n" for line in sorted(found)), encoding="utf-8")
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(Row._fields)
    for row in rank(found.values(), importlib.import_module("cv2")):
        table.writerow([*row[:-1], "yes" if row.native else "no"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
