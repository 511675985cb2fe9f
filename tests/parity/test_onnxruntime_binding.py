"""Bindings natively and in the browser: the same numbers, order, reuse of buffers and refusals."""

from __future__ import annotations

import gc
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest
from onnxruntime.capi import _pybind_state as C

MODELS = Path(__file__).parents[1] / "data"
FLOATS = np.arange(6, dtype=np.float32).reshape(2, 3)
from_numpy = ort.OrtValue.ortvalue_from_numpy
from_shape = ort.OrtValue.ortvalue_from_shape_and_type


def session(name, **kwargs):
    return ort.InferenceSession(str(MODELS / f"{name}.onnx"), **kwargs)


def bound(opened, arrays, outputs):
    binding = opened.io_binding()
    for name, array in arrays.items():
        binding.bind_cpu_input(name, array)
    for name in outputs:
        binding.bind_output(name)
    return binding


def refusal(call):
    """Type and words of what is raised, without the lines of one build."""
    with pytest.raises(Exception) as caught:
        call()
    words = str(caught.value).strip().rpartition("INVALID_ARGUMENT : ")[2]
    words = words.replace("of node '' (Add) ", "").rpartition(")> ")[2].rpartition(") ")[2]
    return [type(caught.value).__name__, words.partition("(): incompatible")[0]]


def test_arrays_in_and_out(parity):
    add = session("add_fixed")
    binding = bound(add, {"a": FLOATS, "b": FLOATS}, ["total"])
    before = [value.has_value() for value in binding.get_outputs()]
    add.run_with_iobinding(binding)
    (value,) = binding.get_outputs()
    (array,) = binding.copy_outputs_to_cpu()
    parity([before, value.numpy(), value.data_type(), array, len(binding.get_outputs_as_ortvaluevector())])


@pytest.mark.parametrize("order", ["C", "F"])
def test_what_is_written_to_an_array_is_fed_unless_it_was_copied(order, parity):
    add, array = session("add_fixed"), np.array(FLOATS, order=order)
    binding = bound(add, {"a": array, "b": FLOATS}, ["total"])
    results = []
    for number in range(3):
        array[:] = number
        add.run_with_iobinding(binding)
        results += binding.copy_outputs_to_cpu()
    parity(results)


def test_an_output_is_written_into_again(parity):
    add, array = session("add_fixed"), FLOATS.copy()
    binding = bound(add, {"a": array, "b": FLOATS}, ["total"])
    add.run_with_iobinding(binding)
    (first,) = binding.get_outputs()
    (copied,) = binding.copy_outputs_to_cpu()
    array[:] = 100
    add.run_with_iobinding(binding)
    (second,) = binding.get_outputs()
    binding.bind_output("total")
    array[:] = -1
    add.run_with_iobinding(binding)
    parity([first.numpy(), copied, second.numpy(), *binding.copy_outputs_to_cpu()])


def test_outputs_come_in_the_order_of_binding(parity):
    two, ones = session("two_in_two_out"), np.ones(2, np.float32)
    results = []
    for names in (["whole", "difference"], ["difference", "whole"], ["whole"]):
        binding = bound(two, {"first": ones, "second": ones}, names)
        two.run_with_iobinding(binding)
        results.append([[value.data_type(), value.numpy()] for value in binding.get_outputs()])
    parity(results)


def test_preallocated_outputs_are_filled(parity):
    """onnxruntime#25786: JavaScript's own ``run`` leaves them as they were."""
    add, array = session("add_fixed"), np.full((2, 3), -1, np.float32)
    value = from_shape([2, 3], np.float32)
    binding = bound(add, {"a": FLOATS, "b": FLOATS}, [])
    results = []
    for kept in (from_numpy(array), value):
        binding.bind_ortvalue_output("total", kept)
        for number in range(3):
            binding.bind_cpu_input("a", FLOATS * number)
            add.run_with_iobinding(binding)
            results.append(kept.numpy().copy())
    parity([results, array, value.numpy()])


def test_addresses_of_arrays_and_of_values(parity):
    add, array, out = session("add_fixed"), FLOATS.copy(), np.zeros((2, 3), np.float32)
    binding = add.io_binding()
    binding.bind_input("a", "cpu", 0, np.float32, [2, 3], array.ctypes.data)
    binding.bind_input("b", "cpu", 0, 1, (2, 3), array.ctypes.data)
    binding.bind_output("total", "cpu", 0, np.float32, (2, 3), out.ctypes.data)
    add.run_with_iobinding(binding)
    results = [out.copy()]
    array[:] = 5
    add.run_with_iobinding(binding)
    results.append(out.copy())
    value, total = from_shape([2, 3], np.float32), from_shape([2, 3], np.float32)
    value.update_inplace(FLOATS)
    name = value.device_name()
    binding.bind_input("a", name, 0, np.float32, value.shape(), value.data_ptr())
    binding.bind_output("total", name, 0, np.float32, total.shape(), total.data_ptr())
    add.run_with_iobinding(binding)
    parity([results, total.numpy()])


