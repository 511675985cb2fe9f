"""Bench of an app of somebody's: its starts and its calls."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser
from playwright.sync_api import Error as PlaywrightError

from pyinfer.errors import RunError
from pyinfer.host.build import build_app

from .measurement import Measurement
from .pages import bench_server, blank_page, evaluate

__all__ = ["measure_app"]

_TITLES = ("cold start", "warm start (second visit)")


def measure_app(browser: Browser, app: Path, arguments: list[Any], calls: int) -> Iterator[Measurement]:
    """Build an app, start it twice and call its entry.

    Parameters
    ----------
    browser : Browser
    app : Path
        The app's folder.
    arguments : list
        What its entry is called with.
    calls : int
        How often, after the first call.

    Raises
    ------
    RunError
        The app does not start, or its entry fails.
    PyinferError
        It can't be built.
    """
    with TemporaryDirectory() as made:
        # As the bundle of our own bench: on this machine there is no line that compression would relieve.
        bundle = build_app(app, Path(made) / "dist", compress=False)
        with bench_server(bundle, {}) as url, blank_page(browser, url) as page:
            times: list[float] = []
            for title in _TITLES:
                try:
                    result = evaluate(page, "app.js", f"benchApp({json.dumps(arguments)}, {calls})")
                except PlaywrightError as error:
                    raise RunError(f"{app} fails in the browser: {_words(error)}") from error
                yield _course(title, result["phases"])
                times = result["calls"]
                page.reload()
    if times:
        values = {"median": statistics.median(times), "fastest": min(times), "slowest": max(times)}
        yield Measurement(f"a call of its entry, of {len(times)} after the first", "ms", values)


def _words(error: PlaywrightError) -> str:
    return str(error).splitlines()[0].removeprefix("Page.evaluate: ")


def _course(title: str, phases: Mapping[str, Mapping[str, float]]) -> Measurement:
    spans = {name: (phase["from"], phase["to"]) for name, phase in phases.items()}
    ordered = dict(sorted(spans.items(), key=lambda item: item[1]))
    end = max((to for _, to in spans.values()), default=0.0)
    return Measurement(title, "ms", {"in all": end}, spans=ordered)
