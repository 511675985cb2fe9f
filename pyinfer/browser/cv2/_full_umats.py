"""UMats where OpenCV itself asks for them, which only rows of our own build of opencv.js have.

Natively an array becomes a new UMat, which OpenCV may write to, and a UMat is written to itself.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ._convert_arrays import Call, convert_mat, convert_mats, is_sequence, sequence_of
from ._errors import Mismatch, wrong_item
from ._results import Reader
from ._spec import Parameter
from ._umat import UMat, unwrap, wrap

__all__ = ["convert_umat", "convert_umats", "read_umat", "read_umats"]


def convert_umat(call: Call, parameter: Parameter, value: Any) -> str:
    """One, or what an array makes."""
    return convert_mat(call, replace(parameter, kind="Mat"), _array_of(parameter, value))


def convert_umats(call: Call, parameter: Parameter, value: Any) -> str:
    """Several."""
    if value is not None and is_sequence(value):
        try:
            value = [_array_of(parameter, item) for item in sequence_of(parameter.name, value)]
        except Mismatch:
            raise wrong_item(parameter.name, 0) from None
    elif value is None:
        value = []
    return convert_mats(call, replace(parameter, kind="Mat[]"), value)


def _array_of(parameter: Parameter, value: Any) -> Any:
    if isinstance(value, UMat):
        return unwrap(value)
    if parameter.output and isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, tuple | list):
        raise Mismatch(f"Expected Ptr<cv::UMat> for argument '{parameter.name}'")
    return value


def read_umat(reader: Reader, part: str) -> Any:
    """The UMat that holds an array of the report."""
    return wrap(reader.mat(part))


def read_umats(reader: Reader, part: str) -> Any:
    """Those of several."""
    return wrap(tuple(reader.mat(shape) for shape in part.split(";")[1:]))
