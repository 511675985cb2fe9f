"""The files to look at, and what they are together: a program, an app with its requirements, a package."""

from __future__ import annotations

import ast
import tomllib
import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement

__all__ = ["Source", "StatedRequirement", "own_modules", "parse", "read_requirements", "sources"]

_SKIPPED = {"__pycache__", "node_modules", "site-packages", "dist-packages", "venv", "env", "build", "dist"}


@dataclass(frozen=True)
class Source:
    """A Python file: where it is, and the folder that was asked about."""

    path: Path
    root: Path

    @property
    def shown(self) -> str:
        """The path as the user would write it."""
        return self.path.as_posix()


@dataclass(frozen=True)
class StatedRequirement:
    """A line of a requirements file, or a dependency of a pyproject.toml."""

    file: Path
    line: int
    requirement: Requirement


def sources(path: Path) -> Iterator[Source]:
    """The Python files of a folder, without what is installed or made there; or the one file."""
    if path.is_file():
        yield Source(path, path.parent)
        return
    for each in sorted(path.rglob("*.py")):
        inside = each.relative_to(path).parts[:-1]
        if not any(part in _SKIPPED or part.startswith(".") for part in inside):
            yield Source(each, path)


def parse(source: Source) -> ast.Module | SyntaxError:
    """The file's tree, or what is wrong with it."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return ast.parse(source.path.read_bytes(), source.shown)
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError) as error:  # a NUL character; a thousand brackets
        return SyntaxError(str(error), (source.shown, 1, 1, None))


def own_modules(found: Collection[Source]) -> frozenset[str]:
    """First parts of the names by which the files can import each other."""
    names = set()
    for each in found:
        package = each.path.parent
        names.add(each.path.stem)
        while (package / "__init__.py").is_file():
            names.add(package.name)
            package = package.parent
        inside = each.path.relative_to(each.root).parts[:-1]
        names.update(inside)  # packages without an __init__.py, and `src` layouts
    for root in {each.root.absolute() for each in found}:
        for folder in (root, _project(root)):
            names.update(other.stem for other in folder.glob("*.py"))
            names.update(other.parent.name for other in folder.glob("*/__init__.py"))
    return frozenset(names - {"__init__", "__main__"})


def _project(folder: Path) -> Path:
    """The folder of the project that a folder belongs to; itself if there is none."""
    around = (each for each in (folder, *folder.parents) if (each / "pyproject.toml").is_file())
    return next(around, folder)


def read_requirements(path: Path) -> Iterator[StatedRequirement | tuple[Path, int, str]]:
    """What a folder states that it needs, and the lines that can't be read, with the reason."""
    folder = path if path.is_dir() else path.parent
    stated = [(folder / "pyproject.toml", _project_lines), (folder / "requirements.txt", _requirements_lines)]
    stated += [(file, _metadata_lines) for file in _installed_metadata(folder)]
    for file, read in stated:
        try:
            lines = list(read(file)) if file.is_file() else []
        except tomllib.TOMLDecodeError as error:
            yield file, 1, str(error)
            continue
        for line, text in lines:
            try:
                yield StatedRequirement(file, line, Requirement(text))
            except InvalidRequirement as error:
                yield file, line, str(error).splitlines()[0]


def _installed_metadata(package: Path) -> Iterator[Path]:
    """The metadata of the distribution that an installed package's folder is of."""
    for record in package.absolute().parent.glob("*.dist-info/RECORD"):
        if f"\n{package.absolute().name}/" in f"\n{record.read_text('utf-8', errors='replace')}":
            yield record.with_name("METADATA")


def _metadata_lines(file: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(file.read_text("utf-8", errors="replace").splitlines(), 1):
        if line.startswith("Requires-Dist: "):
            yield number, line.removeprefix("Requires-Dist: ")


def _requirements_lines(file: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(file.read_text("utf-8", errors="replace").splitlines(), 1):
        text = line.partition(" #")[0].strip()
        # pip's options, files and addresses name no distribution.
        if text and not text.startswith(("#", "-", ".", "/")) and "://" not in text.partition("@")[0]:
            yield number, text.partition(" --")[0].rstrip(" \\")


def _project_lines(file: Path) -> Iterator[tuple[int, str]]:
    text = file.read_text("utf-8", errors="replace")
    document: dict[str, Any] = tomllib.loads(text)
    lines = text.splitlines()
    for each in document.get("project", {}).get("dependencies", []):
        yield next((number for number, line in enumerate(lines, 1) if each in line), 1), each
