"""Runs OpenCV's own Python tests and writes down what became of each.

``python run_opencv_tests.py OPENCV REPORT [ID...]``: OPENCV holds OpenCV's ``modules`` and ``samples``.
REPORT becomes a JSON object: by a test's id its outcome, the last line of what it raised, and how many
seconds it took. Without IDs every test is run. Each id is printed when its test begins, to show where a
run got stuck.
"""

from __future__ import annotations

import importlib
import io
import json
import os
import random
import sys
import time
import traceback
import unittest
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from types import TracebackType

Raised = tuple[type[BaseException], BaseException, TracebackType | None]


class Outcomes(unittest.TestResult):
    """Keeps the first failure of each test, else how it ended."""

    def __init__(self) -> None:
        super().__init__()
        self.by_id: dict[str, tuple[str, str, float]] = {}
        self._began = 0.0

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        print(test.id(), file=sys.stderr, flush=True)
        self._began = time.perf_counter()

    def addSuccess(self, test: unittest.TestCase) -> None:
        self._keep(test, "passed", "")

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        self._keep(test, "skipped", reason)

    def addFailure(self, test: unittest.TestCase, raised: Raised) -> None:
        self._keep(test, "failed", _text(raised))

    addError = addFailure

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, raised: Raised | None) -> None:
        if raised:
            self._keep(test, "failed", _text(raised))

    def _keep(self, test: unittest.TestCase, outcome: str, why: str) -> None:
        self.by_id.setdefault(test.id(), (outcome, why, round(time.perf_counter() - self._began, 3)))


def _text(raised: Raised) -> str:
    return "".join(traceback.format_exception_only(raised[1])).strip()


def each_test(suite: unittest.TestSuite) -> Iterator[unittest.TestCase]:
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from each_test(item)
        else:
            yield item


def main(opencv: Path, report: Path, wanted: set[str]) -> None:
    files = sorted(
        file
        for pattern in ("python/test", "*/misc/python", "*/misc/python/test")
        for file in opencv.joinpath("modules").glob(f"{pattern}/test_*.py")
    )
    sys.dont_write_bytecode = True  # beside the tests
    sys.path += {str(file.parent): None for file in files}
    os.environ["OPENCV_SAMPLES_DATA_PATH"] = str(opencv / "samples" / "data")
    importlib.import_module("tests_common").NewOpenCVTests.repoPath = str(opencv)
    outcomes = Outcomes()
    for file in files:
        # As OpenCV's own runner does; but for each file, so that one test's numbers depend on few others.
        random.seed(0)
        for test in each_test(unittest.defaultTestLoader.loadTestsFromName(file.stem)):
            if not wanted or test.id() in wanted:
                with redirect_stdout(io.StringIO()):
                    test.run(outcomes)
    report.write_text(json.dumps(outcomes.by_id, indent=1))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), set(sys.argv[3:]))
