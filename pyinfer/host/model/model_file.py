"""An ONNX file, read and written: faults are said in one line, and nothing is left half-written."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from google.protobuf.message import DecodeError
from onnx import numpy_helper

from pyinfer.errors import ModelError

__all__ = [
    "LARGEST_FILE",
    "check_finite",
    "get_metadata",
    "model_of_bytes",
    "read_model",
    "set_metadata",
    "write_model",
]

#: Protobuf's limit. The weights of a larger model lie in a file beside it.
LARGEST_FILE = 2**31 - 1


def read_model(path: str | os.PathLike[str], *, with_weights: bool = True) -> onnx.ModelProto:
    """Read a model.

    Parameters
    ----------
    path : str or os.PathLike
    with_weights : bool
        Whether to read those, too, that lie in files beside it.

    Raises
    ------
    ModelError
        There is no such file, it is no ONNX model, or not a valid one.
    """
    try:
        model = onnx.load(os.fspath(path), load_external_data=with_weights)
    except FileNotFoundError as error:
        raise ModelError(f"{error.filename or path}: no such file") from None
    except (DecodeError, OSError, ValueError, onnx.checker.ValidationError) as error:
        raise ModelError(f"{path}: no ONNX model can be read from it: {_line(error)}") from error
    _check(model, str(path))
    return model


def model_of_bytes(content: bytes, name: str) -> onnx.ModelProto:
    """The model that bytes hold; ``name`` is for the message of a `ModelError`."""
    try:
        model = onnx.load_from_string(content)
    except DecodeError as error:
        raise ModelError(f"{name}: no ONNX model can be read from it: {_line(error)}") from error
    _check(model, name)
    return model


def write_model(model: onnx.ModelProto, path: str | os.PathLike[str]) -> int:
    """Check a model and its shapes, and write it whole or not at all.

    Weights that don't fit into one file of protobuf's go to one of the model's name plus ``.data`` beside it.

    Returns
    -------
    int
        Bytes written.

    Raises
    ------
    ModelError
        The model is not valid.
    """
    target = Path(path)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".new-") as folder:
        made = Path(folder) / target.name
        weights = f"{target.name}.data"
        copy = onnx.ModelProto()
        copy.CopyFrom(model)
        is_large = copy.ByteSize() > LARGEST_FILE
        onnx.save(copy, os.fspath(made), save_as_external_data=is_large, location=weights)
        try:
            onnx.checker.check_model(os.fspath(made), full_check=True)
        except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
            raise ModelError(f"{target.name} would not be a valid model: {_line(error)}") from error
        files = sorted(Path(folder).iterdir(), key=lambda file: file == made)  # the weights first
        size = sum(file.stat().st_size for file in files)
        for file in files:
            shutil.move(file, target.parent / file.name)
    return size


def check_finite(model: onnx.ModelProto, name: str) -> None:
    """Refuse weights that are not numbers.

    Raises
    ------
    ModelError
        A weight is NaN or infinite. The error names the first such tensor.
    """
    for tensor in model.graph.initializer:
        if tensor.data_type in (onnx.TensorProto.FLOAT, onnx.TensorProto.DOUBLE, onnx.TensorProto.FLOAT16):
            bad = int(np.count_nonzero(~np.isfinite(numpy_helper.to_array(tensor))))
            if bad:
                raise ModelError(f"{name}: {bad} of the weights of {tensor.name!r} are NaN or infinite")


def get_metadata(model: onnx.ModelProto) -> dict[str, Any]:
    """What `custom_metadata_map` gives, with values parsed where they are JSON."""
    found: dict[str, Any] = {}
    for entry in model.metadata_props:
        try:
            found[entry.key] = json.loads(entry.value)
        except ValueError:
            found[entry.key] = entry.value
    return found


def set_metadata(model: onnx.ModelProto, **values: Any) -> None:
    """Write into the model's metadata: strings as they are, all else as JSON; None takes a key away."""
    kept = {entry.key: entry.value for entry in model.metadata_props}
    for key, value in values.items():
        kept.pop(key, None)
        if value is not None:
            kept[key] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    del model.metadata_props[:]
    for key, value in sorted(kept.items()):
        model.metadata_props.add(key=key, value=value)


def _check(model: onnx.ModelProto, name: str) -> None:
    if not model.graph.node:
        raise ModelError(f"{name}: it is no ONNX model, or one without a single operator")


def _line(error: Exception) -> str:
    """The first line of an error's message that says something."""
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
