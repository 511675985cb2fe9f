"""OpenCV's own Python tests, unedited, in a real browser: what becomes of each is as the table says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pytest

from pyinfer.host.generate.opencv_own_tests import OBSTACLES, PASSING, PASSING_WITH_OWN_BUILD
from pyinfer.host.opencv.choice import chosen_engine
from pyinfer.host.opencv_sources import opencv_sources
from tests.browser.run_command import PYINFER, PYTHON, run

SCRIPT = Path(__file__).with_name("scripts") / "run_opencv_tests.py"
REPORT = "report.json"

pytestmark = pytest.mark.timeout(400)


class Outcome(NamedTuple):
    """What became of a test."""

    outcome: str
    why: str
    seconds: float


def outcomes(command: list[str], folder: Path, tests: Iterable[str] = ()) -> dict[str, Outcome]:
    """Run the tests, or some of them, and say what became of each."""
    opencv = str(opencv_sources() / "opencv")
    result = run(command, [str(SCRIPT), opencv, REPORT, *tests], folder)
    report = folder / REPORT
    assert report.exists(), f"exit status {result.status}, and no report\n{result.errors}"
    return {name: Outcome(*outcome) for name, outcome in json.loads(report.read_text()).items()}


@pytest.fixture(scope="module")
def in_browser(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """What becomes of every test in a browser."""
    mounts = ["--mount", str(opencv_sources() / "opencv"), "--out", REPORT, "--timeout", "280"]
    return outcomes([*PYINFER, *mounts], tmp_path_factory.mktemp("browser"))


def test_the_table_has_every_test_once(in_browser: dict[str, Outcome]) -> None:
    listed = [*PASSING, *(name for obstacle in OBSTACLES for name in obstacle.tests)]
    assert sorted(listed) == sorted(in_browser)


def test_what_the_table_says_passes(in_browser: dict[str, Outcome]) -> None:
    passing = PASSING | (PASSING_WITH_OWN_BUILD if chosen_engine() else frozenset())
    found = {name: in_browser[name] for name in passing if name in in_browser}
    assert {name: outcome.why for name, outcome in found.items() if outcome.outcome != "passed"} == {}


@pytest.mark.parametrize("obstacle", OBSTACLES, ids=lambda obstacle: obstacle.reason)
def test_what_stands_in_the_way(obstacle, in_browser: dict[str, Outcome]) -> None:
    own_build = chosen_engine() is not None
    standing = obstacle.tests - PASSING_WITH_OWN_BUILD if own_build else obstacle.tests
    found = {name: in_browser[name] for name in standing if name in in_browser}
    assert [name for name, outcome in found.items() if outcome.outcome == "passed"] == [], "now they pass"
    if not own_build:  # which gets further, to what the table does not tell
        assert {n: o.why for n, o in found.items() if not re.search(obstacle.shows, o.why)} == {}


def test_what_fails_on_a_desktop_too(tmp_path: Path) -> None:
    found = outcomes(PYTHON, tmp_path, (name for obstacle in OBSTACLES for name in obstacle.tests))
    wanted = {name for obstacle in OBSTACLES if obstacle.natively for name in obstacle.tests}
    assert {name for name, outcome in found.items() if outcome.outcome != "passed"} == wanted
