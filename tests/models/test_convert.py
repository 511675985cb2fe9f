"""A network trained in PyTorch gives in the page what it gave in training, fed with what the page has."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import nn

import tests.models.networks as networks
from pyinfer.errors import ModelError
from pyinfer.host import cli
from pyinfer.host.model.convert import Pictures, Wanted, convert, parse_input
from pyinfer.host.model.preprocessing import Preprocessing

NETWORKS = networks.__file__
IMAGENET = ["--scale", "1/255", "--mean", "0.485,0.456,0.406", "--std", "0.229,0.224,0.225"]
Array = np.ndarray[Any, Any]


def converted(target: Path, name: str, *arguments: str) -> onnxruntime.InferenceSession:
    command = ["model", "convert", f"{NETWORKS}:{name}", *arguments, "-o", str(target)]
    assert cli.main(command) == 0
    return onnxruntime.InferenceSession(target)


def torch_scores(network: nn.Module, *arrays: Array) -> Any:
    with torch.no_grad():
        return network.eval()(*map(torch.from_numpy, arrays))


def test_a_page_feeds_the_bytes_of_opencv(tmp_path: Path) -> None:
    """`sess.run(None, {"image": frame[None]})` is all that is left of the script's preprocessing."""
    session = converted(
        tmp_path / "net.onnx",
        "build",
        *("--input", "1x3xheightxwidth", *IMAGENET, "--activation", "softmax", "--labels", "a,b,c,d,e"),
        *("--input-dtype", "uint8", "--input-layout", "NHWC", "--channel-order", "BGR"),
    )
    frame = np.random.default_rng(0).integers(0, 256, (48, 40, 3), dtype=np.uint8)
    rgb = cv2.cvtColor(frame, cv2.COLOR_BGR2RGB).astype(np.float32) / 255
    mean, std = np.array([0.485, 0.456, 0.406], np.float32), np.array([0.229, 0.224, 0.225], np.float32)
    blob = np.ascontiguousarray(((rgb - mean) / std).transpose(2, 0, 1)[None])
    wanted = torch_scores(networks.build(), blob).softmax(1).numpy()
    (found,) = session.run(None, {"image": frame[None]})
    np.testing.assert_allclose(found, wanted, atol=1e-6)
    kept = session.get_modelmeta().custom_metadata_map
    assert json.loads(kept["labels"]) == ["a", "b", "c", "d", "e"]
    assert kept["activation"] == "softmax"
    left = Preprocessing.from_json(json.loads(kept["preprocessing"]))
    assert left == Preprocessing(channel_order="BGR", layout="NHWC", dtype="uint8")
    assert json.loads(kept["folded"])["mean"] == [0.485, 0.456, 0.406]


def test_a_grey_network_takes_a_canvas(tmp_path: Path) -> None:
    session = converted(
        tmp_path / "net.onnx",
        "grey",
        *("--input", "1x1x24x24", "--scale", "1/255", "--input-dtype", "uint8"),
        *("--input-layout", "NHWC", "--channel-order", "RGBA"),
    )
    canvas = np.random.default_rng(0).integers(0, 256, (24, 24, 4), dtype=np.uint8)
    grey = cv2.cvtColor(canvas, cv2.COLOR_RGBA2GRAY).astype(np.float32)[None, None] / 255
    (found,) = session.run(None, {"image": canvas[None]})
    np.testing.assert_allclose(found, torch_scores(networks.grey(), grey).numpy(), atol=1e-6)


@pytest.mark.parametrize("shape", [(1, 32, 32), (3, 64, 96), (2, 224, 256)])
def test_axes_of_any_size_take_any_size(tmp_path: Path, shape: tuple[int, int, int]) -> None:
    session = converted(tmp_path / "net.onnx", "Segmenter", "--input", "batchx3xheightxwidth")
    assert session.get_inputs()[0].shape == ["batch", 3, "height", "width"]
    assert session.get_outputs()[0].shape[0] == "batch"
    batch, height, width = shape
    (found,) = session.run(None, {"image": np.zeros((batch, 3, height, width), np.float32)})
    assert found.shape == (batch, 1, height, width)


