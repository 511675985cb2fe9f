"""ONNX's own node tests: what becomes of each in a browser is what the report in the repository says."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.conformance.report import REPORT, report_of
from tests.conformance.run_all import Outcome, run_all

pytestmark = pytest.mark.timeout(900)

#: Of the cases that pass natively and that the engine's own JavaScript carries out.
LEAST_SHARE = 0.99


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> dict[str, Outcome]:
    return run_all(tmp_path_factory.mktemp("cases"), browser)


def test_what_the_engine_can_do_gives_native_numbers(outcomes: dict[str, Outcome]) -> None:
    able = [outcome for outcome in outcomes.values() if not outcome.native and not outcome.javascript]
    passed = [outcome for outcome in able if not outcome.browser]
    assert len(passed) >= LEAST_SHARE * len(able) > 1000


def test_the_report_is_true(outcomes: dict[str, Outcome]) -> None:
    assert report_of(outcomes) == REPORT.read_text(), "`make conformance` writes it anew"
