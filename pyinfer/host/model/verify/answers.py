"""What an output says: a class, a mask, or just numbers; and whether that is right."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["Answers", "Kind", "Labels", "activated"]

Array = np.ndarray[Any, Any]


class Kind(enum.Enum):
    """What agreement of two outputs means."""

    CLASSES = "top-1 agreement"
    PIXELS = "top-1 agreement of pixels"
    MASK = "sign agreement"
    NUMBERS = "none"


def activated(output: Array, activation: str) -> Array:
    """What the activation that a result has at its end makes of its original's output.

    Parameters
    ----------
    output : numpy.ndarray
        Floats; the classes lie along axis 1, or the only one.
    activation : {"softmax", "sigmoid"}
    """
    if activation == "sigmoid":
        small: Array = np.exp(-np.abs(output))
        return np.asarray(np.where(output >= 0, 1, small) / (1 + small))
    axis = min(1, output.ndim - 1)
    powers: Array = np.exp(output - output.max(axis=axis, keepdims=True))
    return np.asarray(powers / powers.sum(axis=axis, keepdims=True))


class Answers:
    """Reads the answers out of an output.

    Parameters
    ----------
    example : numpy.ndarray
        The output of one sample.
    classes : int
        How many labels the model has; 0 if it does not say.
    activation : str
        The one at its end; empty if it has none, or does not say.
    """

    def __init__(self, example: Array, classes: int, activation: str) -> None:
        self.kind = _kind(example, classes)
        within = example.size > 0 and example.dtype.kind == "f" and 0 <= example.min() <= example.max() <= 1
        self._middle = 0.5 if activation == "sigmoid" or within else 0.0

    def of(self, output: Array) -> Array:
        """The answers: class numbers, or for each pixel whether it is above the middle."""
        if self.kind is Kind.MASK:
            return np.asarray(output > self._middle)
        return np.asarray(output.argmax(axis=1))


def _kind(output: Array, classes: int) -> Kind:
    if output.dtype.kind != "f" or output.ndim < 2:
        return Kind.NUMBERS
    channels = output.shape[1]
    if output.ndim == 2:
        if channels == 1:
            return Kind.MASK
        return Kind.CLASSES if channels == classes or not classes else Kind.NUMBERS
    if channels == 1:
        return Kind.MASK
    return Kind.PIXELS if channels == classes else Kind.NUMBERS


class Labels:
    """Says which class a labelled sample is of, and whether an output says so.

    Parameters
    ----------
    labels : sequence of str
        In the order of the output; those of the folders in theirs, if the model has none.
    threshold : float or None
        The model's for what it calls unknown: a class is only believed if its value is as large.
    """

    _UNKNOWN = -1

    def __init__(self, labels: Sequence[str], threshold: float | None) -> None:
        self.count = len(labels)
        self._numbers = {label: number for number, label in enumerate(labels)}
        self._threshold = threshold

    def number(self, label: str | None) -> int | None:
        """The class of a sample; None if it has none that the model could find."""
        if label is None:
            return None
        return self._numbers.get(label, None if self._threshold is None else self._UNKNOWN)

    def right(self, output: Array, number: int) -> bool:
        """Whether the output of one sample says that class."""
        (row,) = output
        best = int(row.argmax())
        if self._threshold is not None and row[best] < self._threshold:
            best = self._UNKNOWN
        return best == number
