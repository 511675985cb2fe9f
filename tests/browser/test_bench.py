"""`make bench` measures what it says: each of its functions runs, briefly. How fast is not asserted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.bench.__main__ import MODEL, bench_server, evaluate, run_ratio
from tests.bench.pipelines import PIPELINES


@pytest.fixture(scope="module")
def bench_url() -> Iterator[str]:
    with bench_server() as url:
        yield url


@pytest.fixture
def bench_page(page: Page, bench_url: str) -> Page:
    page.goto(f"{bench_url}/blank")
    return page


@pytest.mark.parametrize(
    ("call", "names"),
    [
        ("benchResize(1)", {"cv2.resize", "by hand in JavaScript", "the tutorials' recipe"}),
        ("benchSmallCall(1)", {"cv2.bitwise_not", "the same through JsProxy"}),
    ],
)
def test_each_candidate_is_measured(bench_page: Page, call: str, names: set[str]) -> None:
    times = evaluate(bench_page, call)
    assert set(times) == names
    assert all(time > 0 for time in times.values()), times


def test_each_way_to_run_a_model_is_measured(bench_page: Page) -> None:
    result = run_ratio(bench_page, MODEL, [2, 1, 64, 64], threads=2, calls=1, rounds=1)
    assert set(result["times"]) == {"sess.run", "session.run in JavaScript"}
    assert all(time > 0 for time in result["times"].values()), result
    assert result["moved"] == {"in": 2 * 64 * 64 * 4, "out": 2 * 64 * 64 * 4}, "one copy in, one out"


def test_each_phase_of_a_start_is_measured(bench_page: Page) -> None:
    phases = evaluate(bench_page, f"benchStart({MODEL!r})")
    assert {"import cv2, onnxruntime", "session created", "first inference"} <= set(phases)
    assert all(0 < phase["from"] <= phase["to"] for phase in phases.values()), phases


def test_pipelines_give_in_python_what_they_give_by_hand(bench_page: Page) -> None:
    """The bench itself throws where the two disagree."""
    pipelines = evaluate(bench_page, "benchPipelines(640, 480, 1)")
    assert set(pipelines) == set(PIPELINES)
    assert all(time > 0 for times in pipelines.values() for time in times.values()), pipelines
