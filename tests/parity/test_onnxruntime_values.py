"""OrtValues natively and in the browser: what they hold, share, say of themselves and refuse."""

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
with_type = ort.OrtValue.ortvalue_from_numpy_with_onnx_type

DTYPES = ["float16", "float32", "float64", "int8", "int16", "int32", "int64"]
DTYPES += ["uint8", "uint16", "uint32", "uint64", "bool"]


# Natively an array that ``numpy()`` gives keeps the value alive, but not the array that the value is made
# of: where that one goes with the test, the result is a copy.


def session(name):
    return ort.InferenceSession(str(MODELS / f"{name}.onnx"))


def described(value):
    return [
        value.shape(),
        value.data_type(),
        value.element_type(),
        value.tensor_size_in_bytes(),
        value.device_name(),
        [value.has_value(), value.is_tensor(), value.is_sparse_tensor(), value.is_tensor_sequence()],
    ]


def refusal(call):
    """Type and words of what is raised, without the lines of one build."""
    with pytest.raises(Exception) as caught:
        call()
    words = str(caught.value).strip().partition("Invoked with")[0].partition("The following argument")[0]
    words = words.rpartition("was false. ")[2].rpartition(")> ")[2]
    words = words.replace("output name: ", "output name:")  # two places natively, two ways
    return [type(caught.value).__name__, words.partition("(): incompatible")[0]]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (0, 3), (2, 3)], ids=str)
def test_a_value_of_an_array(dtype, shape, parity):
    array = np.random.default_rng(1).integers(0, 100, shape).astype(dtype)
    value = from_numpy(array)
    (out,) = session(f"identity_{dtype}").run_with_ort_values(None, {"x": value})
    np.testing.assert_array_equal(out.numpy(), array)
    parity([described(value), described(out), str(out.numpy().dtype)])


@pytest.mark.parametrize(
    "element_type", ["float32", "float", "bool", "<f8", 1, 7, 9, 16, 17, 22, 26], ids=str
)
@pytest.mark.parametrize("shape", [[], [0, 3], [3]], ids=str)
def test_a_value_of_a_shape(element_type, shape, parity):
    parity(described(from_shape(shape, element_type)))


def test_an_array_and_its_value_share_their_elements(parity):
    array = FLOATS.copy()
    value = from_numpy(array)
    before = value.numpy().copy()
    array[0, 0] = 50
    seen = value.numpy()
    seen[1, 1] = 60
    add = session("add_fixed")
    (total,) = add.run_with_ort_values(None, {"a": value, "b": value})
    first = total.numpy().copy()
    array[:] = 1
    (again,) = add.run(None, {"a": value, "b": FLOATS})
    parity([before, array, first, again])


def test_what_was_seen_of_an_output_is_shared_too(parity):
    add = session("add_fixed")
    (total,) = add.run_with_ort_values(None, {"a": from_numpy(FLOATS), "b": from_numpy(FLOATS)})
    total.numpy()[0] = 100
    (twice,) = add.run_with_ort_values(None, {"a": total, "b": total})
    parity([total.numpy(), twice.numpy()])


@pytest.mark.parametrize("order", ["F", "strided"])
def test_arrays_in_another_order_are_copied(order, parity):
    array = np.asfortranarray(FLOATS) if order == "F" else FLOATS.repeat(2, 1)[:, ::2]
    value = from_numpy(array)
    array[0, 0] = 50
    parity(value.numpy())


def test_a_state_goes_from_run_to_run(parity):
    running = session("running_total")
    total, step = from_numpy(np.zeros(4, np.float32)), from_numpy(np.arange(4, dtype=np.float32))
    products = []
    for _ in range(20):
        product, total = running.run_with_ort_values(None, {"total": total, "step": step})
        products.append(product.numpy())
    parity([np.stack(products), total.numpy()])


def test_an_input_that_is_an_output_outlives_its_value(parity):
    value = from_shape([5], np.float32)
    value.update_inplace(np.arange(5, dtype=np.float32))
    negative, same = session("handed_through").run_with_ort_values(None, {"x": value})
    del value
    gc.collect()
    parity([negative.numpy(), same.numpy()])


def test_states_handed_through_for_ever_stay_the_same(parity):
    through = session("handed_through")
    kept = from_shape([1000], np.float32)
    kept.update_inplace(np.arange(1000, dtype=np.float32))
    for _ in range(50):
        _, kept = through.run_with_ort_values(None, {"x": kept})
        from_shape([1000], np.float32).update_inplace(np.zeros(1000, np.float32))
    parity(kept.numpy())


def test_outputs_outlive_their_session(parity):
    (total,) = session("add_fixed").run_with_ort_values(None, {name: from_numpy(FLOATS) for name in "ab"})
    gc.collect()
    parity(total.numpy())


