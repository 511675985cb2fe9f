"""The same models, feeds and mistakes on native ONNX Runtime and on the browser's engine."""

from __future__ import annotations

import gc
import sys
import warnings
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest
from onnxruntime.capi import onnxruntime_pybind11_state as state

MODELS = Path(__file__).parents[1] / "data"
FLOATS = np.arange(6, dtype=np.float32).reshape(2, 3)
ADD = {"a": FLOATS, "b": FLOATS}

NUMERIC = ["float16", "float32", "float64", "int8", "int16", "int32", "int64"]
NUMERIC += ["uint8", "uint16", "uint32", "uint64", "bool"]


def session(name, *args, **kwargs):
    return ort.InferenceSession(str(MODELS / f"{name}.onnx"), *args, **kwargs)


def described(error):
    """Type, code and words of an error of the engine's; what follows names source lines of one build."""
    kind = type(error)
    return [f"{kind.__module__}.{kind.__qualname__}", *str(error).split(" : ")[1:3]]


@pytest.mark.parametrize("dtype", NUMERIC)
@pytest.mark.parametrize("shape", [(), (0, 3), (5,), (2, 3, 4)], ids=str)
def test_identity(dtype, shape, parity):
    values = np.random.default_rng(1).integers(0, 100, shape).astype(dtype)
    (out,) = session(f"identity_{dtype}").run(None, {"x": values})
    np.testing.assert_array_equal(out, values)
    parity([str(out.dtype), list(out.shape)])


def test_int64_beyond_the_numbers_of_javascript(parity):
    extremes = np.array([2**63 - 1, -(2**63), 2**53 + 1], np.int64)
    (out,) = session("identity_int64").run(None, {"x": extremes})
    np.testing.assert_array_equal(out, extremes)
    a, b = np.array([2**53 + 1, -5], np.int64), np.array([3, 7], np.int64)
    parity([int(n) for n in session("int64_multiply_add").run(None, {"a": a, "b": b})[0]])


def test_integers_as_numpy_makes_them(parity):
    """``np.array([2])`` holds 64 bits on a desktop and 32 in the browser; the model wants 64."""
    (out,) = session("int64_multiply_add").run(None, {"a": np.array([2, 3]), "b": np.arange(2)})
    parity([str(out.dtype), out.tolist()])


@pytest.mark.parametrize("value", [0.0, 1.5, np.inf, -np.inf, np.nan, 1e-45, 3.4e38], ids=str)
def test_float_bits(value):
    array = np.array([value], np.float32)
    (out,) = session("identity_float32").run(None, {"x": array})
    assert out.tobytes() == array.tobytes()


ARRAYS = {
    "strided": lambda: np.arange(24, dtype=np.float32).reshape(4, 6)[::2, ::3],
    "fortran": lambda: np.asfortranarray(FLOATS),
    "backwards": lambda: FLOATS[::-1, ::-1],
    "read_only": lambda: np.broadcast_to(np.float32(3), (2, 2)),
    "masked": lambda: np.ma.masked_array(FLOATS, FLOATS > 2),
    "list": lambda: [[1.0, 2.0], [3.0, 4.0]],
    "list_of_integers": lambda: [1, 2],
    "list_of_arrays": lambda: [FLOATS[0], FLOATS[1]],
    "empty_list": list,
}


@pytest.mark.parametrize("case", ARRAYS)
def test_what_serves_as_input(case, parity):
    parity(session("identity_float32").run(None, {"x": ARRAYS[case]()})[0])


STRINGS = {
    "text": lambda: np.array([["a", "grün"], ["", "日本"]]),
    "objects": lambda: np.array(["a", None, 1.5, b"x"], object),
    "bytes": lambda: np.array([b"a", b"bc"], "S4"),
    "list": lambda: ["a", "b"],
    "none_at_all": lambda: np.array([], object),
    "one": lambda: np.array("one", object),
}


@pytest.mark.parametrize("case", STRINGS)
def test_strings(case, parity):
    (out,) = session("identity_string").run(None, {"x": STRINGS[case]()})
    assert out.dtype == object
    parity([list(out.shape), out.ravel().tolist()])


def test_bool_logic(parity):
    feed = {"a": np.array([True, True, False]), "b": np.array([True, False, False])}
    parity([out.astype(np.uint8) for out in session("bool_logic").run(None, feed)])


@pytest.mark.parametrize("names", [None, [], ["whole"], ["whole", "difference"], ["whole", "whole"]], ids=str)
def test_outputs(names, parity):
    feed = {"first": np.array([5.5, 2], np.float32), "second": np.array([1, 4], np.float32)}
    parity(session("two_in_two_out").run(names, feed))


