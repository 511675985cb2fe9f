"""Compares a converted model with what it was made from, on the same random input."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnxruntime

from pyinfer.errors import ModelError
from pyinfer.host.model.folding import BYTE_LUMINANCE, LUMINANCE, picks
from pyinfer.host.model.preprocessing import Preprocessing

__all__ = ["Difference", "activate", "compare_outputs", "network_input", "run_model"]

Array = np.ndarray[Any, Any]

_NEWEST = re.compile(r"official support for domain ai\.onnx is till opset (\d+)")
#: Of the largest value. Other orders of summation alone make some 1e-5 in deep networks.
_TOLERANCE = 1e-3
#: Of integers and truth values, such as an index of the largest, how many may differ.
_FEW = 0.01


@dataclass(frozen=True)
class Difference:
    """By how much floats differ at most, and how large they are at most."""

    maximum: float
    largest: float


def run_model(path: str | os.PathLike[str], feeds: Mapping[str, Array]) -> dict[str, Array]:
    """Run a model natively.

    Raises
    ------
    ModelError
        ONNX Runtime can't load or run it.
    """
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(os.fspath(path), options, providers=["CPUExecutionProvider"])
        names = [output.name for output in session.get_outputs()]
        return dict(zip(names, session.run(names, dict(feeds)), strict=True))
    except Exception as error:
        if newest := _NEWEST.search(str(error)):
            raise ModelError(f"ONNX Runtime runs models of up to opset {newest[1]}") from error
        raise ModelError(f"ONNX Runtime can't run the model: {' '.join(str(error).split())[:300]}") from error


def network_input(pixels: Array, fed: Preprocessing, network: Preprocessing) -> Array:
    """What the network itself must get for pixels of a page, computed with NumPy outside of any graph."""
    if fed.layout == "NCHW":
        pixels = pixels.transpose(0, 2, 3, 1)
    chosen = picks(fed.channel_order, network.channel_order)
    values = pixels[..., chosen].astype(np.float64)
    if len(chosen) > network.channels:
        is_bytes = fed.dtype == "uint8"
        values = (values * (BYTE_LUMINANCE if is_bytes else LUMINANCE)).sum(-1, keepdims=True)
        if is_bytes:
            values = np.floor(values + 0.5)
    values = (values * network.scale - network.mean) / network.std
    if network.layout == "NCHW":
        values = values.transpose(0, 3, 1, 2)
    return np.ascontiguousarray(values, network.dtype)


def activate(scores: Array, activation: str) -> Array:
    """Sigmoid, or softmax over axis 1."""
    wide = scores.astype(np.float64)
    if activation == "sigmoid":
        values = 0.5 * (1 + np.tanh(wide / 2))
    else:
        powers = np.exp(wide - wide.max(1, keepdims=True))
        values = powers / powers.sum(1, keepdims=True)
    return values.astype(scores.dtype)


def compare_outputs(
    wanted: Sequence[Array], found: Mapping[str, Array], allowed: float = _TOLERANCE
) -> Difference:
    """How far outputs are from what they should be.

    Parameters
    ----------
    wanted : sequence of numpy.ndarray
        In the order of ``found``.
    found : mapping of str to numpy.ndarray
        Outputs by name.
    allowed : float
        Relative to the largest value of an output.

    Raises
    ------
    ModelError
        An output has another shape or type, or is too far off.
    """
    maximum = largest = 0.0
    for first, (name, second) in zip(wanted, found.items(), strict=True):
        if first.shape != second.shape or first.dtype != second.dtype:
            raise ModelError(
                f"the output {name!r} became {second.dtype} {second.shape}; "
                f"it was {first.dtype} {first.shape}"
            )
        if first.dtype.kind != "f":
            share = float((first != second).mean()) if first.size else 0.0
            if share > _FEW:
                raise ModelError(
                    f"the model differs: {share:.0%} of the output {name!r} (the network is random?)"
                )
            continue
        difference, size = _difference(first.astype(np.float64), second.astype(np.float64))
        if not difference <= allowed * size + 1e-6:
            raise ModelError(
                f"the model differs from what it was made from: by {difference:.2g} in the output {name!r}, "
                f"whose largest value is {size:.2g} (are there random numbers in the network?)"
            )
        maximum, largest = max(maximum, difference), max(largest, size)
    return Difference(maximum, largest)


def _difference(first: Array, second: Array) -> tuple[float, float]:
    """The largest difference, and the largest finite value; infinite if other values are not finite."""
    same = (first == second) | (np.isnan(first) & np.isnan(second))
    with np.errstate(invalid="ignore"):
        apart = np.where(same, 0.0, np.abs(first - second))
    finite = np.abs(first[np.isfinite(first)])
    return (
        float(np.nan_to_num(apart, nan=np.inf, posinf=np.inf).max(initial=0)),
        float(finite.max(initial=0)),
    )
