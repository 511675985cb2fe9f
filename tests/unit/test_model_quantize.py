"""`pyinfer model quantize`: how small the file gets, how far the outputs move, and what is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from pyinfer.errors import ModelError
from pyinfer.host import cli
from pyinfer.host.model.model_file import get_metadata, read_model
from pyinfer.host.model.quantize import quantize
from pyinfer.host.model.quantize.levels import (
    Codes,
    Histogram,
    look_up,
    quantize_linear,
    quantize_linear_symmetric,
)
from tests.unit.quantize_networks import LABELS, Network, classifier, reader, segmenter

WEIGHT_MODES: list[Any] = ["linear", "linear_symmetric", "kmeans"]


def by_table(weights: np.ndarray[Any, Any], axis: int) -> Codes:
    histogram = Histogram()
    histogram.add(weights, axis)
    return look_up(weights, axis, histogram.table())


def saved(model: onnx.ModelProto, path: Path) -> Path:
    onnx.save(model, path)
    return path


def save_samples(folder: Path, count: int, shape: tuple[int, ...]) -> Path:
    folder.mkdir(parents=True)
    generator = np.random.default_rng(len(folder.name))
    for number in range(count):
        np.save(folder / f"{number}.npy", generator.standard_normal(shape).astype(np.float32))
    return folder


def optimized(path: Path, folder: Path) -> Counter[str]:
    """The operators that are left once the model is loaded."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(folder / "optimized.onnx")
    onnxruntime.InferenceSession(path, options)
    return Counter(node.op_type for node in onnx.load(options.optimized_model_filepath).graph.node)


@pytest.mark.parametrize(("method", "steps"), [(quantize_linear, 255), (quantize_linear_symmetric, 254)])
@pytest.mark.parametrize("magnitude", [1.0, 1e-6, 1e30, 1e-44])
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_a_weight_moves_by_half_a_step_of_its_channel(
    method: Callable[..., Codes], steps: int, magnitude: float, axis: int
) -> None:
    weights = np.random.default_rng(1).normal(0.1, 1, (8, 40, 50)).astype(np.float32) * np.float32(magnitude)
    weights[3] = weights[:, 5] = weights[..., 7] = 0
    codes = method(weights, axis)
    error = np.abs(codes.expand().astype(np.float64) - weights)
    scale = codes.scale.astype(np.float64)
    assert (error <= scale * 0.501 + magnitude * 1e-6).all()
    others = tuple({0, 1, 2} - {axis % 3})
    widest = 2 * np.abs(weights).max(axis=others, keepdims=True).astype(np.float64) / steps
    assert (scale <= np.where(widest, np.maximum(widest * 1.002, np.finfo(np.float32).tiny), 1)).all()
    assert not codes.expand()[weights == 0].any(), "a zero, such as of a pruned network, must stay one"


@pytest.mark.parametrize("distribution", ["normal", "laplace"])
def test_a_table_is_nearer_to_the_weights_than_equal_steps(distribution: str) -> None:
    weights = getattr(np.random.default_rng(2), distribution)(size=(64, 32, 3, 3)).astype(np.float32)

    def error(codes: Codes) -> float:
        return float(np.sqrt(np.mean((codes.expand() - weights) ** 2)))

    assert error(by_table(weights, 0)) < 0.9 * error(quantize_linear(weights, 0))


def test_a_table_holds_the_very_values_of_a_network_that_has_few() -> None:
    values = np.array([-1, -0.3, 0, 0.01, 0.7, 1], np.float32)
    weights = values[np.random.default_rng(3).integers(0, len(values), (4, 100))]
    weights[:, 0] = 1
    np.testing.assert_allclose(by_table(weights, 0).expand(), weights, atol=1e-7)


