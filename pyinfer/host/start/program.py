"""What a program imports, and which engines it can want, by its sources."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from .reach import reached_modules

__all__ = [
    "ENGINES",
    "NETWORKS",
    "Imports",
    "Program",
    "handles_image_files",
    "wanted_engines",
    "wanted_imports",
]

ENGINES = ("opencv", "onnxruntime", "jpeg")

#: The part of our own opencv.js that few want: it is never among what anything may want.
NETWORKS = "networks"

#: Words that tell of an engine, wherever they stand.
_WORDS = {
    "opencv": re.compile(r"\bcv2\b"),
    NETWORKS: re.compile(
        r"\breadNet|\bdnn[._](Net|\w*Model)|\bFace(DetectorYN|RecognizerSF)|\bTracker(Nano|Vit|DaSiamRPN)"
        r"|\bALIKED|\bDISK\b|LightGlue|\bBarcodeDetector|\bCChecker"
    ),
    "onnxruntime": re.compile(r"\bonnxruntime\b"),
    # Which decodes only: cv2 encodes JPEG itself. What is chosen by a name in a variable can be imread, too.
    "jpeg": re.compile(r"\bim(?:read|decode|count)|\bhaveImageReader\b|\bgetattr\(\s*cv2?\s*,\s*[^\"']"),
}
_IMAGE_FILES = re.compile(r"\bim(?:read|write|decode|encode|count)|\bhaveImage(?:Reader|Writer)\b")
#: Python that is put together in a page.
_PYTHON_OF_PAGES = re.compile(r"runPython|\binstall\(|text/(?:x-)?python")
#: Functions that run or import what a string says.
_RUNNING = frozenset({"__import__", "eval", "exec"})
_RUNNING_OF_MODULES = frozenset({"import_module", "run_module", "run_path"})


@dataclass(frozen=True)
class Program:
    """The sources of an app.

    Attributes
    ----------
    distribution : str or None
        Canonical name of the distribution that has its modules.
    sources : mapping of str to str
        Its own Python modules, by path.
    pages : mapping of str to str
        Other text that may hold Python or name what it uses, by path.
    has_models : bool
        Whether there are networks to run, whoever does.
    entry : str or None
        What is imported at a start, or None: any of its modules may be.
    """

    distribution: str | None = None
    sources: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)
    has_models: bool = False
    entry: str | None = None


@dataclass(frozen=True)
class Imports:
    """Modules of others that a program uses.

    Attributes
    ----------
    at_import : list of str
        Those that are imported when the program's modules are, in that order.
    by_attribute : list of str
        Those that packages among them bring in when they are asked for, such as ``numpy.random``, by what the
        program's entry comes to: of an app with many pages, each needs its own.
    """

    at_import: list[str]
    by_attribute: list[str]


def wanted_engines(
    program: Program | None, others: Iterable[str] = (), *, has_codecs: bool = False
) -> list[str]:
    """Which of `ENGINES` can be wanted, and `NETWORKS`.

    Parameters
    ----------
    program : Program or None
        None if anything may be run.
    others : iterable of str
        Sources that the program uses.
    has_codecs : bool
        Whether opencv.js reads image files itself, so that no JPEG codec is wanted.
    """
    engines = [engine for engine in ENGINES if engine != "jpeg" or not has_codecs]
    if program is None or not program.sources:
        return engines
    if any(_PYTHON_OF_PAGES.search(text) for text in program.pages.values()):
        return engines
    if any(_is_dynamic(text) for text in program.sources.values()):
        return engines
    texts = [*program.sources.values(), *program.pages.values(), *others]
    found = {engine for engine, word in _WORDS.items() if any(map(word.search, texts))}
    found |= {"onnxruntime"} if program.has_models else set()
    if "opencv" not in found:
        found -= {"jpeg", NETWORKS}
    return [engine for engine in (*engines, NETWORKS) if engine in found]


def handles_image_files(program: Program) -> bool:
    """Whether the program's sources name functions of cv2 that read or write images."""
    return any(map(_IMAGE_FILES.search, program.sources.values()))


def _is_dynamic(text: str) -> bool:
    """Whether a source runs or imports something that it does not name."""
    tree = _parse(text)
    if tree is None:
        return True
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function, first = node.func, next(iter(node.args), None)
            names = _RUNNING | _RUNNING_OF_MODULES if isinstance(function, ast.Name) else _RUNNING_OF_MODULES
            name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", None)
            if name in names and not isinstance(first, ast.Constant):
                return True
    return False


def wanted_imports(program: Program, known: Collection[str]) -> Imports:
    """What the program's modules import outside of functions.

    Parameters
    ----------
    program : Program
        Its own modules are not run for this.
    known : collection of str
        Names of the modules that there are in files. What else is imported is left out.
    """
    at_import: dict[str, None] = {}
    by_attribute: dict[str, None] = {}
    trees = {path: tree for path, text in sorted(program.sources.items()) if (tree := _parse(text))}
    reached = reached_modules(trees, program.entry) if program.entry else set(trees)
    for path, tree in trees.items():
        bound: dict[str, str] = {}
        for statement in _at_import(tree.body):
            for name, module, imported in _imported(statement):
                bound[name] = module
                at_import |= dict.fromkeys(_known_part(imported, known))
        for node in ast.walk(tree) if path in reached else ():
            chain = _chain(node)
            if chain and chain[0] in bound:
                full = ".".join([bound[chain[0]], *chain[1:]])
                by_attribute |= dict.fromkeys(_known_part(full, known))
    return Imports(list(at_import), [name for name in by_attribute if name not in at_import])


def _parse(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def _at_import(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that are run when a module is imported, as far as that is plain to see."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If):
            if not _is_for_others(statement.test):
                yield from _at_import(statement.body)
            yield from _at_import(statement.orelse)
        elif isinstance(statement, (ast.Try, ast.With)):
            yield from _at_import(statement.body)
            for handler in getattr(statement, "handlers", []):
                yield from _at_import(handler.body)
            yield from _at_import([*getattr(statement, "orelse", []), *getattr(statement, "finalbody", [])])


def _is_for_others(test: ast.expr) -> bool:
    """For type checkers, or for a module that is run as a script."""
    names = {getattr(node, "id", getattr(node, "attr", None)) for node in ast.walk(test)}
    return not names.isdisjoint({"TYPE_CHECKING", "__name__"})


def _imported(statement: ast.stmt) -> Iterator[tuple[str, str, str]]:
    """Of an import: the names that it binds, the modules that they may mean, and those that are imported."""
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            top = alias.name.partition(".")[0]
            yield alias.asname or top, alias.name if alias.asname else top, alias.name
    elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
        for alias in statement.names:
            full = f"{statement.module}.{alias.name}"
            yield alias.asname or alias.name, full, full


def _known_part(name: str, known: Collection[str]) -> Iterator[str]:
    """The innermost module that there is of a dotted name."""
    while name:
        if name in known:
            yield name
            return
        name = name.rpartition(".")[0]


def _chain(node: ast.AST) -> list[str]:
    """``["np", "random", "default_rng"]`` of such an expression."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return [node.id, *reversed(names)] if names and isinstance(node, ast.Name) else []
