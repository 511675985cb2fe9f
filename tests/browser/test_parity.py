"""The parity files: natively they record, in a real browser they compare."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pyinfer.host.opencv.choice import chosen_engine
from tests.browser.run_command import PYINFER, PYTHON, ROOT, Result, run

OWN_BUILD = "tests/parity/own_build"

#: Two processes: some of what native is given wrong in one of them is read where others have written.
FILES = {"every_build": ["tests/parity", f"--ignore={OWN_BUILD}"], "own_build": [OWN_BUILD]}

PARITY = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib", "--rootdir", "."]


#: Thousands of tests: minutes in a browser, and more of them on a busy machine.
SECONDS = 1200


@pytest.mark.timeout(2 * SECONDS)
@pytest.mark.parametrize("build", FILES)
def test_the_browser_gives_native_numbers(build: str, tmp_path: Path) -> None:
    if build == "own_build" and chosen_engine() is None:
        pytest.skip("npm's opencv.js has nothing of it")
    record = str(tmp_path / "native.npz")
    files = FILES[build]
    native = run(PYTHON, [*PARITY, *files, "--record", record], ROOT)
    assert native.status == 0, native.output.decode() + native.errors
    mounts = ["--with", "pytest", "--mount", "tests", "--mount", record]
    browser = run(PYINFER, [*mounts, *PARITY, *files, "--against", record], ROOT, seconds=SECONDS)
    assert browser.status == 0, browser.output.decode() + browser.errors
    assert passed(browser) == passed(native) > 0


def passed(result: Result) -> int:
    """How many tests passed, by pytest's last line."""
    found = re.search(rb"(\d+) passed", result.output)
    assert found, result.output.decode()
    return int(found[1])
