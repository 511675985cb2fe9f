"""What `pyinfer model convert` makes of its command line, and how it judges a result: all without PyTorch."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from pyinfer.errors import ModelError
from pyinfer.host import cli
from pyinfer.host.model.convert import InputSpec, parse_input
from pyinfer.host.model.convert.comparison import compare_outputs
from pyinfer.host.model.convert.inputs import example_sizes, other_sizes, random_array


@pytest.mark.parametrize(
    ("text", "name", "shape", "dtype"),
    [
        ("1x3x224x224", None, (1, 3, 224, 224), "float32"),
        ("image=batchx3xheightxwidth", "image", ("batch", 3, "height", "width"), "float32"),
        ("tokens=batch,max_length:int64", "tokens", ("batch", "max_length"), "int64"),
        ("input:0=1x4:uint8", "input:0", (1, 4), "uint8"),
        ("5", None, (5,), "float32"),
    ],
)
def test_an_input_is_written_in_a_word(
    text: str, name: str | None, shape: tuple[int | str, ...], dtype: str
) -> None:
    assert parse_input(text) == InputSpec(shape, np.dtype(dtype), name)


@pytest.mark.parametrize("text", ["", "1x", "boxx4", "1x0", "a=b=1", "1x-3", "1x3:", "1 x 3"])
def test_what_is_no_input_is_said(text: str) -> None:
    with pytest.raises(ModelError, match="is no input: write"):
        parse_input(text)


def test_every_axis_of_any_size_is_tried_at_another_size() -> None:
    """PyTorch would take two axes of the same size for one and the same."""
    inputs = [parse_input("batchx3xheightxwidth"), parse_input("batch,length,features")]
    sizes = example_sizes(inputs, {"height": 96})
    assert sizes["height"] == 96
    assert len(set(sizes.values())) == len(sizes) == 5
    assert all(size >= 2 for size in sizes.values())
    other = other_sizes(inputs, sizes)
    assert other["batch"] == 1, "a page has one picture at a time"
    assert all(other[name] == 2 * size for name, size in sizes.items() if name != "batch")


def test_random_input_is_the_same_each_time_and_of_its_kind() -> None:
    def made(dtype: str, is_pixels: bool) -> np.ndarray[tuple[int, ...], np.dtype[np.generic]]:
        return random_array((8, 8), np.dtype(dtype), np.random.default_rng(0), is_pixels=is_pixels)

    for dtype in ("float32", "float16", "uint8", "int64", "bool"):
        first, second = made(dtype, False), made(dtype, False)
        assert first.dtype == dtype
        np.testing.assert_array_equal(first, second)
    assert set(np.unique(made("int64", False))) == {0, 1}
    pixels = made("float32", True)
    assert pixels.max() > 200
    np.testing.assert_array_equal(pixels, pixels.round())


def test_a_difference_is_judged_by_the_largest_value() -> None:
    wanted = np.array([1000.0, 0.1], np.float32)
    difference = compare_outputs([wanted], {"y": wanted + np.float32(0.5)})
    assert difference.maximum == pytest.approx(0.5, rel=1e-3)
    assert difference.largest == 1000
    with pytest.raises(ModelError, match="by 5 in the output 'y', whose largest value is 1e"):
        compare_outputs([wanted], {"y": wanted + np.float32(5)})


def test_values_that_are_no_numbers_agree_only_with_the_same() -> None:
    wanted = np.array([np.nan, np.inf, 1], np.float32)
    assert compare_outputs([wanted], {"y": wanted.copy()}).maximum == 0
    for found in ([np.nan, -np.inf, 1], [1, np.inf, 1], [np.nan, np.inf, np.nan]):
        with pytest.raises(ModelError, match="by inf in the output 'y'"):
            compare_outputs([wanted], {"y": np.array(found, np.float32)})


def test_other_types_shapes_and_indices_differ() -> None:
    with pytest.raises(ModelError, match=r"became float64 \(3,\); it was float32 \(3,\)"):
        compare_outputs([np.zeros(3, np.float32)], {"y": np.zeros(3)})
    with pytest.raises(ModelError, match="the model differs: 50%"):
        compare_outputs([np.array([1, 2])], {"y": np.array([1, 3])})


def test_a_network_of_pytorch_without_pytorch_says_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    assert cli.main(["model", "convert", "net:build", "--input", "1x3", "-o", "net.onnx"]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "needs torch: `pip install 'pyinfer-web[models]'` brings it" in told
