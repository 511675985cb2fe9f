"""Execution providers: which there are, which a session uses, and what happens where one is not there."""

from __future__ import annotations

import gc
import warnings
from pathlib import Path

import numpy as np
import onnxruntime as native
import pytest
from onnx import helper

from pyinfer.browser import onnxruntime as ort
from pyinfer.browser.bridge.waiting import WaitingEngine
from pyinfer.errors import UnsupportedInBrowser
from tests.unit.fake_bridge import FakeBridge
from tests.unit.fake_bridge.onnxruntime import EngineException

MODELS = Path(__file__).parents[1] / "data"
ADD = MODELS / "add_fixed.onnx"
CONTENT = ADD.read_bytes()
FLOATS = np.arange(6, dtype=np.float32).reshape(2, 3)
FEED = {"a": FLOATS, "b": FLOATS}
GPU, CPU = "WebGpuExecutionProvider", "CPUExecutionProvider"

AVAILABLE = "Available providers: '[^']*CPUExecutionProvider'"


def test_a_provider_that_is_not_there_is_warned_of_as_natively():
    for library in (native, ort):
        message = f"Specified provider 'CUDAExecutionProvider' is not in available provider names.{AVAILABLE}"
        with pytest.warns(UserWarning, match=message):
            session = library.InferenceSession(
                CONTENT, providers=[("CUDAExecutionProvider", {"device_id": 0}), "CPUExecutionProvider"]
            )
        assert session.get_providers() == ["CPUExecutionProvider"]
        assert session.get_provider_options() == {"CPUExecutionProvider": {}}
        with pytest.warns(UserWarning, match="Duplicate provider 'CPUExecutionProvider' encountered"):
            session.set_providers(["CPUExecutionProvider"] * 2)


@pytest.mark.filterwarnings("ignore:Specified provider")
@pytest.mark.parametrize(
    "arguments",
    [
        {"providers": ["NoSuchExecutionProvider"]},
        {"providers": [5]},
        {"providers": {"CPUExecutionProvider"}},
        {"providers": ["CPUExecutionProvider"], "provider_options": []},
        {"providers": ["CPUExecutionProvider"], "provider_options": [5]},
        {"providers": [("CPUExecutionProvider", {})], "provider_options": [{}]},
        {"providers": ["CPUExecutionProvider"], "provider_options": {1: 2}},
    ],
    ids=str,
)
def test_wrong_providers_fall_back_to_the_cpu_with_natives_words(arguments, capsys):
    printed = []
    for library in (native, ort):
        assert library.InferenceSession(CONTENT, **arguments).get_providers() == ["CPUExecutionProvider"]
        printed.append(capsys.readouterr().out)
        with pytest.raises((ValueError, RuntimeError)):
            library.InferenceSession(CONTENT, **arguments, enable_fallback=0)
    assert printed[0] == printed[1]


def test_providers_may_stand_in_the_options():
    for library in (native, ort):
        options = library.SessionOptions()
        options.add_provider("CPUExecutionProvider", {})
        assert options.has_providers()
        assert library.InferenceSession(CONTENT, options).get_providers() == ["CPUExecutionProvider"]


@pytest.fixture
def gpu(fake_bridge: FakeBridge) -> FakeBridge:
    """A browser that has WebGPU."""
    fake_bridge.execution_providers.names = GPU
    return fake_bridge


def test_a_session_uses_the_other_engine_when_it_asks_for_its_provider(gpu: FakeBridge):
    assert ort.get_available_providers() == [GPU, CPU]
    session = ort.InferenceSession(ADD, providers=[(GPU, {"preferredLayout": "NHWC"}), CPU])
    assert session.get_providers() == [GPU, CPU]
    assert session.get_provider_options() == {GPU: {"preferredLayout": "NHWC"}, CPU: {}}
    sent = gpu.execution_providers.other.session_options[-1]
    assert sent["executionProviders"] == [["WebGPU", {"preferredLayout": "NHWC"}]]
    np.testing.assert_array_equal(session.run(None, FEED)[0], 2 * FLOATS)
    assert gpu.onnxruntime.liveCount() == 0 and gpu.execution_providers.other.liveCount() == 1


def test_sessions_on_the_cpu_do_not_ask_the_browser(gpu: FakeBridge):
    for providers in (None, [], [CPU], [(CPU, {})]):
        ort.InferenceSession(ADD, providers=providers).run(None, FEED)
    assert gpu.execution_providers.questions == 0
    assert gpu.onnxruntime.session_options[-1]["executionProviders"] == []


