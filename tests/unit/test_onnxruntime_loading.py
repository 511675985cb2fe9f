"""Loading models: good ones, bad ones, those with files beside them; options and providers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as native
import pytest
from onnx import helper, numpy_helper

from pyinfer.browser import onnxruntime as ort
from pyinfer.errors import UnsupportedInBrowser
from tests.unit.fake_bridge import FakeBridge
from tests.unit.fake_bridge.onnxruntime import EngineException

state = ort.capi.onnxruntime_pybind11_state
MODELS = Path(__file__).parents[1] / "data"
ADD = MODELS / "add_fixed.onnx"
CONTENT = ADD.read_bytes()
ONES = {"a": np.ones((2, 3), np.float32), "b": np.ones((2, 3), np.float32)}


def changed(change) -> bytes:
    model = onnx.load_from_string(CONTENT)
    change(model)
    return model.SerializeToString()


@pytest.mark.parametrize("model", [str(ADD), ADD, CONTENT], ids=["str", "path", "bytes"])
def test_a_model_comes_as_path_or_bytes(model):
    assert ort.InferenceSession(model).run(None, ONES)[0].tolist() == [[2, 2, 2]] * 2


@pytest.mark.parametrize("content", [b"", b"hello world, no model\n", CONTENT[:100], CONTENT[:-1]])
@pytest.mark.parametrize("as_path", [True, False])
def test_bytes_that_are_no_model_raise_what_native_raises(content, as_path, tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    model = str(path) if as_path else content
    with pytest.raises(Exception) as expected:
        native.InferenceSession(model)
    with pytest.raises(getattr(state, expected.type.__name__)) as raised:
        ort.InferenceSession(model)
    assert expected.type.__module__ == raised.type.__module__
    head = str(expected.value).split("failed:")[0].split("graph")[0]
    assert str(raised.value).startswith(head)


@pytest.mark.parametrize("path", ["missing.onnx", "folder/../missing.onnx", "folder"])
def test_a_path_without_a_model_file(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    with pytest.raises(Exception) as expected:
        native.InferenceSession(path)
    with pytest.raises(getattr(state, expected.type.__name__)) as raised:
        ort.InferenceSession(path)
    assert str(raised.value) == str(expected.value)


@pytest.mark.parametrize("model", [None, 3, bytearray(CONTENT), np.zeros(3), ""])
def test_what_can_be_no_model_is_a_type_error(model):
    for library in (native, ort):
        with pytest.raises(TypeError):
            library.InferenceSession(model)


def test_options_of_another_kind_are_a_type_error():
    with pytest.raises(TypeError, match="SessionOptions"):
        ort.InferenceSession(CONTENT, 5)


# What the WebAssembly build throws instead of a status, read off onnxruntime-web 1.30.
ENGINE_THROWS = {
    "operator": (
        lambda m: setattr(m.graph.node[0], "op_type", "Frobnicate"),
        "No Op registered for Frobnicate",
    ),
    "domain": (lambda m: setattr(m.graph.node[0], "domain", "no"), "No opset import for domain 'no'"),
    "attribute": (
        lambda m: m.graph.node[0].attribute.append(helper.make_attribute("odd", 1)),
        "Unrecognized attribute: odd for operator Add",
    ),
}


@pytest.mark.parametrize("case", ENGINE_THROWS)
def test_what_the_browsers_engine_throws_gets_natives_type(case, fake_bridge: FakeBridge, monkeypatch):
    change, message = ENGINE_THROWS[case]
    model = changed(change)
    with pytest.raises(Exception) as expected:
        native.InferenceSession(model)

    def throw(buffer: int, options: str) -> int:
        raise EngineException(6, message)

    monkeypatch.setattr(fake_bridge.onnxruntime, "createSession", throw)
    with pytest.raises(getattr(state, expected.type.__name__)) as raised:
        ort.InferenceSession(model)
    assert str(raised.value).split(":")[1:3] == str(expected.value).split(":")[1:3]
    assert message in str(expected.value) and message in str(raised.value)


def test_memory_that_ran_out_stays_a_runtime_exception(fake_bridge: FakeBridge, monkeypatch):
    def throw(size: int) -> int:
        raise EngineException(6, f"Failed to allocate memory for requested buffer of size {size}")

    monkeypatch.setattr(fake_bridge.onnxruntime, "allocate", throw)
    with pytest.raises(state.RuntimeException, match=r": 6 : RUNTIME_EXCEPTION : Failed to allocate memory"):
        ort.InferenceSession(CONTENT)


def external_model(folder: Path) -> tuple[bytes, bytes]:
    """A model that adds weights which lie in ``weights.bin``; the model's and the weights' bytes."""
    weights = np.arange(3, dtype=np.float32)
    tensor = numpy_helper.from_array(weights, "weights")
    onnx.external_data_helper.set_external_data(tensor, "weights.bin", 0, weights.nbytes)
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        [helper.make_node("Add", ["x", "weights"], ["y"])],
        "external",
        [value("x", 1, [3])],
        [value("y", 1, [3])],
        [tensor],
    )
    model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])
    (folder / "weights.bin").write_bytes(weights.tobytes())
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    return model.SerializeToString(), weights.tobytes()


def test_files_of_weights_are_read_from_the_models_folder(tmp_path):
    external_model(tmp_path)
    session = ort.InferenceSession(tmp_path / "model.onnx")
    assert session.run(None, {"x": np.ones(3, np.float32)})[0].tolist() == [1, 2, 3]


def test_files_of_weights_may_come_from_memory(tmp_path):
    model, weights = external_model(tmp_path)
    options = ort.SessionOptions()
    options.add_external_initializers_from_files_in_memory(["weights.bin"], [weights], [len(weights)])
    session = ort.InferenceSession(model, options)
    assert session.run(None, {"x": np.ones(3, np.float32)})[0].tolist() == [1, 2, 3]


def test_a_file_of_weights_outside_the_models_folder_is_not_read(
    tmp_path, fake_bridge: FakeBridge, monkeypatch
):
    folder = tmp_path / "models"
    folder.mkdir()
    model, _ = external_model(tmp_path)
    (folder / "model.onnx").write_bytes(model.replace(b"weights.bin", b"../etc.bin!"[:11]))
    (tmp_path / "etc.bin!").write_bytes(b"secret")
    brought = []
    monkeypatch.setattr(fake_bridge.onnxruntime, "externalDataFile", lambda *args: brought.append(args))
    with pytest.raises(Exception, match="etc"):
        ort.InferenceSession(folder / "model.onnx")
    assert brought == []


def test_options_reach_the_engine(fake_bridge: FakeBridge):
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.execution_mode = ort.ExecutionMode.ORT_PARALLEL
    options.enable_mem_pattern = True
    options.log_severity_level = 3
    options.logid = "mine"
    options.add_session_config_entry("session.disable_prepacking", "1")
    options.add_free_dimension_override_by_name("N", 2)
    session = ort.InferenceSession(MODELS / "add_symbolic.onnx", options)
    sent = fake_bridge.onnxruntime.session_options[-1]
    assert sent["graphOptimizationLevel"] == 1 and sent["executionMode"] == 1
    assert (sent["enableMemPattern"], sent["enableCpuMemArena"]) == (True, False)
    assert (sent["logSeverityLevel"], sent["logId"]) == (3, "mine")
    assert sent["config"]["session.disable_prepacking"] == "1"
    assert session.get_inputs()[0].shape == [2, 3]
    options.logid = "changed"
    assert session.get_session_options().logid == "mine"


def test_the_default_loggers_severity_is_that_of_sessions_and_runs(fake_bridge: FakeBridge):
    ort.set_default_logger_severity(3)
    try:
        ort.InferenceSession(CONTENT).run(None, ONES, ort.RunOptions())
    finally:
        ort.set_default_logger_severity(2)
    assert fake_bridge.onnxruntime.session_options[-1]["logSeverityLevel"] == 3
    assert json.loads(fake_bridge.onnxruntime.run_options[-1])["logSeverityLevel"] == 3
    for library in (native, ort):
        with pytest.raises(RuntimeError, match="Invalid logging severity"):
            library.set_default_logger_severity(9)


def threads(wish: int) -> ort.SessionOptions:
    options = ort.SessionOptions()
    options.intra_op_num_threads = wish
    return options


def test_the_first_session_fixes_the_threads_and_a_later_wish_is_warned_of(
    fake_bridge: FakeBridge, recwarn: pytest.WarningsRecorder
):
    fake_bridge.onnxruntime.loaded_threads = 4
    ort.InferenceSession(CONTENT, threads(2))
    ort.InferenceSession(CONTENT, threads(2))
    ort.InferenceSession(CONTENT)
    assert not [str(warning.message) for warning in recwarn if warning.category is UserWarning]
    assert fake_bridge.onnxruntime.threadCount() == 2
    with pytest.warns(UserWarning, match="2 here: intra_op_num_threads=3 has no effect") as warned:
        ort.InferenceSession(CONTENT, threads(3))
    # Another test's rubbish may be collected, and warned of, at this very moment.
    assert [each.filename for each in warned if each.category is UserWarning] == [__file__]


def test_more_threads_than_the_page_has_are_warned_of():
    with pytest.warns(UserWarning, match="1 here: intra_op_num_threads=8 has no effect"):
        ort.InferenceSession(CONTENT, threads(8))


def test_what_needs_the_engine_to_write_files_is_said():
    options = ort.SessionOptions()
    options.optimized_model_filepath = "optimized.onnx"
    with pytest.raises(UnsupportedInBrowser, match="optimized_model_filepath"):
        ort.InferenceSession(CONTENT, options)


def test_a_canceled_load_raises_what_native_raises():
    for library, errors in ((native, native.capi.onnxruntime_pybind11_state), (ort, state)):
        options = library.SessionOptions()
        options.set_load_cancellation_flag(True)
        with pytest.raises(errors.ModelLoadCanceled, match="Graph loading canceled due to user request"):
            library.InferenceSession(CONTENT, options)