def test_a_loop_over_an_axis_stays_a_loop(tmp_path: Path) -> None:
    """The exporter alone writes the example's length into the output's shape."""
    session = converted(tmp_path / "net.onnx", "Recurrent", "--input", "batchxlengthx4")
    assert session.get_outputs()[0].shape[1] not in (16, 32)
    (found,) = session.run(None, {"steps": np.zeros((1, 7, 4), np.float32)})
    assert found.shape == (1, 7, 8)


def test_a_transformer_with_a_mask_of_infinities(tmp_path: Path) -> None:
    session = converted(tmp_path / "net.onnx", "Reader", "--input", "batch,length:int64")
    assert session.get_inputs()[0].type == "tensor(int64)"
    (found,) = session.run(None, {"tokens": np.arange(9)[None]})
    assert found.shape == (1, 9, 32)


def test_half_floats_stay_half_floats_inside(tmp_path: Path) -> None:
    options = ["--input", "image=1x3x8x8:float16", "--input-dtype", "uint8", "--scale", "1/255"]
    session = converted(tmp_path / "net.onnx", "half", *options)
    assert session.get_inputs()[0].type == "tensor(uint8)"
    assert session.get_outputs()[0].type == "tensor(float16)"


def test_inputs_and_outputs_have_the_names_that_their_user_knows(tmp_path: Path) -> None:
    own = converted(tmp_path / "own.onnx", "TwoInputs", "--input", "nx3", "--input", "nx3")
    assert [each.name for each in own.get_inputs()] == ["left", "right"]
    assert [each.name for each in own.get_outputs()] == ["total", "twice"]
    options = ["--input", "a=nx3", "--input", "b=nx3", "--output-name", "mul", "--output-name", "add"]
    given = converted(tmp_path / "given.onnx", "TwoInputs", *options, "--activation", "add=sigmoid")
    assert [each.name for each in given.get_inputs()] == ["a", "b"]
    feeds = {"a": np.ones((1, 3), np.float32), "b": np.zeros((1, 3), np.float32)}
    total, twice = given.run(["mul", "add"], feeds)
    np.testing.assert_allclose(total, 1)
    np.testing.assert_allclose(twice, 1 / (1 + np.exp(-2)), rtol=1e-6)


def test_what_the_messages_advise_works(tmp_path: Path) -> None:
    session = converted(tmp_path / "net.onnx", "Condition", "--input", "1x3")
    for value in (1.0, -1.0):
        given = np.full((1, 3), value, np.float32)
        wanted = torch_scores(networks.Condition(), given).numpy()
        np.testing.assert_array_equal(session.run(None, {"x": given})[0], wanted)


def test_an_exported_program_is_converted_as_it_is(tmp_path: Path) -> None:
    network = networks.build().eval()
    shapes = ({0: torch.export.Dim.DYNAMIC, 2: torch.export.Dim.DYNAMIC, 3: torch.export.Dim.DYNAMIC},)
    program = torch.export.export(network, (torch.zeros(2, 3, 32, 48),), dynamic_shapes=shapes)
    source = tmp_path / "net.pt2"
    torch.export.save(program, source)
    target = tmp_path / "net.onnx"
    assert cli.main(["model", "convert", str(source), "-o", str(target)]) == 0
    session = onnxruntime.InferenceSession(target)
    assert session.get_inputs()[0].shape == ["batch", 3, "height", "width"]
    given = np.random.default_rng(0).standard_normal((1, 3, 40, 40)).astype(np.float32)
    np.testing.assert_allclose(
        session.run(None, {"image": given})[0], torch_scores(network, given).numpy(), atol=1e-6
    )
    assert cli.main(["model", "convert", str(source), "--input", "x=nx3xhxw", "-o", str(target)]) == 0
    assert onnxruntime.InferenceSession(target).get_inputs()[0].shape == ["n", 3, "h", "w"]


