"""One of those that are compared: it takes a sample's inputs and gives the outputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from pyinfer.errors import ModelError

__all__ = ["Arrays", "Run", "SideError", "open_onnx"]

Arrays = Mapping[str, np.ndarray[Any, Any]]
#: Gives the outputs by name, in their order; those of a network without names have their numbers.
Run = Callable[[Arrays], Arrays]


class SideError(ModelError):
    """One of those that are compared could not be run.

    Parameters
    ----------
    side : str
        Which, as a subject.
    reason : str
        Made one line.
    """

    def __init__(self, side: str, reason: str) -> None:
        super().__init__(f"{side} could not be run: {' '.join(reason.split())}")
        self.side = side


def open_onnx(path: Path, side: str) -> Run:
    """An ONNX file, run by the native ONNX Runtime.

    Raises
    ------
    SideError
        It does not load. What is returned raises it, too.
    """
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # warnings are for those who make models, and would stand in the report
    try:
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # a class for each status, all of them just exceptions
        raise SideError(side, str(error)) from error
    names = [each.name for each in session.get_outputs()]

    def run(feeds: Arrays) -> Arrays:
        try:
            outputs = session.run(None, dict(feeds))
        except Exception as error:
            raise SideError(side, str(error)) from error
        return dict(zip(names, outputs, strict=True))

    return run
