"""Profiles, and the providers that sessions are given, natively and in the browser."""

from __future__ import annotations

import gc
import itertools
import json
import re
import time
import warnings
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest

MODELS = Path(__file__).parents[1] / "data"
ADD = str(MODELS / "add_fixed.onnx")
FEED = {name: np.arange(6, dtype=np.float32).reshape(2, 3) for name in "ab"}


def profiled(prefix):
    options = ort.SessionOptions()
    options.enable_profiling = True
    options.profile_file_prefix = str(prefix)
    return options


@pytest.mark.parametrize("form", ["path", "bytes"])
def test_events(form, tmp_path, parity):
    before = time.time_ns()
    model = ADD if form == "path" else Path(ADD).read_bytes()
    session = ort.InferenceSession(model, profiled(tmp_path / "mine"), providers=["CPUExecutionProvider"])
    started = session.get_profiling_start_time_ns()
    assert before <= started <= time.time_ns()
    begun = time.perf_counter_ns()
    for _ in range(3):
        session.run(None, FEED)
    microseconds = (time.perf_counter_ns() - begun) / 1000
    path = session.end_profiling()
    events = json.loads(Path(path).read_text(encoding="utf-8"))
    runs = [event for event in events if event["name"] == "model_run"]
    assert sum(run["dur"] for run in runs) <= microseconds + 1000
    assert all(earlier["ts"] <= later["ts"] for earlier, later in itertools.pairwise(runs))
    assert all(event["ph"] == "X" and event["dur"] >= 0 for event in events)
    name = re.sub(r"\d+", "0", Path(path).name)
    kinds = [[event["cat"], event["name"], event["args"].get("provider", "")] for event in events]
    parity([name, kinds, session.end_profiling(), session.get_profiling_start_time_ns() == started])


def test_nodes(tmp_path, parity):
    options = profiled(tmp_path / "nodes")
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = ort.InferenceSession(str(MODELS / "network_64.onnx"), options)
    session.run(None, {"input": np.zeros((1, 1, 64, 64), np.float32)})
    events = json.loads(Path(session.end_profiling()).read_text(encoding="utf-8"))
    kept = ("op_name", "provider", "input_type_shape", "output_type_shape", "parameter_size", "node_index")
    nodes = [event for event in events if event["cat"] == "Node"]
    assert len(nodes) > 50
    parity([[event["name"], [event["args"][key] for key in kept]] for event in nodes])


def test_a_session_that_goes(tmp_path, parity):
    session = ort.InferenceSession(ADD, profiled(tmp_path / "gone"))
    session.run(None, FEED)
    del session
    gc.collect()
    (path,) = tmp_path.iterdir()
    parity([event["name"] for event in json.loads(path.read_text(encoding="utf-8"))])


def test_no_profile(tmp_path, parity):
    session = ort.InferenceSession(ADD)
    elsewhere = ort.InferenceSession(ADD, profiled(tmp_path / "missing" / "folder")).end_profiling()
    found = re.sub(r"\d+", "0", Path(elsewhere).name), Path(elsewhere).exists()
    parity([session.end_profiling(), session.get_profiling_start_time_ns(), list(found)])


PROVIDERS = {
    "none": None,
    "no": [],
    "cpu": ["CPUExecutionProvider"],
    "options": [("CPUExecutionProvider", {"use_arena": 1})],
    "twice": ["CPUExecutionProvider"] * 2,
    "text": "CPUExecutionProvider",
    "unknown": ["NoSuchExecutionProvider"],
    "number": [5],
    "set": {"CPUExecutionProvider"},
    "three": [("CPUExecutionProvider", {}, 1)],
    "text options": [("CPUExecutionProvider", "a")],
}


@pytest.mark.parametrize("case", PROVIDERS)
@pytest.mark.parametrize("way", ["session", "strict session", "set_providers"])
def test_providers(case, way, parity, capsys):
    providers = PROVIDERS[case]
    session = ort.InferenceSession(ADD) if way == "set_providers" else None
    raised = ""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            if session is not None:
                session.set_providers(providers)
            else:
                session = ort.InferenceSession(
                    ADD, providers=providers, enable_fallback=int(way == "session")
                )
        except Exception as error:
            raised = f"{type(error).__name__}: {error}"
    used = [session.get_providers(), session.get_provider_options()] if session and not raised else []
    words = [re.sub("Available providers: .*", "", str(warning.message)) for warning in caught]
    parity([raised, json.dumps(used), words, capsys.readouterr().out])
