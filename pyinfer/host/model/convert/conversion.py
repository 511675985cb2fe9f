"""Converts, changes, compares, and writes only what agrees with its original."""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx

from pyinfer.errors import ModelError
from pyinfer.host.model.activation import Activation, append_activation, set_labels
from pyinfer.host.model.folding import channel_order_of, fold_preprocessing, layout_of
from pyinfer.host.model.graph_values import default_opset, find_value, real_inputs, shape_words
from pyinfer.host.model.model_file import write_model
from pyinfer.host.model.preprocessing import ChannelOrder, Layout, Preprocessing
from pyinfer.host.progress import note

from .comparison import Difference, activate, compare_outputs, network_input, run_model
from .inputs import other_sizes, random_array
from .original import Original, Wanted, original_of_model

__all__ = ["Conversion", "Pictures", "convert"]

_MEGABYTE = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """What the network was trained on, and what the page has: the model will do what lies between.

    The network takes ``(pixels * scale - mean) / std``, pixels from 0 to 255.

    Attributes
    ----------
    scale : float
    mean, std : tuple of float
        A value per channel of the network, or one for all.
    network_channel_order : {"RGB", "BGR", "RGBA", "BGRA", "GRAY"}, optional
        By default RGB, GRAY or RGBA, by the number of channels.
    channel_order : {"RGB", "BGR", "RGBA", "BGRA", "GRAY"}, optional
        What the page feeds; by default what the network takes.
    layout : {"NCHW", "NHWC"}, optional
        Likewise.
    dtype : {"float32", "uint8"}
        Likewise.
    input_name : str, optional
        Which input takes the pictures; the first by default.
    """

    scale: float = 1.0
    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)
    network_channel_order: ChannelOrder | None = None
    channel_order: ChannelOrder | None = None
    layout: Layout | None = None
    dtype: str = "float32"
    input_name: str | None = None


@dataclass(frozen=True)
class Conversion:
    """What came of a conversion.

    Attributes
    ----------
    path : Path
    size : int
        In bytes, with weights that lie in a file beside it.
    difference : Difference
        Between the original's outputs and the model's, on random input.
    """

    path: Path
    size: int
    difference: Difference


@dataclass(frozen=True)
class _Changes:
    """What was added to an original."""

    output: int
    activation: Activation | None
    picture: int | None
    network: Preprocessing
    fed: Preprocessing


def convert(
    source: str,
    target: str | Path,
    wanted: Wanted,
    *,
    activation: Activation | None = None,
    scores: str | None = None,
    labels: Sequence[str] | None = None,
    pictures: Pictures | None = None,
) -> Conversion:
    """Write a network as ONNX, compare the two, and keep the file if they agree.

    Parameters
    ----------
    source : str
        ``module:function``, ``file.py:function``, a ``.pt2`` or an ``.onnx`` file.
    target : str or Path
    wanted : Wanted
        Its inputs, and more.
    activation : {"sigmoid", "softmax"}, optional
        Appended to an output.
    scores : str, optional
        Which output; the first by default.
    labels : sequence of str, optional
        Of the classes of that output.
    pictures : Pictures, optional
        What is to be folded into the graph.

    Raises
    ------
    ModelError
        It can't be done, and there is no file; the message says why.
    """
    target = Path(target)
    if not target.parent.is_dir():
        raise ModelError(f"{target.parent}: no such folder")
    if target.is_dir():
        raise ModelError(f"{target} is a folder")
    original = _original(source, wanted)
    model = original.model
    changes = _change(model, activation, scores, labels, pictures)
    words = _words(model)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".new-") as folder:
        made = Path(folder) / target.name
        size = write_model(model, made)
        difference = _compare(original, made, changes)
        for file in sorted(Path(folder).iterdir(), key=lambda file: file == made):  # the weights first
            shutil.move(file, target.parent / file.name)
    note(f"{target}: {f'{size / 1e6:.1f} MB' if size >= _MEGABYTE else f'{size / 1e3:.1f} kB'}, {words}")
    note(
        f"it differs from {source} by at most {difference.maximum:.2g} in values of at most "
        f"{difference.largest:.2g}, on random input"
    )
    return Conversion(target, size, difference)


