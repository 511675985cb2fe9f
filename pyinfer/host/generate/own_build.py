"""What our own build of opencv.js adds to npm's, by the tables as they are written."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from .coverage import MISSING, Coverage, Entry
from .evidence import read_evidence

__all__ = ["added_by_own_build", "compared_by_own_build"]

_TESTS = Path(__file__).resolve().parents[3] / "tests" / "parity" / "own_build"


def compared_by_own_build(coverage: Coverage) -> frozenset[str]:
    """The names that parity tests of our own build compare with native."""
    known = {*coverage.functions, *coverage.classes, *coverage.aliases}
    return frozenset(read_evidence(_TESTS.glob("test_*.py"), known).proofs)


def added_by_own_build(coverage: Coverage) -> tuple[list[str], list[str]]:
    """The functions and classes that are missing in the coverage, and that our own build has."""
    functions: Any = importlib.import_module("pyinfer.browser.cv2._full_table").FUNCTIONS
    classes: Any = importlib.import_module("pyinfer.browser.cv2._full_class_table").CLASSES
    return (
        [name for name in functions if name in coverage.functions and _is_missing(coverage.functions[name])],
        [name for name in classes if name in coverage.classes and _is_missing(coverage.classes[name])],
    )


def _is_missing(entry: Entry) -> bool:
    return entry.status == MISSING