def test_what_comes_after_the_cpu_computes_nothing(gpu: FakeBridge):
    session = ort.InferenceSession(ADD, providers=[CPU, GPU])
    assert session.get_providers() == [CPU, GPU]
    assert not gpu.execution_providers.other.session_options


@pytest.mark.parametrize("name", [GPU, "WebNNExecutionProvider"])
def test_where_the_browser_lacks_it_there_is_natives_warning_and_the_cpu(name: str, fake_bridge: FakeBridge):
    for library in (native, ort):
        with pytest.warns(UserWarning, match=f"Specified provider '{name}' is not in available") as warned:
            session = library.InferenceSession(ADD, providers=[name, CPU])
        assert session.get_providers() == [CPU]
        np.testing.assert_array_equal(session.run(None, FEED)[0], 2 * FLOATS)
    assert __file__ in [each.filename for each in warned if each.category is UserWarning]
    assert not fake_bridge.execution_providers.other.session_options


def test_memory_is_not_planned_ahead_for_a_device(gpu: FakeBridge):
    options = ort.SessionOptions()
    options.enable_mem_pattern = True
    ort.InferenceSession(ADD, options, providers=[GPU])
    assert gpu.execution_providers.other.session_options[-1]["enableMemPattern"] is False


def test_providers_can_be_changed(gpu: FakeBridge):
    session = ort.InferenceSession(ADD)
    session.set_providers([GPU])
    assert session.get_providers() == [GPU, CPU]
    np.testing.assert_array_equal(session.run(None, FEED)[0], 2 * FLOATS)
    assert gpu.live_counts() == {"other onnxruntime": 1}
    session.set_providers([CPU])
    assert session.get_providers() == [CPU]
    np.testing.assert_array_equal(session.run(None, FEED)[0], 2 * FLOATS)
    assert gpu.live_counts() == {"onnxruntime": 1}


def test_bytes_are_kept_for_another_provider_only(gpu: FakeBridge):
    session = ort.InferenceSession(CONTENT, providers=[GPU])
    session.set_providers([CPU])
    np.testing.assert_array_equal(session.run(None, FEED)[0], 2 * FLOATS)
    with pytest.raises(UnsupportedInBrowser, match="created from bytes"):
        session.set_providers([GPU])
    assert session.get_providers() == [CPU]
    np.testing.assert_array_equal(session.run(None, FEED)[0], 2 * FLOATS)


def test_providers_that_are_wrong_leave_the_session_as_it_is():
    session = ort.InferenceSession(ADD)
    for library_session in (native.InferenceSession(ADD), session):
        unknown = pytest.raises(RuntimeError, match="Unknown Provider Type: NoSuchExecutionProvider")
        with unknown, pytest.warns(UserWarning, match="NoSuchExecutionProvider"):
            library_session.set_providers(["NoSuchExecutionProvider"])
        with pytest.raises(ValueError, match="should be a sequence"):
            library_session.set_providers({CPU})
    np.testing.assert_array_equal(session.run(None, FEED)[0], 2 * FLOATS)


def test_an_engine_that_does_not_start_is_said_and_the_cpu_takes_over(gpu: FakeBridge, capsys):
    gpu.execution_providers.failure = "no network"
    session = ort.InferenceSession(ADD, providers=[GPU, CPU])
    assert session.get_providers() == [CPU]
    assert "did not start: no network when using ['WebGpu" in capsys.readouterr().out
    np.testing.assert_array_equal(session.run(None, FEED)[0], 2 * FLOATS)
    with pytest.raises(RuntimeError, match="no network"):
        ort.InferenceSession(ADD, providers=[GPU], enable_fallback=0)


def test_a_provider_that_fails_in_a_run_gives_way_to_the_cpu_once(gpu: FakeBridge, monkeypatch, capsys):
    session = ort.InferenceSession(ADD, providers=[GPU])

    def fail(run: int, options: str) -> str:
        raise EngineException(11, "the device is lost")

    session._engine.execute = fail
    np.testing.assert_array_equal(session.run(None, FEED)[0], 2 * FLOATS)
    assert session.get_providers() == [CPU]
    printed = capsys.readouterr().out
    assert "EP Error: [ONNXRuntimeError] : 11 : EP_FAIL : the device is lost using ['WebGpu" in printed
    assert f"Falling back to ['{CPU}'] and retrying." in printed

    session = ort.InferenceSession(ADD, providers=[GPU])
    session.disable_fallback()
    session._engine.execute = fail
    with pytest.raises(ort.capi.onnxruntime_pybind11_state.EPFail, match="the device is lost"):
        session.run(None, FEED)