def test_trained_weights_are_loaded(tmp_path: Path) -> None:
    torch.manual_seed(7)
    trained = networks.Classifier()
    torch.save(trained.state_dict(), tmp_path / "trained.pt")
    options = ["--input", "1x3x16x16", "--weights", str(tmp_path / "trained.pt")]
    session = converted(tmp_path / "net.onnx", "build", *options)
    given = np.random.default_rng(0).standard_normal((1, 3, 16, 16)).astype(np.float32)
    wanted = torch_scores(trained, given).numpy()
    np.testing.assert_allclose(session.run(None, {"image": given})[0], wanted, atol=1e-6)


def test_one_function_does_what_the_command_does(tmp_path: Path) -> None:
    done = convert(
        f"{NETWORKS}:build",
        tmp_path / "net.onnx",
        Wanted(inputs=[parse_input("1x3x32x32")]),
        activation="softmax",
        labels=list("abcde"),
        pictures=Pictures(scale=1 / 255, dtype="uint8", layout="NHWC"),
    )
    assert done.size == done.path.stat().st_size
    assert done.difference.maximum < 1e-5 < done.difference.largest


def test_nothing_of_the_developers_machine_is_served_with_the_model(tmp_path: Path) -> None:
    """The exporter writes the paths and lines of the network's source beside every operator."""
    converted(tmp_path / "net.onnx", "build", "--input", "1x3x16x16")
    content = (tmp_path / "net.onnx").read_bytes()
    assert b"networks.py" not in content
    assert b"pkg.torch" not in content


def test_the_user_sees_only_what_is_for_users(tmp_path: Path) -> None:
    program = [sys.executable, "-m", "pyinfer.host.cli", "model", "convert"]
    options = ["--input", "nx4", "-o", str(tmp_path / "net.onnx")]
    done = subprocess.run(
        [*program, f"{NETWORKS}:Loud", *options], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("pyinfer: ") for line in lines)


def test_a_module_beside_the_user_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own_parts.py").write_text("from torch.nn import Linear\n")
    (tmp_path / "own_network.py").write_text(
        "from own_parts import Linear\n\ndef build():\n    return Linear(4, 2)\n"
    )
    for source in ("own_network:build", "own_network.py:build"):
        assert cli.main(["model", "convert", source, "--input", "1x4", "-o", "net.onnx"]) == 0
    assert str(tmp_path) not in sys.path


REFUSALS = [
    ("Branches", "1x3", [], ["networks.py, line ", "`if x.sum() > 0:`", "torch.where", "torch.cond"]),
    ("Loops", "1x3", [], ["`while x.sum() < 10:`", "depends on values"]),
    ("Bessel", "2x3", [], ["aten.special_i1e", "`return torch.special.i1e(x)`", "no opset of ONNX has it"]),
    ("Products", "2x3", [], ["aten.cumprod", "ONNX itself has CumProd since opset 26"]),
    (
        "Samples",
        "2x3x8x8",
        ["--opset", "15"],
        ["opset 15 is not enough: GridSample is in ONNX since opset 16"],
    ),
    ("Normalises", "2x4", ["--opset", "16"], ["LayerNormalization is in ONNX since opset 17"]),
    ("build", "1x3x8x8", ["--opset", "15"], ["can't be written in opset 15, but in 18: give --opset 18"]),
    ("build", "1x3x8x8", ["--opset", "28"], ["ONNX Runtime runs models of up to opset"]),
    ("Pairs", "batchx4", [], ["axis 0 of x can't have any size, the network itself fixes it at 2"]),
    ("Noise", "1x4", [], ["the model differs", "random numbers"]),
    ("Nothing", "1x4", [], ["gives NoneType among its outputs"]),
    ("spoiled", "1x3x8x8", [], ["1 of the weights of 'head.weight' are NaN or infinite"]),
    ("number", "1x3", [], ["number() gave an int; it must give a torch.nn.Module"]),
    ("fails", "1x3", [], ["fails() raised ValueError: no licence (networks.py, line "]),
    ("nowhere", "1x3", [], ["has no nowhere"]),
    ("__doc__", "1x3", [], ["is no function, but a str"]),
    ("build", "1x4x8x8", [], ["can't take 1x4x8x8", "to have 3 channels, but got 4"]),
    ("build", "1x3", [], ["can't take 1x3"]),
    ("build", "1x3x8x8:float", [], ["there is no dtype float, but float32"]),
    ("build", "1xx8x8", [], ["is no input: write [name=]1x3x224x224[:dtype]"]),
    ("build", "1x3x8x8", ["--labels", "a,b"], ["2 labels, and the output 'output' (1x5) has 5 classes"]),
    ("build", "1x3x8x8", ["--mean", "1,2"], ["mean has 2 values for the channels RGB"]),
    ("build", "1x3x8x8", ["--std", "1,2"], ["std has 2 values for the channels RGB"]),
    ("build", "x=1x3x8x8", ["--output-name", "x"], ["the name 'x' is given twice"]),
    ("build", "1x3x8x8", ["--output-name", "a", "--output-name", "b"], ["gives 1 outputs, and 2 are named"]),
    ("build", "batchx3x8x8", ["--size", "batch=1"], ["the size to try for 'batch' must be 2 or more"]),
    ("build", "1x3x8x8", ["--weights", "gone.pt"], ["gone.pt: no such file"]),
    ("build", "1x3x8x8", ["--weights", NETWORKS], ["no weights can be read from it"]),
]


