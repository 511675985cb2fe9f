"""What a network is fed: ``image=1x3x224x224:float32`` of a command line, and arrays of that."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pyinfer.errors import ModelError

__all__ = ["InputSpec", "example_sizes", "other_sizes", "parse_input", "random_array"]

_FORM = re.compile(r"(?:(?P<name>[^=]+)=)?(?P<shape>[^:=]+)(?::(?P<dtype>\w+))?")
_DTYPES = ("float32", "float64", "float16", "uint8", "int8", "int16", "int32", "int64", "bool")
_BATCH, _LENGTH, _SIDE = 2, 16, 224


@dataclass(frozen=True)
class InputSpec:
    """An input of a network.

    Attributes
    ----------
    shape : tuple of int and str
        A word is the name of an axis of any size.
    dtype : numpy.dtype
    name : str, optional
        By default that of the parameter of ``forward``.
    """

    shape: tuple[int | str, ...]
    dtype: np.dtype[Any]
    name: str | None = None

    def sized(self, sizes: Mapping[str, int]) -> tuple[int, ...]:
        """The shape with a size for each named axis."""
        return tuple(sizes[size] if isinstance(size, str) else size for size in self.shape)

    def __str__(self) -> str:
        return "x".join(map(str, self.shape))


def parse_input(text: str) -> InputSpec:
    """Read ``[name=]sizes[:dtype]``, the sizes with ``x`` or commas between them.

    Raises
    ------
    ModelError
        It is not of that form.
    """
    parts = _FORM.fullmatch(text)
    sizes = re.split(r",\s*" if "," in text else "x", parts["shape"]) if parts else [""]
    if parts is None or not all((size.isdecimal() and int(size)) or size.isidentifier() for size in sizes):
        raise ModelError(
            f"{text!r} is no input: write [name=]1x3x224x224[:dtype]; a word is an axis of any size "
            "(with commas between the sizes if it contains an x)"
        )
    dtype = parts["dtype"] or "float32"
    if dtype not in _DTYPES:
        raise ModelError(f"{text!r}: there is no dtype {dtype}, but {', '.join(_DTYPES)}")
    shape = tuple(int(size) if size.isdecimal() else size for size in sizes)
    return InputSpec(shape, np.dtype(dtype), parts["name"])


def example_sizes(inputs: Sequence[InputSpec], given: Mapping[str, int] | None = None) -> dict[str, int]:
    """A size to try for each named axis, each another one: PyTorch takes equal ones for the same axis.

    Parameters
    ----------
    inputs : sequence of InputSpec
    given : mapping of str to int, optional
        Sizes by name; the others are 2 for a first axis, 224 for a picture's, else 16, or somewhat more.

    Raises
    ------
    ModelError
        A given one is of no axis, or 0 or 1, for which PyTorch makes a graph of its own.
    """
    sizes = dict(given or {})
    spare = {first: itertools.count(first, step) for first, step in ((_BATCH, 1), (_LENGTH, 8), (_SIDE, 32))}
    names = set()
    for each in inputs:
        for axis, name in enumerate(each.shape):
            if isinstance(name, str):
                names.add(name)
                kind = _BATCH if axis == 0 else _SIDE if len(each.shape) == 4 else _LENGTH
                if name not in sizes:
                    sizes[name] = next(size for size in spare[kind] if size not in sizes.values())
    for name, size in sizes.items():
        if name not in names:
            raise ModelError(
                f"a size is given for {name!r}, which is no axis of {', '.join(map(str, inputs))}"
            )
        if size < 2:
            raise ModelError(f"the size to try for {name!r} must be 2 or more")
    return sizes


def other_sizes(inputs: Sequence[InputSpec], sizes: Mapping[str, int]) -> dict[str, int]:
    """Sizes that a dynamic network must take as well: one sample, and the rest twice as large."""
    first = {each.shape[0] for each in inputs}
    return {name: 1 if name in first else 2 * size for name, size in sizes.items()}


def random_array(
    shape: Sequence[int], dtype: np.dtype[Any], random: np.random.Generator, *, is_pixels: bool = False
) -> np.ndarray[Any, Any]:
    """Values that any network can make something of: pixels, normally distributed numbers, or 0 and 1."""
    if is_pixels:
        return random.integers(0, 256, shape).astype(dtype)
    if dtype.kind == "f":
        return random.standard_normal(shape).astype(dtype)
    return random.integers(0, 2, shape).astype(dtype)
