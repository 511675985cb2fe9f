"""What is no model, no input, no name: native's exception and facts, and everything works afterwards."""

from __future__ import annotations

import array
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest

from tests.parity import model_bytes
from tests.parity.model_bytes import BYTES, GRAPH_NODE, MODEL_GRAPH, MODEL_OPSET, VARINT

pytestmark = pytest.mark.usefixtures("quiet_onnxruntime")

FLOATS = np.arange(6, dtype=np.float32).reshape(2, 3)
ADD = {"a": FLOATS, "b": FLOATS}
CONTENT = model_bytes.content("add_fixed")


def opened(name):
    return ort.InferenceSession(model_bytes.content(name))


def check(parity, call, facts):
    """``call`` raises what it raises natively, of which the message tells the facts; then all works."""
    add = opened("add_fixed")
    with pytest.raises(Exception) as caught:
        call()
    error = caught.value
    kind = type(error)
    code = str(error).split(" : ")[1:3] if str(error).startswith("[ONNXRuntimeError]") else []
    parity([f"{kind.__module__}.{kind.__qualname__}", *code])
    missing = [fact for fact in facts if fact not in str(error)]
    assert not missing, str(error)
    np.testing.assert_array_equal(add.run(None, ADD)[0], 2 * FLOATS)
    np.testing.assert_array_equal(opened("add_fixed").run(None, ADD)[0], 2 * FLOATS)


def with_node(change):
    return model_bytes.changed(CONTENT, [MODEL_GRAPH, GRAPH_NODE], change)


def operator(name):
    return with_node(lambda parts: [(4, BYTES, name) if part[0] == 4 else part for part in parts])


def opset(version):
    return model_bytes.changed(CONTENT, [MODEL_OPSET], lambda parts: [(2, VARINT, version)])


def of_model(number, value):
    return model_bytes.changed(
        CONTENT, [], lambda parts: [(number, VARINT, value) if part[0] == number else part for part in parts]
    )


