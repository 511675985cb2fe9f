"""The start that `pyinfer bench` measures in Chromium, in the other engines that users have: printed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from pyinfer.host.bench.start_site import APP, StartSite, serving_starts
from pyinfer.host.bench.start_visit import FIRST_RESULT, KEPT, Visit
from tests.browser.engines import Engine
from tests.browser.firefox import FirefoxEngine
from tests.browser.webkit import WebKitEngine

__all__ = ["STARTS", "print_start_times"]

_SECONDS = 300


def _visit(engine: Engine, site: StartSite) -> Visit:
    engine.open(site.url + APP, seconds=_SECONDS)
    visit = Visit.of(engine.evaluate(FIRST_RESULT, seconds=_SECONDS))
    engine.evaluate(KEPT, seconds=_SECONDS)
    return visit


def _firefox(site: StartSite) -> Iterator[Visit]:
    """Two browsers, one after the other, with the same profile."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for _ in range(2):
            with closing(FirefoxEngine(profile=Path(profile))) as engine:
                yield _visit(engine, site)
                engine.leave()


def _webkit(site: StartSite) -> Iterator[Visit]:
    """Two pages: what a MiniBrowser that is driven has stored ends with it."""
    with closing(WebKitEngine()) as engine:
        for _ in range(2):
            yield _visit(engine, site)
            engine.open("about:blank")


#: Gives the first and the second visit.
STARTS: dict[str, Callable[[StartSite], Iterator[Visit]]] = {"Firefox": _firefox, "WebKitGTK": _webkit}


def print_start_times() -> None:
    """Visit the bench's app with each engine, and print how long its first inference took."""
    with serving_starts() as site:
        print("\nfrom the navigation to the end of the first inference, in other engines")
        for name, start in STARTS.items():
            cold, warm = start(site)
            print(f"  {name:<12} cold {cold.milliseconds:6.0f} ms, warm {warm.milliseconds:6.0f} ms")


if __name__ == "__main__":
    print_start_times()
