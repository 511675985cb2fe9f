"""Bench of a page's start, beside PyScript's on the same Pyodide: its bytes, its time, its memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from statistics import median, median_low
from tempfile import TemporaryDirectory

from .measurement import Machine, Measurement, Ratio
from .page_memory import measure_page_memory
from .start_site import APP, DEMO, DRAW, IMAGES_APP, PYSCRIPT, StartSite, serving_starts
from .start_visit import Link, Visit, opened_tab
from .wire_bytes import Answer

__all__ = ["measure_start", "measure_starts"]

ROUNDS = 3

#: How often a profile is visited again in a round.
_AGAIN = 2
_LINK = Link(bytes_per_second=20e6 / 8, latency=40)
_LARGEST = 6
_FIRST, _LATER = slice(0, 1), slice(1, None)
#: Title, whose, which visits of a round, and the goal.
_COURSES = (
    ("cold start (empty profile)", "pyinfer", _FIRST, "at most 0.75"),
    ("warm start (second visit and later)", "pyinfer", _LATER, "at most 0.40"),
    ("warm start of the demo site's digits (second visit and later)", "demo", _LATER, "at most 0.45"),
)
#: Path, and what is run there.
_PAGES = {"pyinfer": (APP, None), "demo": (DEMO, DRAW), "PyScript": (PYSCRIPT, None)}
_APPS = {"numpy, cv2, onnxruntime": APP, "with Pillow and images": IMAGES_APP, "PyScript, numpy": PYSCRIPT}


def measure_start(_: Machine) -> Iterator[Measurement]:
    """From an empty profile to the first inference, and again."""
    with serving_starts() as site:
        yield from measure_starts(site, ROUNDS)


def measure_starts(site: StartSite, rounds: int) -> Iterator[Measurement]:
    """Visit an app and PyScript by turns, each time in a new browser.

    Parameters
    ----------
    site : StartSite
    rounds : int
        Of which the medians are told.

    Raises
    ------
    RunError
        A page fails.
    """
    sent = {name: _sent(site, page) for name, page in _APPS.items()}
    yield _wire_measurement(sent)
    taken = [_visits_by_turns(site) for _ in range(rounds)]
    for title, name, which, goal in _COURSES:
        of_each = {
            each: [visit for visits in taken for visit in visits[each][which]] for each in (name, "PyScript")
        }
        yield _course(title, of_each, goal)
    slow = [_first_visit(site, APP, _LINK) for _ in range(rounds)]
    yield _link_measurement(slow, sum(answer.size for answer in next(iter(sent.values()))))
    yield measure_page_memory(site)


def _first_visit(site: StartSite, page: str, link: Link | None = None) -> Visit:
    with TemporaryDirectory() as profile, opened_tab(Path(profile), link) as tab:
        return tab.visit(site.url + page)


def _visits_by_turns(site: StartSite) -> dict[str, list[Visit]]:
    """Of each page with a profile of its own, empty at first; each time by a new browser."""
    visits: dict[str, list[Visit]] = {name: [] for name in _PAGES}
    with ExitStack() as stack:
        profiles = {name: Path(stack.enter_context(TemporaryDirectory())) for name in _PAGES}
        for _ in range(1 + _AGAIN):
            for name, (page, script) in _PAGES.items():
                with opened_tab(profiles[name]) as tab:
                    visits[name].append(tab.visit(site.url + page, script))
                    tab.stay()
    return visits


def _sent(site: StartSite, page: str) -> list[Answer]:
    """What a first visit fetches until the first result; not the model, nor what is kept for later."""
    site.wire.answers.clear()
    _first_visit(site, page)
    return [
        answer
        for answer in site.wire.answers
        if not answer.is_for_later and PurePosixPath(answer.path).suffix != ".onnx"
    ]


def _wire_measurement(sent: dict[str, list[Answer]]) -> Measurement:
    values = {name: sum(answer.size for answer in answers) / 1e6 for name, answers in sent.items()}
    app, images = list(values)[:2]
    ratios = [Ratio(f"{app}, in MB", values[app], "at most 11.0")]
    notes = [f"the largest of {name}: {_largest(sent[name])}" for name in (app, images)]
    title = "bytes over the wire, from an empty profile to the first result (bodies, brotli; no model)"
    return Measurement(title, "MB", values, ratios, notes=notes)


def _largest(answers: Iterable[Answer]) -> str:
    largest = sorted(answers, key=lambda answer: -answer.size)[:_LARGEST]
    return ", ".join(f"{PurePosixPath(path).name} {size / 1e6:.2f}" for path, size, _ in largest)


def _course(title: str, visits: dict[str, list[Visit]], goal: str) -> Measurement:
    """The medians, and the course of the first, which is ours, that took as long.

    The ratio is the median of those of visits that followed each other: the machine is as fast for both.
    """
    ours, theirs = visits
    pairs = zip(visits[ours], visits[theirs], strict=True)
    values = {name: median(each.milliseconds for each in of) for name, of in visits.items()}
    notes = [f"{name}: {_each(of)}" for name, of in visits.items()]
    return Measurement(
        f"{title} to the end of the first inference, PyScript's to the end of import numpy",
        "ms",
        values,
        [Ratio(f"{ours} / {theirs}", median(a.milliseconds / b.milliseconds for a, b in pairs), goal)],
        spans=_typical(visits[ours]).spans,
        notes=notes,
    )


def _link_measurement(visits: list[Visit], size: int) -> Measurement:
    whole = median(each.milliseconds for each in visits)
    alone = 1000 * size / _LINK.bytes_per_second
    values = {"to the first inference": whole, "its bytes at that speed": alone}
    ratios = [Ratio("seconds on top of the bytes", (whole - alone) / 1000, "at most 1.5")]
    title = f"cold start at {8 * _LINK.bytes_per_second / 1e6:.0f} Mbit/s and {_LINK.latency:.0f} ms"
    return Measurement(title, "ms", values, ratios, spans=_typical(visits).spans, notes=[_each(visits)])


def _typical(visits: list[Visit]) -> Visit:
    middle = median_low(each.milliseconds for each in visits)
    return next(each for each in visits if each.milliseconds == middle)


def _each(visits: Iterable[Visit]) -> str:
    return "each round: " + ", ".join(f"{each.milliseconds:.0f} ms" for each in visits)