def test_values_and_arrays_in_one_feed(parity):
    add = session("add_fixed")
    parity(
        [
            add.run(None, {"a": from_numpy(FLOATS), "b": FLOATS}),
            add.run(["total"], {"a": FLOATS, "b": from_numpy(FLOATS)}),
        ]
    )


def test_values_of_strings(parity):
    (value,) = session("to_strings").run_with_ort_values(None, {"x": from_numpy(np.array([1, 20]))})
    again = session("identity_string").run_with_ort_values(None, {"x": value})[0].numpy()
    parity([value.data_type(), value.shape(), value.numpy().tolist(), again.tolist()])


@pytest.mark.parametrize("name", ["bfloat16", "float8e4m3fn", "float8e5m2", "int4", "uint4"])
def test_element_types_that_numpy_has_not(name, parity):
    x = np.array([1.5, 2, 3, 7, 0], np.float32)
    to, back = session(f"to_{name}"), session(f"from_{name}")
    (small,) = to.run_with_ort_values(None, {"x": from_numpy(x)})
    (out,) = back.run(None, {"x": small})
    results = [described(small), out]
    for read in (small.numpy, lambda: to.run(None, {"x": x})[0]):
        try:
            results.append(read())
        except RuntimeError as error:
            results.append(str(error))
    parity(results)


@pytest.mark.parametrize(
    ("number", "dtype"), [(16, "uint16"), (17, "uint8"), (22, "int8"), (1, "float32"), (6, "float32")]
)
def test_bytes_of_another_type(number, dtype, parity):
    array = np.arange(12).astype(dtype)
    value = with_type(array, number)
    results = [described(value)]
    if number == 16:
        array[:] = 0x3F80  # 1.0: what the value is made of is shared
        results.append(session("from_bfloat16").run(None, {"x": value})[0])
    if number == 6:
        results.append(value.numpy().copy())
    parity(results)


@pytest.mark.parametrize("target", ["array", "engine"])
def test_updates_in_place(target, parity):
    array = np.zeros(3, np.float32)
    value = from_numpy(array) if target == "array" else from_shape([3], np.float32)
    results = []
    for source in (
        np.arange(3, dtype=np.float32),
        np.arange(9, dtype=np.float32)[::3],
        np.arange(3, dtype=np.int32),
        from_numpy(np.full(3, 7, np.float32)),
        session("identity_float32").run_with_ort_values(None, {"x": from_numpy(np.ones(3, np.float32))})[0],
    ):
        value.update_inplace(source)
        results.append(session("identity_float32").run_with_ort_values(None, {"x": value})[0].numpy())
    parity([results, array if target == "array" else None])


def test_arrays_of_values(parity):
    value = from_numpy(FLOATS)
    truth = from_numpy(np.array([True, False]))
    results = [np.asarray(value), np.asarray(value, dtype=np.float64), np.array(value, copy=True)]
    results += [np.from_dlpack(value), np.from_dlpack(truth).copy(), list(value.__dlpack_device__())]
    taken = ort.OrtValue.from_dlpack(FLOATS)
    results += [described(taken), taken.numpy(), described(ort.OrtValue.from_dlpack(value))]
    parity([*results, described(ort.OrtValue.from_dlpack(FLOATS.__dlpack__()))])


def test_a_value_of_a_sequence(parity):
    (pair,) = session("sequence_out").run_with_ort_values(None, {"x": from_numpy(np.ones(2, np.float32))})
    joined = session("sequence_in").run_with_ort_values(None, {"s": pair})[0]
    says = [
        pair.data_type(),
        pair.element_type(),
        pair.has_value(),
        pair.is_tensor(),
        pair.is_tensor_sequence(),
    ]
    methods = ("shape", "numpy", "data_ptr", "tensor_size_in_bytes", "device_name")
    parity([says, joined.numpy(), [refusal(getattr(pair, name)) for name in methods]])


