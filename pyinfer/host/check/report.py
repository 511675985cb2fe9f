"""The report, for people and for machines."""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pyinfer.check.verdict import ABSENT, DIFFERS, MISSING, ORDER, UNCLEAR, WORKS, Finding

__all__ = ["SCHEMA", "render_json", "render_table"]

#: Of the JSON; a change that a reader could stumble over makes it one more.
SCHEMA = 1

_WIDTH, _INDENT = 110, " " * 7
_COLOURS = {ABSENT: "31", MISSING: "31", UNCLEAR: "35", DIFFERS: "33"}


def render_json(findings: Sequence[Finding], files: int) -> str:
    """The report as JSON, with what works, too.

    Returns
    -------
    str
        An object: ``schema`` (1), ``files`` (how many were read), ``stops`` (how many findings end the
        program; the exit status is 1 if there is one), ``counts`` (by verdict) and ``findings``, each with
        ``file``, ``line``, ``column`` (from 1), ``kind`` (``opencv``, ``onnxruntime``, ``python``,
        ``package``, ``path``, ``loop``, ``syntax``), ``name``, ``verdict`` (``works``, ``differs``,
        ``not in a browser``, ``no such name``, ``not known``), ``why``, ``instead``, ``harmless`` (why the
        program goes on nevertheless) and ``stops``. Texts are empty where there is nothing to say.
    """
    content = {
        "schema": SCHEMA,
        "files": files,
        "stops": sum(each.stops for each in findings),
        "counts": {status: _count(findings)[status] for status in ORDER},
        "findings": [
            {
                "file": each.file,
                "line": each.line,
                "column": each.column,
                "kind": each.kind,
                "name": each.name,
                "verdict": each.verdict.status,
                "why": each.verdict.why,
                "instead": each.verdict.instead,
                "harmless": each.harmless,
                "stops": each.stops,
            }
            for each in findings
        ],
    }
    return json.dumps(content, indent=1, ensure_ascii=False)


def render_table(findings: Sequence[Finding], files: int, everything: bool) -> str:
    """The report for people: a file after the other, the worst first; the same is told once a file.

    Parameters
    ----------
        Whether it is for a terminal.
    everything : bool
        Whether what works is listed, too.
    """
    parts = []
    by_file: dict[str, list[Finding]] = {}
    files_of: dict[tuple[object, ...], set[str]] = {}
    for each in findings:
        if everything or each.verdict.status != WORKS:
            told_in = files_of.setdefault(_what(each), set())
            # A package is wanted by many files: one of them will do.
            if each.kind != "package" or not told_in - {each.file}:
                by_file.setdefault(each.file, []).append(each)
            told_in.add(each.file)
    for file in sorted(by_file, key=lambda name: (min(map(_rank, by_file[name])), name)):
        parts.append(_painted(file, "1"))
        parts += _rows(by_file[file], files_of)
        parts.append("")
    parts.append(_summary(findings, files))
    return "\n".join(parts)


def _rank(finding: Finding) -> tuple[bool, int]:
    return not finding.stops, ORDER.index(finding.verdict.status)


def _what(finding: Finding) -> tuple[object, ...]:
    """All but the place."""
    return finding.name, finding.kind, finding.verdict, finding.harmless


def _rows(
    findings: Iterable[Finding],
    files_of: Mapping[tuple[object, ...], set[str]],
) -> Iterator[str]:
    alike: dict[tuple[object, ...], list[Finding]] = {}
    for each in findings:
        alike.setdefault(_what(each)[1:], []).append(each)
    for group in sorted(alike.values(), key=lambda group: (*_rank(group[0]), group[0].line, group[0].column)):
        for name in dict.fromkeys(each.name for each in group):
            yield _title([each for each in group if each.name == name], files_of)
        first = group[0]
        for label, text in (
            ("", first.verdict.why),
            ("instead: ", first.verdict.instead),
            ("but: ", first.harmless),
        ):
            if text:
                yield textwrap.fill(
                    label + text,
                    _WIDTH,
                    initial_indent=_INDENT,
                    subsequent_indent=_INDENT + "  ",
                    break_long_words=False,
                    break_on_hyphens=False,
                )


def _title(
    alike: Sequence[Finding],
    files_of: Mapping[tuple[object, ...], set[str]],
) -> str:
    """A name, what becomes of it, and all its places in a file."""
    first = alike[0]
    status = first.verdict.status
    mark = "!!" if first.stops else "ok" if status == WORKS else "  "
    places = ", ".join(dict.fromkeys(f"{each.line}:{each.column}" for each in alike))
    more = len(files_of[_what(first)]) - 1
    if first.kind == "package" and more:
        places += f", and in {more} other file{'s' if more > 1 else ''}"
    code = "" if first.harmless else _COLOURS.get(status, "")
    return f"{_painted(f'  {mark} {status:<16} {first.name}', code)}  at {places}"


def _summary(
    findings: Sequence[Finding],
    files: int,
) -> str:
    counted = _count(findings)
    told = ", ".join(f"{counted[status]} {status}" for status in reversed(ORDER) if counted[status])
    stops = sum(each.stops for each in findings)
    outcome = f"{stops} of them stop it in a browser" if stops else "nothing in them stops it in a browser"
    text = f"{files} file{'' if files == 1 else 's'}, {len(findings)} uses" + (
        f": {told}; " if told else "; "
    )
    return _painted(text + outcome, "31" if stops else "32")


def _count(findings: Iterable[Finding]) -> Counter[str]:
    return Counter(each.verdict.status for each in findings)


def _painted(
    text: str,
    code: str,
) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if code else text
