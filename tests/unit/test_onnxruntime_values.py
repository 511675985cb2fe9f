"""OrtValues and bindings over the fake engine: what is copied, what is given back, what is refused."""

from __future__ import annotations

import gc
import json
import sys
from pathlib import Path

import ml_dtypes
import numpy as np
import onnxruntime as native
import pytest
from onnx import TensorProto

from pyinfer.browser import onnxruntime as ort
from pyinfer.browser.bridge import live_handle_counts
from pyinfer.browser.onnxruntime import _value
from pyinfer.browser.onnxruntime._tables import ELEMENT_TYPES
from pyinfer.errors import UnsupportedInBrowser
from tests.unit.fake_bridge import FakeBridge
from tests.unit.fake_bridge.onnxruntime import EngineException

state = ort.capi.onnxruntime_pybind11_state
MODELS = Path(__file__).parents[1] / "data"
FLOATS = np.arange(6, dtype=np.float32).reshape(2, 3)
from_numpy = ort.OrtValue.ortvalue_from_numpy
from_shape = ort.OrtValue.ortvalue_from_shape_and_type


def session(name: str) -> ort.InferenceSession:
    return ort.InferenceSession(MODELS / f"{name}.onnx")


def values(engine: FakeBridge) -> int:
    return len(engine.onnxruntime._values)


def test_a_value_of_an_array_is_copied_when_it_is_read_and_not_before(fake_bridge: FakeBridge):
    value = from_numpy(FLOATS)
    assert fake_bridge.onnxruntime.bytes_moved == values(fake_bridge) == 0
    add = session("add_fixed")
    for runs in (1, 2):
        outputs = add.run_with_ort_values(None, {"a": value, "b": value})
        assert fake_bridge.onnxruntime.bytes_moved == runs * 2 * FLOATS.nbytes
    np.testing.assert_array_equal(outputs[0].numpy(), 2 * FLOATS)
    assert fake_bridge.onnxruntime.bytes_moved == 5 * FLOATS.nbytes


def test_a_state_that_goes_round_is_never_copied(fake_bridge: FakeBridge):
    running = session("running_total")
    total, step = from_shape([4], np.float32), from_shape([4], np.float32)
    total.update_inplace(np.zeros(4, np.float32))
    step.update_inplace(np.ones(4, np.float32))
    moved = fake_bridge.onnxruntime.bytes_moved
    for _ in range(10):
        _, total = running.run_with_ort_values(None, {"total": total, "step": step})
    assert fake_bridge.onnxruntime.bytes_moved == moved
    assert total.numpy().tolist() == [10] * 4


def test_a_binding_keeps_its_outputs_where_they_lie(fake_bridge: FakeBridge):
    running = session("running_total")
    binding = running.io_binding()
    binding.bind_cpu_input("step", np.ones(4, np.float32))
    binding.bind_cpu_input("total", np.zeros(4, np.float32))
    moved = []
    for _ in range(4):
        binding.bind_output("product")
        binding.bind_output("next_total")
        before = fake_bridge.onnxruntime.bytes_moved
        running.run_with_iobinding(binding)
        moved.append(fake_bridge.onnxruntime.bytes_moved - before)
        binding.bind_ortvalue_input("total", binding.get_outputs()[1])
    assert moved == [32, 16, 16, 16]
    assert [out.tolist() for out in binding.copy_outputs_to_cpu()] == [[4] * 4, [4] * 4]


def test_values_are_given_back_when_nobody_holds_them(fake_bridge: FakeBridge):
    value, add = from_shape([2, 3], np.float32), session("add_fixed")
    outputs = add.run_with_ort_values(None, {"a": value, "b": value})
    binding = add.io_binding()
    binding.bind_ortvalue_input("a", value)
    assert live_handle_counts()["OrtValue"] == values(fake_bridge) == 2
    del value, outputs
    gc.collect()
    assert values(fake_bridge) == 1
    binding.clear_binding_inputs()
    gc.collect()
    assert values(fake_bridge) == 0


def test_a_refused_run_leaves_nothing_behind(fake_bridge: FakeBridge):
    add = session("add_fixed")
    for _ in range(3):
        with pytest.raises(state.InvalidArgument):
            add.run(None, {"a": from_numpy(FLOATS[:1]), "b": FLOATS})
    gc.collect()
    assert values(fake_bridge) == 0


def test_sizes_are_counted_in():
    value = from_shape([1000], np.float32)
    assert sys.getsizeof(value) == sys.getsizeof(from_shape([0], np.float32)) + 4000


def test_an_address_of_the_engines_heap_is_none_of_pythons():
    value, array = from_shape([3], np.float32), np.zeros(3, np.float32)
    assert value.data_ptr() > 2**52 > array.ctypes.data
    assert from_numpy(array).data_ptr() == array.ctypes.data
    address = value.data_ptr()
    value.numpy()
    binding = session("identity_float32").io_binding()
    binding.bind_input("x", "cpu", 0, np.float32, [3], address)  # the value is found all the same
    del value
    binding.clear_binding_inputs()
    gc.collect()
    with pytest.raises(RuntimeError, match="no OrtValue begins at buffer_ptr"):
        binding.bind_input("x", "cpu", 0, np.float32, [3], address)


def test_a_part_of_a_value_can_not_be_larger_than_it():
    value = from_shape([3], np.float32)
    binding = session("identity_float32").io_binding()
    with pytest.raises(RuntimeError, match="16 bytes are wanted of 12"):
        binding.bind_input("x", "cpu", 0, np.float32, [4], value.data_ptr())


