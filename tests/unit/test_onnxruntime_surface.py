"""The public surface beside native onnxruntime's: names, options, tables, exceptions."""

from __future__ import annotations

import io
import pathlib
import re
from pathlib import Path

import numpy as np
import onnxruntime as native
import pytest
from onnx import TensorProto, helper
from onnxruntime.capi import onnxruntime_pybind11_state as native_state

from pyinfer.browser import onnxruntime as ort
from pyinfer.browser.onnxruntime._model_file import read_model_file
from pyinfer.browser.onnxruntime._ort_file import read_ort_file
from pyinfer.browser.onnxruntime._tables import ALL_PROVIDERS, ELEMENT_TYPES, ERROR_CODES, element_type_of
from pyinfer.errors import UnsupportedInBrowser

state = ort.capi.onnxruntime_pybind11_state


def test_every_name_exists_natively():
    assert [name for name in ort.__all__ if not hasattr(native, name)] == []
    assert [name for name in state.__all__ if not hasattr(native_state, name)] == []
    for name in ("SessionOptions", "RunOptions", "NodeArg", "ModelMetadata", "InferenceSession"):
        ours, theirs = getattr(ort, name), getattr(native, name)
        assert ours.__module__ == theirs.__module__
        public = {member for member in dir(ours) if not member.startswith("_")}
        assert public <= set(dir(theirs)), name


def test_an_unknown_name_says_what_exists():
    with pytest.raises(AttributeError, match=r"no 'Frobnicator'; it has .*InferenceSession"):
        ort.Frobnicator  # noqa: B018
    assert not hasattr(ort, "training")


def test_version_and_device_are_natives():
    assert ort.__version__ == ort.get_version_string() == native.__version__
    assert ort.get_device() == native.get_device()
    assert ort.get_available_providers() == ["CPUExecutionProvider"]


def test_providers_are_natives():
    assert list(ALL_PROVIDERS) == ort.get_all_providers() == native.get_all_providers()


def test_exceptions_are_natives():
    theirs = {
        name: value
        for name, value in vars(native_state).items()
        if isinstance(value, type) and issubclass(value, Exception)
    }
    for name, error in theirs.items():
        ours = getattr(state, name)
        assert (ours.__name__, ours.__module__, ours.__bases__) == (name, error.__module__, error.__bases__)


def test_error_codes_are_in_natives_order():
    """The words lie in native's library in the order of their codes."""
    library = Path(native_state.__file__).read_bytes()
    start = library.index(b"INVALID_ARGUMENT\0NO_SUCHFILE\0")
    words = library[start:].split(b"\0", len(ERROR_CODES) - 2)[:-1]
    assert [word.decode() for word in words] == list(ERROR_CODES[2:])


def test_element_types_are_onnxs():
    for number, row in ELEMENT_TYPES.items():
        onnx_name = TensorProto.DataType.Name(number).lower()
        assert row.name == onnx_name
        if row.dtype is not None and row.name != "string":
            assert helper.tensor_dtype_to_np_dtype(number) == row.dtype
            assert element_type_of(row.dtype) is row
    assert [n for n in TensorProto.DataType.values() if 0 < n <= max(ELEMENT_TYPES)] == list(ELEMENT_TYPES)
    assert element_type_of(np.dtype(np.complex64)) is None


@pytest.mark.parametrize("kind", ["SessionOptions", "RunOptions"])
def test_options_begin_as_natives_do(kind):
    ours, theirs = getattr(ort, kind)(), getattr(native, kind)()
    fields = [n for n in dir(theirs) if not n.startswith("_") and not callable(getattr(theirs, n))]
    assert fields
    for name in fields:
        assert repr(getattr(ours, name)) == repr(getattr(theirs, name)), name


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("intra_op_num_threads", -1),
        ("intra_op_num_threads", np.int64(3)),
        ("intra_op_num_threads", "2"),
        ("intra_op_num_threads", 2.5),
        ("log_severity_level", 9),
        ("graph_optimization_level", 99),
        ("execution_mode", 0),
        ("enable_profiling", 1),
        ("enable_cpu_mem_arena", 0),
        ("enable_mem_pattern", None),
        ("logid", 5),
        ("logid", "x"),
        ("optimized_model_filepath", pathlib.Path("a.onnx")),
        ("nonsense", 5),
    ],
)
def test_setting_an_option_does_what_it_does_natively(name, value):
    def outcome(library):
        options = library.SessionOptions()
        try:
            setattr(options, name, value)
        except (TypeError, AttributeError) as error:
            return type(error)
        return getattr(options, name)

    assert outcome(ort) == outcome(native)


