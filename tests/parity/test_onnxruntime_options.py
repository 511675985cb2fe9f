"""Options natively and in the browser: what their fields take, and what sessions and runs do with them."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest

ADD = str(Path(__file__).parents[1] / "data" / "add_fixed.onnx")
FLOATS = np.arange(6, dtype=np.float32).reshape(2, 3)
FEED = {"a": FLOATS, "b": FLOATS}


def outcome(call):
    """What a call gives, or the type of what it raises."""
    try:
        return call()
    except Exception as error:
        return type(error).__name__


def kept(kind, name, value):
    options = kind()
    setattr(options, name, value)
    return getattr(options, name)


TRUTHS = [True, 0, 1.5, np.bool_(True), np.int32(0), np.ones(1), None, "yes", "", [1], {}, b"1", object()]
INTEGERS = [3, np.int64(3), True, -7, 2**31 - 1, 2**31, -(2**31) - 1, 3.0, "3", None]
TEXTS = ["é", b"bytes", b"\xff", 1, None]


@pytest.mark.parametrize("kind", [ort.SessionOptions, ort.RunOptions], ids=lambda kind: kind.__name__)
def test_what_fields_take(kind, parity):
    truth = "enable_profiling" if kind is ort.SessionOptions else "terminate"
    rows = ((truth, TRUTHS), ("log_verbosity_level", INTEGERS), ("logid", TEXTS))
    parity([[outcome(lambda n=name, v=value: kept(kind, n, v)) for value in row] for name, row in rows])


def test_what_cancels_loading(parity):
    parity([outcome(lambda v=value: ort.SessionOptions().set_load_cancellation_flag(v)) for value in TRUTHS])


def severe_session(level):
    options = ort.SessionOptions()
    options.log_severity_level = level
    return ort.InferenceSession(ADD, options).get_providers()


def severe_run(level):
    options = ort.RunOptions()
    options.log_severity_level = level
    return ort.InferenceSession(ADD).run(None, FEED, options)


@pytest.mark.parametrize("level", [-2, -1, 4, 5])
@pytest.mark.parametrize("start", [severe_session, severe_run], ids=lambda start: start.__name__)
def test_severity(level, start, parity):
    parity(outcome(lambda: start(level)))


@pytest.mark.parametrize("devices", ["cpu:0", "cpu", "cpu:0;gpu:0", "gpu:0", "cpu:1", "toaster:0", ""])
def test_an_arena_that_is_to_shrink(devices, parity):
    options = ort.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", devices)
    parity(outcome(lambda: ort.InferenceSession(ADD).run(None, FEED, options)))


def with_provider(name, settings):
    options = ort.SessionOptions()
    options.add_provider(name, settings)
    return options.has_providers()


def test_providers_that_options_refuse(parity):
    names = ["CPUExecutionProvider", "CUDAExecutionProvider", "QNNExecutionProvider", "CPU", "NoSuchProvider"]
    results = [outcome(lambda n=name: with_provider(n, {})) for name in names]
    parity([results, outcome(lambda: with_provider("CPUExecutionProvider", {"threads": 1}))])


@pytest.mark.parametrize("providers", [None, [], ["CPUExecutionProvider"]], ids=str)
def test_providers_of_the_options_and_of_the_session(providers, parity):
    options = ort.SessionOptions()
    options.add_provider("CPUExecutionProvider", {})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        session = ort.InferenceSession(ADD, options, providers=providers)
        session.set_providers(providers)
    parity([session.get_providers(), [str(warning.message) for warning in caught]])


@pytest.mark.parametrize("options", [{}, {"ep.dynamic.workload_type": "Efficient"}], ids=str)
def test_dynamic_options(options, parity):
    parity(outcome(lambda: ort.InferenceSession(ADD).set_ep_dynamic_options(options)))
