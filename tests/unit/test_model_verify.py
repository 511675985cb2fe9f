"""`pyinfer model verify`, natively: what was changed on purpose is undone, what differs is found."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pyinfer.errors import ModelError
from pyinfer.host import cli
from pyinfer.host.model.verify import verify
from pyinfer.host.model.verify.answers import Answers, Kind, Labels, activated
from pyinfer.host.model.verify.browser import SampleStreams
from pyinfer.host.model.verify.page import render_page
from pyinfer.host.model.verify.side import SideError
from pyinfer.host.model.verify.tolerance import tolerance_of
from tests.unit.small_models import LABELS, PREPROCESSING, classifier, folded, masker, pictures

SHIFTED = np.eye(3) + np.diag([0, 0, 0.01])


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    return pictures(tmp_path / "inputs")


def test_what_was_folded_and_appended_is_done_for_the_original(tmp_path: Path, inputs: Path) -> None:
    """The original knows nothing of it: neither that pictures come as RGBA bytes, nor of a softmax."""
    original = classifier(tmp_path / "net.onnx")
    result = folded(original, tmp_path / "small.onnx", labels=LABELS)
    report = verify(str(original), result, inputs, native_only=True)
    (output,) = report.comparison.outputs
    (pair,) = output.pairs
    assert pair.maximum < 1e-6 and not report.is_past
    assert pair.agreement == 1 and output.reader.kind is Kind.CLASSES
    assert report.accuracies() == {"original": 1, "result natively": 1}
    assert report.comparison.samples == report.comparison.labelled == 6


def test_folders_are_classes_only_if_there_are_as_many(tmp_path: Path, inputs: Path) -> None:
    """Of a model without labels: else any network would be wrong about everything."""
    model = classifier(tmp_path / "net.onnx", preprocessing=PREPROCESSING.to_json())
    assert verify(str(model), model, inputs, native_only=True).accuracies()["original"] == 1
    (inputs / "violet").mkdir()
    (inputs / "red" / "0.png").rename(inputs / "violet" / "0.png")
    assert verify(str(model), model, inputs, native_only=True).accuracies() == {}


def test_arrays_of_pixels_are_preprocessed_for_the_original(tmp_path: Path) -> None:
    inputs = tmp_path / "inputs"
    inputs.mkdir()
    pixels = np.random.default_rng(1).integers(0, 256, (3, 8, 8, 4), np.uint8)
    np.save(inputs / "pixels.npy", pixels)
    original = classifier(tmp_path / "net.onnx")
    report = verify(str(original), folded(original, tmp_path / "small.onnx"), inputs, native_only=True)
    assert report.comparison.outputs[0].pairs[0].maximum < 1e-6
    assert report.comparison.outputs[0].shape == (3, 3)


def test_an_original_that_says_how_it_wants_pictures_is_believed(tmp_path: Path, inputs: Path) -> None:
    original = classifier(tmp_path / "net.onnx", preprocessing=PREPROCESSING.to_json(), activation="softmax")
    result = classifier(tmp_path / "small.onnx", preprocessing=PREPROCESSING.to_json(), activation="softmax")
    report = verify(str(original), result, inputs, native_only=True)
    assert report.comparison.outputs[0].pairs[0].maximum == 0


def test_what_differs_ends_with_status_1_and_is_shown(tmp_path: Path, inputs: Path, capsys) -> None:
    original = classifier(tmp_path / "net.onnx", labels=["<blue>", "green", "red"])
    result = classifier(tmp_path / "other.onnx", kernel=SHIFTED, labels=["<blue>", "green", "red"])
    page = tmp_path / "report.html"
    command = ["model", "verify", str(original), str(result), "--inputs", str(inputs), "--native-only"]
    assert cli.main([*command, "--html", str(page), "--quiet"]) == 1
    text = capsys.readouterr().out
    assert "Past the tolerance: scores (original / result natively)" in text
    assert "Tolerance: 0.0001" in text
    html = page.read_text("utf-8")
    assert "Not the same" in html and "&lt;blue&gt;" in html and "<blue>" not in html
    assert html.count("data:image/png") == 6, "each of the worst samples"
    assert cli.main([*command, "--tolerance", "0.02", "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    (pair,) = content["outputs"][0]["pairs"]
    assert content["within"] and 0.001 < pair["relative"] < 0.02
    assert pair["agreement"] == 1 and len(content["worst"]) == 6
    differences = [each["difference"] for each in content["worst"]]
    assert differences == sorted(differences, reverse=True)


def test_masks_agree_by_their_sign_and_are_shown_side_by_side(tmp_path: Path, inputs: Path) -> None:
    original = masker(tmp_path / "net.onnx", preprocessing=PREPROCESSING.to_json())
    report = verify(str(original), original, inputs, native_only=True)
    (output,) = report.comparison.outputs
    assert output.reader.kind is Kind.MASK and output.pairs[0].agreement == 1
    assert output.pairs[0].compared == 6 * 12 * 16
    assert "The same as its original" in render_page(report)


@pytest.mark.parametrize(
    ("shape", "classes", "kind"),
    [
        ((1, 10), 10, Kind.CLASSES),
        ((1, 10), 0, Kind.CLASSES),
        ((1, 4), 10, Kind.NUMBERS),
        ((1, 1), 0, Kind.MASK),
        ((1, 1, 8, 8), 0, Kind.MASK),
        ((1, 3, 8, 8), 3, Kind.PIXELS),
        ((1, 84, 8400), 80, Kind.NUMBERS),
        ((5,), 0, Kind.NUMBERS),
    ],
)
def test_agreement_is_of_what_the_output_says(shape: tuple[int, ...], classes: int, kind: Kind) -> None:
    assert Answers(np.zeros(shape, np.float32), classes, "").kind is kind


def test_a_mask_of_probabilities_is_split_in_the_middle() -> None:
    values = np.array([[0.4], [0.6]], np.float32)
    assert Answers(values, 0, "").of(values).tolist() == [[False], [True]]
    scores = np.array([[-2.0], [0.3]], np.float32)
    assert Answers(scores, 0, "").of(scores).tolist() == [[False], [True]]


def test_activations_stay_finite() -> None:
    scores = np.array([[-1000, 0, 1000]], np.float32)
    assert activated(scores, "sigmoid").tolist() == [[0, 0.5, 1]]
    assert activated(scores, "softmax").tolist() == [[0, 0, 1]]


def test_unknown_is_right_where_no_class_is_sure() -> None:
    labels = Labels(["cup", "fork"], 0.8)
    assert labels.number("something") == labels.number("else") != labels.number("cup")
    unsure, sure = np.array([[0.6, 0.4]]), np.array([[0.9, 0.1]])
    unknown = labels.number("unknown")
    assert unknown is not None and labels.right(unsure, unknown) and not labels.right(sure, unknown)
    assert labels.right(sure, 0) and not labels.right(unsure, 0)
    assert Labels(["cup"], None).number("something") is None


def test_the_tolerance_suits_the_weights() -> None:
    assert tolerance_of(None, "").result == 1e-4
    assert tolerance_of(None, "float16").result == 0.01
    eight = tolerance_of(None, "linear_symmetric")
    assert (eight.result, eight.browser) == (0.1, 1e-4)
    assert tolerance_of(None, "static").result > eight.result
    assert tolerance_of(0.5, "linear").browser == 0.5


def test_what_is_no_number_is_past_any_tolerance(tmp_path: Path, inputs: Path) -> None:
    original = classifier(tmp_path / "net.onnx")
    result = classifier(tmp_path / "nan.onnx", kernel=np.full((3, 3), np.nan))
    assert verify(str(original), result, inputs, tolerance=1e9, native_only=True).is_past


def test_what_cannot_be_run_or_compared_ends_with_status_3(tmp_path: Path, inputs: Path, capsys) -> None:
    original = classifier(tmp_path / "net.onnx")
    other = masker(tmp_path / "other.onnx")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "x.png").write_bytes(b"no picture")
    (tmp_path / "empty").mkdir()
    for arguments, words in (
        ((original, tmp_path / "none.onnx", inputs), "none.onnx: no such file"),
        ((original, original, tmp_path / "empty"), "holds no sample"),
        ((original, original, tmp_path / "broken"), "x.png can't be read"),
        ((original, other, inputs), "the output 'scores' is"),
    ):
        first, second, folder = map(str, arguments)
        assert cli.main(["model", "verify", first, second, "--inputs", folder, "--native-only", "-q"]) == 3
        out, err = capsys.readouterr()
        assert out == "" and err.startswith("pyinfer: ") and words in err and err.count("\n") == 1


def test_a_model_that_its_engine_refuses_is_named(tmp_path: Path) -> None:
    inputs = tmp_path / "inputs"
    inputs.mkdir()
    Image.new("RGB", (8, 8)).save(inputs / "small.png")
    kernel = np.ones((3, 7))  # of three means
    original = classifier(tmp_path / "net.onnx")
    with pytest.raises(ModelError):
        classifier(tmp_path / "wrong.onnx", kernel=kernel.T)
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(original.read_bytes().replace(b"MatMul", b"MatMux"))
    with pytest.raises(SideError, match="the result natively could not be run"):
        verify(str(original), broken, inputs, native_only=True)


def test_outputs_arrive_whole_however_the_page_sends_them() -> None:
    streams = SampleStreams(["scores"])
    answer = io.BytesIO()
    np.savez(answer, np.arange(5))
    frame = answer.tell().to_bytes(8, "big") + answer.getvalue()
    for byte in frame + frame[:20]:
        streams.put(1, memoryview(bytes([byte])))
    streams.put(2, memoryview(b"Traceback\nValueError: no\n"))
    assert streams.run({"image": np.zeros(3)})["scores"].tolist() == [0, 1, 2, 3, 4]
    sent = streams.read()
    assert sent is not None and int.from_bytes(sent[:8], "big") == len(sent) - 8
    streams.close()
    with pytest.raises(SideError, match="ValueError: no"):
        streams.run({"image": np.zeros(3)})
