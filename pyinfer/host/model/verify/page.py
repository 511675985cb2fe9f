"""The report as a page, with the samples on which the sides differ most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
from PIL import Image

from pyinfer.host.report_page import report_page
from pyinfer.host.verify.finding import Pictures
from pyinfer.host.verify.pictures import data_address, difference_image, shown_images

from .answers import Kind
from .comparison import BROWSER, NATIVE, ORIGINAL, Output, Worst
from .report import HEADINGS, Report, percent

__all__ = ["render_page"]

_PICTURE_SIDE = 480
_BEST = 3


def render_page(report: Report) -> str:
    """A page that needs no other file."""
    parts = [_opening(report), _differences(report), _accuracy(report), *_worst(report), _facts(report)]
    return report_page(
        "model verify", f"pyinfer model verify {report.result}", "\n".join(filter(None, parts))
    )


def _opening(report: Report) -> str:
    heading = "Not the same as its original" if report.is_past else "The same as its original"
    verdict = "differs" if report.is_past else "same"
    return (
        f'<div class="opening"><h1>{heading}</h1>'
        f"<p><code>{escape(report.original)}</code> and <code>{escape(report.result)}</code>, on "
        f"{report.comparison.samples} samples of <code>{escape(report.inputs)}</code></p>"
        f'<p class="{verdict}">{escape(report.conclusion())}.</p></div>'
    )


def _table(headings: Sequence[str], rows: Iterator[tuple[str, Sequence[str]]]) -> str:
    """Rows of a class and cells."""
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in headings)
    body = "".join(
        f'<tr class="{kind}">' + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
        for kind, cells in rows
    )
    return f'<div class="scrolls"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _section(title: str, body: str, soft: str = "") -> str:
    below = f'<p class="soft">{escape(soft)}</p>' if soft else ""
    return f'<section><div><h2>{escape(title)}</h2>{below}</div><div class="body">{body}</div></section>'


def _differences(report: Report) -> str:
    kinds = ("differs" if output.is_past(pair) else "" for output, pair in report.pairs)
    table = _table(HEADINGS, zip(kinds, report.rows(), strict=True))
    return _section("Differences", f'{table}<p class="soft">{escape(report.allowed())}.</p>')


def _accuracy(report: Report) -> str:
    accuracies = report.accuracies()
    if not accuracies:
        return ""
    rows = (("", (side, percent(part))) for side, part in accuracies.items())
    about = f"of {report.comparison.labelled} labelled samples"
    return _section("Accuracy", _table(("", "right"), rows), about)


def _facts(report: Report) -> str:
    rows = (("", fact) for fact in report.versions.items())
    return _section("Run with", _table(("", ""), rows))


def _worst(report: Report) -> Iterator[str]:
    outputs = {output.name: output for output in report.comparison.outputs}
    for worst in report.comparison.worst:
        if worst.distance > 0:
            words = f"{worst.distance:.2g} of the largest {worst.output}"
            yield _section(
                worst.sample.name, "".join(_seen(worst, outputs[worst.output], report.labels)), words
            )


def _seen(worst: Worst, output: Output, labels: Sequence[str]) -> Iterator[str]:
    figures = list(_figures(worst))
    if figures:
        yield f'<div class="pictures">{"".join(figures)}</div>'
    if output.reader.kind is Kind.CLASSES:
        yield _classes(worst.outputs, labels)


def _figures(worst: Worst) -> Iterator[str]:
    if worst.sample.is_picture:
        with Image.open(worst.sample.path) as picture:
            shown = picture.convert("RGB")
            shown.thumbnail((_PICTURE_SIDE, _PICTURE_SIDE))
            yield _figure(np.asarray(shown), "the sample")
    planes = {side: plane for side, output in worst.outputs.items() if (plane := _plane(output)) is not None}
    if len(planes) < 2:
        return
    last = BROWSER if BROWSER in planes else NATIVE
    pictures = Pictures(planes[ORIGINAL], planes[last], is_bgr=False)
    first, second = shown_images(pictures)
    yield _figure(first, ORIGINAL)
    yield _figure(second, last)
    difference, factor = difference_image(pictures)
    yield _figure(difference, f"the difference, {factor:,.3g} times as strong")


def _plane(output: np.ndarray[Any, Any]) -> np.ndarray[Any, Any] | None:
    """The mask that an output is, if it is one."""
    if output.ndim == 4 and output.shape[:2] == (1, 1) and output.dtype.kind == "f":
        plane: np.ndarray[Any, Any] = output[0, 0]
        return plane
    return None


def _figure(image: np.ndarray[Any, Any], words: str) -> str:
    return (
        f'<figure><img src="{data_address(image)}" alt="{escape(words)}">'
        f"<figcaption>{escape(words)}</figcaption></figure>"
    )


def _classes(outputs: Mapping[str, np.ndarray[Any, Any]], labels: Sequence[str]) -> str:
    """The classes that each side holds for most likely."""
    best = list(outputs[ORIGINAL][0].argsort()[::-1][:_BEST])
    for output in outputs.values():
        best += [number for number in output[0].argsort()[::-1][:1] if number not in best]

    def row(number: int) -> tuple[str, Sequence[str]]:
        name = labels[number] if len(labels) == len(outputs[ORIGINAL][0]) else str(number)
        return "", (name, *(f"{output[0][number]:.5g}" for output in outputs.values()))

    return _table(("class", *outputs), map(row, best))