def test_enums_look_like_natives():
    for name in ("GraphOptimizationLevel", "ExecutionMode", "ExecutionOrder"):
        ours, theirs = getattr(ort, name), getattr(native, name)
        assert {member: int(value) for member, value in ours.__members__.items()} == {
            member: int(value) for member, value in theirs.__members__.items()
        }
        for member in ours:
            twin = getattr(theirs, member.name)
            assert (repr(member), str(member), member.value) == (repr(twin), str(twin), twin.value)


ENTRIES = [("session.x", "1"), ("", "v"), ("k" * 1025, "v"), ("k" * 1024, "v"), ("k", "v" * 8193), ("k", 1)]


@pytest.mark.parametrize(("key", "value"), ENTRIES, ids=lambda text: str(text)[:10])
def test_entries_are_kept_or_refused_as_natively(key, value):
    def outcome(library, kind, add, get):
        options = getattr(library, kind)()
        try:
            getattr(options, add)(key, value)
        except RuntimeError as error:
            return str(error)
        except TypeError:
            return "TypeError"
        return getattr(options, get)(key)

    for arguments in (
        ("SessionOptions", "add_session_config_entry", "get_session_config_entry"),
        ("RunOptions", "add_run_config_entry", "get_run_config_entry"),
    ):
        assert outcome(ort, *arguments) == outcome(native, *arguments)


def test_an_entry_that_was_never_set():
    for library in (ort, native):
        message = "SessionOptions does not have configuration with key: x"
        with pytest.raises(RuntimeError, match=re.escape(message)):
            library.SessionOptions().get_session_config_entry("x")


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("add_initializer", ("x", None)),
        ("add_external_initializers", ([], [])),
        ("register_custom_ops_library", ("lib.so",)),
        ("add_free_dimension_override_by_denotation", ("x", 1)),
        ("add_provider_for_devices", ([], {})),
        ("set_provider_selection_policy", (None,)),
        ("set_provider_selection_policy_delegate", (None,)),
    ],
)
def test_options_that_no_browser_can_follow_say_so(name, arguments):
    with pytest.raises(UnsupportedInBrowser, match=f"SessionOptions.{name} is not available"):
        getattr(ort.SessionOptions(), name)(*arguments)


def test_types_other_than_tensors_are_named_as_natively():
    sequence = helper.make_tensor_sequence_value_info("s", TensorProto.INT64, None)
    optional = helper.make_optional_type_proto(helper.make_tensor_type_proto(1, [2]))
    nested = helper.make_value_info("o", optional)
    mapping = helper.make_value_info(
        "m", helper.make_map_type_proto(TensorProto.INT64, helper.make_tensor_type_proto(1, None))
    )
    graph = helper.make_graph([], "g", [sequence, nested, mapping], [])
    content = helper.make_model(graph).SerializeToString()
    declared = read_model_file(io.BytesIO(content), len(content)).declared
    assert declared["s"].type == "seq(tensor(int64))"
    assert declared["o"].type == "optional(tensor(float))"
    assert declared["m"].type == "map(int64,tensor(float))"


@pytest.mark.parametrize("content", [b"\x0b", b"\x3a\x7f", b"\xff" * 12, b"\x80"])
def test_bytes_that_are_no_protobuf_are_a_value_error(content):
    with pytest.raises(ValueError, match="no protobuf"):
        read_model_file(io.BytesIO(content), len(content))


@pytest.mark.parametrize("size", [8, 100, 1000])
def test_a_cut_model_of_the_ort_format_is_a_value_error(size):
    models = Path(__file__).parents[1] / "data"
    content = (models / "add_symbolic.ort").read_bytes()[:size]
    with pytest.raises(ValueError, match="flatbuffer"):
        read_ort_file(io.BytesIO(content))
