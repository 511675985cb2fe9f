"""InferenceSession over the fake engine: what goes in, what comes out, what stays behind."""

from __future__ import annotations

import gc
import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime as native
import pytest

from pyinfer.browser import onnxruntime as ort
from pyinfer.browser.bridge import live_handle_counts
from pyinfer.browser.onnxruntime import _load, _value
from pyinfer.errors import UnsupportedInBrowser
from tests.unit.fake_bridge import FakeBridge

state = ort.capi.onnxruntime_pybind11_state
MODELS = Path(__file__).parents[1] / "data"
FLOATS = np.arange(6, dtype=np.float32).reshape(2, 3)


def session(name: str, *args: object, **kwargs: object) -> ort.InferenceSession:
    return ort.InferenceSession(MODELS / f"{name}.onnx", *args, **kwargs)


NUMERIC = [
    "float16",
    "float32",
    "float64",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "bool",
]


@pytest.mark.parametrize("dtype", NUMERIC)
@pytest.mark.parametrize("shape", [(), (0, 3), (5,), (2, 3, 4)])
def test_every_dtype_and_shape_passes_unchanged(dtype, shape):
    values = np.random.default_rng(1).integers(0, 100, shape).astype(dtype)
    (out,) = session(f"identity_{dtype}").run(None, {"x": values})
    assert (out.dtype, out.shape) == (values.dtype, values.shape)
    np.testing.assert_array_equal(out, values)
    assert out.flags.writeable and out.flags.owndata


def test_int64_is_exact_where_javascript_numbers_are_not():
    values = np.array([2**63 - 1, -(2**63), 2**53 + 1], np.int64)
    (out,) = session("identity_int64").run(None, {"x": values})
    np.testing.assert_array_equal(out, values)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(24, dtype=np.float32).reshape(4, 6)[::2, ::3],
        np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3)),
        np.arange(6, dtype=np.float32)[::-1],
        np.arange(6, dtype=">f4"),
        np.broadcast_to(np.float32(3), (2, 2)),
        np.ma.masked_array(np.arange(3, dtype=np.float32), [0, 1, 0]),
    ],
    ids=["strided", "fortran", "backwards", "big-endian", "read-only", "masked"],
)
def test_arrays_in_any_memory_layout_arrive_by_value(array):
    (out,) = session("identity_float32").run(None, {"x": array})
    np.testing.assert_array_equal(out, np.asarray(array))


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.array(["a", "ü", ""]), ["a", "ü", ""]),
        (np.array([["a", None], [1, "b"]], object), [["a", "None"], ["1", "b"]]),
        (np.array([b"abc", b"d\0e"], "S8"), ["abc", "d"]),
        (np.array([b"abc"], "V3"), ["abc"]),
    ],
    ids=["text", "objects", "bytes", "void"],
)
def test_strings_are_converted_as_native_converts_them(array, expected):
    (out,) = session("identity_string").run(None, {"x": array})
    assert out.dtype == object
    assert out.tolist() == expected
    path = str(MODELS / "identity_string.onnx")
    assert native.InferenceSession(path).run(None, {"x": array})[0].tolist() == expected


def test_a_string_that_the_engine_would_cut_is_refused():
    with pytest.raises(UnsupportedInBrowser, match="NUL"):
        session("identity_string").run(None, {"x": np.array(["a\0b"], object)})


def test_a_list_becomes_what_the_model_expects():
    (out,) = session("identity_float64").run(None, {"x": [[1, 2], [3, 4]]})
    np.testing.assert_array_equal(out, np.array([[1.0, 2.0], [3.0, 4.0]]))


def test_the_browsers_small_default_integer_serves_for_int64(monkeypatch):
    monkeypatch.setattr(_value, "_DEFAULT_INTEGER", np.dtype(np.int32))
    feed = {"a": np.array([2, 3], np.int32), "b": np.array([2**40, 5])}
    (out,) = session("int64_multiply_add").run(None, feed)
    assert out.dtype == np.int64
    assert out.tolist() == [2**41 + 1, 16]


def test_int32_is_refused_for_int64_where_it_is_not_the_default():
    feed = {"a": np.array([2], np.int32), "b": np.array([2], np.int64)}
    with pytest.raises(state.InvalidArgument, match=r"Actual: \(tensor\(int32\)\)"):
        session("int64_multiply_add").run(None, feed)


