"""What `pyinfer bench` says about memory is measured: each function runs, briefly, on a small model."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from pyinfer.host.bench.memory import Site, Visitor, first_visits, one_of_many, readings
from pyinfer.host.bench.models import large_network

SIZE = 100 * 10**6

FILL = f"() => {{ globalThis.filled = new Uint8Array({SIZE}).fill(1); }}"
DROP = "() => { globalThis.filled = null; }"


@pytest.fixture(scope="module")
def served() -> Iterator[Site]:
    with Site.serving({f"{seed}.onnx": large_network(2, seed) for seed in (1, 2)}) as site:
        yield site


def test_what_a_page_takes_and_gives_back_shows(browser: Browser, served: Site) -> None:
    with Visitor.arriving(browser.browser_type, served) as visitor:
        page = visitor.open()
        before = visitor.settled()
        peak = visitor.watch.peak_of(lambda: page.evaluate(FILL))
        held = visitor.settled()
        page.evaluate(DROP)
        after = visitor.settled()
    assert before.page > 0 and before.browser > 0
    assert peak.page - before.page > 0.9 * SIZE and held.page - before.page > 0.9 * SIZE
    assert after.page - before.page < 0.1 * SIZE


def test_both_pages_make_a_session_of_the_same_model(browser: Browser, served: Site) -> None:
    visits = first_visits(browser.browser_type, served, "1.onnx")
    assert set(visits) == {"pyinfer", "by hand"}
    for visit in visits.values():
        assert 0 < visit.started.page < visit.steady.page <= visit.peak.page
    assert visits["pyinfer"].answer == visits["by hand"].answer != 0


def test_both_ways_to_read_are_measured(browser: Browser, served: Site) -> None:
    reading = readings(browser.browser_type, served, "1.onnx", rounds=1)
    assert reading.store > 0 and reading.database > 0


def test_models_that_are_only_stored_take_no_memory(browser: Browser, served: Site) -> None:
    growth = one_of_many(browser.browser_type, served, ["1.onnx", "2.onnx"])
    assert 0 < growth.steady < 1.9 * served.sizes["1.onnx"]