def test_shapes_that_depend_on_the_data(parity):
    nonzero = session("nonzero")
    parity([nonzero.run(None, {"x": np.eye(size, dtype=np.float32)})[0] for size in (3, 0, 5, 3)])


def test_symbolic_dimensions(parity):
    add = session("add_symbolic")
    feeds = [(1, 1), (4, 4), (1, 4), (0, 0)]
    parity(
        [
            add.run(None, {"a": np.ones((m, 3), np.float32), "b": np.ones((n, 3), np.float32)})
            for m, n in feeds
        ]
    )


def test_defaults_and_constants(parity):
    scale, feed = session("default_scale"), {"x": np.ones(2, np.float32)}
    given = {**feed, "scale": np.array([5], np.float32)}
    parity([scale.run(None, feed), scale.run(None, given), session("constant_only").run(None, {})])


@pytest.mark.parametrize("batch", [1, 3])
def test_network(batch, parity):
    x = np.random.default_rng(64).uniform(0, 255, (batch, 1, 64, 64)).astype(np.float32)
    (out,) = session("network_64").run(["output"], {"input": x})
    parity(out, relative=1e-4, because="sums of thousands of products, in another order")


@pytest.mark.parametrize(
    "model", ["add_symbolic", "default_scale", "sequence_out", "nonzero", "constant_only"]
)
def test_what_a_session_says_of_its_model(model, parity):
    opened = session(model)
    arguments = [*opened.get_inputs(), *opened.get_outputs(), *opened.get_overridable_initializers()]
    meta = opened.get_modelmeta()
    parity(
        [
            [[arg.name, arg.type, list(arg.shape), str(arg)] for arg in arguments],
            dict(sorted(meta.custom_metadata_map.items())),
            [meta.description, meta.domain, meta.graph_description, meta.graph_name],
            [meta.producer_name, meta.version],
            opened.get_providers(),
            opened.get_provider_options(),
        ]
    )


