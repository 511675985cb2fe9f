"""From the uses in a file to findings: what is said of each, and whether the program stops there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Protocol

from .onnxruntime_facts import onnxruntime_facts
from .opencv_facts import opencv_facts
from .standard_library import is_standard, judge_call, judge_module
from .uses import Context, Use, find_uses
from .values import Library
from .verdict import ABSENT, DIFFERS, MISSING, UNCLEAR, WORKS, Finding, Verdict

__all__ = ["Packages", "imported_packages", "judge", "uses_of"]

#: Modules that are there in every page that pyinfer starts.
_PYODIDES_OWN = frozenset(
    {"js", "pyodide", "pyodide_js", "_pyodide", "micropip", "pyinfer", "cv2", "onnxruntime"}
)

#: What exceptions a program may wait for where a name or module is missing.
_IMPORT_ERRORS = {"*", "ImportError", "ModuleNotFoundError", "OSError"}
_NAME_ERRORS = {"AttributeError", "NotImplementedError"}

#: Calls whose first argument is a path.
_OPENERS = {
    *("builtins.open", "io.open", "os.listdir", "os.scandir", "os.makedirs", "os.chdir", "glob.glob"),
    *(
        "pathlib.Path",
        "cv2.imread",
        "cv2.imwrite",
        "cv2.imreadmulti",
        "cv2.dnn.readNet",
        "cv2.dnn.readNetFromONNX",
    ),
    *(
        "onnxruntime.InferenceSession",
        "numpy.load",
        "numpy.save",
        "numpy.loadtxt",
        "PIL.Image.open",
        "onnx.load",
    ),
}
#: Folders and files that a browser's Python has, too.
_THERE = (
    "/tmp",
    "/home/pyodide",
    "/dev/null",
    "/dev/stdin",
    "/dev/stdout",
    "/dev/stderr",
    "/dev/random",
    "/dev/urandom",
)
_ELSEWHERE = Verdict(
    DIFFERS,
    "a page's file system has no such file, unless the page writes one there",
    "a path beside the script, or one that the page hands over; `pyinfer run --mount PATH` shows it",
)
_NO_PROVIDER = Verdict(
    DIFFERS,
    "no browser has it: the session takes the next one, with native's warning",
    "WebGpuExecutionProvider, where the browser has WebGPU; or the CPU's",
)
_LOOP = Verdict(
    DIFFERS,
    "in a loop keys arrive in a worker of an isolated page; elsewhere they do between two calls",
    "a function for one frame, which the page calls for each",
)


class Packages(Protocol):
    """Who knows what somebody must install."""

    def judge_import(self, module: str) -> tuple[str, Verdict]:
        """The name of the distribution that a module needs, and whether a browser can have it."""


def _libraries() -> dict[str, Library]:
    return {"cv2": opencv_facts(), "onnxruntime": onnxruntime_facts()}


def uses_of(tree: ast.Module) -> list[Use]:
    """The uses of all names in a file."""
    facts = _libraries()

    def exists(name: str) -> bool | None:
        top, _, below = name.partition(".")
        return facts[top].has(below) if top in facts else None

    return find_uses(tree, facts, exists)


def imported_packages(uses: Iterable[Use], own: frozenset[str]) -> set[str]:
    """The modules among the uses that somebody must install."""
    modules = {use.name.partition(".")[0] for use in uses if use.how == "import"}
    return {each for each in modules if not is_standard(each)} - own - _PYODIDES_OWN


def judge(file: str, uses: Iterable[Use], own: frozenset[str], packages: Packages) -> Iterator[Finding]:
    """What is to be said of the uses in a file.

    Parameters
    ----------
    file : str
        As it is shown.
    uses : iterable of Use
    own : frozenset of str
        First parts of the names of modules that come with the file.
    packages : Packages
    """
    for use in uses:
        top, _, below = use.name.partition(".")
        if top in ("cv2", "onnxruntime"):
            yield from _library(file, use, below)
        elif use.how == "import" and top not in own and top != "builtins":
            yield from _import(file, use, packages)
        elif use.how in ("call", "value") and (verdict := judge_call(use.name)):
            yield _finding(file, use, "python", use.name, verdict)
        path = _literal_path(use)
        if path:
            yield _finding(file, use, "path", path, _ELSEWHERE)


def _library(file: str, use: Use, below: str) -> Iterator[Finding]:
    name = use.name
    kind = "opencv" if name.startswith("cv2") else "onnxruntime"
    if use.how == "dynamic":
        yield _finding(file, use, kind, f"getattr({name}, ...)", Verdict(UNCLEAR, "the name is computed"))
    elif below:
        facts = opencv_facts() if kind == "opencv" else onnxruntime_facts()
        verdict = facts.verdict(below)
        if use.how != "import" or verdict.status != WORKS:  # that a submodule is imported is no use of it
            yield _finding(file, use, kind, name, verdict)
    if name == "onnxruntime.InferenceSession" and use.call:
        for provider in _absent_providers(use.call):
            yield _finding(file, use, kind, provider, _NO_PROVIDER)
    if name in ("cv2.waitKey", "cv2.waitKeyEx", "cv2.pollKey") and use.context.in_while:
        yield _finding(file, use, "loop", name, _LOOP)


def _absent_providers(call: ast.Call) -> Iterator[str]:
    """Execution providers that a call names, and no browser has."""
    names = [each.value for each in ast.walk(call) if isinstance(each, ast.Constant)]
    known = onnxruntime_facts().absent_providers
    yield from dict.fromkeys(name for name in names if isinstance(name, str) and name in known)


def _import(file: str, use: Use, packages: Packages) -> Iterator[Finding]:
    if is_standard(use.name):
        yield _finding(file, use, "python", use.name, judge_module(use.name))
        return
    top = use.name.partition(".")[0]
    if top in _PYODIDES_OWN:
        return
    distribution, verdict = packages.judge_import(top)
    name = top if distribution == top else f"{top} ({distribution})"
    yield _finding(file, use, "package", name, verdict)


def _finding(file: str, use: Use, kind: str, name: str, verdict: Verdict) -> Finding:
    stops = verdict.status in (MISSING, ABSENT, UNCLEAR)
    harmless = _harmless(use, verdict) if stops else _never(use.context)
    return Finding(file, use.line, use.column, kind, name, verdict, harmless)


def _never(context: Context) -> str:
    return f"a browser never comes here: {context.unreached}" if context.unreached else ""


def _harmless(use: Use, verdict: Verdict) -> str:
    """Why a program runs although this does not; empty if it stops."""
    context = use.context
    if context.unreached:
        return _never(context)
    if context.annotation:
        return "a type hint, which the browser's Python does not evaluate"
    if use.how in ("import", "from") and context.caught & _IMPORT_ERRORS:
        return "the program catches the ImportError"
    if use.how not in ("import", "from") and context.caught & _NAME_ERRORS:
        return "the program catches the error"
    is_there = verdict.status == MISSING and use.name.startswith(("cv2.", "onnxruntime."))
    if is_there and use.how in ("from", "alias", "test", "import") and not _is_desktop(use.name):
        return "only referred to here: it raises when it is called"
    return ""


def _is_desktop(name: str) -> bool:
    """Whether it is a module of onnxruntime's that the shim does not even have."""
    return name.startswith("onnxruntime.") and not onnxruntime_facts().has(name.partition(".")[2])


def _literal_path(use: Use) -> str:
    """The absolute path that a call is given as a literal; empty if there is none."""
    if use.call is None or use.name not in _OPENERS:
        return ""
    given = use.call.args[0] if use.call.args else next((each.value for each in use.call.keywords), None)
    if not isinstance(given, ast.Constant) or not isinstance(given.value, str):
        return ""
    path = given.value
    there = any(path == known or path.startswith(f"{known}/") for known in _THERE)
    windows = re.match(r"[A-Za-z]:[\\/]", path)
    is_absolute = PurePosixPath(path).is_absolute() or windows or path.startswith("~")
    return path if is_absolute and not there else ""
