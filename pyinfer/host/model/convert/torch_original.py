"""A PyTorch network that is converted. Needs PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from pyinfer.errors import ModelError
from pyinfer.host.model.network import check_weights, load_network, load_program, load_weights

from .capture import capture, check_program_inputs, inputs_of_program, run
from .exporter import to_onnx
from .inputs import example_sizes, random_array
from .original import Original, Wanted, check_names

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
        program = load_program(source)
        network = program.module()
        check_weights(network, source)
        inputs = inputs_of_program(program, source)
        if wanted.inputs:
            inputs = check_program_inputs(inputs, wanted.inputs, source)
        sizes = example_sizes(inputs, wanted.sizes)
    else:
        if not wanted.inputs:
            raise ModelError(f"{source}: what does it take? Say it with --input, such as --input 1x3x224x224")
        network = load_network(source)
        if wanted.weights:
            load_weights(network, wanted.weights, source)
        check_weights(network, source)
        inputs = list(wanted.inputs)
        sizes = example_sizes(inputs, wanted.sizes)
    random = np.random.default_rng(0)
    arrays = [random_array(each.sized(sizes), each.dtype, random) for each in inputs]
    results, names = run(network, arrays, source)
    if wanted.outputs:
        if len(wanted.outputs) != len(results):
            raise ModelError(f"{source} gives {len(results)} outputs, and {len(wanted.outputs)} are named")
        names = list(wanted.outputs)
    if not source.endswith(".pt2"):
        program = capture(network, inputs, sizes, source)
        parameters = program.graph_signature.user_inputs
        inputs = [
            replace(each, name=each.name or str(name)) for each, name in zip(inputs, parameters, strict=True)
        ]
    check_names(inputs, names)
    model = to_onnx(program, inputs, names, wanted.opset, source)

    def run_again(arrays: Sequence[np.ndarray[Any, Any]]) -> list[np.ndarray[Any, Any]]:
        return run(network, arrays, source)[0]

    return Original(source, model, inputs, sizes, run_again)