REFUSED = {
    "missing": (None, {"a": FLOATS}),
    "extra": (None, {**ADD, "c": FLOATS}),
    "dtype": (None, {**ADD, "a": FLOATS.astype(np.float64)}),
    "rank": (None, {**ADD, "a": FLOATS[0]}),
    "dimension": (None, {**ADD, "a": FLOATS[:1]}),
    "dimensions": (None, {**ADD, "a": np.zeros((4, 5), np.float32)}),
    "complex": (None, {**ADD, "a": FLOATS.astype(np.complex64)}),
    "strings": (None, {**ADD, "a": np.array(["x"])}),
    "number": (None, {**ADD, "a": 1.0}),
    "tuple": (None, {**ADD, "a": (1.0, 2.0)}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case, parity):
    add = session("add_fixed")
    with pytest.raises(Exception) as caught:
        add.run(*REFUSED[case])
    parity([type(caught.value).__name__, str(caught.value)])
    np.testing.assert_array_equal(add.run(None, ADD)[0], 2 * FLOATS)


def failing_node():
    feed = {"x": np.ones(5, np.int32), "shape": np.array([2, 2], np.int64)}
    session("reshape_int32").run(None, feed)


def broadcast():
    feed = {"a": np.ones((2, 3), np.float32), "b": np.ones((4, 3), np.float32)}
    session("add_symbolic").run(None, feed)


def terminated():
    options = ort.RunOptions()
    options.terminate = True
    session("add_fixed").run(None, ADD, options)


def canceled():
    options = ort.SessionOptions()
    options.set_load_cancellation_flag(True)
    session("add_fixed", options)


def model_with(old, new):
    """The bytes of a model, with a piece of them exchanged for one of the same length."""
    content = (MODELS / "add_fixed.onnx").read_bytes()
    assert content.count(old) == 1 and len(old) == len(new)
    return ort.InferenceSession(content.replace(old, new))


FAILING = {
    "node": failing_node,
    "broadcast": broadcast,
    "terminated": terminated,
    "canceled": canceled,
    "output_name": lambda: session("add_fixed").run(["nothing"], ADD),
    "none": lambda: session("add_fixed").run(None, {"a": None, "b": FLOATS}),
    "no_file": lambda: ort.InferenceSession("missing.onnx"),
    "folder": lambda: ort.InferenceSession(str(MODELS)),
    "script": lambda: ort.InferenceSession(__file__),
    "empty": lambda: ort.InferenceSession(b""),
    "text": lambda: ort.InferenceSession(b"hello world"),
    "cut": lambda: ort.InferenceSession((MODELS / "add_fixed.onnx").read_bytes()[:-1]),
    "operator": lambda: model_with(b"\x03Add\x12", b"\x03Adx\x12"),
    "opset": lambda: model_with(b"B\x04\n\x00\x10\x11", b"B\x04\n\x00\x10\x63"),
    "format_version": lambda: model_with(b"\x08\x08\x12\x0d", b"\x08\x63\x12\x0d"),
    "graph": lambda: model_with(b"\x01a\n\x01b", b"\x01a\n\x01z"),
}


@pytest.mark.parametrize("case", FAILING)
def test_failing(case, parity):
    with pytest.raises(Exception) as caught:
        FAILING[case]()
    parity(described(caught.value))


def test_the_words_of_a_failing_node(parity):
    with pytest.raises(
        state.Fail, match=r"cannot be reshaped to the requested shape\. Input shape:\{5\}"
    ) as caught:
        failing_node()
    parity(str(caught.value).strip().rpartition("was false. ")[2])


def test_many_failing_runs_leave_the_engine_right():
    add = session("add_fixed")
    for _ in range(1000):
        with pytest.raises(state.InvalidArgument):
            add.run(None, {**ADD, "a": FLOATS[:1]})
    np.testing.assert_array_equal(add.run(None, ADD)[0], 2 * FLOATS)


def test_many_sessions_leave_the_engine_right():
    x = np.random.default_rng(5).uniform(0, 255, (1, 1, 64, 64)).astype(np.float32)
    first = session("network_64").run(None, {"input": x})[0]
    for _ in range(100):
        np.testing.assert_array_equal(session("network_64").run(None, {"input": x})[0], first)


def test_changed_bytes_never_stop_the_engine():
    """300 models, each with a few wrong bytes: a Python exception or a session, and then right answers."""
    random = np.random.default_rng(300)
    contents = [(MODELS / f"{name}.onnx").read_bytes() for name in ("add_fixed", "nonzero", "network_64")]
    ort.set_default_logger_severity(4)
    try:
        for index in range(300):
            content = np.frombuffer(contents[index % 3], np.uint8).copy()
            places = random.integers(0, min(content.size, 400), 3)
            content[places] = random.integers(0, 256, 3)
            try:
                ort.InferenceSession(content[: random.integers(1, content.size + 1)].tobytes())
            except Exception as error:
                assert type(error).__module__ == state.Fail.__module__ or isinstance(
                    error, UnicodeDecodeError
                )
    finally:
        ort.set_default_logger_severity(2)
    np.testing.assert_array_equal(session("add_fixed").run(None, ADD)[0], 2 * FLOATS)


LEVELS = ["ORT_DISABLE_ALL", "ORT_ENABLE_BASIC", "ORT_ENABLE_EXTENDED", "ORT_ENABLE_LAYOUT", "ORT_ENABLE_ALL"]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("kept", [False, True])
def test_options_change_no_numbers(level, kept):
    options = ort.SessionOptions()
    options.graph_optimization_level = getattr(ort.GraphOptimizationLevel, level)
    options.enable_cpu_mem_arena = options.enable_mem_pattern = kept
    options.add_session_config_entry("session.disable_prepacking", "1")
    options.add_free_dimension_override_by_name("batch", 1)
    options.logid = "parity"
    x = np.random.default_rng(6).uniform(0, 255, (1, 1, 64, 64)).astype(np.float32)
    (plain,) = session("network_64").run(None, {"input": x})
    opened = session("network_64", options)
    assert opened.get_inputs()[0].shape == [1, 1, 64, 64]
    (out,) = opened.run(None, {"input": x})
    np.testing.assert_allclose(out, plain, rtol=1e-4, atol=1e-4 * np.abs(plain).max())


def test_a_provider_that_is_not_there(parity):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        opened = session("add_fixed", providers=["CUDAExecutionProvider", "CPUExecutionProvider"])
    messages = [str(warning.message).split("Available")[0] for warning in caught]
    parity([messages, opened.get_providers()])


def test_a_callback_that_raises(parity, monkeypatch):
    """Natively it does so on another thread, where nobody could catch it."""
    heard = []
    monkeypatch.setattr(
        sys, "unraisablehook", lambda info: heard.append([repr(info.exc_value), str(info.object)])
    )
    add = session("add_fixed")
    for callback in (lambda *args: 1 / 0, lambda one: None):
        count = len(heard)
        add.run_async(None, ADD, callback, None)
        while len(heard) == count:  # natively another thread calls back
            gc.collect()
    parity(heard)


def test_run_async(parity):
    done = []
    add = session("add_fixed")
    for feed in (ADD, {**ADD, "a": FLOATS[:1]}):
        count = len(done)
        add.run_async(None, feed, lambda *args: done.append(args), "data")
        while len(done) == count:  # natively another thread calls back
            gc.collect()
    parity([[list(results), user_data, error] for results, user_data, error in done])
