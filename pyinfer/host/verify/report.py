"""The report, for people and for machines."""

from __future__ import annotations

import json
import shlex
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import click

from .finding import Finding, Tolerance, Verdict
from .side import Ended

__all__ = ["SCHEMA", "Report", "render_json", "render_text"]

#: Of the JSON; a change that a reader could stumble over makes it one more.
SCHEMA = 1

_WIDTH = 110
_INDENT = " " * 9
_COLOURS = {Verdict.SAME: "green", Verdict.CLOSE: "yellow", Verdict.DIFFERS: "red"}


@dataclass(frozen=True)
class Report:
    """What was run and what was found.

    Attributes
    ----------
    command_line : sequence of str
        The script and its arguments.
    native, browser : Ended
    findings : sequence of Finding
    tolerance : Tolerance
    """

    command_line: Sequence[str]
    native: Ended
    browser: Ended
    findings: Sequence[Finding]
    tolerance: Tolerance

    @property
    def verdict(self) -> Verdict:
        """The worst of what counts."""
        return max((each.comparison.verdict for each in self.findings if each.counts), key=_rank)

    def title(self) -> str:
        """The command line as a shell reads it."""
        return shlex.join(self.command_line)

    def conclusion(self) -> str:
        """The outcome in one sentence."""
        counted = [each for each in self.findings if each.counts]
        differs = [each.name for each in counted if each.comparison.verdict is Verdict.DIFFERS]
        close = [each.name for each in counted if each.comparison.verdict is Verdict.CLOSE]
        if differs:
            return f"{len(differs)} of {len(counted)} things differ: {', '.join(differs)}"
        things = f"{len(counted)} things were compared"
        if close:
            return f"The same: {things}, and {len(close)} agree within tolerance: {', '.join(close)}"
        return f"The same: {things}, and all are equal"

    def facts(self) -> Iterator[tuple[str, str, str]]:
        """What each side ran on and how long it took: title, natively, in the browser."""
        yield "took", f"{self.native.seconds:.2f} s", f"{self.browser.seconds:.2f} s"
        for title, version in self.browser.versions.items():
            yield title, self.native.versions.get(title, "none"), version

    def remark(self) -> str:
        """What may explain differences."""
        native, browser = self.native.versions.get("OpenCV"), self.browser.versions.get("OpenCV")
        if native and browser and native.partition(".")[0] != browser.partition(".")[0]:
            return (
                f"Natively OpenCV is {native}, in the browser {browser}: "
                f"some results may differ for that reason alone. --python names another interpreter."
            )
        return ""


def _rank(verdict: Verdict) -> int:
    return verdict.rank


def render_text(report: Report) -> str:
    """The report for people; its colours are for a terminal."""
    lines = [click.style(report.title(), bold=True), ""]
    lines.append(f"{'':16}{'natively':<16}in the browser")
    lines += [f"  {title:<14}{native:<16}{browser}" for title, native, browser in report.facts()]
    lines.append("")
    for finding in report.findings:
        lines += _finding_lines(finding)
    if report.remark():
        lines += ["", textwrap.fill(report.remark(), _WIDTH)]
    conclusion = textwrap.fill(report.conclusion(), _WIDTH, break_on_hyphens=False)
    lines += ["", click.style(conclusion, fg=_COLOURS[report.verdict])]
    return "\n".join(lines)


def _finding_lines(finding: Finding) -> Iterator[str]:
    comparison = finding.comparison
    verdict = comparison.verdict
    mark = click.style(f"{verdict.value:<7}", fg=_COLOURS[verdict] if finding.counts else None)
    extent = "" if finding.counts else " (for information)"
    yield f"{mark}  {click.style(finding.name, bold=True)}{extent}: {comparison.words}"
    if verdict is not Verdict.SAME:
        yield from (f"{_INDENT}{detail}" for detail in comparison.details)


def render_json(report: Report) -> str:
    """The report as JSON.

    Returns
    -------
    str
        An object: ``schema`` (1), ``command`` (the script and its arguments), ``verdict`` (``same``,
        ``close``: within tolerance, or ``differs``), ``tolerance`` (``relative``, ``absolute``, ``levels``),
        ``native`` and ``browser`` (each with ``status``, ``seconds`` and ``versions``) and ``findings``, each
        with ``kind`` (``status``, ``stdout``, ``stderr``, ``file``, ``variable``), ``name``, ``counts``
        (whether it decides), ``verdict``, ``words``, ``details`` and ``numbers``: null, or ``compared``,
        ``unequal``, ``beyond``, ``maximum``, ``mean``, ``first``, ``native`` and ``browser``.
    """
    content = {
        "schema": SCHEMA,
        "command": list(report.command_line),
        "verdict": report.verdict.value,
        "tolerance": asdict(report.tolerance),
        "native": _side(report.native),
        "browser": _side(report.browser),
        "findings": [_finding(each) for each in report.findings],
    }
    return json.dumps(content, indent=1, ensure_ascii=False)


def _side(ended: Ended) -> dict[str, Any]:
    return {
        "status": ended.status,
        "seconds": round(ended.seconds, 3),
        "versions": dict(ended.versions),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    comparison = finding.comparison
    return {
        "kind": finding.kind,
        "name": finding.name,
        "counts": finding.counts,
        "verdict": comparison.verdict.value,
        "words": comparison.words,
        "details": list(comparison.details),
        "numbers": asdict(comparison.numbers) if comparison.numbers else None,
    }