@pytest.mark.parametrize("mode", WEIGHT_MODES)
def test_a_small_network_becomes_a_third_and_does_what_it_did(mode: Any, tmp_path: Path) -> None:
    model = segmenter()
    count = sum(int(np.prod(tensor.dims)) for tensor in model.graph.initializer)
    assert 45_000 < count < 55_000
    source, target = saved(model, tmp_path / "net.onnx"), tmp_path / "small.onnx"
    result = quantize(source, target, mode=mode)
    assert target.stat().st_size == result.size_after <= 0.30 * source.stat().st_size
    assert result.difference is not None
    assert 0 < result.difference.largest < 0.02 * result.difference.range
    after = read_model(target)
    assert [value.name for value in (*after.graph.input, *after.graph.output)] == ["input", "output"]
    assert get_metadata(after) == {**get_metadata(model), "quantization": mode}
    # The axis of any size is still one.
    batch = {"input": np.zeros((2, 1, 64, 64), np.float32)}
    assert onnxruntime.InferenceSession(target).run(None, batch)[0].shape == (2, 1, 64, 64)


@pytest.mark.parametrize("mode", WEIGHT_MODES)
def test_weights_are_expanded_when_the_model_is_loaded_and_not_in_each_run(mode: Any, tmp_path: Path) -> None:
    source = saved(classifier(), tmp_path / "net.onnx")
    quantize(source, tmp_path / "small.onnx", mode=mode)
    assert optimized(tmp_path / "small.onnx", tmp_path) == optimized(source, tmp_path)


@pytest.mark.parametrize("mode", WEIGHT_MODES)
def test_weights_of_other_layers_are_found_too(mode: Any, tmp_path: Path) -> None:
    source = saved(reader(), tmp_path / "net.onnx")
    result = quantize(source, tmp_path / "small.onnx", mode=mode)
    assert result.weights == 4
    assert result.ratio <= 0.35
    assert result.difference is not None
    assert result.difference.largest < 0.03 * result.difference.range


def test_a_grouped_transposed_convolution_has_a_step_per_channel(tmp_path: Path) -> None:
    net = Network([1, 32, 4, 4])
    values = net.generator.normal(0, 1, (32, 1, 4, 4)) * np.geomspace(1e-4, 1, 32).reshape(-1, 1, 1, 1)
    net.add("ConvTranspose", net.constant(values.astype(np.float32)), group=32)
    source = saved(net.model([1, 32, 7, 7]), tmp_path / "net.onnx")
    quantize(source, tmp_path / "small.onnx")
    feeds = {"input": np.ones((1, 32, 4, 4), np.float32)}
    before, after = (
        onnxruntime.InferenceSession(path).run(None, feeds)[0] for path in (source, tmp_path / "small.onnx")
    )
    for channel in range(32):  # also the quietest
        np.testing.assert_allclose(
            after[0, channel], before[0, channel], atol=0.02 * np.abs(before[0, channel]).max()
        )


def test_weights_that_two_layers_share_are_stored_once(tmp_path: Path) -> None:
    net = Network([1, 8, 16, 16])
    shared = net.weight(8, 8, 3, 3)
    net.add("Conv", shared, pads=[1] * 4)
    net.add("Conv", shared, pads=[1] * 4)
    quantize(saved(net.model([1, 8, 16, 16]), tmp_path / "net.onnx"), tmp_path / "small.onnx")
    tensors = read_model(tmp_path / "small.onnx").graph.initializer
    assert [list(tensor.dims) for tensor in tensors if tensor.data_type == TensorProto.UINT8].count(
        [8] * 2 + [3] * 2
    ) == 1


def test_static_computes_with_integers(tmp_path: Path) -> None:
    source = saved(classifier(), tmp_path / "net.onnx")
    samples = save_samples(tmp_path / "samples", 12, (3, 16, 16))
    result = quantize(source, tmp_path / "small.onnx", mode="static", calibrate=samples)
    assert optimized(tmp_path / "small.onnx", tmp_path)["QLinearConv"] == 2
    assert result.inputs == f"12 samples of {samples}"
    assert result.difference is not None
    assert result.difference.largest < 0.1 * result.difference.range
    assert get_metadata(read_model(tmp_path / "small.onnx")) == {"labels": LABELS, "quantization": "static"}


