"""What of a script a browser can run, told in a page: ``call("pyinfer.check.page:check", source)``."""

from __future__ import annotations

import ast
import importlib.metadata
import warnings
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from .judge import judge, uses_of
from .verdict import MISSING, WORKS, Finding, Verdict

__all__ = ["check"]

_SCRIPT = "script.py"


def check(source: str) -> list[dict[str, Any]]:
    """Look at a script without running it.

    Parameters
    ----------
    source : str
        Its text.

    Returns
    -------
    list of dict
        Of each use what `pyinfer check --json` has: ``line``, ``column``, ``kind``, ``name``, ``verdict``,
        ``why``, ``instead``, ``harmless`` and ``stops``. A syntax error comes alone.
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = ast.parse(source)
        uses = uses_of(tree)
    except SyntaxError as error:
        verdict = Verdict(MISSING, f"{error.msg}: the script was not looked at")
        return [_row(Finding(_SCRIPT, error.lineno or 1, error.offset or 1, "syntax", _SCRIPT, verdict))]
    except (ValueError, RecursionError) as error:  # a NUL character; a thousand brackets
        verdict = Verdict(MISSING, f"{error}: the script was not looked at")
        return [_row(Finding(_SCRIPT, 1, 1, "syntax", _SCRIPT, verdict))]
    own = {path.stem for path in Path().glob("*.py")} | {
        path.parent.name for path in Path().glob("*/__init__.py")
    }
    found = judge(_SCRIPT, uses, frozenset(own), _Installed())
    return [_row(each) for each in sorted(found, key=lambda each: (each.line, each.column, each.name))]


class _Installed:
    """What is there in this Python."""

    def judge_import(self, module: str) -> tuple[str, Verdict]:
        """The name of the distribution that a module needs, and whether it is there."""
        names = self._distributions.get(module)
        if names:
            return names[0], Verdict(WORKS, f"here, as version {importlib.metadata.version(names[0])}")
        return module, Verdict(MISSING, "it is not among the packages of this page", "install it first")

    @cached_property
    def _distributions(self) -> Mapping[str, Sequence[str]]:
        return importlib.metadata.packages_distributions()


def _row(finding: Finding) -> dict[str, Any]:
    return {
        "line": finding.line,
        "column": finding.column,
        "kind": finding.kind,
        "name": finding.name,
        "verdict": finding.verdict.status,
        "why": finding.verdict.why,
        "instead": finding.verdict.instead,
        "harmless": finding.harmless,
        "stops": finding.stops,
    }
