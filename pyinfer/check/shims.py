"""Where the shims are: in a checkout below ``pyinfer.browser``, in a browser under their own names."""

from __future__ import annotations

import importlib.util
from pathlib import Path

__all__ = ["coverage", "shim"]


def shim(name: str) -> str:
    """The module that is ``cv2`` or ``onnxruntime`` in a browser, by the name that it has here."""
    here = f"pyinfer.browser.{name}"
    return here if importlib.util.find_spec(here) else name


def coverage() -> str:
    """The text of ``coverage.json``, which the browser wheel carries beside this file."""
    beside = Path(__file__).with_name("coverage.json")
    if beside.is_file():
        return beside.read_text("utf-8")
    return Path(__file__).parents[1].joinpath("browser", "cv2", "coverage.json").read_text("utf-8")