def _original(source: str, wanted: Wanted) -> Original:
    if source.endswith(".onnx"):
        return original_of_model(source, wanted)
    if not source.endswith(".pt2") and not all(source.rpartition(":")[::2]):
        raise ModelError(
            f"{source!r} is neither module:function nor file.py:function, nor a .pt2 or .onnx file"
        )
    from .torch_original import original_of_torch

    return original_of_torch(source, wanted)


def _change(
    model: onnx.ModelProto,
    activation: Activation | None,
    scores: str | None,
    labels: Sequence[str] | None,
    pictures: Pictures | None,
) -> _Changes:
    output = find_value(list(model.graph.output), scores, "output").name
    index = [value.name for value in model.graph.output].index(output)
    if labels is not None:
        set_labels(model, labels, output)
    if activation:
        append_activation(model, activation, output)
    if pictures is None:
        return _Changes(index, activation, None, Preprocessing(), Preprocessing())
    inputs = real_inputs(model.graph)
    picture = find_value(inputs, pictures.input_name, "input").name
    network = Preprocessing(
        channel_order=pictures.network_channel_order or channel_order_of(model, picture),
        layout=layout_of(model, picture),
        scale=pictures.scale,
        mean=pictures.mean,
        std=pictures.std,
    )
    if not all(map(math.isfinite, (network.scale, *network.mean, *network.std))):
        raise ModelError("scale, mean and std must be finite numbers")
    fed = fold_preprocessing(
        model,
        network,
        channel_order=pictures.channel_order,
        layout=pictures.layout,
        dtype=pictures.dtype,
        input_name=picture,
    )
    return _Changes(index, activation, [each.name for each in inputs].index(picture), network, fed)


def _compare(original: Original, made: Path, changes: _Changes) -> Difference:
    """Run both on what a page would feed."""
    difference = _compare_at(original, made, changes, original.sizes)
    others = other_sizes(original.inputs, original.sizes)
    if others:
        try:
            second = _compare_at(original, made, changes, others)
        except _OriginalError as error:
            note(f"compared for the sizes {original.sizes} only: {error}")
        else:
            difference = max(difference, second, key=lambda each: each.maximum)
    return difference


class _OriginalError(ModelError):
    """It is the original that does not take some sizes."""


def _compare_at(original: Original, made: Path, changes: _Changes, sizes: dict[str, int]) -> Difference:
    random = np.random.default_rng(1)
    fed, taken = {}, []
    for index, each in enumerate(original.inputs):
        shape = each.sized(sizes)
        is_picture = index == changes.picture
        if is_picture:
            axes = {**dict(zip(changes.network.layout, shape, strict=True)), "C": changes.fed.channels}
            array = random_array(
                [axes[axis] for axis in changes.fed.layout],
                np.dtype(changes.fed.dtype),
                random,
                is_pixels=True,
            )
            taken.append(network_input(array, changes.fed, changes.network).astype(each.dtype))
        else:
            array = random_array(shape, each.dtype, random)
            taken.append(array)
        fed[each.name or ""] = array
    try:
        outputs = original.run(taken)
    except ModelError as error:
        raise _OriginalError(str(error)) from error
    if changes.activation:
        outputs[changes.output] = activate(outputs[changes.output], changes.activation)
    return compare_outputs(outputs, run_model(made, fed))


def _words(model: onnx.ModelProto) -> str:
    def words(value: onnx.ValueInfoProto) -> str:
        kind = onnx.helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type).name
        return f"{value.name} {shape_words(value)} {kind}".replace("  ", " ")

    inputs, outputs = (
        ", ".join(map(words, values)) for values in (real_inputs(model.graph), model.graph.output)
    )
    return f"opset {default_opset(model)}: {inputs} -> {outputs}"
