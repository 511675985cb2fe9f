"""The measurements as a table for people and as JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import click

from .measurement import Measurement

__all__ = ["SCHEMA", "render_json", "render_text"]

#: Of the JSON; a change that a reader could stumble over makes it one more.
SCHEMA = 1


def render_text(measurement: Measurement) -> str:
    """One measurement for people."""
    return "\n".join(_lines(measurement))


def _lines(measurement: Measurement) -> Iterator[str]:
    yield click.style(measurement.title, bold=True)
    for name, (begin, end) in measurement.spans.items():
        yield f"  {begin:7.0f} .. {end:7.0f} {measurement.unit}  {name}"
    for name, value in measurement.values.items():
        yield f"  {name:<28} {value:10.3f} {measurement.unit}"
    yield from _table(measurement.table)
    for words, value, goal in measurement.ratios:
        yield f"  {words}: {value:.2f}" + (f" (goal: {goal})" if goal else "")
    for note in measurement.notes:
        yield f"  {note}"


def _table(table: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    columns = list(dict.fromkeys(column for row in table.values() for column in row))
    if columns:
        yield " " * 30 + "".join(f" {column:>14}" for column in columns)
    for name, row in table.items():
        yield f"  {name:<28}" + "".join(f" {row[column]:14.3f}" for column in columns)


def render_json(machine: Mapping[str, str], found: Iterable[Measurement]) -> str:
    """All measurements as JSON.

    Returns
    -------
    str
        An object: ``schema`` (1), ``machine`` (texts by name) and ``measurements``, each with ``title``,
        ``unit``, ``values`` (by name), ``ratios`` (each with ``words``, ``value`` and ``goal``, an empty text
        if there is none), ``spans`` (phases by name, each ``[from, to]``), ``table`` (rows
        by name, each with values by column) and ``notes``.
    """
    content = {
        "schema": SCHEMA,
        "machine": dict(machine),
        "measurements": [_measurement(each) for each in found],
    }
    return json.dumps(content, indent=1, ensure_ascii=False)


def _measurement(measurement: Measurement) -> dict[str, Any]:
    return {
        "title": measurement.title,
        "unit": measurement.unit,
        "values": dict(measurement.values),
        "ratios": [ratio._asdict() for ratio in measurement.ratios],
        "spans": {name: list(span) for name, span in measurement.spans.items()},
        "table": {name: dict(row) for name, row in measurement.table.items()},
        "notes": list(measurement.notes),
    }