@pytest.mark.parametrize("names", [None, [], ["whole", "difference"], ("difference",), iter(["whole"])])
def test_outputs_come_in_the_order_they_were_asked_for(names):
    asked = list(names) if names is not None else []
    feed = {"first": np.array([5.5, 2], np.float32), "second": np.array([1, 4], np.float32)}
    results = {"difference": [4.5, -2.0], "whole": [5, 2]}
    outputs = session("two_in_two_out").run(asked and iter(asked), feed)
    assert [out.tolist() for out in outputs] == [results[name] for name in asked or results]


def test_shapes_may_change_from_run_to_run():
    nonzero = session("nonzero")
    for diagonal in (2, 5, 2, 0):
        (out,) = nonzero.run(None, {"x": np.eye(diagonal, dtype=np.float32)})
        np.testing.assert_array_equal(out, np.stack(np.nonzero(np.eye(diagonal))))


def test_more_kinds_of_run_than_are_remembered():
    identity = session("identity_float32")
    for size in (*range(70), 3):
        (out,) = identity.run(None, {"x": np.full(size, size, np.float32)})
        assert out.tolist() == [size] * size


def test_models_without_inputs_and_with_defaults():
    assert session("constant_only").run(None, {})[0].tolist() == [0, 1, 2, 3]
    scaled, feed = session("default_scale"), {"x": np.ones(2, np.float32)}
    assert scaled.run(None, feed)[0].tolist() == [2, 2]
    assert scaled.run(None, {**feed, "scale": np.array([5], np.float32)})[0].tolist() == [5, 5]


