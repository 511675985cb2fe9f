"""The parity files: natively they record, in a real browser they compare."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.browser.run_command import PYINFER, PYTHON, ROOT, Result, run

PARITY = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib", "--rootdir", "."]


#: Thousands of tests: minutes in a browser, and more of them on a busy machine.
SECONDS = 1200


@pytest.mark.timeout(2 * SECONDS)
def test_the_browser_gives_native_numbers(tmp_path: Path) -> None:
    record = str(tmp_path / "native.npz")
    native = run(PYTHON, [*PARITY, "tests/parity", "--record", record], ROOT)
    assert native.status == 0, native.output.decode() + native.errors
    mounts = ["--with", "pytest", "--mount", "tests", "--mount", record]
    browser = run(PYINFER, [*mounts, *PARITY, "tests/parity", "--against", record], ROOT, seconds=SECONDS)
    assert browser.status == 0, browser.output.decode() + browser.errors
    assert passed(browser) == passed(native) > 0


def passed(result: Result) -> int:
    """How many tests passed, by pytest's last line."""
    found = re.search(rb"(\d+) passed", result.output)
    assert found, result.output.decode()
    return int(found[1])
