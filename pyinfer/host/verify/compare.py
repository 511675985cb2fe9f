"""Compares all that the two runs left behind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from .files import compare_files
from .finding import Comparison, Finding, Tolerance, Verdict
from .side import Ended
from .text import compare_texts
from .variables import Variables, compare_variables
from .workspace import Workspace

__all__ = ["compare"]


def compare(
    workspace: Workspace,
    native: Ended,
    browser: Ended,
    variables: Sequence[str],
    tolerance: Tolerance,
    ignored: Sequence[re.Pattern[str]],
) -> list[Finding]:
    """What is to be said of each thing, in the order of a report.

    Parameters
    ----------
    workspace : Workspace
        With what both runs wrote.
    native, browser : Ended
    variables : sequence of str
    tolerance : Tolerance
    ignored : sequence of pattern
        What is not compared in texts.
    """
    found = [Finding("status", "exit status", _compare_status(native.status, browser.status))]
    for kind, name in (("stdout", "standard output"), ("stderr", "standard error")):
        ours, theirs = (_text(getattr(side, kind), workspace.root) for side in (native, browser))
        comparison = compare_texts(ours, theirs, tolerance, ignored)
        # Python versions word warnings and tracebacks in their own way.
        found.append(Finding(kind, name, comparison, counts=kind == "stdout"))
    found += _compare_files(workspace, tolerance, ignored)
    both = (
        Variables(workspace.base / "native" / Path(workspace.values).name),
        Variables(workspace.browser_file(workspace.values)),
    )
    for name in variables:
        found.append(Finding("variable", name, compare_variables(name, *both, tolerance)))
    return found


def _compare_files(
    workspace: Workspace, tolerance: Tolerance, ignored: Sequence[re.Pattern[str]]
) -> Iterator[Finding]:
    folder = str(Path.cwd())
    for path, (native, browser) in workspace.written().items():
        name = path.removeprefix(f"{folder}/")
        yield Finding("file", name, compare_files(native, browser, tolerance, ignored, workspace.root))


def _compare_status(native: int, browser: int) -> Comparison:
    if native == browser:
        return Comparison(Verdict.SAME, f"{native} on both sides")
    return Comparison(Verdict.DIFFERS, f"{native} natively, {browser} in the browser")


def _text(content: bytes, root: str) -> str:
    return content.decode(errors="replace").replace(root, "")
