"""A PyTorch network that is converted. Needs PyTorch."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch.utils import _pytree as pytree

from pyinfer.errors import ModelError
from pyinfer.host.model.network import (
    check_weights,
    first_line,
    load_network,
    load_program,
    load_weights,
    place_of,
)

from .exporter import loosen_outputs, to_onnx
from .inputs import InputSpec, example_sizes, other_sizes, random_array
from .original import Original, Wanted, check_names
from .program import check_program_inputs, inputs_of_program
from .silence import silence

__all__ = ["original_of_torch"]


def original_of_torch(source: str, wanted: Wanted) -> Original:
    """A network of ``module:function``, or an exported program of a ``.pt2`` file.

    Raises
    ------
    ModelError
        It can't be had, run or exported; the message says why.
    """
    network: Any
    if source.endswith(".pt2"):
        if wanted.weights:
            raise ModelError(f"{source} has its weights inside: --weights is for module:function")
        exported: Any = load_program(source)
        network = exported.module()
        inputs = inputs_of_program(exported, source)
        if wanted.inputs:
            inputs = check_program_inputs(inputs, wanted.inputs, source)
    else:
        if not wanted.inputs:
            raise ModelError(f"{source}: what does it take? Say it with --input, such as --input 1x3x224x224")
        network = exported = load_network(source)
        if wanted.weights:
            load_weights(network, wanted.weights, source)
        inputs = list(wanted.inputs)
    check_weights(network, source)
    check_names(inputs, wanted.outputs)
    sizes = example_sizes(inputs, wanted.sizes)
    results, names = _run(network, _arrays(inputs, sizes), source)
    if wanted.outputs:
        if len(wanted.outputs) != len(results):
            raise ModelError(f"{source} gives {len(results)} outputs, and {len(wanted.outputs)} are named")
        names = list(wanted.outputs)
    model, inputs = to_onnx(exported, inputs, sizes, names, wanted.opset, source)
    if sizes:
        with contextlib.suppress(ModelError):  # those sizes are only a guess
            others, _ = _run(network, _arrays(inputs, other_sizes(inputs, sizes)), source)
            loosen_outputs(model, [each.shape for each in results], [each.shape for each in others])
    return Original(source, model, inputs, sizes, lambda arrays: _run(network, arrays, source)[0])


def _arrays(inputs: Sequence[InputSpec], sizes: Mapping[str, int]) -> list[np.ndarray[Any, Any]]:
    random = np.random.default_rng(0)
    return [random_array(each.sized(sizes), each.dtype, random) for each in inputs]


def _run(
    network: Callable[..., Any], arrays: Sequence[np.ndarray[Any, Any]], source: str
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


def _name_of(path: Sequence[Any]) -> str:
    """Of an output, from where it lies in what the network gives."""
    parts = [str(getattr(key, "key", getattr(key, "idx", getattr(key, "name", "")))) for key in path]
    if not parts:
        return "output"
    return "_".join(["output", *parts] if parts[0].isdecimal() else parts)