def test_float16_takes_and_gives_float32(tmp_path: Path) -> None:
    source = saved(classifier(), tmp_path / "net.onnx")
    result = quantize(source, tmp_path / "small.onnx", mode="float16")
    assert result.ratio < 0.55
    assert result.difference is not None
    assert result.difference.largest < 2e-3 * result.difference.range
    session = onnxruntime.InferenceSession(tmp_path / "small.onnx")
    assert {value.type for value in (*session.get_inputs(), *session.get_outputs())} == {"tensor(float)"}


def test_float16_where_layers_share_what_must_stay_float32(tmp_path: Path) -> None:
    net = Network([1, 8, 8, 8])
    scales = net.constant(np.array([1, 1, 2, 2], np.float32))
    for _ in range(2):
        net.add("Conv", net.weight(8, 8, 3, 3), pads=[1] * 4)
        net.add("Resize", scales, scales, mode="linear")
    source = saved(net.model([1, 8, 32, 32]), tmp_path / "net.onnx")
    assert quantize(source, tmp_path / "small.onnx", mode="float16").ratio < 0.6


def test_an_old_model_is_brought_up_to_date(tmp_path: Path) -> None:
    """In the first ONNX files weights are inputs, too."""
    model = classifier()
    model.ir_version, model.opset_import[0].version = 3, 11
    for tensor in model.graph.initializer:
        model.graph.input.append(helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims))
    result = quantize(saved(model, tmp_path / "net.onnx"), tmp_path / "small.onnx")
    assert result.weights == 3
    assert [value.name for value in read_model(tmp_path / "small.onnx").graph.input] == ["input"]


