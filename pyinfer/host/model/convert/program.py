"""What an exported program of PyTorch takes. Needs PyTorch."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from pyinfer.errors import ModelError

from .inputs import InputSpec

__all__ = ["check_program_inputs", "inputs_of_program"]

_AXES = {0: "batch"}
_AXES_OF_PICTURES = {2: "height", 3: "width"}


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
