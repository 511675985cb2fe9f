"""Inputs that Hypothesis makes up: arrays of any shape, dtype and strides, and options."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import cv2
import numpy as np

DTYPES = ("uint8", "int8", "uint16", "int16", "int32", "float32", "float64")
#: Those that native takes since OpenCV 5: what comes from torch and from NumPy's own comparisons.
RARE_DTYPES = ("bool", "float16", "uint32", "int64", "uint64")
CHANNELS = (0, 1, 2, 3, 4, 6)
LARGEST_SIDE = 33
#: The product of two is an int: what becomes of larger ones is the processor's doing.
LARGEST_UNSIGNED = 46340

LAYOUTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "contiguous": lambda array: array,
    "every second row": lambda array: np.repeat(array, 2, axis=0)[::2],
    "part of a larger array": lambda array: np.pad(array, [(1, 2), (3, 1), (0, 0)][: array.ndim], "edge")[
        1:-2, 3:-1
    ],
    "transposed": lambda array: np.ascontiguousarray(array.swapaxes(0, 1)).swapaxes(0, 1),
    "mirrored": lambda array: np.ascontiguousarray(array[:, ::-1])[:, ::-1],
}


class Family(NamedTuple):
    """Calls of one kind.

    Attributes
    ----------
    call : callable
        Takes the arrays, then a value of each option.
    options : sequence of sequences
        What each further argument may be: None, numbers, text, tuples.
    count : int
        How many arrays of one form and dtype it takes.
    dtypes, channels : sequence
        What they may have; 0 channels are two dimensions.
    """

    call: Callable[..., Any]
    options: Sequence[Sequence[Any]] = ()
    count: int = 1
    dtypes: Sequence[str] = DTYPES
    channels: Sequence[int] = CHANNELS

    def inputs(self) -> Any:
        """The strategy of the arguments of `outcome`: a seed stands for the arrays."""
        from hypothesis import strategies

        side = strategies.integers(1, LARGEST_SIDE)
        return strategies.tuples(
            strategies.sampled_from(self.dtypes),
            *(side, side),
            strategies.sampled_from(self.channels),
            strategies.integers(0, 2**16),
            strategies.sampled_from([*LAYOUTS]),
            *(strategies.sampled_from(values) for values in self.options),
        )

    def outcome(
        self, dtype: str, height: int, width: int, channels: int, seed: int, layout: str, *options: Any
    ) -> list[Any]:
        """What the call returns, or which error it raises: not every dtype is taken by every function."""
        shape = (height, width, channels) if channels else (height, width)
        generator = np.random.default_rng(seed)
        arrays = [_array(generator, shape, dtype) for _ in range(self.count)]
        laid_out = [LAYOUTS[layout](array) for array in arrays]
        try:
            result = ["returned", self.call(*laid_out, *options)]
        except cv2.error as error:
            # A template's name is written by the compiler, each in its own way.
            result = ["raised", error.code, "" if "<" in error.func else error.func, error.err]
        for array, given in zip(arrays, laid_out, strict=True):
            np.testing.assert_array_equal(array, given, "the call has written into its input")
        return result


def _array(generator: np.random.Generator, shape: tuple[int, ...], dtype: str) -> np.ndarray:
    if np.dtype(dtype).kind == "f":
        return (generator.random(shape) * 200 - 50).astype(dtype)
    ranges = {"bool": (0, 2), "uint8": (0, 256)}
    low, high = ranges.get(dtype, (-120, 120) if dtype[0] == "i" else (0, LARGEST_UNSIGNED))
    return generator.integers(low, high, shape).astype(dtype)
