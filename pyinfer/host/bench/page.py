"""The measurements as a page with plots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from pyinfer.host.report_page import report_page

from .measurement import Measurement

__all__ = ["render_page"]

#: Percent of the whole course.
_SHORTEST = 1


def render_page(machine: Mapping[str, str], found: Sequence[Measurement], about: str) -> str:
    """A page that needs no other file.

    Parameters
    ----------
    machine : mapping of str to str
        What it was measured on.
    found : sequence of Measurement
    about : str
        The heading.
    """
    where = " · ".join(machine.values())
    opening = (
        f'<div class="opening"><h1>{escape(about)}</h1>'
        "<p>Milliseconds tell of this machine; ratios, taken side by side in one page, of the software.</p>"
        f'<p class="soft">{escape(where)}</p></div>'
    )
    return report_page("bench", about, "\n".join([opening, *map(_section, found)]))


def _section(measurement: Measurement) -> str:
    return (
        f"<section><h2>{escape(measurement.title)}</h2>"
        f'<div class="body">{"".join(_inner(measurement))}</div></section>'
    )


def _inner(measurement: Measurement) -> Iterator[str]:
    if measurement.spans:
        yield _bars(measurement.spans, measurement.unit, is_course=True)
    if measurement.values:
        spans = {name: (0.0, value) for name, value in measurement.values.items()}
        yield _bars(spans, measurement.unit)
    if measurement.table:
        yield _table(measurement.table)
    if measurement.ratios:
        yield _ratios(measurement)
    for note in measurement.notes:
        yield f'<p class="soft">{escape(note)}</p>'


def _ratios(measurement: Measurement) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(words)}</th><td class="number">{value:.2f}</td>'
        f'<td class="soft">{escape(f"goal: {goal}" if goal else "")}</td></tr>'
        for words, value, goal in measurement.ratios
    )
    return f'<div class="scrolls"><table><tbody>{rows}</tbody></table></div>'


def _table(table: Mapping[str, Mapping[str, float]]) -> str:
    columns = list(dict.fromkeys(column for row in table.values() for column in row))
    head = "".join(f'<th scope="col" class="number">{escape(column)}</th>' for column in columns)
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        + "".join(f'<td class="number">{_number(row[column])}</td>' for column in columns)
        + "</tr>"
        for name, row in table.items()
    )
    head = f"<thead><tr><td></td>{head}</tr></thead>"
    return f'<div class="scrolls"><table>{head}<tbody>{rows}</tbody></table></div>'


def _bars(spans: Mapping[str, tuple[float, float]], unit: str, *, is_course: bool = False) -> str:
    """A bar each, below its name and its number; widths in percent, so that any window will do."""
    largest = max((end for _, end in spans.values()), default=0.0) or 1.0
    rows: list[str] = []
    for name, (begin, end) in spans.items():
        left, width = 100 * begin / largest, 100 * (end - begin) / largest
        if is_course and width < _SHORTEST:
            continue
        number = f"{begin:,.0f} to {end:,.0f}" if is_course else _number(end)
        kind = "bar" if rows or is_course else "bar first"
        rows.append(
            f'<li><span>{escape(name)}</span><span class="number">{number} {escape(unit)}</span>'
            '<svg aria-hidden="true" width="100%" height="12">'
            '<rect class="track" width="100%" height="12" rx="3"/>'
            f'<rect class="{kind}" x="{left:.2f}%" width="{width:.2f}%" height="12" rx="3"/></svg></li>'
        )
    left_out = len(spans) - len(rows)
    more = (
        f'<p class="soft">{left_out} that took less than {_SHORTEST} % are left out.</p>' if left_out else ""
    )
    return f'<ul class="bars">{"".join(rows)}</ul>{more}'


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
