"""The report as a page, with pictures of what differs."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from pyinfer.host.report_page import report_page

from .finding import Comparison, Finding, Numbers, Pictures, Verdict
from .pictures import data_address, difference_image, shown_images
from .report import Report

__all__ = ["render_page"]

_HEADINGS = {
    Verdict.SAME: "The same, natively and in the browser",
    Verdict.CLOSE: "The same within tolerance, natively and in the browser",
    Verdict.DIFFERS: "Not the same in the browser",
}


def render_page(report: Report) -> str:
    """A page that needs no other file."""
    order = sorted(report.findings, key=lambda each: (not each.counts, -each.comparison.verdict.rank))
    parts = [_opening(report), _facts(report), *map(_section, filter(_is_shown, order)), _equal(report)]
    return report_page("verify", f"pyinfer verify {report.title()}", "\n".join(filter(None, parts)))


def _is_shown(finding: Finding) -> bool:
    return finding.comparison.verdict is not Verdict.SAME


def _opening(report: Report) -> str:
    return (
        f'<div class="opening"><h1>{_HEADINGS[report.verdict]}</h1>'
        f"<p><code>{escape(report.title())}</code></p>"
        f'<p class="{report.verdict.value}">{escape(report.conclusion())}</p></div>'
    )


def _facts(report: Report) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(title)}</th><td>{escape(native)}</td><td>{escape(browser)}</td></tr>'
        for title, native, browser in report.facts()
    )
    tolerance = report.tolerance
    allowed = (
        f"Floats may be {tolerance.relative:g} apart, relative to themselves and their array's largest"
        + (f", and {tolerance.absolute:g} in any case" if tolerance.absolute else "")
        + (f"; integers {tolerance.levels}." if tolerance.levels else "; integers not at all.")
    )
    remark = f"<p>{escape(report.remark())}</p>" if report.remark() else ""
    return (
        '<section><h2>Both sides</h2><div class="body"><div class="scrolls"><table><thead><tr><th></th>'
        '<th scope="col">natively</th><th scope="col">in the browser</th></tr></thead>'
        f'<tbody>{rows}</tbody></table></div>{remark}<p class="soft">{allowed}</p></div></section>'
    )


def _section(finding: Finding) -> str:
    comparison = finding.comparison
    inner = "".join(_inner(comparison))
    kind = {"file": "file", "variable": "variable"}.get(finding.kind, "")
    about = " · ".join(filter(None, [kind, "" if finding.counts else "for information"]))
    return (
        f"<section><div><h2>{escape(finding.name)}</h2>"
        f'<p class="soft">{about}</p></div><div class="body">{inner}</div></section>'
    )


def _inner(comparison: Comparison) -> Iterator[str]:
    yield f'<p class="{comparison.verdict.value}">{escape(comparison.words)}</p>'
    if comparison.pictures:
        yield _figures(comparison.pictures)
    if comparison.numbers and comparison.numbers.unequal:
        yield _table(comparison.numbers)
    place = comparison.numbers.place() if comparison.numbers else ""
    details = [line for line in comparison.details if line != place]  # which the table has
    if details:
        yield f"<pre>{escape(chr(10).join(details))}</pre>"


def _figures(pictures: Pictures) -> str:
    native, browser = shown_images(pictures)
    difference, factor = difference_image(pictures)
    amplified = f"the difference, {factor:,.3g} times as strong; white where it is largest"
    shown = [
        (native, "natively"),
        (browser, "in the browser"),
        (difference, amplified),
    ]
    figures = "".join(
        f'<figure><img src="{data_address(image)}" alt="{escape(words)}">'
        f"<figcaption>{escape(words)}</figcaption></figure>"
        for image, words in shown
    )
    return f'<div class="pictures">{figures}</div>'


def _table(numbers: Numbers) -> str:
    cells = {
        "compared": f"{numbers.compared:,}",
        "not equal": f"{numbers.unequal:,}",
        "beyond the tolerance": f"{numbers.beyond:,}",
        "largest difference": f"{numbers.maximum:.6g}",
        "mean difference": f"{numbers.mean:.6g}",
        "first": f"{numbers.first}: {numbers.native} natively, {numbers.browser} in the browser",
    }
    rows = "".join(
        f'<tr><th scope="row">{name}</th><td>{escape(value)}</td></tr>' for name, value in cells.items()
    )
    return f'<div class="scrolls"><table><tbody>{rows}</tbody></table></div>'


def _equal(report: Report) -> str:
    equal = [each for each in report.findings if not _is_shown(each)]
    rows = "".join(
        f'<tr><th scope="row">{escape(each.name)}</th><td>{escape(each.comparison.words)}</td></tr>'
        for each in equal
    )
    if not rows:
        return ""
    return (
        '<section><h2>Equal</h2><div class="body"><div class="scrolls"><table>'
        f"<tbody>{rows}</tbody></table></div></div></section>"
    )
