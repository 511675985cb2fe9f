"""Models as they come: with files of weights beside them, in the ORT format, by any kind of path."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest

from tests.parity import model_bytes
from tests.parity.model_bytes import MODELS, with_external_data

pytestmark = pytest.mark.usefixtures("quiet_onnxruntime")

A, B = np.array([2, 3], np.int64), np.array([10, 100], np.int64)
ONE, FIVE = np.array(1, np.int64).tobytes(), np.array(5, np.int64).tobytes()


@pytest.fixture
def folder(tmp_path):
    """Files of weights, inside and outside the model's folder."""
    folder = tmp_path / "model"
    (folder / "sub" / "deep").mkdir(parents=True)
    (tmp_path / "outside.bin").write_bytes(ONE)
    (folder / "one.bin").write_bytes(ONE)
    (folder / "sub" / "deep" / "five.bin").write_bytes(FIVE)
    (folder / "grün 日本.bin").write_bytes(FIVE)
    (folder / "many.bin").write_bytes(bytes(4096) + FIVE + ONE)
    (folder / "short.bin").write_bytes(ONE[:5])
    (folder / "empty.bin").write_bytes(b"")
    (folder / "link.bin").symlink_to("../outside.bin")
    (folder / "inner_link.bin").symlink_to("one.bin")
    return folder


def external(**entries):
    """`a * b + w`, where the int64 `w` lies in a file."""
    return with_external_data(model_bytes.content("int64_multiply_add"), **entries)


def result(model, options=None):
    """What a model gives, or what is raised: type, code and, of a message, what has no path in it."""
    try:
        return ort.InferenceSession(model, options).run(None, {"a": A, "b": B})[0].tolist()
    except Exception as error:
        return [type(error).__name__, *str(error).split(" : ")[1:3]]


EXTERNAL = {
    "beside": {"location": "one.bin"},
    "dot": {"location": "./one.bin"},
    "below": {"location": "sub/deep/five.bin"},
    "there_and_back": {"location": "sub/../one.bin"},
    "unicode": {"location": "grün 日本.bin"},
    "inner_link": {"location": "inner_link.bin"},
    "offset": {"location": "many.bin", "offset": 4096, "length": 8},
    "last": {"location": "many.bin", "offset": 4104, "length": 8},
    "offset_alone": {"location": "many.bin", "offset": 4096},
    "missing": {"location": "nowhere.bin"},
    "missing_folder": {"location": "no/where.bin"},
    "folder": {"location": "sub"},
    "empty": {"location": "empty.bin"},
    "short": {"location": "short.bin"},
    "no_location": {"offset": 0},
    "empty_location": {"location": ""},
    "behind_the_end": {"location": "many.bin", "offset": 8192, "length": 8},
    "over_the_end": {"location": "many.bin", "offset": 4108, "length": 8},
    "negative_offset": {"location": "many.bin", "offset": -8, "length": 8},
    "no_number": {"location": "many.bin", "offset": "zero", "length": 8},
    "other_length": {"location": "many.bin", "offset": 4096, "length": 4},
    "outside": {"location": "../outside.bin"},
    "link_outside": {"location": "link.bin"},
    "absolute": {"location": "/etc/passwd"},
    "other_separator": {"location": "sub\\deep\\five.bin"},
    "unknown_entry": {"location": "one.bin", "colour": "red"},
}


@pytest.mark.parametrize("case", EXTERNAL)
def test_weights_in_a_file(case, folder, parity):
    path = folder / "model.onnx"
    path.write_bytes(external(**EXTERNAL[case]))
    parity(result(path))


