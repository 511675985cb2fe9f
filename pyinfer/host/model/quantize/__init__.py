"""`pyinfer model quantize`: a model whose weights take a quarter of the bytes, and what that costs."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, get_args

import click
import onnx
from onnxruntime import InferenceSession

from pyinfer.errors import ModelError
from pyinfer.host.model.model_file import check_finite, read_model, set_metadata, write_model
from pyinfer.host.model.samples import Sample, find_samples, inputs_of
from pyinfer.host.progress import note

from .half import to_half
from .measure import (
    Difference,
    accuracy_of,
    difference_of,
    labelled_samples,
    random_feeds,
    sample_feeds,
)
from .prepare import fold, refuse_quantized
from .report import Quantized, render_text
from .session import session_of
from .slim import slim
from .static import quantize_activations
from .weights import find_weights, quantize_weights

__all__ = ["Mode", "Quantized", "command", "quantize"]

Mode = Literal["linear", "linear_symmetric", "kmeans", "static", "float16"]

_EXAMPLES = """\
\b
Examples:
  pyinfer model quantize net.onnx -o net-8bit.onnx
  pyinfer model quantize net.onnx -o net-8bit.onnx --mode kmeans --evaluate held-out
  pyinfer model quantize net.onnx -o net-8bit.onnx --mode static --calibrate pictures

\b
Modes:
  linear            256 steps from each channel's least weight to its largest
  linear_symmetric  127 steps to either side of zero
  kmeans            256 values that lie where the weights are, in a table
  static            8-bit arithmetic too, with ranges from the folder --calibrate
  float16           half the size
The first three expand their weights when the model is loaded; a run costs what it cost before.
"""


@click.command(epilog=_EXAMPLES)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    required=True,
    help="The model to write.",
)
@click.option(
    "--mode", type=click.Choice(get_args(Mode)), default="linear", show_default=True, help="See below."
)
@click.option(
    "--calibrate",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="Pictures and arrays such as the model will see; outputs are compared on them, too.",
)
@click.option(
    "--evaluate",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="Such samples in a folder for each label of the model: count how many it tells right.",
)
@click.argument("model", type=click.Path(path_type=Path))
def command(model: Path, output: Path, mode: Mode, calibrate: Path | None, evaluate: Path | None) -> int:
    """MODEL is an ONNX file; its labels and other metadata are kept."""
    quantized = quantize(model, output, mode=mode, calibrate=calibrate, evaluate=evaluate)
    click.echo(render_text(quantized))
    note(f"wrote {output}")
    return 0


def quantize(
    path: str | os.PathLike[str],
    output: str | os.PathLike[str],
    *,
    mode: Mode = "linear",
    calibrate: str | os.PathLike[str] | None = None,
    evaluate: str | os.PathLike[str] | None = None,
) -> Quantized:
    """Write a model with smaller weights, and measure what that costs.

    Parameters
    ----------
    path : path
        The float32 model.
    output : path
        Where to write; not the same file.
    mode : {"linear", "linear_symmetric", "kmeans", "static", "float16"}
        The first three make 8-bit numbers of the weights alone, ``static`` of what is computed, too.
    calibrate : path, optional
        A folder of samples: ``static`` takes ranges from them. The outputs of both models are compared on
        them; without them on random inputs.
    evaluate : path, optional
        A folder of samples in folders by label.

    Raises
    ------
    ModelError
        It can't be done. Nothing was written.
    """
    path, output = Path(path), Path(output)
    name = path.name
    if not output.parent.is_dir():
        raise ModelError(f"{output.parent}: no such folder")
    if output.exists() and path.exists() and output.samefile(path):
        raise ModelError(f"{path} would be lost: write to another file")
    if mode == "static" and calibrate is None:
        raise ModelError(
            "static quantisation takes the ranges of values from samples: name a folder with --calibrate"
        )
    model = read_model(path)
    refuse_quantized(model, name)
    check_finite(model, name)
    samples = [] if calibrate is None else find_samples(calibrate)
    labelled = None if evaluate is None else labelled_samples(model, evaluate, name)
    made, weights = _make(model, name, mode, samples)
    size_before, size_after = model.ByteSize(), made.ByteSize()
    if size_after >= size_before:
        raise ModelError(
            f"{name} would not become smaller: {size_before:,} bytes before, {size_after:,} after"
        )
    with _sessions(model, made, path) as (before, after):
        difference = _difference(before, after, model, samples)
        accuracy = None if labelled is None else accuracy_of(before, after, model, labelled)
    write_model(made, output)
    inputs = f"{len(samples)} samples of {calibrate}" if samples else "random inputs"
    return Quantized(mode, weights, size_before, size_after, difference, inputs, accuracy)


def _make(
    model: onnx.ModelProto, name: str, mode: Mode, samples: Sequence[Sample]
) -> tuple[onnx.ModelProto, int]:
    """The quantised model, and how many of its tensors were worth it."""
    made = fold(model, name)
    weights = find_weights(made)
    if not weights:
        raise ModelError(f"{name} has no weights worth it: float32, of a layer, and a hundred at least")
    if mode == "float16":
        made = to_half(made)
    elif mode == "static":
        made = quantize_activations(made, samples, *inputs_of(model))
    else:
        quantize_weights(made, weights, mode)
    slim(made)
    del made.metadata_props[:]
    made.metadata_props.extend(model.metadata_props)
    set_metadata(made, quantization=mode)
    return made, len(weights)


@contextmanager
def _sessions(
    model: onnx.ModelProto, made: onnx.ModelProto, path: Path
) -> Iterator[tuple[InferenceSession, InferenceSession]]:
    with tempfile.TemporaryDirectory(prefix="pyinfer-") as folder:
        written = Path(folder, "quantized.onnx")
        write_model(made, written)
        yield (
            session_of(os.fspath(path), path.name),
            session_of(os.fspath(written), f"{path.name}, quantised"),
        )


def _difference(
    before: InferenceSession, after: InferenceSession, model: onnx.ModelProto, samples: Sequence[Sample]
) -> Difference | None:
    inputs, preprocessing = inputs_of(model)
    if samples:
        return difference_of(before, after, sample_feeds(samples, inputs, preprocessing))
    try:
        return difference_of(before, after, random_feeds(inputs))
    except ModelError as error:
        note(f"outputs are not compared, random inputs don't fit ({error}): give some by --calibrate")
        return None