@pytest.mark.parametrize(("name", "shape", "options", "words"), REFUSALS)
def test_what_can_not_be_converted_is_said_in_a_line_and_leaves_no_file(
    name: str,
    shape: str,
    options: list[str],
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    command = ["model", "convert", f"{NETWORKS}:{name}", "--input", shape, *options, "-o", "net.onnx"]
    assert cli.main(command) == 1
    told = capfd.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert told.err.startswith("pyinfer: ")
    for word in words:
        assert word in told.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("no_such_module:build", "there is no module no_such_module"),
        ("tests.nowhere:build", "there is no module tests.nowhere"),
        ("gone.py:build", "gone.py: no such file"),
        ("gone.pt2", "gone.pt2: no such file"),
        ("broken.py:build", "importing broken.py raised SyntaxError"),
        (
            "lacking.py:build",
            "importing lacking.py raised ModuleNotFoundError: No module named 'no_such_library'",
        ),
        ("text.pt2", "no exported program can be read from it"),
        ("tests.models.networks:build", "what does it take? Say it with --input"),
    ],
)
def test_a_source_that_is_none_is_said(
    source: str,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("broken.py").write_text("def build(:\n")
    Path("lacking.py").write_text("import no_such_library\n")
    Path("text.pt2").write_text("a text")
    options = [] if "tests.models" in source or source.endswith("pt2") else ["--input", "1x3"]
    assert cli.main(["model", "convert", source, *options, "-o", "net.onnx"]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert words in told
    assert not Path("net.onnx").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda state: state.pop("head.bias"), "it lacks head.bias"),
        (lambda state: state.update(more=torch.zeros(1)), "it has more, which the network has not"),
        (lambda state: state.update({"head.bias": torch.zeros(7)}), "head.bias is (7,) and must be (5,)"),
        (
            lambda state: state.update({"head.bias": torch.full((5,), torch.nan)}),
            "5 of the weights of 'head.bias'",
        ),
    ],
)
def test_weights_of_another_network_are_refused(change: Any, words: str, tmp_path: Path) -> None:
    state = networks.build().state_dict()
    change(state)
    torch.save(state, tmp_path / "other.pt")
    wanted = Wanted(inputs=[parse_input("1x3x8x8")], weights=str(tmp_path / "other.pt"))
    with pytest.raises(ModelError) as raised:
        convert(f"{NETWORKS}:build", tmp_path / "net.onnx", wanted)
    assert words in str(raised.value)
    assert not (tmp_path / "net.onnx").exists()


def test_a_file_that_was_there_survives_what_fails(tmp_path: Path) -> None:
    target = tmp_path / "net.onnx"
    converted(target, "build", "--input", "1x3x8x8")
    before = target.read_bytes()
    assert cli.main(["model", "convert", f"{NETWORKS}:Noise", "--input", "1x4", "-o", str(target)]) == 1
    assert target.read_bytes() == before
    onnx.checker.check_model(str(target), full_check=True)