REFUSED = {
    "missing": ("nowhere.bin", ["External data path does not exist", "nowhere.bin", "one"]),
    "outside": ("../outside.bin", ["escapes model directory", "../outside.bin", "one"]),
    "link_outside": ("link.bin", ["escapes model directory", "link.bin", "outside.bin"]),
    "absolute": ("/etc/passwd", ["Absolute path not allowed", "one"]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_which_file_is_wrong_is_said(case, folder):
    location, facts = REFUSED[case]
    path = folder / "model.onnx"
    path.write_bytes(external(location=location))
    with pytest.raises(Exception, match="External data path") as caught:
        ort.InferenceSession(path)
    assert not [fact for fact in facts if fact not in str(caught.value)], str(caught.value)


def test_bytes_have_no_files_beside_them_unless_the_folder_is_given(folder, parity, monkeypatch):
    monkeypatch.chdir(folder.parent)
    model = external(location="one.bin")
    options = ort.SessionOptions()
    key = "session.model_external_initializers_file_folder_path"
    options.add_session_config_entry(key, str(folder))
    parity([result(model), result(model, options), options.get_session_config_entry(key) == str(folder)])


IN_MEMORY = {
    "bytes": lambda: (["one.bin"], [FIVE], [8]),
    "tuples": lambda: (("one.bin",), (FIVE,), (8,)),
    "memoryview": lambda: (["one.bin"], [memoryview(FIVE)], [8]),
    "several": lambda: (["other.bin", "one.bin"], [ONE, FIVE], [8, 8]),
    "none": lambda: ([], [], []),
    "other_name": lambda: (["other.bin"], [FIVE], [8]),
    "short": lambda: (["one.bin"], [FIVE[:5]], [5]),
    "short_by_its_length": lambda: (["one.bin"], [FIVE], [5]),
    "twice": lambda: (["one.bin", "one.bin"], [ONE, FIVE], [8, 8]),
    "fewer_buffers": lambda: (["one.bin", "two.bin"], [ONE], [8]),
    "fewer_lengths": lambda: (["one.bin"], [ONE], []),
    "text": lambda: (["one.bin"], ["12345678"], [8]),
    "number_as_name": lambda: ([1], [ONE], [8]),
    "negative_length": lambda: (["one.bin"], [ONE], [-1]),
}


@pytest.mark.parametrize("as_path", [False, True])
@pytest.mark.parametrize("case", IN_MEMORY)
def test_weights_in_memory(case, as_path, folder, parity):
    path = folder / "model.onnx"
    path.write_bytes(external(location="one.bin"))
    options = ort.SessionOptions()
    names, buffers, lengths = IN_MEMORY[case]()
    try:
        options.add_external_initializers_from_files_in_memory(names, buffers, lengths)
    except Exception as error:
        parity(type(error).__name__)
        return
    if case == "none" and not as_path:
        return  # as without
    # Natively what is wrong is found while bytes are loaded, or while a file is.
    parity(result(path if as_path else path.read_bytes(), options))


@pytest.mark.parametrize(
    "name", ["mödel 日本.onnx", "with several blanks .onnx", "noextension", "a.txt", "it's.onnx"]
)
def test_paths(name, tmp_path, parity, monkeypatch):
    path = tmp_path / "földer 1" / name
    path.parent.mkdir()
    path.write_bytes(model_bytes.content("int64_multiply_add"))
    monkeypatch.chdir(path.parent)
    parity([result(path), result(str(path)), result(name), result(f"../{path.parent.name}/./{name}")])


def test_a_linked_model_has_its_weights_where_the_link_points(folder, tmp_path, parity):
    (folder / "model.onnx").write_bytes(external(location="one.bin"))
    (tmp_path / "link.onnx").symlink_to("model/model.onnx")
    parity(result(tmp_path / "link.onnx"))


class Bytes(bytes):
    pass


class Text(str):
    __slots__ = ()


class PathLike:
    def __init__(self, path):
        self.path = path

    def __fspath__(self):
        return os.fspath(self.path)


@pytest.mark.parametrize("kind", [Bytes, Text, PathLike, os.fsencode])
def test_kinds_of_paths_and_bytes(kind, parity):
    path = MODELS / "int64_multiply_add.onnx"
    parity(result(kind(path.read_bytes()) if kind is Bytes else kind(str(path))))


@pytest.mark.parametrize("as_path", [False, True])
@pytest.mark.parametrize("name", ["add_symbolic", "default_scale"])
def test_the_ort_format(name, as_path, parity):
    path = MODELS / f"{name}.ort"
    session = ort.InferenceSession(path if as_path else path.read_bytes())
    shapes = [[size if isinstance(size, int) else 1 for size in arg.shape] for arg in session.get_inputs()]
    feed = {
        arg.name: np.ones(shape, np.float32) for arg, shape in zip(session.get_inputs(), shapes, strict=True)
    }
    (out,) = session.run(None, feed)
    (plain,) = ort.InferenceSession(path.with_suffix(".onnx")).run(None, feed)
    np.testing.assert_allclose(out, plain, rtol=1e-4, atol=1e-4 * np.abs(plain).max())
    described = [*session.get_inputs(), *session.get_outputs(), *session.get_overridable_initializers()]
    meta = session.get_modelmeta()
    parity(
        [
            [[arg.name, arg.type, list(arg.shape)] for arg in described],
            dict(sorted(meta.custom_metadata_map.items())),
            [meta.producer_name, meta.version, meta.domain],
            [meta.graph_name, meta.description, meta.graph_description],
        ]
    )


@pytest.mark.parametrize("size", [8, 100, 1000])
def test_a_part_of_a_model_of_the_ort_format(size, tmp_path, parity):
    data = (MODELS / "add_symbolic.ort").read_bytes()[:size]
    path: Path = tmp_path / "model.ort"
    path.write_bytes(data)
    parity([result(data)[0], result(path)[0]])
