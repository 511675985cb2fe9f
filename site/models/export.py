"""A trained network as an ONNX file, with what a page must know about it inside."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from pyinfer.host.model.model_file import set_metadata, write_model


def export(network: nn.Module, example: Tensor, target: Path, output: str, **metadata: Any) -> None:
    """Write a network of one input, named ``input``, and one output, for batches of any size.

    Parameters
    ----------
    network : torch.nn.Module
        In evaluation mode.
    example : torch.Tensor
        A batch of two that it takes.
    target : pathlib.Path
        The file.
    output : str
        The output's name.
    **metadata
        What `custom_metadata_map` will give.
    """
    program = torch.onnx.export(
        network,
        (example,),
        dynamo=True,
        input_names=["input"],
        output_names=[output],
        dynamic_shapes=({0: torch.export.Dim("batch")},),
        verbose=False,
    )
    assert program is not None
    model = program.model_proto
    # Where in the script each part was made is of no use to a page, and a fifth of the file.
    for part in (*model.graph.node, *model.graph.input, *model.graph.output, model.graph):
        del part.metadata_props[:]
    del model.graph.value_info[:]
    set_metadata(model, **metadata)
    size = write_model(model, target)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    print(f"{target.name}: {size} bytes, sha256 {digest}")