#: Bytes, and what the message tells.
NO_MODELS = {
    "nothing": (b"", ()),
    "text": (b"hello world", ("rotobuf parsing failed",)),
    "zeros": (bytes(100), ("rotobuf parsing failed",)),
    "page": (b"<!DOCTYPE html><html><body>404</body></html>", ("rotobuf parsing failed",)),
    "git_lfs": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
        ("rotobuf parsing failed",),
    ),
    "gzip": (b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0", ("rotobuf parsing failed",)),
    "first_byte": (CONTENT[:1], ("rotobuf parsing failed",)),
    "half": (CONTENT[: len(CONTENT) // 2], ("rotobuf parsing failed",)),
    "last_byte_missing": (CONTENT[:-1], ("rotobuf parsing failed",)),
    "twice": (CONTENT + CONTENT, ()),
    "operator": (operator(b"Frobnicate"), ("No Op registered for Frobnicate", "17")),
    "no_operator": (operator(b""), ("op_type",)),
    "domain": (with_node(lambda parts: [*parts, (7, BYTES, b"no.such")]), ("no.such",)),
    "attribute": (
        with_node(lambda parts: [*parts, (5, BYTES, b"\x0a\x03odd\x18\x01\xa0\x01\x02")]),
        ("Unrecognized attribute: odd for operator Add",),
    ),
    "opset": (opset(99), ("99",)),
    "no_opset": (opset(0), ()),
    "format": (of_model(1, 99), ("IR version: 99", "max supported IR version")),
    "input_of_a_node": (
        with_node(lambda parts: [*parts, (1, BYTES, b"c")]),
        ("'c'",),
    ),
    "no_inputs": (with_node(lambda parts: [part for part in parts if part[0] != 1]), ("Add",)),
    "no_graph": (model_bytes.changed(CONTENT, [], lambda parts: [p for p in parts if p[0] != 7]), ()),
    "cycle": (
        with_node(lambda parts: [(1, BYTES, b"total") if p == (1, BYTES, b"a") else p for p in parts]),
        (),
    ),
}


@pytest.mark.parametrize("as_path", [False, True])
@pytest.mark.parametrize("case", NO_MODELS)
def test_what_is_no_model(case, as_path, parity, tmp_path):
    data, facts = NO_MODELS[case]
    path = tmp_path / "model.onnx"
    path.write_bytes(data)
    if case == "twice":  # natively the graph is merged with itself
        data = model_bytes.message(model_bytes.fields(data))
    check(parity, lambda: ort.InferenceSession(str(path) if as_path else data), facts)


#: What is given instead of a path, and what the message tells.
NO_PATHS = {
    "missing": ("missing.onnx", ("Load model from missing.onnx failed:", "File doesn't exist")),
    "missing_folder": ("no/such/folder/ü 日本.onnx", ("no/such/folder/ü 日本.onnx", "File doesn't exist")),
    "path_object": (Path("missing.onnx"), ("Load model from missing.onnx failed:", "File doesn't exist")),
    "folder": ("tests", ("Load model from tests failed:", "Protobuf parsing failed")),
    "script": (__file__, ("test_onnxruntime_bad_input.py",)),
    "inside_a_file": (f"{__file__}/model.onnx", ("system error number 20",)),
    "long": ("a" * 300, ("system error number 36",)),
    "longer": ("a/" * 3000, ("system error number 36",)),
    "home": ("~/missing.onnx", ("~/missing.onnx",)),
    "address": ("https://example.org/model.onnx", ("https://example.org/model.onnx",)),
    "ort": ("missing.ort", ("Invalid fd was supplied: -1",)),
    "nul": ("mis\0sing", ("mis",)),
    "surrogate": ("mis\udc80sing", ()),
    "empty": ("", ()),
    "none": (None, ("NoneType",)),
    "number": (3, ("int",)),
    "bytearray": (bytearray(CONTENT), ("bytearray",)),
    "memoryview": (memoryview(CONTENT), ("memoryview",)),
    "array": (np.frombuffer(CONTENT, np.uint8), ("ndarray",)),
    "list": ([CONTENT], ("list",)),
}


@pytest.mark.parametrize("case", NO_PATHS)
def test_what_is_no_path(case, parity):
    path, facts = NO_PATHS[case]
    check(parity, lambda: ort.InferenceSession(path), facts)


def test_a_model_by_the_name_of_the_other_format(parity, tmp_path):
    path = tmp_path / "model.ort"
    path.write_bytes(CONTENT)
    check(parity, lambda: ort.InferenceSession(path), ("ORT model verification failed",))


#: What is fed as `a`, and what the message tells.
NO_INPUTS = {
    "0-d": (np.array(1, np.float32), ("Invalid rank for input: a", "Got: 0 Expected: 2")),
    "1-d": (FLOATS[0], ("Invalid rank for input: a", "Got: 1 Expected: 2")),
    "3-d": (FLOATS[None], ("Invalid rank for input: a", "Got: 3 Expected: 2")),
    "64-d": (np.zeros((1,) * 64, np.float32), ("Got: 64 Expected: 2",)),
    "empty": (np.zeros((0, 3), np.float32), ("Got invalid dimensions", "index: 0 Got: 0 Expected: 2")),
    "dimension": (FLOATS[:1], ("Got invalid dimensions for input: a", "index: 0 Got: 1 Expected: 2")),
    "transposed": (FLOATS.T, ("index: 0 Got: 3 Expected: 2", "index: 1 Got: 2 Expected: 3")),
    "float64": (FLOATS.astype(np.float64), ("tensor(double)", "tensor(float)")),
    "float16": (FLOATS.astype(np.float16), ("tensor(float16)", "tensor(float)")),
    "int64": (FLOATS.astype(np.int64), ("tensor(int64)", "tensor(float)")),
    "bool": (FLOATS > 2, ("tensor(bool)", "tensor(float)")),
    "complex": (FLOATS.astype(np.complex64), ("Numpy_type 14 can't be converted",)),
    "datetime": (np.zeros((2, 3), "M8[s]"), ("Numpy_type 21 can't be converted",)),
    "timedelta": (np.zeros((2, 3), "m8[s]"), ("Numpy_type 22 can't be converted",)),
    "objects": (FLOATS.astype(object), ("tensor(string)", "tensor(float)")),
    "text": (np.full((2, 3), "x"), ("tensor(string)", "tensor(float)")),
    "bytes": (np.full((2, 3), b"x"), ("tensor(string)", "tensor(float)")),
    "structures": (np.zeros((2, 3), "f4,f4"), ("tensor(string)", "tensor(float)")),
    "none": (None, ("Missing Input: a",)),
    "numpy_scalar": (np.float32(1), ("<class 'numpy.float32'>",)),
    "number": (1.0, ("<class 'float'>",)),
    "class": (int, ("<class 'type'>",)),
    "string": ("x", ("list of dictionaries or a single numpy array", "'a'")),
    "bytes_object": (b"x", ("list of dictionaries or a single numpy array", "'a'")),
    "tuple": (((1, 2, 3), (4, 5, 6)), ("list of dictionaries or a single numpy array", "'a'")),
    "set": ({1}, ("list of dictionaries or a single numpy array", "'a'")),
    "range": (range(3), ("list of dictionaries or a single numpy array", "'a'")),
    "generator": ((x for x in [1]), ("list of dictionaries or a single numpy array", "'a'")),
    "python_array": (array.array("f", [1]), ("list of dictionaries or a single numpy array", "'a'")),
    "memoryview": (memoryview(FLOATS), ("<class 'memoryview'>",)),
    "empty_dict": ({}, ("Size of dictionary is empty",)),
    "dict": ({"x": 1.0}, ("map(string,tensor(float))", "tensor(float)")),
    "dict_of_integers": ({1: 1.0}, ("map(int64,tensor(float))", "tensor(float)")),
    "dict_of_floats": ({1.5: 1.0}, ("<class 'float'>", "'a'")),
    "dict_of_texts": ({"x": "y"}, ("<class 'str'>", "'a'")),
    "empty_list": ([], ("Got: 1 Expected: 2",)),
    "ragged": ([[1], [2, 3]], ("Could not create tensor from given input list",)),
    "list_of_texts": ([["a"]], ("Could not create tensor from given input list",)),
    "list_of_dicts": ([{"x": 1.0}], ("Could not create tensor from given input list",)),
    "list_of_arrays": ([FLOATS, FLOATS], ("Got: 3 Expected: 2",)),
}


@pytest.mark.parametrize("case", NO_INPUTS)
def test_what_is_no_input(case, parity):
    value, facts = NO_INPUTS[case]
    add = opened("add_fixed")
    check(parity, lambda: add.run(None, {**ADD, "a": value}), facts)


#: What is fed, and what the message tells.
NO_FEEDS = {
    "nothing": ({}, ("Required inputs (['a', 'b']) are missing from input feed ([])",)),
    "missing": ({"b": FLOATS}, ("Required inputs (['a']) are missing from input feed (['b'])",)),
    "extra": ({**ADD, "c": FLOATS}, ("Invalid input name: c",)),
    "long_name": ({**ADD, "c" * 100_000: FLOATS}, ("Invalid input name: cccc",)),
    "unicode": ({**ADD, "日本": FLOATS}, ("Invalid input name: 日本",)),
    "empty_name": ({**ADD, "": FLOATS}, ("input name",)),
    "nul": ({**ADD, "a\0b": FLOATS}, ("Invalid input name: a",)),
    "output": ({**ADD, "total": FLOATS}, ("Invalid input name: total",)),
    "number": ({**ADD, 3: FLOATS}, ("incompatible function arguments",)),
    "none_as_name": ({**ADD, None: FLOATS}, ("incompatible function arguments",)),
    "none": (None, ("'NoneType' object has no attribute",)),
    "list": ([FLOATS, FLOATS], ("'list' object has no attribute",)),
    "array": (FLOATS, ("'numpy.ndarray' object has no attribute",)),
}


@pytest.mark.parametrize("case", NO_FEEDS)
def test_what_is_no_feed(case, parity):
    feed, facts = NO_FEEDS[case]
    add = opened("add_fixed")
    check(parity, lambda: add.run(None, feed), facts)


#: What is asked for, and what the message tells.
NO_OUTPUTS = {
    "unknown": (["nothing"], ("Invalid output name:", "nothing")),
    "unknown_too": (["total", "nothing"], ("Invalid output name:", "nothing")),
    "input": (["a"], ("Invalid output name:",)),
    "empty_name": ([""], ("output name",)),
    "nul": (["total\0x"], ("Invalid output name:", "total")),
    "unicode": (["日本"], ("Invalid output name:", "日本")),
    "string": ("total", ("incompatible function arguments",)),
    "bytes": (b"total", ("incompatible function arguments",)),
    "number": (3, ("incompatible function arguments",)),
    "numbers": ([3], ("incompatible function arguments",)),
    "nones": ([None], ("incompatible function arguments",)),
    "dict": ({"total": 1}, ("incompatible function arguments",)),
}


@pytest.mark.parametrize("case", NO_OUTPUTS)
def test_what_is_no_output(case, parity):
    names, facts = NO_OUTPUTS[case]
    add = opened("add_fixed")
    check(parity, lambda: add.run(names, ADD), facts)


@pytest.mark.parametrize(
    "options", [3, {}, "terminate", ort.SessionOptions()], ids=["int", "dict", "str", "other"]
)
def test_what_are_no_run_options(options, parity):
    add = opened("add_fixed")
    check(parity, lambda: add.run(None, ADD, options), ("incompatible function arguments",))


OUTPUT_NAMES = {
    "tuple": ("total",),
    "set": {"total"},
    "bytes": [b"total"],
    "twice": ["total", "total"],
    "often": ["total"] * 3000,
}


@pytest.mark.parametrize("case", OUTPUT_NAMES)
def test_what_serves_as_output_names(case, parity):
    outputs = opened("add_fixed").run(OUTPUT_NAMES[case], ADD)
    parity([len(outputs), outputs[0], outputs[-1]])


def test_a_run_that_is_told_to_end_can_be_told_to_go_on(parity):
    add = opened("add_fixed")
    options = ort.RunOptions()
    options.terminate = True
    check(parity, lambda: add.run(None, ADD, options), ("Exiting due to terminate flag being set to true",))
    options.terminate = False
    np.testing.assert_array_equal(add.run(None, ADD, options)[0], 2 * FLOATS)


#: Shapes of which no memory has room.
TOO_LARGE = {
    "petabytes": [2**40, 2**10],
    "beyond_64_bits": [2**40, 2**40],
    "negative": [-5, 2**40],
}


@pytest.mark.parametrize("case", TOO_LARGE)
def test_what_finds_no_memory(case, parity):
    def expand(parts):
        return [(4, BYTES, b"Expand") if part[0] == 4 else part for part in parts]

    content = model_bytes.changed(model_bytes.content("reshape_int32"), [MODEL_GRAPH, GRAPH_NODE], expand)
    session = ort.InferenceSession(content)
    feed = {"x": np.ones(1, np.int32), "shape": np.array(TOO_LARGE[case], np.int64)}
    check(parity, lambda: session.run(None, feed), ())
    feed["shape"] = np.array([3], np.int64)
    assert session.run(None, feed)[0].tolist() == [1, 1, 1]


@pytest.mark.parametrize("dtype", [">f2", ">f4", ">f8", ">i2", ">i4", ">i8", ">u4"])
def test_another_byte_order_is_read_as_it_is_meant(dtype, request):
    """Natively the bytes are taken for the machine's own, and 1.0 becomes 4.6e-41."""
    meant = np.arange(6).reshape(2, 3)
    (out,) = opened(f"identity_{np.dtype(dtype).name}").run(None, {"x": meant.astype(dtype)})
    in_a_browser = bool(request.config.getoption("--against"))
    np.testing.assert_array_equal(out if in_a_browser else out.view(dtype), meant)
    assert out.dtype.isnative


@pytest.mark.parametrize("dtype", ["U", "O"])
def test_text_with_half_a_character(dtype, parity):
    identity = ort.InferenceSession(model_bytes.content("identity_string"))
    with pytest.raises(Exception, match="surrogates not allowed") as caught:
        identity.run(None, {"x": np.array(["a", "b\ud800"], dtype)})
    parity([type(caught.value).__name__, str(caught.value), identity.run(None, {"x": ["a"]})[0].tolist()])