def test_accuracy_is_counted_before_and_after(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = saved(classifier(preprocessing={"scale": 1 / 255}), tmp_path / "net.onnx")
    session = onnxruntime.InferenceSession(source)
    generator = np.random.default_rng(5)
    for number in range(20):
        pixels = generator.integers(0, 256, (16, 16, 3), np.uint8)
        feeds = {"input": (pixels / np.float32(255)).transpose(2, 0, 1)[None]}
        told = int(session.run(None, feeds)[0].argmax())
        # A quarter lies where it does not belong.
        folder = tmp_path / "held-out" / LABELS[(told + (number % 4 == 0)) % 3]
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    arguments = [str(source), "-o", str(tmp_path / "small.onnx"), "--evaluate", str(tmp_path / "held-out")]
    assert cli.main(["model", "quantize", *arguments]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].split() == ["before", "after", "ratio"]
    size = (tmp_path / "small.onnx").stat().st_size
    assert printed[1].split()[2] == f"{size:,}"
    assert printed[2].split()[:2] == ["top-1", "75.00%"]
    assert printed[3].endswith("of 20 labelled samples are told the same as before")
    assert printed[4].startswith("outputs differ by at most")


def broken(change: Callable[[onnx.ModelProto], object]) -> onnx.ModelProto:
    model = classifier()
    change(model)
    return model


def with_nan(model: onnx.ModelProto) -> None:
    values = numpy_helper.to_array(model.graph.initializer[0]).copy()
    values[0, 0, 0, :2] = np.nan
    model.graph.initializer[0].CopyFrom(numpy_helper.from_array(values, "features.0.weight"))


def with_dequantized_weights(model: onnx.ModelProto) -> None:
    codes = np.ones((16, 3, 3, 3), np.int8)
    model.graph.initializer[0].CopyFrom(numpy_helper.from_array(codes, "codes"))
    model.graph.initializer.append(numpy_helper.from_array(np.float32(1), "scale"))
    node = helper.make_node("DequantizeLinear", ["codes", "scale"], ["features.0.weight"])
    model.graph.node.insert(0, node)


def without_weights() -> onnx.ModelProto:
    net = Network([1, 3, 16, 16])
    net.add("Conv", net.weight(3, 3, 1, 1))
    return net.model([1, 3, 16, 16])


NO_FILE = object()


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        (NO_FILE, {}, "net.onnx: no such file"),
        (b"no model", {}, "net.onnx: .*no.* ONNX model"),
        (broken(with_nan), {}, "net.onnx: 2 of the weights of 'features.0.weight' are NaN or infinite"),
        (broken(with_dequantized_weights), {}, "quantised already .it has the operator DequantizeLinear"),
        (classifier(quantization="kmeans"), {}, "quantised already .its metadata say 'kmeans'"),
        (without_weights(), {}, "net.onnx has no weights worth it"),
        (without_weights(), {"mode": "float16"}, "net.onnx has no weights worth it"),
        (classifier(), {"mode": "static"}, "name a folder with --calibrate"),
        (classifier(), {"mode": "static", "calibrate": "empty"}, "empty holds no sample"),
        (classifier(), {"mode": "static", "calibrate": "missing"}, "missing: no such folder"),
        (
            classifier(),
            {"mode": "static", "calibrate": "other"},
            "0.npy has the shape .*takes 1 x 3 x 16 x 16",
        ),
        (classifier(), {"calibrate": "other"}, "0.npy has the shape .*takes 1 x 3 x 16 x 16"),
        (classifier(), {"evaluate": "empty"}, "empty holds no sample"),
        (classifier(), {"evaluate": "other"}, "0.npy lies in no folder that names its class"),
        (classifier(), {"evaluate": "things"}, "has no label 'hat'; it has cup, key, pen"),
        (classifier(labels="cup"), {"evaluate": "things"}, "net.onnx has no labels in its metadata"),
        (classifier(labels=["cup", "hat"]), {"evaluate": "things"}, "gives 3 numbers, and has 2 labels"),
        (classifier(), {"output": "net.onnx"}, "net.onnx would be lost: write to another file"),
        (classifier(), {"output": "nowhere/small.onnx"}, "nowhere: no such folder"),
    ],
)
def test_bad_input_is_told_in_a_line_and_leaves_no_file(
    content: Any, options: dict[str, Any], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if isinstance(content, bytes):
        Path("net.onnx").write_bytes(content)
    elif content is not NO_FILE:
        saved(content, Path("net.onnx"))
    Path("empty").mkdir()
    save_samples(Path("other"), 2, (3, 20, 20))
    save_samples(Path("things", "hat"), 1, (3, 16, 16))
    save_samples(Path("things", "cup"), 1, (3, 16, 16))
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(ModelError, match=message) as raised:
        quantize("net.onnx", options.pop("output", "small.onnx"), **options)
    assert "\n" not in str(raised.value)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("mode", [*WEIGHT_MODES, "static"])
def test_a_quantized_model_is_known_without_its_metadata(mode: Any, tmp_path: Path) -> None:
    source = saved(classifier(), tmp_path / "net.onnx")
    samples = save_samples(tmp_path / "samples", 4, (3, 16, 16))
    quantize(source, tmp_path / "small.onnx", mode=mode, calibrate=samples)
    bare = onnx.load(tmp_path / "small.onnx")
    del bare.metadata_props[:]
    saved(bare, tmp_path / "bare.onnx")
    with pytest.raises(ModelError, match="quantised already"):
        quantize(tmp_path / "bare.onnx", tmp_path / "again.onnx")


def test_outputs_that_were_infinite_before_may_stay_so(tmp_path: Path) -> None:
    net = Network([1, 8, 8, 8])
    net.add("Conv", net.weight(8, 8, 3, 3))
    net.add("Relu")
    net.add("Log")
    result = quantize(saved(net.model([1, 8, 6, 6]), tmp_path / "net.onnx"), tmp_path / "small.onnx")
    assert result.difference is not None
    assert np.isfinite(result.difference.range)


def test_inputs_that_cannot_be_made_up_are_no_obstacle(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of what size a picture may be is nowhere to be read."""
    net = Network([1, 3, "height", "width"])
    net.add("Conv", net.weight(8, 3, 3, 3))
    net.add("Reshape", net.constant(np.array([1, 8 * 8 * 8], np.int64)))
    source = saved(net.model([1, 512]), tmp_path / "net.onnx")
    assert cli.main(["model", "quantize", str(source), "-o", str(tmp_path / "small.onnx")]) == 0
    assert "outputs are not compared" in capsys.readouterr().err
    assert (tmp_path / "small.onnx").exists()
