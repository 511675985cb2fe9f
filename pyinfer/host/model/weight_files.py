"""Files beside a model in which its weights lie."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import onnx
from onnx.external_data_helper import ExternalDataInfo, uses_external_data

from pyinfer.errors import ModelError

__all__ = ["tensors_of", "weight_files"]


def tensors_of(graph: onnx.GraphProto) -> Iterator[onnx.TensorProto]:
    """The weights, and the constants in attributes; those of the bodies of loops and branches, too."""
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield from (sparse.values, sparse.indices)
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t
            yield from attribute.tensors
            for body in (attribute.g, *attribute.graphs):
                yield from tensors_of(body)


def weight_files(model: onnx.ModelProto, path: str | os.PathLike[str]) -> dict[str, Path]:
    """Where they are, by the path that the model has for each.

    Parameters
    ----------
    model : onnx.ModelProto
        As it was read without them.
    path : str or os.PathLike
        Where it was read.

    Raises
    ------
    ModelError
        One is not there, or does not lie below the model's folder.
    """
    found: dict[str, Path] = {}
    for tensor in tensors_of(model.graph):
        if uses_external_data(tensor):
            location = ExternalDataInfo(tensor).location
            relative = PurePosixPath(location)
            if relative.is_absolute() or ".." in relative.parts or not relative.parts:
                raise ModelError(
                    f"{path}: the weights of {tensor.name!r} do not lie below its folder: {location}"
                )
            found[relative.as_posix()] = Path(path).parent / relative
    for file in found.values():
        if not file.is_file():
            raise ModelError(f"{path} has weights in {file}, which is not there")
    return found
