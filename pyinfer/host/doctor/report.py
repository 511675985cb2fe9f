"""Doctor's report, for people and for machines."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence

import click

from .advice import advice_for
from .findings import FAULT, NOTE, OK, Finding

__all__ = ["SCHEMA", "render_json", "render_text"]

#: Of the JSON; a change that a reader could stumble over makes it one more.
SCHEMA = 1

_MARKS = {OK: "ok", NOTE: "--", FAULT: "!!"}
_COLOURS = {OK: "green", NOTE: None, FAULT: "red"}
_WIDTH, _INDENT = 110, " " * 7


def render_json(url: str, findings: Sequence[Finding]) -> str:
    """The report as JSON.

    Returns
    -------
    str
        An object: ``schema`` (1), ``url``, ``faults`` (how many; the exit status is 1 if there is one) and
        ``findings``, each with ``item``, ``status`` (``ok``, ``note``, ``fault``), ``name`` (of a fault),
        ``message``, ``files``, ``nginx`` (lines of its configuration that mend it) and ``otherwise`` (what
        to do with another server, or at all). Texts are empty where there is nothing to say.
    """
    told = []
    for each in findings:
        advice = advice_for(each)
        told.append(
            {
                "item": each.item,
                "status": each.status,
                "name": each.name,
                "message": each.message,
                "files": list(each.files),
                "nginx": advice.nginx if advice else "",
                "otherwise": advice.otherwise if advice else "",
            }
        )
    content = {"schema": SCHEMA, "url": url, "faults": _count(findings), "findings": told}
    return json.dumps(content, indent=1, ensure_ascii=False)


def render_text(url: str, findings: Sequence[Finding]) -> str:
    """The report for people: a line an item, and below each fault what mends it."""
    lines = [click.style(url, bold=True)]
    width = max(len(each.item) for each in findings)
    for each in findings:
        title = f"  {_MARKS[each.status]} {each.item:<{width}}  "
        wrapped = textwrap.wrap(
            title + each.message,
            _WIDTH,
            subsequent_indent=" " * len(title),
            break_long_words=False,
            break_on_hyphens=False,
        )
        first = wrapped[0].replace(title, click.style(title, fg=_COLOURS[each.status]), 1)
        lines += [first, *wrapped[1:], *_mending(each)]
    faults = _count(findings)
    said = f"{faults} fault{'' if faults == 1 else 's'}" if faults else "nothing is wrong"
    return "\n".join([*lines, "", click.style(said, fg="red" if faults else "green")])


def _mending(finding: Finding) -> Iterator[str]:
    advice = advice_for(finding)
    if advice is None:
        return
    if advice.nginx:
        lines = advice.nginx.splitlines()
        yield f"{_INDENT}nginx:  {lines[0]}"
        yield from (f"{_INDENT}        {line}" for line in lines[1:])
    label = "others: " if advice.nginx else "mend:   "
    yield textwrap.fill(
        label + advice.otherwise,
        _WIDTH,
        initial_indent=_INDENT,
        subsequent_indent=_INDENT + " " * len(label),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _count(findings: Sequence[Finding]) -> int:
    return sum(each.status == FAULT for each in findings)
