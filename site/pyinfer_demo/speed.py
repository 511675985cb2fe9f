"""Time one network on batches of frames: from their pixels, and from numbers that are prepared already."""

from __future__ import annotations

import inspect
import sys
import time
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import onnxruntime as ort

FRAME_SIDE = 64
SIDE = 8  # of what the network sees, values 0..16
LEAST_SECONDS = 0.003  # that a sample lasts

_session: ort.InferenceSession | None = None
_frames = np.empty((0, FRAME_SIDE, FRAME_SIDE), np.uint8)
_counts = np.empty((0, 1, SIDE, SIDE), np.float32)


def load(path: str, provider: str, threads: int, frames: int) -> list[str]:
    """Open the network and draw what it will see.

    Parameters
    ----------
    path : str
        The digits' ONNX file.
    provider : str
        What is to compute, such as ``"CPUExecutionProvider"``.
    threads : int
        How many threads it may use.
    frames : int
        The largest batch.

    Returns
    -------
    list of str
        The providers that compute.
    """
    global _session, _frames, _counts
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    _session = ort.InferenceSession(path, options, providers=[provider])
    _frames = draw(frames)
    _counts = prepare(_frames)
    return _session.get_providers()


def draw(count: int) -> np.ndarray:
    """Frames of digits, here and there, thick and thin: uint8, (count, 64, 64), the same every time."""
    random = np.random.default_rng(9)
    frames = np.zeros((count, FRAME_SIDE, FRAME_SIDE), np.uint8)
    for number, frame in enumerate(frames):
        place = (int(random.integers(2, 12)), int(random.integers(54, 62)))
        scale, width = float(random.uniform(1.8, 2.3)), int(random.integers(4, 9))
        cv2.putText(frame, str(number % 10), place, cv2.FONT_HERSHEY_SIMPLEX, scale, 255, width)
    return frames


def prepare(frames: np.ndarray) -> np.ndarray:
    """Bring frames to the network's size: float32, (count, 1, 8, 8), values 0..16."""
    counts = np.empty((len(frames), 1, SIDE, SIDE), np.float32)
    for frame, count in zip(frames, counts, strict=True):
        count[0] = cv2.resize(frame, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    counts *= 16 / 255
    return counts


def classify(counts: np.ndarray) -> np.ndarray:
    """Ask the network: probabilities, float32 (count, 10)."""
    assert _session is not None, "call load(...) first"
    return _session.run(None, {"counts": counts})[0]


def answers(batch: int) -> dict[str, np.ndarray]:
    """What the first frames are, from numbers (``network``) and from pixels (``pixels``)."""
    return {"network": classify(_counts[:batch]), "pixels": classify(prepare(_frames[:batch]))}


def measure(batch: int) -> dict[str, float]:
    """Milliseconds that a batch takes, from numbers (``network``) and from pixels (``pixels``)."""
    frames, counts = _frames[:batch], _counts[:batch]
    return {
        "network": milliseconds(lambda: classify(counts)),
        "pixels": milliseconds(lambda: classify(prepare(frames))),
    }


def milliseconds(work: Callable[[], object]) -> float:
    """Mean time of as many runs as fill `LEAST_SECONDS`: a clock of the web is coarse."""
    runs, spent = 0, 0.0
    started = time.perf_counter()
    while spent < LEAST_SECONDS:
        work()
        runs += 1
        spent = time.perf_counter() - started
    return spent / runs * 1000


def material(frames: int) -> dict[str, Any]:
    """What other engines are given: ``frames``, ``counts``, and the ``probabilities`` that are right."""
    return {
        "frames": _frames[:frames],
        "counts": _counts[:frames],
        "probabilities": classify(_counts[:frames]),
    }


def source() -> str:
    """This file's own text: what the page shows is what ran."""
    return inspect.getsource(sys.modules[__name__])
