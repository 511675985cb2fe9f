"""What the outputs of all samples have in common and by how much they differ."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pyinfer.errors import ModelError
from pyinfer.host.model.samples import Sample

from .answers import Answers, Labels
from .side import Arrays
from .tolerance import Tolerance

__all__ = ["BROWSER", "NATIVE", "ORIGINAL", "Comparison", "Output", "Pair", "Worst"]

Array = np.ndarray[Any, Any]

ORIGINAL, NATIVE, BROWSER = "original", "result natively", "result in the browser"
_MOST_WORST = 6


@dataclass
class Pair:
    """By how much one output differs between two sides.

    Attributes
    ----------
    sides : (str, str)
    tolerance : float
        As a part of the output's largest value.
    maximum, total : float
        Of the absolute differences.
    compared : int
        Elements.
    agreeing, answers : int
        How many answers are the same, of how many.
    """

    sides: tuple[str, str]
    tolerance: float
    maximum: float = 0.0
    total: float = 0.0
    compared: int = 0
    agreeing: int = 0
    answers: int = 0

    @property
    def mean(self) -> float:
        """Of the absolute differences."""
        return self.total / self.compared if self.compared else 0.0

    @property
    def agreement(self) -> float | None:
        """The part of the answers that are the same; None if the output has no such."""
        return self.agreeing / self.answers if self.answers else None


@dataclass
class Output:
    """One output, of all samples.

    Attributes
    ----------
    name : str
    dtype : str
    shape : tuple of int
        Of the first sample.
    reader : Answers
    largest : float
        The largest absolute value of the original's.
    pairs : list of Pair
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    reader: Answers
    largest: float = 0.0
    pairs: list[Pair] = field(default_factory=list)

    def relative(self, pair: Pair) -> float:
        """The largest difference as a part of the largest value."""
        return pair.maximum / self.largest if self.largest else pair.maximum

    def is_past(self, pair: Pair) -> bool:
        """Whether the tolerance is exceeded."""
        return not self.relative(pair) <= pair.tolerance


@dataclass(order=True)
class Worst:
    """A sample on which the sides differ much.

    Attributes
    ----------
    distance : float
        The largest difference, as a part of the output's largest value so far.
    sample : Sample
    output : str
        Which differs.
    outputs : mapping of str to numpy.ndarray
        That output, by side.
    """

    distance: float
    index: int
    sample: Sample = field(compare=False)
    output: str = field(compare=False)
    outputs: Mapping[str, Array] = field(compare=False)


class Comparison:
    """Takes in what the sides give for each sample.

    Parameters
    ----------
    tolerance : Tolerance
    classes : int
        How many labels the result has; 0 if it does not say.
    activation : str
        What the result has at its end; empty if it does not say.
    labels : Labels
    """

    def __init__(self, tolerance: Tolerance, classes: int, activation: str, labels: Labels) -> None:
        self.outputs: list[Output] = []
        self.samples = 0
        self.labelled = 0
        self.right: dict[str, int] = {}
        self._tolerance = tolerance
        self._classes = classes
        self._activation = activation
        self._labels = labels
        self._worst: list[Worst] = []

    @property
    def worst(self) -> list[Worst]:
        """The samples with the largest differences, the largest first."""
        return sorted(self._worst, reverse=True)

    def add(self, sample: Sample, outputs: Mapping[str, Arrays]) -> None:
        """Compare what the sides gave for one sample.

        Parameters
        ----------
        sample : Sample
        outputs : mapping of str to mapping of str to numpy.ndarray
            By side; of each side by output, of which only the original's names may be others.

        Raises
        ------
        ModelError
            They can't be compared: their number or shapes are not the same.
        """
        arrays = _together(outputs)
        if not self.outputs:
            self.outputs = [self._begin(name, sides) for name, sides in arrays.items()]
        distances = [self._compare(output, arrays[output.name]) for output in self.outputs]
        most = int(np.argmax(distances))
        name = self.outputs[most].name
        worst = Worst(distances[most], -self.samples, sample, name, arrays[name])
        heapq.heappush(self._worst, worst)
        if len(self._worst) > _MOST_WORST:
            heapq.heappop(self._worst)
        self._judge(sample, arrays[self.outputs[0].name])
        self.samples += 1

    def _begin(self, name: str, sides: Mapping[str, Array]) -> Output:
        example = sides[ORIGINAL]
        pairs = [Pair((ORIGINAL, NATIVE), self._tolerance.result)]
        if BROWSER in sides:
            pairs.append(Pair((NATIVE, BROWSER), self._tolerance.browser))
        reader = Answers(sides[NATIVE], self._classes, self._activation)
        return Output(name, sides[NATIVE].dtype.name, example.shape, reader, pairs=pairs)

    def _compare(self, output: Output, sides: Mapping[str, Array]) -> float:
        size = np.abs(sides[ORIGINAL].astype(np.float64))
        finite = size[np.isfinite(size)]
        output.largest = max(output.largest, float(finite.max(initial=0.0)))
        distance = 0.0
        for pair in output.pairs:
            first, second = (sides[side] for side in pair.sides)
            apart = _differences(first, second)
            largest = float(apart.max(initial=0.0))
            pair.maximum = max(pair.maximum, largest)
            pair.total += float(apart.sum())
            pair.compared += apart.size
            distance = max(distance, largest / (output.largest or 1.0))
            if output.reader.kind.value != "none":
                same = output.reader.of(first) == output.reader.of(second)
                pair.agreeing += int(np.count_nonzero(same))
                pair.answers += same.size
        return distance

    def _judge(self, sample: Sample, sides: Mapping[str, Array]) -> None:
        number = self._labels.number(sample.label)
        rows = sides[ORIGINAL]
        if number is None or rows.shape != (1, self._labels.count):
            return
        self.labelled += 1
        for side, output in sides.items():
            self.right[side] = self.right.get(side, 0) + self._labels.right(output, number)


def _together(outputs: Mapping[str, Arrays]) -> dict[str, dict[str, Array]]:
    """By output, then by side."""
    result = outputs[NATIVE]
    original = outputs[ORIGINAL]
    if len(original) != len(result):
        raise ModelError(f"the original has {len(original)} outputs, the result {len(result)}")
    if set(original) != set(result):  # by their order then
        original = dict(zip(result, original.values(), strict=True))
    found = {}
    for name, array in result.items():
        sides = {ORIGINAL: original[name], NATIVE: array}
        if BROWSER in outputs:
            sides[BROWSER] = outputs[BROWSER][name]
        for side, other in sides.items():
            if not isinstance(other, np.ndarray) or other.dtype.kind not in "fiub":
                raise ModelError(f"the output {name!r} is no array of numbers: it can't be compared")
            if other.shape != array.shape:
                raise ModelError(
                    f"the output {name!r} is {array.shape} in the result, and {other.shape} in the {side}"
                )
        found[name] = sides
    return found


def _differences(first: Array, second: Array) -> Array:
    """Absolute; between what is no number on one side only, infinite."""
    first, second = first.astype(np.float64), second.astype(np.float64)
    with np.errstate(invalid="ignore"):
        apart: Array = np.abs(first - second)
    apart[(first == second) | (np.isnan(first) & np.isnan(second))] = 0
    return np.nan_to_num(apart, nan=np.inf, posinf=np.inf)
