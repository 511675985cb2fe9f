"""What quantising has cost: how far the outputs moved, and how many labelled samples are still told right."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
import onnxruntime

from pyinfer.errors import ModelError
from pyinfer.host.model.model_file import get_metadata
from pyinfer.host.model.preprocessing import Preprocessing
from pyinfer.host.model.samples import ModelInput, Sample, find_samples, inputs_of

from .session import run

__all__ = [
    "Accuracy",
    "Difference",
    "Labelled",
    "accuracy_of",
    "difference_of",
    "labelled_samples",
    "random_feeds",
    "sample_feeds",
]

Feeds = dict[str, np.ndarray[Any, Any]]

_SEED = 20240229
_RANDOM_INPUTS = 8
#: An axis of any size, other than the batch, is given this one.
_SIZE = 64


@dataclass(frozen=True)
class Difference:
    """Between the outputs of two models, over all inputs, where those of the first are finite: absolute.

    Attributes
    ----------
    largest, mean : float
        Of the difference.
    range : float
        From the least to the largest number of the first model's outputs.
    """

    largest: float
    mean: float
    range: float


@dataclass(frozen=True)
class Accuracy:
    """How many of the labelled samples each model tells right, of all; and how many both tell the same."""

    before: int
    after: int
    same: int
    samples: int


@dataclass(frozen=True)
class Labelled:
    """Samples, and the place of each one's label among the model's."""

    samples: Sequence[Sample]
    places: Sequence[int]
    classes: int


def labelled_samples(model: onnx.ModelProto, folder: str | os.PathLike[str], name: str) -> Labelled:
    """The samples of a folder that has a folder for each class.

    Raises
    ------
    ModelError
        The model has no labels, a sample lies in no folder, or one's name is no label.
    """
    labels = get_metadata(model).get("labels")
    if not isinstance(labels, list) or not labels:
        raise ModelError(f"{name} has no labels in its metadata, which --evaluate compares with")
    samples = find_samples(folder)
    known = {str(label): place for place, label in enumerate(labels)}
    for sample in samples:
        if sample.label is None:
            raise ModelError(f"{sample.path} lies in no folder that names its class")
    unknown = sorted({sample.label or "" for sample in samples} - known.keys())
    if unknown:
        raise ModelError(
            f"{folder}: the model has no label {', '.join(map(repr, unknown))}; it has {', '.join(known)}"
        )
    return Labelled(samples, [known[sample.label or ""] for sample in samples], len(known))


def accuracy_of(
    before: onnxruntime.InferenceSession,
    after: onnxruntime.InferenceSession,
    model: onnx.ModelProto,
    labelled: Labelled,
) -> Accuracy:
    """Top-1, by the first output.

    Raises
    ------
    ModelError
        A sample is not for this model, or its output has not a number for each label.
    """
    inputs, preprocessing = inputs_of(model)
    right_before = right_after = same = 0
    for sample, place in zip(labelled.samples, labelled.places, strict=True):
        feeds = sample.feeds(inputs, preprocessing)
        first, second = (run(session, feeds, str(sample.path))[0] for session in (before, after))
        if first.size != labelled.classes:
            raise ModelError(
                f"{sample.path}: the model gives {first.size} numbers, and has {labelled.classes} labels"
            )
        told, told_after = int(first.argmax()), int(second.argmax())
        right_before += told == place
        right_after += told_after == place
        same += told == told_after
    return Accuracy(right_before, right_after, same, len(labelled.samples))


def difference_of(
    before: onnxruntime.InferenceSession,
    after: onnxruntime.InferenceSession,
    inputs: Iterable[tuple[str, Feeds]],
) -> Difference:
    """Compare the outputs for inputs, each with a name for messages.

    Raises
    ------
    ModelError
        A model can't compute one.
    """
    largest = total = 0.0
    count = 0
    low, high = np.inf, -np.inf
    for name, feeds in inputs:
        for first, second in zip(run(before, feeds, name), run(after, feeds, name), strict=True):
            told = np.isfinite(first)
            wide = np.asarray(first, np.float64)[told]
            difference = np.abs(wide - np.asarray(second, np.float64)[told])
            # Not Python's max: a NaN must stay one.
            largest = float(np.maximum(largest, difference.max(initial=0)))
            total += float(difference.sum())
            count += difference.size
            low, high = min(low, float(wide.min(initial=np.inf))), max(high, float(wide.max(initial=-np.inf)))
    return Difference(largest, total / max(count, 1), high - low)


def sample_feeds(
    samples: Sequence[Sample], inputs: Sequence[ModelInput], preprocessing: Preprocessing | None
) -> Iterator[tuple[str, Feeds]]:
    """What samples give to a model, each with its path."""
    for sample in samples:
        yield str(sample.path), sample.feeds(inputs, preprocessing)


def random_feeds(inputs: Sequence[ModelInput]) -> Iterator[tuple[str, Feeds]]:
    """The same inputs each time: floats around zero, small integers, and all levels of pixels."""
    generator = np.random.default_rng(_SEED)
    for number in range(_RANDOM_INPUTS):
        feeds = {}
        for each in inputs:
            shape = [size or (_SIZE if axis else 1) for axis, size in enumerate(each.shape)]
            if each.dtype.kind == "f":
                feeds[each.name] = generator.standard_normal(shape).astype(each.dtype)
            else:
                most = 256 if each.dtype == np.uint8 else 2
                feeds[each.name] = generator.integers(0, most, shape).astype(each.dtype)
        yield f"random input {number + 1}", feeds