def test_a_part_of_a_larger_buffer(parity):
    """Room is made once for the longest of many inputs."""
    add, room, result = session("add_symbolic"), from_shape([30], np.float32), from_shape([30], np.float32)
    room.update_inplace(np.arange(30, dtype=np.float32))
    binding, results = add.io_binding(), []
    for rows in (1, 10, 4):
        for name in "ab":
            binding.bind_input(name, "cpu", 0, np.float32, [rows, 3], room.data_ptr())
        binding.bind_output("total", "cpu", 0, np.float32, [rows, 3], result.data_ptr())
        add.run_with_iobinding(binding)
        results += binding.copy_outputs_to_cpu()
    parity(results)


def test_a_part_lies_where_the_whole_does(parity):
    """What is bound is memory: whatever is written to the whole later, and however, counts."""
    add, twelve = session("add_symbolic"), np.arange(12, dtype=np.float32).reshape(4, 3)
    results = []
    for seen_before in (False, True):
        room, result = from_shape([4, 3], np.float32), from_shape([4, 3], np.float32)
        room.update_inplace(twelve)
        result.update_inplace(np.zeros((4, 3), np.float32))
        addresses = room.data_ptr(), result.data_ptr()
        if seen_before:
            room.numpy(), result.numpy()
        binding = add.io_binding()
        binding.bind_cpu_input("a", FLOATS)
        binding.bind_input("b", "cpu", 0, np.float32, [2, 3], addresses[0])
        binding.bind_output("total", "cpu", 0, np.float32, [2, 3], addresses[1])
        for number in (100, 200):
            room.numpy()[:] = number
            add.run_with_iobinding(binding)
            results += [result.numpy().copy(), *binding.copy_outputs_to_cpu()]
        (part,) = binding.get_outputs()
        part.numpy()[:] = -1
        results.append(result.numpy().copy())
    parity(results)


def test_the_whole_is_found_by_the_address_of_a_part_that_is_gone(parity):
    add, room = session("add_symbolic"), from_shape([4, 3], np.float32)
    room.update_inplace(np.arange(12, dtype=np.float32).reshape(4, 3))
    binding = add.io_binding()
    binding.bind_cpu_input("b", FLOATS)
    binding.bind_input("a", "cpu", 0, np.float32, [2, 3], room.data_ptr())
    binding.bind_output("total", "cpu", 0, np.float32, [2, 3], room.data_ptr())
    add.run_with_iobinding(binding)
    (part,) = binding.get_outputs()
    address = part.data_ptr()
    del part
    binding.bind_output("total")
    gc.collect()
    binding.bind_cpu_input("b", np.ones((4, 3), np.float32))
    binding.bind_input("a", "cpu", 0, np.float32, [4, 3], address)
    add.run_with_iobinding(binding)
    parity([address == room.data_ptr(), *binding.copy_outputs_to_cpu()])


def test_a_part_of_an_output(parity):
    add, ones = session("add_symbolic"), np.ones((4, 3), np.float32)
    (total,) = add.run_with_ort_values(None, {"a": from_numpy(ones), "b": from_numpy(ones)})
    binding = bound(add, {"a": FLOATS}, [])
    binding.bind_input("b", "cpu", 0, np.float32, [2, 3], total.data_ptr())
    binding.bind_output("total")
    add.run_with_iobinding(binding)
    parity(binding.copy_outputs_to_cpu())


def test_a_decoders_loop(parity):
    """The state that comes out of one run is the next one's input, where it lies."""
    running, step = session("running_total"), np.arange(4, dtype=np.float32)
    binding = running.io_binding()
    binding.bind_cpu_input("step", step)
    binding.bind_ortvalue_input("total", from_numpy(np.zeros(4, np.float32)))
    products = []
    for _ in range(20):
        binding.bind_output("product")
        binding.bind_output("next_total")
        running.run_with_iobinding(binding)
        product, total = binding.get_outputs()
        products.append(product.numpy())
        binding.bind_ortvalue_input("total", total)
    parity([np.stack(products), total.numpy()])


def test_two_states_that_change_places(parity):
    running, step = session("running_total"), np.ones(4, np.float32)
    states = [from_numpy(np.zeros(4, np.float32)), from_shape([4], np.float32)]
    binding = bound(running, {"step": step}, ["product"])
    for index in range(7):
        binding.bind_ortvalue_input("total", states[index % 2])
        binding.bind_ortvalue_output("next_total", states[1 - index % 2])
        running.run_with_iobinding(binding)
    parity([states[0].numpy().copy(), states[1].numpy(), binding.copy_outputs_to_cpu()])


def test_shapes_that_depend_on_the_data(parity):
    nonzero, results = session("nonzero"), []
    for size in (3, 0, 5):
        binding = bound(nonzero, {"x": np.eye(size, dtype=np.float32)}, ["indices"])
        nonzero.run_with_iobinding(binding)
        results += binding.copy_outputs_to_cpu()
    parity(results)


