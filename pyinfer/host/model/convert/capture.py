"""Has PyTorch write down what a network computes, and says what stood in the way. Needs PyTorch."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn
from torch._subclasses.fake_tensor import DataDependentOutputException, DynamicOutputShapeException
from torch.fx.experimental.symbolic_shapes import GuardOnDataDependentSymNode
from torch.utils import _pytree as pytree

from pyinfer.errors import ModelError
from pyinfer.host.model.network import first_line, place_of

from .inputs import InputSpec, random_array
from .silence import silence

__all__ = ["capture", "check_program_inputs", "inputs_of_program", "run"]

_DATA_DEPENDENT = (GuardOnDataDependentSymNode, DataDependentOutputException, DynamicOutputShapeException)
_FIXED_AXIS = re.compile(r"L\['(\w+)'\]\.size\(\)\[(\d+)\] as dynamic but .* constant \((\d+)\)")
_AXES = {0: "batch"}
_AXES_OF_PICTURES = {2: "height", 3: "width"}

Network = Callable[..., Any]


def run(
    network: Network, arrays: Sequence[np.ndarray[Any, Any]], source: str
) -> tuple[list[np.ndarray[Any, Any]], list[str]]:
    """Call a network.

    Returns
    -------
    list of numpy.ndarray
        What it gives, dicts and tuples of it one after the other.
    list of str
        Names for that: ``output`` for one, the keys of a dict, or ``output_0`` and so on.

    Raises
    ------
    ModelError
        The network raises, or gives something else than tensors.
    """
    try:
        with torch.no_grad(), silence():
            pairs, _ = pytree.tree_flatten_with_path(network(*map(torch.from_numpy, arrays)))
    except Exception as error:
        fed = " and ".join("x".join(map(str, array.shape)) for array in arrays)
        raise ModelError(f"{source} can't take {fed}: {first_line(error)}{place_of(error)}") from error
    for _, value in pairs:
        kind = value.dtype if isinstance(value, torch.Tensor) else type(value).__name__
        if not isinstance(value, torch.Tensor) or value.dtype == torch.bfloat16:
            raise ModelError(f"{source} gives {kind} among its outputs, which no page can take")
    if not pairs:
        raise ModelError(f"{source} gives no tensor")
    names = [_name_of(path) for path, _ in pairs]
    return [value.numpy(force=True) for _, value in pairs], names


def capture(
    network: nn.Module, inputs: Sequence[InputSpec], sizes: Mapping[str, int], source: str
) -> torch.export.ExportedProgram:
    """What a network computes, as `torch.export` sees it.

    Parameters
    ----------
    network : torch.nn.Module
        It can run on such inputs.
    inputs : sequence of InputSpec
    sizes : mapping of str to int
        Of the named axes, to try.
    source : str
        For messages.

    Raises
    ------
    ModelError
        The network does different things for different values, fixes an axis that was to have any size, or
        uses something that can't be captured. The message names the line of the network's own source.
    """
    random = np.random.default_rng(0)
    examples = tuple(torch.from_numpy(random_array(each.sized(sizes), each.dtype, random)) for each in inputs)
    shapes = tuple(
        {axis: torch.export.Dim.DYNAMIC for axis, size in enumerate(each.shape) if isinstance(size, str)}
        for each in inputs
    )
    is_dynamic = any(shapes)
    try:
        with torch.no_grad(), silence():
            return torch.export.export(network, examples, dynamic_shapes=shapes if is_dynamic else None)
    except _DATA_DEPENDENT as error:
        raise ModelError(
            f"{source}: what it computes depends on the values that it is fed{place_of(error)}, which ONNX "
            "can't follow: write torch.where to choose between values, or torch.cond between computations"
        ) from error
    except Exception as error:
        fixed = _FIXED_AXIS.search(str(error))
        if fixed:
            raise ModelError(
                f"{source}: axis {fixed[2]} of {fixed[1]} can't have any size, the network itself fixes it "
                f"at {fixed[3]}: write {fixed[3]} in --input, or take the size from the tensor's shape"
            ) from error
        raise ModelError(
            f"{source}: torch.export can't capture it: {first_line(error)}{place_of(error)}"
        ) from error


def inputs_of_program(program: torch.export.ExportedProgram, path: str) -> list[InputSpec]:
    """What an exported program takes; its axes of any size are called batch, height and width, or by number.

    Raises
    ------
    ModelError
        It takes something else than tensors.
    """
    found: list[InputSpec] = []
    words: dict[str, str] = {}
    values = {node.name: node.meta.get("val") for node in program.graph.nodes if node.op == "placeholder"}
    for name in program.graph_signature.user_inputs:
        value = values.get(name) if isinstance(name, str) else None
        if not isinstance(value, torch.Tensor):
            raise ModelError(f"{path}: its input {name} is no tensor")
        usual = _AXES | (_AXES_OF_PICTURES if value.ndim == 4 else {})
        shape: list[int | str] = []
        for axis, size in enumerate(value.shape):
            if isinstance(size, int):
                shape.append(size)
                continue
            symbol = size.node.expr
            if not symbol.is_symbol:
                raise ModelError(
                    f"{path}: axis {axis} of {name} is {symbol}: only plain sizes can be converted"
                )
            word = usual.get(axis, f"{name}_{axis}")
            if word in words.values():
                word = f"{name}_{axis}"
            shape.append(words.setdefault(str(symbol), word))
        array = torch.empty((), dtype=value.dtype).numpy()
        found.append(InputSpec(tuple(shape), array.dtype, name))
    return found


def check_program_inputs(
    found: Sequence[InputSpec], wanted: Sequence[InputSpec], path: str
) -> list[InputSpec]:
    """The names and words of ``wanted`` for the inputs that a program has.

    Raises
    ------
    ModelError
        They don't fit.
    """
    fits = len(found) == len(wanted) and all(
        own.dtype == each.dtype
        and len(own.shape) == len(each.shape)
        and all(
            size == other if isinstance(size, int) else isinstance(other, str)
            for size, other in zip(own.shape, each.shape, strict=True)
        )
        for own, each in zip(found, wanted, strict=True)
    )
    if not fits:
        own = ", ".join(f"{each}:{each.dtype}" for each in found)
        given = ", ".join(f"{each}:{each.dtype}" for each in wanted)
        raise ModelError(f"{path} takes {own}, not {given}: its inputs are fixed, --input can only name them")
    return [
        InputSpec(each.shape, each.dtype, each.name or own.name)
        for own, each in zip(found, wanted, strict=True)
    ]


def _name_of(path: Sequence[Any]) -> str:
    """Of an output, from where it lies in what the network gives."""
    parts = [str(getattr(key, "key", getattr(key, "idx", getattr(key, "name", "")))) for key in path]
    if not parts:
        return "output"
    return "_".join(["output", *parts] if parts[0].isdecimal() else parts)
