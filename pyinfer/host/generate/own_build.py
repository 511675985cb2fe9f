"""What our own build of opencv.js adds to npm's, by the tables as they are written."""

from __future__ import annotations

import importlib
from typing import Any

from .coverage import MISSING, Coverage, Entry

__all__ = ["added_by_own_build"]


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