ADD = {"a": FLOATS, "b": FLOATS}
REFUSED = {
    "missing": (None, {"a": FLOATS}),
    "misnamed": (None, {"a": FLOATS, "c": FLOATS}),
    "extra": (None, {**ADD, "c": FLOATS}),
    "dtype": (None, {**ADD, "a": FLOATS.astype(np.float64)}),
    "rank": (None, {**ADD, "a": FLOATS[0]}),
    "dimension": (None, {**ADD, "a": FLOATS[:1]}),
    "dimensions": (None, {**ADD, "a": np.zeros((4, 5), np.float32)}),
    "complex": (None, {**ADD, "a": FLOATS.astype(np.complex64)}),
    "dates": (None, {**ADD, "a": FLOATS.astype("M8[s]")}),
    "strings": (None, {**ADD, "a": np.array(["x"])}),
    "number": (None, {**ADD, "a": 1.0}),
    "numpy number": (None, {**ADD, "a": np.float32(1)}),
    "memoryview": (None, {**ADD, "a": memoryview(FLOATS)}),
    "text": (None, {**ADD, "a": "x"}),
    "tuple": (None, {**ADD, "a": (1.0, 2.0)}),
    "bytes": (None, {**ADD, "a": b"x"}),
    "empty dict": (None, {**ADD, "a": {}}),
    "none": (None, {**ADD, "a": None}),
    "output": (["nothing"], ADD),
    "output among others": (["total", "nothing"], ADD),
    "output that is an input": (["a"], ADD),
    "output names as text": ("total", ADD),
    "output numbers": ([0], ADD),
    "feed list": (None, [FLOATS, FLOATS]),
    "feed none": (None, None),
    "feed numbers": (None, {**ADD, 1: FLOATS}),
    "run options": (None, ADD, 5),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refused_run_raises_what_native_raises_and_the_session_works_on(case):
    args = REFUSED[case]
    path = str(MODELS / "add_fixed.onnx")
    with pytest.raises(Exception) as expected:
        native.InferenceSession(path).run(*args)
    add = session("add_fixed")
    with pytest.raises(
        type(expected.value) if expected.type.__module__ == "builtins" else Exception
    ) as raised:
        add.run(*args)
    assert raised.type.__name__ == expected.type.__name__
    assert raised.type.__module__ == expected.type.__module__
    if expected.type in (TypeError, AttributeError):
        return  # pybind11 lists overloads there
    if case != "none":
        assert str(raised.value) == str(expected.value)
    np.testing.assert_array_equal(add.run(None, ADD)[0], 2 * FLOATS)


def test_maps_are_refused_by_name_and_type():
    with pytest.raises(
        UnsupportedInBrowser, match=r"output 'y' of type seq\(map\(int64,tensor\(float\)\)\) .*ZipMap"
    ):
        session("map_out").run(None, {"x": np.ones((2, 2), np.float32)})
    for value in ({3: 1.0}, np.ones(2, np.float32)):
        with pytest.raises(UnsupportedInBrowser, match=r"input 'x' of type map\(int64,tensor\(float\)\)"):
            session("map_in").run(None, {"x": value})


def test_a_run_that_is_told_to_end_fails_as_native_does(fake_bridge: FakeBridge):
    options = ort.RunOptions()
    options.terminate = True
    options.logid = "mine"
    with pytest.raises(state.Fail, match="Exiting due to terminate flag being set to true"):
        session("add_fixed").run(None, ADD, options)
    assert json.loads(fake_bridge.onnxruntime.run_options[-1])["logId"] == "mine"


def test_run_async_calls_back_with_results_or_the_reason():
    add, calls = session("add_fixed"), []
    add.run_async(None, ADD, lambda *args: calls.append(args), "user data")
    add.run_async(None, {**ADD, "a": FLOATS[:1]}, lambda *args: calls.append(args), None)
    ((results, user_data, error), (no_results, _, reason)) = calls
    np.testing.assert_array_equal(results[0], 2 * FLOATS)
    assert (user_data, error, no_results) == ("user data", "", [])
    assert reason.startswith("Got invalid dimensions for input: a")
    with pytest.raises(ValueError, match="Required inputs"):
        add.run_async(None, {}, lambda *args: calls.append(args), None)


def test_what_a_callback_raises_is_printed(capsys, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("sys.unraisablehook", sys.__unraisablehook__)  # not pytest's
        session("add_fixed").run_async(None, ADD, lambda *args: 1 / 0, None)
    printed = capsys.readouterr().err
    assert printed.startswith("Exception ignored in: 'onnxruntime.InferenceSession.run_async callback'\n")
    assert printed.endswith("ZeroDivisionError: division by zero\n")
    with pytest.raises(RuntimeError, match="bad_function_call"):
        session("add_fixed").run_async(None, ADD, None, None)


def test_a_session_describes_its_model_as_native_does():
    for path in sorted(MODELS.glob("*.onnx")):
        ours, theirs = ort.InferenceSession(str(path)), native.InferenceSession(str(path))
        for question in ("get_inputs", "get_outputs", "get_overridable_initializers"):
            described = [(arg.name, arg.type, arg.shape) for arg in getattr(ours, question)()]
            assert described == [(arg.name, arg.type, arg.shape) for arg in getattr(theirs, question)()]
            assert [str(arg) for arg in getattr(ours, question)()] == [
                str(arg) for arg in getattr(theirs, question)()
            ]
        for name in ("custom_metadata_map", "description", "domain", "graph_name", "producer_name"):
            assert getattr(ours.get_modelmeta(), name) == getattr(theirs.get_modelmeta(), name)
        assert ours.get_modelmeta().graph_description == theirs.get_modelmeta().graph_description
        assert ours.get_modelmeta().version == theirs.get_modelmeta().version


def test_a_session_is_given_back_when_nobody_holds_it(fake_bridge: FakeBridge):
    add = session("add_fixed")
    assert live_handle_counts()["InferenceSession"] == 1
    assert fake_bridge.onnxruntime.liveCount() == 1
    del add
    gc.collect()
    assert "InferenceSession" not in live_handle_counts()
    assert fake_bridge.onnxruntime.liveCount() == 0


def test_a_file_is_copied_in_pieces(monkeypatch, fake_bridge: FakeBridge):
    monkeypatch.setattr(_load, "_PIECE_BYTES", 1000)
    pieces = []
    view = fake_bridge.onnxruntime.bufferView
    monkeypatch.setattr(
        fake_bridge.onnxruntime, "bufferView", lambda *args: pieces.append(args[2]) or view(*args)
    )
    network = session("network_64")
    assert len(pieces) == -(-(MODELS / "network_64.onnx").stat().st_size // 1000)
    x = np.random.default_rng(0).uniform(0, 255, (1, 1, 64, 64)).astype(np.float32)
    theirs = native.InferenceSession(str(MODELS / "network_64.onnx"))
    np.testing.assert_array_equal(network.run(None, {"input": x})[0], theirs.run(None, {"input": x})[0])
