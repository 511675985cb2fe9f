"""Files that OpenCV itself reads: it has a file system of its own, into which they are copied for a call."""

from __future__ import annotations

import os
import posixpath
from pathlib import Path
from typing import Any

import numpy as np

from pyinfer.browser.bridge import get_bridge

from ._convert_arrays import Call
from ._errors import Mismatch, raise_engine_failure
from ._spec import Parameter

__all__ = ["convert_path"]


def convert_path(call: Call, parameter: Parameter, value: Any) -> str:
    """A path as a text; the file is OpenCV's, too, as long as the call lives.

    One that does not exist is left to OpenCV, which has its own words for that.
    """
    if value is None:
        value = parameter.default or ""
    try:
        path = os.fsdecode(value)
    except TypeError:
        raise Mismatch(f"Expected '{parameter.name}' to be a str or path-like object") from None
    if Path(path).is_file():
        call.kept.append(_Copy(path, call.name))
    call.flat.append(path)
    return "s"


class _Copy:
    """A copy of a file where a function of OpenCV's looks for it; removed with this object."""

    def __init__(self, path: str, function: str) -> None:
        self._engine = get_bridge().opencv
        # OpenCV's working directory is the root.
        self._path = posixpath.normpath(posixpath.join("/", path))
        self._copied = False
        content = np.frombuffer(Path(path).read_bytes(), np.uint8)
        if not self._engine.writeFile(self._path, id(content), function):
            raise_engine_failure()
        self._copied = True

    def __del__(self) -> None:
        if self._copied:
            self._engine.removeFile(self._path)
