"""What is put into a model's graph does what a script would have done outside, to the last digits."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from pyinfer.errors import ModelError
from pyinfer.host import cli
from pyinfer.host.model.activation import append_activation, read_labels, set_labels
from pyinfer.host.model.convert.comparison import activate
from pyinfer.host.model.folding import channel_order_of, fold_preprocessing, layout_of, picks
from pyinfer.host.model.graph_values import real_inputs
from pyinfer.host.model.model_file import get_metadata, read_model, write_model
from pyinfer.host.model.operators import missing_at, operator_like
from pyinfer.host.model.preprocessing import Preprocessing

Array = np.ndarray[Any, Any]

ORDERS: list[Any] = ["RGB", "BGR", "RGBA", "BGRA", "GRAY"]
IMAGENET: dict[str, Any] = {"mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225), "scale": 1 / 255}


def handing_through(
    shape: list[int | str], *, opset: int = 20, dtype: int = TensorProto.FLOAT, name: str = "image"
) -> onnx.ModelProto:
    """A model that gives what the network itself would get."""
    graph = helper.make_graph(
        [helper.make_node("Identity", [name], ["output"])],
        "graph",
        [helper.make_tensor_value_info(name, dtype, shape)],
        [helper.make_tensor_value_info("output", dtype, shape)],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)


def run(model: onnx.ModelProto, feeds: dict[str, Array]) -> list[Any]:
    onnx.checker.check_model(model, full_check=True)
    return list(onnxruntime.InferenceSession(model.SerializeToString()).run(None, feeds))


def pixels(height: int = 6, width: int = 5, channels: int = 3) -> Array:
    return np.random.default_rng(0).integers(0, 256, (1, height, width, channels), dtype=np.uint8)


def test_raw_pixels_of_a_script_give_what_its_preprocessing_gave() -> None:
    model = handing_through(["batch", 3, "height", "width"])
    network = Preprocessing(**IMAGENET)
    fold_preprocessing(model, network, channel_order="BGR", layout="NHWC", dtype="uint8")
    frame = pixels()
    rgb = cv2.cvtColor(frame[0], cv2.COLOR_BGR2RGB).astype(np.float32) / 255
    mean, std = (np.array(IMAGENET[key], np.float32) for key in ("mean", "std"))
    wanted = ((rgb - mean) / std).transpose(2, 0, 1)[None]
    (found,) = run(model, {"image": frame})
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-6)


@pytest.mark.parametrize("settings", [
    IMAGENET,
    {"mean": (123.675, 116.28, 103.53), "std": (58.395, 57.12, 57.375)},
    {"mean": (0.5,), "std": (0.5,), "scale": 1 / 255},
    {"scale": 1 / 127.5, "mean": (1.0,)},
    {"scale": 1 / 255},
    {},
])  # fmt: skip
def test_every_usual_normalisation_is_exact(settings: dict[str, Any]) -> None:
    model = handing_through([1, 3, 16, 16])
    network = Preprocessing(**settings)
    fold_preprocessing(model, network, dtype="uint8")
    every_level = np.tile(np.arange(256, dtype=np.uint8).reshape(1, 1, 16, 16), (1, 3, 1, 1))
    mean, std = (np.resize(values, 3).reshape(1, 3, 1, 1) for values in (network.mean, network.std))
    wanted = (every_level.astype(np.float64) * network.scale - mean) / std
    (found,) = run(model, {"image": every_level})
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("fed", "wanted", "layout", "network_layout", "dtype"),
    [
        case
        for case in itertools.product(
            ORDERS, ORDERS, ["NCHW", "NHWC"], ["NCHW", "NHWC"], ["uint8", "float32"]
        )
        if not (case[1].endswith("A") and not case[0].endswith("A"))
    ],
)
def test_a_page_may_feed_any_order_and_layout(
    fed: Any, wanted: Any, layout: Any, network_layout: Any, dtype: str
) -> None:
    network = Preprocessing(channel_order=wanted, layout=network_layout)
    sizes = {"N": 1, "H": 6, "W": 5, "C": network.channels}
    model = handing_through([sizes[axis] for axis in network_layout])
    fold_preprocessing(model, network, channel_order=fed, layout=layout, dtype=dtype)
    picture = pixels(channels=1 if fed == "GRAY" else len(fed))[0].astype(dtype)
    expected = picture if wanted == fed else cv2.cvtColor(picture, getattr(cv2, f"COLOR_{fed}2{wanted}"))
    expected = expected.reshape(1, 6, 5, network.channels)
    if network_layout == "NCHW":
        expected = expected.transpose(0, 3, 1, 2)
    given = picture[None] if layout == "NHWC" else picture[None].transpose(0, 3, 1, 2)
    (found,) = run(model, {"image": np.ascontiguousarray(given)})
    np.testing.assert_allclose(found, expected, rtol=0, atol=0 if dtype == "uint8" else 1e-4)


def test_bytes_become_grey_as_opencv_makes_them_grey() -> None:
    """A rounding of another kind would move one pixel in some thousand by one level."""
    frame = pixels(300, 300)
    for opset in (11, 12, 13, 20):
        model = handing_through([1, 1, 300, 300], opset=opset)
        network = Preprocessing(channel_order="GRAY")
        fold_preprocessing(model, network, channel_order="BGR", layout="NHWC", dtype="uint8")
        (found,) = run(model, {"image": frame})
        np.testing.assert_array_equal(found[0, 0], cv2.cvtColor(frame[0], cv2.COLOR_BGR2GRAY))


def test_a_network_of_half_floats_gets_half_floats() -> None:
    model = handing_through([1, 3, 6, 5], dtype=TensorProto.FLOAT16)
    fold_preprocessing(model, Preprocessing(**IMAGENET), dtype="uint8", layout="NHWC")
    (found,) = run(model, {"image": pixels()})
    assert found.dtype == np.float16
    assert get_metadata(model)["folded"]["dtype"] == "float16"


def test_what_is_left_to_do_and_what_was_folded_can_be_asked_for_in_the_page() -> None:
    model = handing_through([1, 3, 6, 5])
    network = Preprocessing(**IMAGENET)
    fold_preprocessing(model, network, channel_order="RGBA", layout="NHWC", dtype="uint8")
    set_labels(model, ["kat", "hond", "überig"])
    append_activation(model, "softmax")
    session = onnxruntime.InferenceSession(model.SerializeToString())
    kept = session.get_modelmeta().custom_metadata_map
    assert all(isinstance(value, str) for value in kept.values())
    assert json.loads(kept["labels"]) == ["kat", "hond", "überig"]
    assert kept["activation"] == "softmax"
    remaining = Preprocessing.from_json(json.loads(kept["preprocessing"]))
    assert remaining == Preprocessing(channel_order="RGBA", layout="NHWC", dtype="uint8")
    assert Preprocessing.from_json(json.loads(kept["folded"])) == network
    assert [(each.name, each.shape, each.type) for each in session.get_inputs()] == [
        ("image", [1, 6, 5, 4], "tensor(uint8)")
    ]


def test_axes_of_any_size_keep_their_names() -> None:
    model = handing_through(["batch", 3, "height", "width"])
    fold_preprocessing(model, Preprocessing(), layout="NHWC", dtype="uint8")
    session = onnxruntime.InferenceSession(model.SerializeToString())
    assert session.get_inputs()[0].shape == ["batch", "height", "width", 3]


def test_a_body_of_a_branch_that_uses_the_input_gets_preprocessed_pixels() -> None:
    """Only the graph itself being rewired would feed the branch raw bytes, or make the file invalid."""
    branch = helper.make_graph(
        [helper.make_node("Identity", ["image"], ["inner"])],
        "branch",
        [],
        [helper.make_tensor_value_info("inner", TensorProto.FLOAT, [1, 3, 6, 5])],
    )
    graph = helper.make_graph(
        [helper.make_node("If", ["yes"], ["output"], then_branch=branch, else_branch=branch)],
        "graph",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 6, 5])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 3, 6, 5])],
        [numpy_helper.from_array(np.array(True), "yes")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    fold_preprocessing(model, Preprocessing(scale=2.0), dtype="uint8")
    given = np.ascontiguousarray(pixels().transpose(0, 3, 1, 2))
    np.testing.assert_array_equal(run(model, {"image": given})[0], given * np.float32(2))


def test_names_that_the_graph_has_already_are_left_alone() -> None:
    model = handing_through([1, 3, 6, 5])
    model.graph.node[0].output[0] = "image/Mul"
    model.graph.node.append(helper.make_node("Identity", ["image/Mul"], ["output"], "image/Cast"))
    fold_preprocessing(model, Preprocessing(scale=2.0), dtype="uint8")
    given = np.ascontiguousarray(pixels().transpose(0, 3, 1, 2))
    np.testing.assert_array_equal(run(model, {"image": given})[0], given * np.float32(2))


def test_nothing_to_fold_changes_no_operator() -> None:
    model = handing_through([1, 3, 6, 5])
    fold_preprocessing(model, Preprocessing())
    assert [node.op_type for node in model.graph.node] == ["Identity"]


@pytest.mark.parametrize(
    ("shape", "network", "settings", "words"),
    [
        ([1, 4, 6, 5], {}, {}, "'image' is 1x4x6x5, which is not NCHW with the channels RGB"),
        ([1, 12], {}, {}, "'image' is 1x12, which is not NCHW"),
        ([1, 4, 6, 5], {"channel_order": "RGBA"}, {"channel_order": "RGB"}, "RGB has no alpha channel"),
        ([1, 3, 6, 5], {}, {"input_name": "mask"}, "no input 'mask', only image"),
        ([1, 3, 6, 5], {}, {"dtype": "float16"}, "a page feeds uint8 or float32"),
    ],
)
def test_what_can_not_be_folded_is_said(
    shape: list[int | str], network: dict[str, Any], settings: dict[str, Any], words: str
) -> None:
    with pytest.raises(ModelError, match=words):
        fold_preprocessing(handing_through(shape), Preprocessing(**network), **settings)


def test_nothing_is_folded_twice_or_before_integers_or_in_ancient_opsets() -> None:
    model = handing_through([1, 3, 6, 5])
    fold_preprocessing(model, Preprocessing(), dtype="uint8")
    with pytest.raises(ModelError, match="folded into this model before"):
        fold_preprocessing(model, Preprocessing(), dtype="uint8")
    with pytest.raises(ModelError, match="takes no floats"):
        fold_preprocessing(handing_through([1, 3, 6, 5], dtype=TensorProto.INT64), Preprocessing())
    with pytest.raises(ModelError, match="of opset 6; folding needs 7"):
        fold_preprocessing(handing_through([1, 3, 6, 5], opset=6), Preprocessing())


@pytest.mark.parametrize(
    ("shape", "layout", "order"),
    [
        ([1, 3, 6, 5], "NCHW", "RGB"),
        ([1, 6, 5, 1], "NHWC", "GRAY"),
        (["n", 4, "h", "w"], "NCHW", "RGBA"),
    ],
)
def test_a_model_shows_how_it_takes_pictures(shape: list[int | str], layout: str, order: str) -> None:
    assert layout_of(handing_through(shape)) == layout
    assert channel_order_of(handing_through(shape)) == order


def test_a_model_that_takes_no_pictures_says_so() -> None:
    with pytest.raises(ModelError, match="1x7x6x5: a picture has four axes, and 1, 3 or 4 channels"):
        layout_of(handing_through([1, 7, 6, 5]))


def test_no_alpha_channel_is_made_up() -> None:
    with pytest.raises(ModelError, match="GRAY has no alpha"):
        picks("GRAY", "RGBA")


@pytest.mark.parametrize("shape", [[2, 5], [2, 5, 3, 4]])
@pytest.mark.parametrize("activation", ["sigmoid", "softmax"])
def test_an_output_becomes_probabilities_under_its_own_name(activation: Any, shape: list[int | str]) -> None:
    model = handing_through(shape)
    append_activation(model, activation)
    scores = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    wanted = 1 / (1 + np.exp(-scores))
    if activation == "softmax":
        wanted = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    np.testing.assert_allclose(run(model, {"image": scores})[0], wanted, rtol=1e-5)
    np.testing.assert_allclose(activate(scores, activation), wanted, rtol=1e-5)
    assert [output.name for output in model.graph.output] == ["output"]


def test_an_activation_is_not_put_where_it_does_not_belong() -> None:
    model = handing_through([1, 5])
    append_activation(model, "sigmoid")
    with pytest.raises(ModelError, match="has an activation already: Sigmoid"):
        append_activation(model, "softmax")
    with pytest.raises(ModelError, match=r"\(5\) has no axis of classes"):
        append_activation(handing_through([5]), "softmax")
    with pytest.raises(ModelError, match="not of floats"):
        append_activation(handing_through([1, 5], dtype=TensorProto.INT64), "softmax")
    with pytest.raises(ModelError, match="needs opset 13"):
        append_activation(handing_through([1, 5, 2], opset=11), "softmax")
    with pytest.raises(ModelError, match="no output 'scores', only output"):
        append_activation(handing_through([1, 5]), "softmax", "scores")


def test_labels_come_from_a_file_or_a_list(tmp_path: Path) -> None:
    lines, listed = tmp_path / "labels.txt", tmp_path / "labels.json"
    lines.write_text("cat\r\ndog\r\n\r\n", "utf-8")
    listed.write_text('["cat", "dog, wild"]', "utf-8")
    assert read_labels(str(lines)) == ["cat", "dog"]
    assert read_labels(str(listed)) == ["cat", "dog, wild"]
    assert read_labels("cat, dog") == ["cat", "dog"]
    for text, words in (("no.txt", "no file no.txt"), (str(tmp_path), "no file")):
        with pytest.raises(ModelError, match=words):
            read_labels(text)
    listed.write_text('{"0": "cat"}', "utf-8")
    with pytest.raises(ModelError, match="must be a JSON list"):
        read_labels(str(listed))


def test_labels_that_do_not_match_the_output_are_refused() -> None:
    with pytest.raises(ModelError, match=r"2 labels, and the output 'output' \(1x3\) has 3 classes"):
        set_labels(handing_through([1, 3]), ["a", "b"])
    with pytest.raises(ModelError, match="no axis of a known number of classes"):
        set_labels(handing_through([1, "n"]), ["a", "b"])
    with pytest.raises(ModelError, match="a label is empty"):
        set_labels(handing_through([1, 2]), ["a", ""])


def test_an_opset_is_told_from_a_later_one() -> None:
    graph = helper.make_graph(
        [helper.make_node("Gelu", ["x"], ["y"]), helper.make_node("Relu", ["y"], ["z"])],
        "graph",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])],
        [helper.make_tensor_value_info("z", TensorProto.FLOAT, [1])],
    )
    assert missing_at(helper.make_model(graph), 17) == {"Gelu": 20}
    assert missing_at(helper.make_model(graph), 20) == {}
    assert operator_like("grid_sample") == ("GridSample", 16)
    assert operator_like("bessel_i1e") is None


def test_an_onnx_file_takes_raw_pixels_afterwards(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The network may come from elsewhere than PyTorch: TensorFlow, scikit-learn, a download."""
    source, target = tmp_path / "net.onnx", tmp_path / "page.onnx"
    write_model(handing_through([1, 3, "height", "width"]), source)
    options = ["--scale", "1/255", "--mean", "0.5", "--std", "0.5", "--input-dtype", "uint8"]
    options += ["--input-layout", "nhwc", "--channel-order", "rgba", "--activation", "sigmoid"]
    status = cli.main(["model", "convert", str(source), *options, "--labels", "a,b,c", "-o", str(target)])
    told = capsys.readouterr()
    assert (status, told.out) == (0, "")
    assert "image 1xheightxwidthx4 uint8 -> output 1x3xheightxwidth float32" in told.err
    model = read_model(target)
    assert [value.name for value in real_inputs(model.graph)] == ["image"]
    assert get_metadata(model)["labels"] == ["a", "b", "c"]
    picture = pixels(channels=4)
    (found,) = run(model, {"image": picture})
    scores = (picture[..., :3].transpose(0, 3, 1, 2) / 255 - 0.5) / 0.5
    np.testing.assert_allclose(found, 1 / (1 + np.exp(-scores)), atol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["net.onnx", "--labels", "a,b"], "2 labels, and the output 'output' (1x3x6x5) has 3 classes"),
        (["net.onnx", "--mean", "1,2", "--input-dtype", "uint8"], "mean has 2 values"),
        (["net.onnx", "--std", "0"], "std holds a zero"),
        (["net.onnx", "--input", "1x3x6x5"], "is ONNX already"),
        (["net.onnx", "--activation", "other=softmax"], "no output 'other', only output"),
        (["net.onnx", "--size", "height=64"], "a size is given for 'height', which is no axis"),
        (["gone.onnx"], "no such file"),
        (["nan.onnx"], "1 of the weights of 'w' are NaN or infinite"),
        (["picture.png"], "neither module:function nor file.py:function"),
        (["net.onnx", "-o", "no/where.onnx"], "no: no such folder"),
        (["net.onnx", "-o", "."], ". is a folder"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(
    arguments: list[str],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    write_model(handing_through([1, 3, 6, 5]), "net.onnx")
    spoiled = handing_through([1, 3, 6, 5])
    spoiled.graph.initializer.append(numpy_helper.from_array(np.array([1, np.nan], np.float32), "w"))
    Path("nan.onnx").write_bytes(spoiled.SerializeToString())
    before = sorted(tmp_path.iterdir())
    output = [] if "-o" in arguments else ["-o", "page.onnx"]
    assert cli.main(["model", "convert", *arguments, *output]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert words in told.err
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--scale", "1/0"], "no number, fraction"),
        (["--scale", "1,2"], "one number is for all channels"),
        (["--mean", "a,b"], "no number, fraction"),
        (["--activation", "relu"], "neither sigmoid nor softmax"),
        (["--size", "height"], "write it as height=256"),
        (["--opset", "99"], "not in the range"),
        (["--channel-order", "RBG"], "not one of"),
    ],
)
def test_a_wrong_command_line_is_told_from_bad_input(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["model", "convert", "net.onnx", "-o", "page.onnx", *arguments]) == 2
    assert words in capsys.readouterr().err
