"""Profiles: files of native's name and form."""

from __future__ import annotations

import gc
import json
import re
import time
from pathlib import Path

import numpy as np
import onnxruntime as native
import pytest

from pyinfer.browser import onnxruntime as ort
from tests.unit.fake_bridge import FakeBridge

ADD = Path(__file__).parents[1] / "data" / "add_fixed.onnx"
ONES = {"a": np.ones((2, 3), np.float32), "b": np.ones((2, 3), np.float32)}


def profiled(library, prefix: Path):
    options = library.SessionOptions()
    options.enable_profiling = True
    options.profile_file_prefix = str(prefix)
    return options


@pytest.mark.parametrize("model", [ADD, ADD.read_bytes()], ids=["path", "bytes"])
def test_a_profile_has_natives_name_and_events(model, tmp_path: Path):
    names = []
    for library in (native, ort):
        before = time.time_ns()
        session = library.InferenceSession(model, profiled(library, tmp_path / "mine"))
        started = session.get_profiling_start_time_ns()
        assert before <= started <= time.time_ns()
        session.run(None, ONES)
        session.run(None, ONES)
        path = session.end_profiling()
        pattern = re.escape(str(tmp_path / "mine")) + r"_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d_\d+\.json"
        assert re.fullmatch(pattern, path)
        assert session.end_profiling() == ""
        assert session.get_profiling_start_time_ns() == started
        names.append([event["name"] for event in json.loads(Path(path).read_text())])
    assert names[0] == names[1]
    assert names[0].count("model_run") == 2


def test_a_session_without_profile_has_none():
    for library in (native, ort):
        session = library.InferenceSession(ADD)
        assert session.end_profiling() == ""
        assert session.get_profiling_start_time_ns() == 0


def test_a_session_that_goes_writes_its_profile(tmp_path: Path, fake_bridge: FakeBridge):
    for library in (native, ort):
        session = library.InferenceSession(ADD, profiled(library, tmp_path / library.__name__))
        session.run(None, ONES)
        del session
        gc.collect()
    files = sorted(tmp_path.iterdir())
    assert len(files) == 2
    assert [json.loads(file.read_text())[-1]["name"] for file in files] == ["model_run"] * 2
    assert fake_bridge.onnxruntime.liveCount() == 0


def test_a_profile_that_cannot_be_written_is_no_error(tmp_path: Path):
    for library in (native, ort):
        session = library.InferenceSession(ADD, profiled(library, tmp_path / "missing" / "profile"))
        assert session.end_profiling().startswith(str(tmp_path / "missing" / "profile_"))
        assert not (tmp_path / "missing").exists()
