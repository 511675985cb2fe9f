"""What can be quantised, and how it is made ready: training leaves more parts than a network needs."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import onnx
import onnx.version_converter
import onnxruntime
from onnx import TensorProto

from pyinfer.errors import ModelError
from pyinfer.host.model.model_file import LARGEST_FILE, get_metadata, read_model

from .expansion import DOMAIN
from .graphs import graphs_of
from .session import first_line, session_of, session_options

__all__ = ["fold", "refuse_quantized"]

#: The beginnings of names of operators that quantised models have, and their ends.
_QUANTIZED = ("QuantizeLinear", "DequantizeLinear", "DynamicQuantize", "QLinear", "QGemm", "QAttention")
_INTEGER = ("Integer", "NBits", "Bnb4")
_NARROW = (TensorProto.INT8, TensorProto.UINT8)

#: The first opset whose Split takes sizes as an input.
_LEAST_OPSET = 13
#: The first version in which weights are no inputs.
_LEAST_IR_VERSION = 4

# Basic folds constants and batch normalisation; more would be for this machine alone.
_LEVEL = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC


def refuse_quantized(model: onnx.ModelProto, name: str) -> None:
    """Refuse what has nothing to gain, or would lose twice.

    Raises
    ------
    ModelError
        The model is quantised already, by this tool or another one.
    """
    said = get_metadata(model).get("quantization")
    how = None if said is None else f"its metadata say {said!r}"
    for graph in graphs_of(model.graph):
        narrow = {tensor.name for tensor in graph.initializer if tensor.data_type in _NARROW}
        for node in graph.node:
            if node.op_type.startswith(_QUANTIZED) or node.op_type.endswith(_INTEGER):
                how = how or f"it has the operator {node.op_type}"
            # A look-up table, or arithmetic in the place of DequantizeLinear.
            elif (node.op_type == "Cast" or node.domain == DOMAIN) and node.input[0] in narrow:
                how = how or "its weights are 8-bit numbers"
    if how:
        raise ModelError(f"{name} is quantised already ({how}): give the model that it was made from")


def fold(model: onnx.ModelProto, name: str) -> onnx.ModelProto:
    """The same network with what is constant computed, and batch normalisation within the convolutions.

    Raises
    ------
    ModelError
        ONNX Runtime can't load it.
    """
    given = onnx.ModelProto()
    given.CopyFrom(model)
    if given.ir_version < _LEAST_IR_VERSION:
        weights = {tensor.name for tensor in given.graph.initializer}
        for value in [value for value in given.graph.input if value.name in weights]:
            given.graph.input.remove(value)
        given.ir_version = _LEAST_IR_VERSION
    with tempfile.TemporaryDirectory(prefix="pyinfer-") as folder:
        before, after = Path(folder, "before.onnx"), Path(folder, "after.onnx")
        is_large = given.ByteSize() > LARGEST_FILE
        onnx.save(_of_opset(given, name), before, save_as_external_data=is_large, location="before.onnx.data")
        options = session_options()
        options.graph_optimization_level = _LEVEL
        options.optimized_model_filepath = os.fspath(after)
        if is_large:
            options.add_session_config_entry(
                "session.optimized_model_external_initializers_file_name", "after.onnx.data"
            )
        session_of(os.fspath(before), name, options)
        folded = read_model(after)
    del folded.metadata_props[:]
    folded.metadata_props.extend(model.metadata_props)
    used = {node.domain for graph in graphs_of(folded.graph) for node in graph.node}
    for unused in [found for found in folded.opset_import if found.domain not in used]:
        folded.opset_import.remove(unused)
    return folded


def _of_opset(model: onnx.ModelProto, name: str) -> onnx.ModelProto:
    opset = next((found.version for found in model.opset_import if found.domain in ("", "ai.onnx")), None)
    if opset is None or opset >= _LEAST_OPSET:
        return model
    try:
        return onnx.version_converter.convert_version(model, _LEAST_OPSET)
    except (RuntimeError, onnx.version_converter.ConvertError) as error:
        raise ModelError(
            f"{name} is of opset {opset}, and can't be made one of {_LEAST_OPSET}: {first_line(error)}"
        ) from error