@pytest.mark.parametrize(
    "options", [{"enableGraphCapture": 1}, {"webgpuDevice": 3}, {"webgpuInstance": "7"}, {"deviceId": 1}]
)
def test_options_that_a_browser_cannot_honour_are_refused(options: dict[str, object], gpu: FakeBridge):
    with pytest.raises(UnsupportedInBrowser, match=next(iter(options))):
        ort.InferenceSession(ADD, providers=[(GPU, options)])


def test_ort_values_cross_from_one_heap_to_the_other(gpu: FakeBridge):
    session = ort.InferenceSession(ADD, providers=[GPU])
    in_array = ort.OrtValue.ortvalue_from_numpy(FLOATS)
    in_heap = ort.OrtValue.ortvalue_from_shape_and_type([2, 3], np.float32)
    in_heap.update_inplace(FLOATS)
    (total,) = session.run_with_ort_values(None, {"a": in_array, "b": in_heap})
    np.testing.assert_array_equal(total.numpy(), 2 * FLOATS)
    np.testing.assert_array_equal(session.run(None, {"a": FLOATS, "b": in_heap})[0], 2 * FLOATS)
    written = ort.OrtValue.ortvalue_from_shape_and_type([2, 3], np.float32)
    binding = session.io_binding()
    binding.bind_ortvalue_input("a", total)
    binding.bind_cpu_input("b", FLOATS)
    binding.bind_ortvalue_output("total", written)
    session.run_with_iobinding(binding)
    np.testing.assert_array_equal(written.numpy(), 3 * FLOATS)
    with pytest.raises(ort.capi.onnxruntime_pybind11_state.InvalidArgument):
        session.run_with_ort_values(None, {"a": in_array, "b": ort.OrtValue.ortvalue_from_numpy(FLOATS[:1])})


def test_strings_cross_from_one_heap_to_the_other(gpu: FakeBridge):
    value = helper.make_tensor_value_info
    cast = helper.make_node("Cast", ["x"], ["y"], to=8)
    graph = helper.make_graph([cast], "texts", [value("x", 7, [2])], [value("y", 8, [2])])
    model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])
    numbers = ort.OrtValue.ortvalue_from_numpy(np.array([7, -3]))
    texts = ort.InferenceSession(model.SerializeToString()).run_with_ort_values(None, {"x": numbers})[0]
    session = ort.InferenceSession(MODELS / "identity_string.onnx", providers=[GPU])
    (out,) = session.run_with_ort_values(None, {"x": texts})
    assert out.numpy().tolist() == ["7", "-3"]


def test_a_device_is_not_waited_for_below_a_synchronous_call():
    class Calls:
        def execute(self, run: int, options: str) -> str:
            return f"{run}:{options}"

        def liveCount(self) -> int:
            return 3

    can_wait = [True]
    engine = WaitingEngine(Calls(), lambda promise: f"waited for {promise}", lambda: can_wait[0])
    assert engine.execute(1, "x") == "waited for 1:x"
    assert engine.liveCount() == 3
    can_wait.clear()
    can_wait.append(False)
    with pytest.raises(UnsupportedInBrowser, match="runPythonAsync"):
        engine.execute(1, "x")
    assert engine.liveCount() == 3


def test_a_session_on_a_device_is_given_back(gpu: FakeBridge):
    session = ort.InferenceSession(ADD, providers=[GPU])
    assert gpu.live_counts() == {"other onnxruntime": 1}
    del session
    gc.collect()
    assert gpu.live_counts() == {}


def test_a_change_that_fails_at_its_end_leaves_the_session_as_it_was(gpu: FakeBridge):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 7
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        session = ort.InferenceSession(ADD, options)
        warnings.simplefilter("error")
        with pytest.raises(UserWarning, match="intra_op_num_threads=7 has no effect"):
            session.set_providers([GPU])
    gc.collect()
    assert session.get_providers() == [CPU]
    np.testing.assert_array_equal(session.run(None, FEED)[0], 2 * FLOATS)
    assert gpu.live_counts() == {"onnxruntime": 1}
