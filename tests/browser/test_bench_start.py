"""What `pyinfer bench` says about the start is measured: one round, of pages like those that it visits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from pyinfer.errors import RunError
from pyinfer.host.bench.measurement import Measurement
from pyinfer.host.bench.page import render_page
from pyinfer.host.bench.start import measure_starts
from pyinfer.host.bench.start_site import APP, StartSite, serving_starts
from pyinfer.host.bench.start_visit import opened_tab
from pyinfer.host.bench.wire_bytes import Answer
from pyinfer.host.serve import serving
from tests.browser.start_times import STARTS
from tests.server.app import quickly_compressed

# Fifteen visits stand before the first test.
pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def site() -> Iterator[StartSite]:
    with serving_starts(quickly_compressed) as site:
        yield site


@pytest.fixture(scope="module")
def measured(site: StartSite) -> list[Measurement]:
    """Bytes, cold start, warm start, that of a demo, cold start over a slow link, memory."""
    return list(measure_starts(site, rounds=1))


def test_bytes_are_those_that_were_sent(measured: list[Measurement]) -> None:
    sent = measured[0].values
    assert measured[0].unit == "MB"
    assert 0 < sent["PyScript, numpy"] < sent["numpy, cv2, onnxruntime"] < 40
    assert sent["with Pillow and images"] > sent["numpy, cv2, onnxruntime"]


def test_first_and_second_start_stand_beside_those_of_pyscript(measured: list[Measurement]) -> None:
    for start, title, goal in zip(measured[1:3], ("cold", "warm"), ("0.75", "0.40"), strict=True):
        assert start.title.startswith(f"{title} start")
        ours, theirs = start.values["pyinfer"], start.values["PyScript"]
        assert ours > 0 and theirs > 0
        [(words, ratio, aim)] = start.ratios
        assert (words, aim) == ("pyinfer / PyScript", f"at most {goal}")
        assert ratio == pytest.approx(ours / theirs, rel=0.5)
        assert all(0 <= begin <= end for begin, end in start.spans.values()), start.spans
        # What the page does after the runtime's start is the last thing that is waited for.
        assert max(end for _, end in start.spans.values()) == start.spans["first inference"][1]
        assert start.spans["first inference"][1] <= ours


def test_demo_is_used_twice_beside_pyscript(measured: list[Measurement]) -> None:
    warm, demo = measured[2:4]
    ours, theirs = demo.values["demo"], demo.values["PyScript"]
    assert demo.title.startswith("warm start of the demo")
    assert theirs == warm.values["PyScript"]
    [(words, ratio, goal)] = demo.ratios
    assert (words, goal) == ("demo / PyScript", "at most 0.45")
    assert ratio == pytest.approx(ours / theirs, rel=0.5)
    assert demo.spans and all(0 <= begin <= end for begin, end in demo.spans.values()), demo.spans


def test_slow_link_is_that_of_the_workers_too(measured: list[Measurement]) -> None:
    link = measured[4]
    whole, alone = link.values["to the first inference"], link.values["its bytes at that speed"]
    assert alone == pytest.approx(measured[0].values["numpy, cv2, onnxruntime"] * 1e6 / 2.5e6 * 1000)
    assert whole > alone
    assert link.ratios == [("seconds on top of the bytes", (whole - alone) / 1000, "at most 1.5")]


def test_memory_is_told_apart_by_its_owners(measured: list[Measurement]) -> None:
    found = dict(measured[5].values)
    whole = found.pop("in all")
    assert all(found[f"memory of {engine}"] > 0 for engine in ("Python", "OpenCV", "ONNX Runtime")), found
    assert found["memory of Python"] > 20
    assert sum(found.values()) == pytest.approx(whole, rel=0.15)


def test_starts_are_drawn_as_a_waterfall(measured: list[Measurement], page: Page) -> None:
    page.set_content(render_page({}, measured, "bench"))
    section = page.locator("section").filter(has_text=measured[1].title)
    widths = section.locator("rect.bar").evaluate_all("(bars) => bars.map((bar) => bar.getBBox().width)")
    assert len(widths) > 4 and all(width > 0 for width in widths), widths
    assert section.get_by_text("first inference", exact=True).is_visible()


def test_second_visit_fetches_nothing_again(site: StartSite, tmp_path: Path) -> None:
    """Else the warm start would be measured of a profile that was not kept."""
    visits: list[list[Answer]] = []
    for _ in range(2):
        with opened_tab(tmp_path) as tab:
            site.wire.answers.clear()
            tab.visit(site.url + APP)
            tab.stay()
            visits.append([*site.wire.answers])
    first, second = (sum(answer.size for answer in answers) for answers in visits)
    assert first > 5e6 and second < 1e5, visits
    at_once, later = (
        {path for path, _, for_later in visits[0] if for_later == is_it} for is_it in (False, True)
    )
    assert {APP, f"{APP}pyinfer.js", f"{APP}pyinfer.json"} <= at_once
    # Of these two the page imports the other one.
    assert f"{APP}pyinfer.classic.js" in later - at_once


def test_page_that_fails_is_no_fast_page(tmp_path: Path) -> None:
    site, profile = tmp_path / "site", tmp_path / "profile"
    site.mkdir()
    (site / "index.html").write_text(
        "<script>performance.mark('bench: failed', { detail: 'no such engine' })</script>"
    )
    with serving(site) as url, opened_tab(profile) as tab, pytest.raises(RunError, match="no such engine"):
        tab.visit(f"{url}/")


@pytest.mark.parametrize("name", STARTS)
def test_other_engines_start_twice(site: StartSite, name: str) -> None:
    cold, warm = STARTS[name](site)
    for visit in (cold, warm):
        assert 0 < visit.spans["first inference"][1] <= visit.milliseconds