def test_a_read_only_array_takes_no_output():
    add = session("add_fixed")
    binding = add.io_binding()
    for name in "ab":
        binding.bind_cpu_input(name, FLOATS)
    array = np.zeros((2, 3), np.float32)
    array.flags.writeable = False
    binding.bind_ortvalue_output("total", from_numpy(array))
    with pytest.raises(ValueError, match="read-only"):
        add.run_with_iobinding(binding)


def test_outputs_can_not_be_copied_before_there_are_any():
    binding = session("add_fixed").io_binding()
    binding.bind_output("total")
    with pytest.raises(RuntimeError, match="'total' has no value before the binding has run"):
        binding.copy_outputs_to_cpu()


def test_the_browsers_small_default_integer_serves_for_int64(monkeypatch):
    monkeypatch.setattr(_value, "_DEFAULT_INTEGER", np.dtype(np.int32))
    multiply = session("int64_multiply_add")
    small, large = from_numpy(np.array([2, 3], np.int32)), from_numpy(np.array([2**40, 5]))
    (out,) = multiply.run_with_ort_values(None, {"a": small, "b": large})
    assert out.numpy().tolist() == [2**41 + 1, 16]
    binding = multiply.io_binding()
    binding.bind_cpu_input("a", np.array([2, 3], np.int32))
    binding.bind_ortvalue_input("b", large)
    binding.bind_output("y")
    multiply.run_with_iobinding(binding)
    assert binding.copy_outputs_to_cpu()[0].tolist() == [2**41 + 1, 16]


def test_memory_that_ran_out_is_a_memory_error(fake_bridge: FakeBridge, monkeypatch):
    def throw(*_: object) -> int:
        raise EngineException(6, "Failed to allocate memory for requested buffer of size 12")

    monkeypatch.setattr(fake_bridge.onnxruntime, "createValue", throw)
    with pytest.raises(MemoryError, match="12 bytes in the engine's heap"):
        from_shape([3], np.float32)


def test_bytes_of_a_type_are_as_many_as_natively():
    for number, row in ELEMENT_TYPES.items():
        if row.name in ("string", "complex64", "complex128"):
            continue
        make = native.OrtValue.ortvalue_from_shape_and_type
        for size in range(9):
            assert row.size_of(size) == make([size], number).tensor_size_in_bytes(), row.name


def test_arrays_of_other_libraries_types_are_refused_as_natively():
    array = np.ones(3, ml_dtypes.bfloat16)
    for library in (ort, native):
        with pytest.raises(RuntimeError, match="currently only supported from non-string numpy arrays"):
            library.OrtValue.ortvalue_from_numpy(array)
        opened = library.InferenceSession(str(MODELS / "from_bfloat16.onnx"))
        with pytest.raises(RuntimeError, match=f"Numpy_type {array.dtype.num} can't be converted"):
            opened.run(None, {"x": array})
        value = library.OrtValue.ortvalue_from_numpy_with_onnx_type(array, TensorProto.BFLOAT16)
        assert opened.run(None, {"x": value})[0].tolist() == [1, 1, 1]


def test_a_capsule_is_refused_where_numpy_has_no_type():
    (value,) = session("to_bfloat16").run_with_ort_values(None, {"x": from_numpy(FLOATS)})
    with pytest.raises(UnsupportedInBrowser, match=r"a DLPack capsule of tensor\(bfloat16\)"):
        value.__dlpack__()


def test_vectors_make_capsules():
    vector = state.OrtValueVector()
    vector.push_back(from_numpy(FLOATS)._ortvalue)
    vector.push_back(from_numpy(np.array([True, False]))._ortvalue)
    vector.reserve(3)
    vector.shrink_to_fit()
    assert vector.bool_tensor_indices() == [1]
    names = [type(capsule).__name__ for capsule in vector.to_dlpacks(None)]
    assert names == ["PyCapsule", "PyCapsule"]
    taken = vector.to_dlpacks(lambda capsule: ort.OrtValue.from_dlpack(capsule).numpy().tolist())
    assert taken == [FLOATS.tolist(), [1, 0]]
    assert ort.OrtValue.from_dlpack(vector.dlpack_at(0)).shape() == [2, 3]


def test_options_of_a_run_reach_the_engine(fake_bridge: FakeBridge, monkeypatch):
    sent = []
    run = fake_bridge.onnxruntime.runValues
    monkeypatch.setattr(
        fake_bridge.onnxruntime, "runValues", lambda *args: sent.append(args[2]) or run(*args)
    )
    add, options = session("add_fixed"), ort.RunOptions()
    options.logid = "mine"
    feed = {"a": from_numpy(FLOATS), "b": from_numpy(FLOATS)}
    add.run_with_ort_values(None, feed)
    add.run_with_ort_values(None, feed, options)
    assert sent[0] == ""
    assert json.loads(sent[1])["logId"] == "mine"
    for call in (add.run_with_ort_values, add.run_with_iobinding):
        arguments = (None, feed, 5) if call == add.run_with_ort_values else (add.io_binding(), 5)
        with pytest.raises(TypeError, match="run_options is 5"):
            call(*arguments)


def test_what_a_session_has_but_one_of():
    add = session("add_fixed")
    assert [info.name for info in add.get_input_memory_infos()] == ["Cpu", "Cpu"]
    assert [info.name for info in add.get_output_memory_infos()] == ["Cpu"]
    assert {device.ep_name for device in add.get_input_epdevices()} == {"CPUExecutionProvider"}
    assert add.get_tuning_results() == []
    assert add.create_ortvalue_from_shape_and_type([2], np.float32, "cpu").shape() == [2]
    with pytest.raises(state.Fail, match='must be set to "1"'):
        add.get_provider_graph_assignment_info()
    with pytest.raises(RuntimeError, match="No options were"):
        add.set_ep_dynamic_options({})
