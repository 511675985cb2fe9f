"""Bench of a network that finds hearts, beside native onnxruntime; its folder lies beside the checkout."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pyinfer.host.build import runtime_bundle

from .inference import run_ratio
from .measurement import Machine, Measurement, ratio
from .pages import bench_server, blank_page

__all__ = ["measure_heart"]

_REFERENCE_CT = Path(__file__).resolve().parents[4] / "shared" / "reference-ct"
_MODEL = _REFERENCE_CT / "model.onnx"
_SHAPE = [800, 1, 64, 64]
_THREADS = 2


def measure_heart(machine: Machine) -> Iterator[Measurement]:
    """All slices as one batch; nothing where there is no such network."""
    if not _MODEL.is_file():
        return
    with (
        bench_server(runtime_bundle(), {"heart.onnx": _MODEL.read_bytes()}) as url,
        blank_page(machine.browser, url) as page,
    ):
        values = run_ratio(page, "heart", _SHAPE, _THREADS, 1, 5)["times"]
    ratios = [ratio(values, "sess.run", "session.run in JavaScript")]
    if importlib.util.find_spec("onnxruntime"):
        values = {**values, "native onnxruntime": _native_milliseconds()}
        ratios.append(ratio(values, "sess.run", "native onnxruntime"))
    title = f"the heart network, {_SHAPE[0]} slices as one batch, {_THREADS} threads"
    yield Measurement(title, "ms", values, ratios)


def _native_milliseconds() -> float:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = _THREADS
    session = onnxruntime.InferenceSession(_MODEL, options, providers=["CPUExecutionProvider"])
    feed = {session.get_inputs()[0].name: np.full(_SHAPE, 128, np.float32)}
    times = []
    for _ in range(6):
        start = time.perf_counter()
        session.run(None, feed)
        times.append((time.perf_counter() - start) * 1000)
    return sorted(times[1:])[2]