def test_what_was_cleared_is_forgotten(parity):
    add = session("add_fixed")
    binding = bound(add, {"a": FLOATS, "b": FLOATS}, ["total"])
    add.run_with_iobinding(binding)
    binding.synchronize_inputs()
    binding.synchronize_outputs()
    binding.clear_binding_outputs()
    counts = [len(binding.get_outputs()), len(binding.copy_outputs_to_cpu())]
    binding.clear_binding_inputs()
    binding.bind_output("total")
    with pytest.raises(RuntimeError, match="Missing Input: a"):
        add.run_with_iobinding(binding)
    parity(counts)


def test_the_binding_of_the_compiled_module(parity):
    add = session("add_fixed")
    binding = C.SessionIOBinding(add._sess)
    binding.bind_input("a", FLOATS)
    binding.bind_ortvalue_input("b", from_numpy(FLOATS)._ortvalue)
    binding.bind_output("total", C.OrtDevice(C.OrtDevice.cpu(), C.OrtDevice.default_memory(), 0))
    add._sess.run_with_iobinding(binding, None)
    parity(binding.copy_outputs_to_cpu())


def wrong_output(array):
    add = session("add_fixed")
    binding = bound(add, {"a": FLOATS, "b": FLOATS}, [])
    binding.bind_ortvalue_output("total", from_numpy(array))
    add.run_with_iobinding(binding)


def grown():
    add = session("add_symbolic")
    ones = np.ones((2, 3), np.float32)
    binding = bound(add, {"a": ones, "b": ones}, ["total"])
    add.run_with_iobinding(binding)
    for name in "ab":
        binding.bind_cpu_input(name, np.ones((4, 3), np.float32))
    add.run_with_iobinding(binding)


def run(arrays, outputs, *options):
    add = session("add_fixed")
    add.run_with_iobinding(bound(add, arrays, outputs), *options)


def terminated():
    options = ort.RunOptions()
    options.terminate = True
    run({"a": FLOATS, "b": FLOATS}, ["total"], options)


def on(method, *arguments):
    return lambda: getattr(session("add_fixed").io_binding(), method)(*arguments)


ADDRESS = ("cpu", 0, np.float32, [2, 3], FLOATS.ctypes.data)
REFUSED = {
    "nothing_bound": lambda: run({}, []),
    "no_outputs": lambda: run({"a": FLOATS, "b": FLOATS}, []),
    "output_name": lambda: run({"a": FLOATS, "b": FLOATS}, ["nothing"]),
    "dtype": lambda: run({"a": FLOATS.astype(np.float64), "b": FLOATS}, ["total"]),
    "rank": lambda: run({"a": FLOATS[0], "b": FLOATS}, ["total"]),
    "dimension": lambda: run({"a": FLOATS[:1], "b": FLOATS}, ["total"]),
    "terminated": terminated,
    "wrong_shape": lambda: wrong_output(np.zeros((3, 2), np.float32)),
    "wrong_rank": lambda: wrong_output(np.zeros(9, np.float32)),
    "wrong_dtype": lambda: wrong_output(np.zeros((2, 3), np.int32)),
    "grown": grown,
    "another_session": lambda: session("add_fixed").run_with_iobinding(session("add_fixed").io_binding()),
    "no_binding": lambda: session("add_fixed").run_with_iobinding(None),
    "input_name": on("bind_cpu_input", "c", FLOATS),
    "input_list": on("bind_cpu_input", "a", [1.0]),
    "input_none": on("bind_cpu_input", "a", None),
    "input_text": lambda: bound(session("identity_string"), {"x": np.array(["a"])}, []),
    "input_complex": on("bind_cpu_input", "a", FLOATS.astype(np.complex64)),
    "value_name": on("bind_ortvalue_input", "c", from_numpy(FLOATS)),
    "value_array": on("bind_ortvalue_input", "a", FLOATS),
    "address_name": on("bind_input", "c", *ADDRESS),
    "address_text": on("bind_input", "a", "cpu", 0, np.str_, *ADDRESS[3:]),
    "address_cuda": on("bind_input", "a", "cuda", *ADDRESS[1:]),
    "address_device": on("bind_input", "a", "toaster", *ADDRESS[1:]),
    "output_address_without_type": on("bind_output", "total", "cpu", 0, None, None, FLOATS.ctypes.data),
    "output_device": on("bind_output", "total", "toaster"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case, parity):
    parity(refusal(REFUSED[case]))


def test_a_refused_run_leaves_the_binding_good(parity):
    add = session("add_fixed")
    binding = bound(add, {"a": FLOATS[:1], "b": FLOATS}, ["total"])
    for _ in range(100):
        with pytest.raises(RuntimeError, match="Got invalid dimensions for input: a"):
            add.run_with_iobinding(binding)
    binding.bind_cpu_input("a", FLOATS)
    add.run_with_iobinding(binding)
    parity(binding.copy_outputs_to_cpu())


def test_what_a_binding_holds_outlives_its_names(parity):
    add = session("add_fixed")
    binding = bound(add, {"a": FLOATS.copy(), "b": FLOATS.copy()}, ["total"])
    binding.bind_ortvalue_input("a", from_numpy(FLOATS + 1))
    gc.collect()
    add.run_with_iobinding(binding)
    outputs = binding.get_outputs()
    del binding, add
    gc.collect()
    parity(outputs[0].numpy())