REFUSED = {
    "list": lambda: from_numpy([1.0]),
    "none": lambda: from_numpy(None),
    "scalar": lambda: from_numpy(np.float32(1)),
    "text": lambda: from_numpy(np.array(["a"])),
    "objects": lambda: from_numpy(np.array(["a"], object)),
    "complex": lambda: from_numpy(np.zeros(2, np.complex64)),
    "dates": lambda: from_numpy(np.zeros(2, "M8[s]")),
    "keyword": lambda: from_numpy(numpy_obj=FLOATS),
    "cuda": lambda: from_numpy(FLOATS, "cuda"),
    "cann": lambda: from_numpy(FLOATS, "cann"),
    "npu": lambda: from_numpy(FLOATS, "npu"),
    "capitals": lambda: from_numpy(FLOATS, "CPU"),
    "shape_cuda": lambda: from_shape([2], np.float32, "cuda"),
    "shape_dml": lambda: from_shape([2], np.float32, "dml"),
    "shape_cann": lambda: from_shape([2], np.float32, "cann"),
    "shape_text": lambda: from_shape([2], np.str_),
    "shape_number_text": lambda: from_shape([2], 8),
    "shape_complex": lambda: from_shape([2], np.complex64),
    "shape_number_complex": lambda: from_shape([2], 14),
    "shape_unknown_number": lambda: from_shape([2], 99),
    "shape_undefined": lambda: from_shape([2], 0),
    "shape_fraction": lambda: from_shape([2.5], np.float32),
    "shape_number": lambda: from_shape(2, np.float32),
    "shape_text_as_sizes": lambda: from_shape("ab", np.float32),
    "type_size": lambda: with_type(FLOATS, 16),
    "type_undefined": lambda: with_type(FLOATS, 0),
    "type_unknown": lambda: with_type(FLOATS, 99),
    "type_list": lambda: with_type([1], 1),
    "type_dtype": lambda: with_type(FLOATS, np.float32),
    "update_size": lambda: from_numpy(FLOATS).update_inplace(FLOATS[0]),
    "update_list": lambda: from_numpy(FLOATS).update_inplace([1]),
    "update_text": lambda: from_shape([1], np.float32).update_inplace(np.array(["a"])),
    "update_value_size": lambda: from_numpy(FLOATS).update_inplace(from_numpy(FLOATS[0])),
    "update_value_type": lambda: from_numpy(FLOATS).update_inplace(from_numpy(FLOATS.astype(np.int32))),
    "dlpack_order": lambda: ort.OrtValue.from_dlpack(FLOATS[:, ::2]),
    "constructor": lambda: ort.OrtValue(FLOATS),
    "device": lambda: ort.OrtDevice(0),
    "copy_tensors": lambda: ort.copy_tensors([from_numpy(FLOATS)], [from_numpy(FLOATS.copy())]),
    "copy_no_tensors": lambda: ort.copy_tensors([], []),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case, parity):
    parity(refusal(REFUSED[case]))


def test_more_than_there_is_room_for():
    with pytest.raises(MemoryError):
        from_shape([2**40, 2**10], np.float32)


RUNS = {
    "missing": (None, {"a": FLOATS}),
    "extra": (None, {"a": FLOATS, "b": FLOATS, "c": FLOATS}),
    "dtype": (None, {"a": FLOATS.astype(np.float64), "b": FLOATS}),
    "rank": (None, {"a": FLOATS[0], "b": FLOATS}),
    "dimension": (None, {"a": FLOATS[:1], "b": FLOATS}),
    "output": (["nothing"], {"a": FLOATS, "b": FLOATS}),
    "output_as_text": ("total", {"a": FLOATS, "b": FLOATS}),
    "options": (None, {"a": FLOATS, "b": FLOATS}, 5),
}


@pytest.mark.parametrize("case", RUNS)
def test_refused_runs(case, parity):
    names, feed, *options = RUNS[case]
    add, values = session("add_fixed"), {name: from_numpy(array) for name, array in feed.items()}
    results = [refusal(lambda: add.run_with_ort_values(names, values, *options))]
    good = {name: from_numpy(FLOATS) for name in "ab"}
    parity([*results, add.run_with_ort_values(None, good)[0].numpy()])


def test_a_feed_of_arrays_is_no_feed_of_values(parity):
    parity(refusal(lambda: session("add_fixed").run_with_ort_values(None, {"a": FLOATS, "b": FLOATS})))


def test_vectors(parity):
    add, feeds, fetches = session("add_fixed"), C.OrtValueVector(), C.OrtValueVector()
    for array in (FLOATS, FLOATS + 1):
        feeds.push_back(from_numpy(array)._ortvalue)
    devices = [ort.OrtDevice.make("cpu", 0)._get_c_device()]
    arguments = (ort.RunOptions(), ["a", "b"], feeds, ["total"], fetches, devices)
    add.run_with_ortvaluevector(*arguments)
    out = np.zeros((2, 3), np.float32)
    given = C.OrtValueVector()
    given.push_back(from_numpy(out)._ortvalue)
    add.run_with_ortvaluevector(ort.RunOptions(), ["b", "a"], feeds, ["total"], given, devices)
    numbers = [len(fetches), fetches.element_type_at(0), fetches.bool_tensor_indices()]
    parity([numbers, fetches[0].numpy(), out])


@pytest.mark.parametrize("name", ["cpu", "cuda", "cann", "dml", "webgpu", "gpu", "npu"])
def test_devices(name, parity):
    device, other = ort.OrtDevice.make(name, 1), ort.OrtDevice.make(name, 0, 0x10DE)
    parity(
        [
            [each.device_type(), each.device_id(), int(each.device_vendor_id()), each.device_mem_type()]
            for each in (device, other)
        ]
    )
