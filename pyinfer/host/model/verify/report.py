"""The report, for people and for machines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click

from .comparison import BROWSER, NATIVE, ORIGINAL, Comparison, Output, Pair
from .tolerance import Tolerance

__all__ = ["SCHEMA", "Report", "render_json", "render_text"]

#: Of the JSON; a change that a reader could stumble over makes it one more.
SCHEMA = 1


@dataclass(frozen=True)
class Report:
    """What was compared and what was found.

    Attributes
    ----------
    original, result : str
        As they were named.
    inputs : str
        The folder.
    comparison : Comparison
    tolerance : Tolerance
    labels : sequence of str
        The classes, in the order of the output; empty if they are not known.
    versions : mapping of str to str
        What it ran on, by name.
    """

    original: str
    result: str
    inputs: str
    comparison: Comparison
    tolerance: Tolerance
    labels: Sequence[str]
    versions: Mapping[str, str]

    @property
    def pairs(self) -> list[tuple[Output, Pair]]:
        """Each output with each pair of sides."""
        return [(output, pair) for output in self.comparison.outputs for pair in output.pairs]

    @property
    def is_past(self) -> bool:
        """Whether the tolerance is exceeded anywhere."""
        return any(output.is_past(pair) for output, pair in self.pairs)

    def conclusion(self) -> str:
        """The outcome in one sentence."""
        past = [
            f"{output.name} ({' / '.join(pair.sides)})" for output, pair in self.pairs if output.is_past(pair)
        ]
        if past:
            return f"Past the tolerance: {', '.join(past)}"
        return f"Within the tolerance on all {self.comparison.samples} samples"

    def allowed(self) -> str:
        """The tolerance in words."""
        result, browser = self.tolerance.result, self.tolerance.browser
        apart = f"{result:g}" if result == browser else f"{result:g}, between native and browser {browser:g}"
        return f"Tolerance: {apart} of an output's largest value ({self.tolerance.reason})"

    def rows(self) -> Iterator[tuple[str, ...]]:
        """The table, in columns of `HEADINGS`."""
        for output, pair in self.pairs:
            yield (
                output.name,
                " / ".join(pair.sides),
                f"{pair.maximum:.3g}",
                f"{pair.mean:.3g}",
                f"{output.relative(pair):.2g}",
                output.reader.kind.value
                if pair.agreement is None
                else f"{percent(pair.agreement)} {output.reader.kind.value}",
            )

    def accuracies(self) -> dict[str, float]:
        """The part of the labelled samples on which each side is right."""
        labelled = self.comparison.labelled
        sides = (ORIGINAL, NATIVE, BROWSER)
        right = self.comparison.right
        return {side: right[side] / labelled for side in sides if side in right}


#: Of the table.
HEADINGS = ("output", "compared", "largest", "mean", "relative", "agreement")


def percent(part: float) -> str:
    """A part as people read it; what is not all does not become 100 %."""
    text = f"{100 * part:.2f}"
    return "99.99 %" if text == "100.00" and part < 1 else f"{text} %"


def render_text(report: Report) -> str:
    """The report for people; its colours are for a terminal."""
    return "\n".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield click.style(f"{report.original} / {report.result}", bold=True)
    yield f"{report.comparison.samples} samples of {report.inputs}"
    yield from (f"  {title:<28}{version}" for title, version in report.versions.items())
    yield ""
    rows = [HEADINGS, *report.rows()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    colours = [None, *("red" if output.is_past(pair) else "green" for output, pair in report.pairs)]
    for row, colour in zip(rows, colours, strict=True):
        text = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        yield click.style(text, fg=colour)
    accuracies = report.accuracies()
    if accuracies:
        parts = ", ".join(f"{side} {percent(part)}" for side, part in accuracies.items())
        yield f"accuracy on {report.comparison.labelled} labelled samples: {parts}"
    yield ""
    yield report.allowed()
    yield click.style(report.conclusion(), fg="red" if report.is_past else "green")


def render_json(report: Report) -> str:
    """The report as JSON.

    Returns
    -------
    str
        An object: ``schema`` (1), ``original``, ``result`` and ``inputs`` (as they were named), ``samples``,
        ``within`` (whether the tolerance is kept), ``tolerance`` (``result``, ``browser``, ``reason``),
        ``versions``, ``outputs``, ``accuracy`` (by side, of ``labelled`` samples) and ``worst`` (``sample``,
        ``output`` and ``difference``, which is a part of that output's largest value). Each output has
        ``name``, ``dtype``, ``shape`` (of the first sample), ``largest`` and ``pairs``, each with ``sides``,
        ``maximum`` and ``mean`` difference, ``relative`` (the maximum as a part of the largest value),
        ``within`` and ``agreement`` (null if the output has no answers to agree on) with its ``kind``.
    """
    comparison = report.comparison
    content = {
        "schema": SCHEMA,
        "original": report.original,
        "result": report.result,
        "inputs": report.inputs,
        "samples": comparison.samples,
        "within": not report.is_past,
        "tolerance": {
            "result": report.tolerance.result,
            "browser": report.tolerance.browser,
            "reason": report.tolerance.reason,
        },
        "versions": dict(report.versions),
        "outputs": [_output(each) for each in comparison.outputs],
        "labelled": comparison.labelled,
        "accuracy": report.accuracies(),
        "worst": [
            {"sample": each.sample.name, "output": each.output, "difference": each.distance}
            for each in comparison.worst
        ],
    }
    return json.dumps(content, indent=1, ensure_ascii=False)


def _output(output: Output) -> dict[str, Any]:
    return {
        "name": output.name,
        "dtype": output.dtype,
        "shape": list(output.shape),
        "largest": output.largest,
        "pairs": [
            {
                "sides": list(pair.sides),
                "maximum": pair.maximum,
                "mean": pair.mean,
                "relative": output.relative(pair),
                "within": not output.is_past(pair),
                "agreement": pair.agreement,
                "kind": output.reader.kind.value,
            }
            for pair in output.pairs
        ],
    }
