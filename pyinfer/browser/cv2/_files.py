"""Paths of files that OpenCV itself reads or writes: its files are Python's."""

from __future__ import annotations

import os
from typing import Any

from ._convert_arrays import Call
from ._errors import Mismatch
from ._spec import Parameter

__all__ = ["convert_path"]


def convert_path(call: Call, parameter: Parameter, value: Any) -> str:
    """A path as a text."""
    if value is None:
        value = parameter.default or ""
    try:
        path = os.fsdecode(value)
    except TypeError:
        raise Mismatch(f"Expected '{parameter.name}' to be a str or path-like object") from None
    call.flat.append(path)
    return "s"
