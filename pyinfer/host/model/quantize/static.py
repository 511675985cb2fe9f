"""Models that compute with 8-bit integers, whose ranges a folder of samples has shown."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.quant_utils import add_pre_process_metadata

from pyinfer.errors import ModelError
from pyinfer.host.model.model_file import LARGEST_FILE, read_model
from pyinfer.host.model.preprocessing import Preprocessing
from pyinfer.host.model.samples import ModelInput, Sample

from .session import first_line

__all__ = ["quantize_activations"]

#: Those that ONNX Runtime has 8-bit kernels for, and that lose little by it: a softmax or sigmoid would.
_OPERATORS = [
    "Add",
    "AveragePool",
    "Clip",
    "Concat",
    "Conv",
    "ConvTranspose",
    "Gather",
    "Gemm",
    "GlobalAveragePool",
    "LeakyRelu",
    "MatMul",
    "MaxPool",
    "Mul",
    "Pad",
    "Relu",
    "Reshape",
    "Resize",
    "Split",
    "Squeeze",
    "Transpose",
    "Unsqueeze",
]


def quantize_activations(
    model: onnx.ModelProto,
    samples: Sequence[Sample],
    inputs: Sequence[ModelInput],
    preprocessing: Preprocessing | None,
) -> onnx.ModelProto:
    """Quantise weights per channel and what is between the operators per tensor, by ONNX Runtime's own tool.

    Raises
    ------
    ModelError
        A sample is not for this model, or it has no operators that could be quantised.
    """
    reader = _Reader(sample.feeds(inputs, preprocessing) for sample in samples)
    prepared = onnx.ModelProto()
    prepared.CopyFrom(model)
    add_pre_process_metadata(prepared)
    with tempfile.TemporaryDirectory(prefix="pyinfer-") as folder:
        made = Path(folder, "static.onnx")
        try:
            quantize_static(
                prepared,
                made,
                reader,
                quant_format=QuantFormat.QDQ,
                op_types_to_quantize=_OPERATORS,
                per_channel=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                use_external_data_format=model.ByteSize() > LARGEST_FILE,
                extra_options={"QuantizeBias": False},
            )
        except ModelError:
            raise
        except Exception as error:  # ValueError, AssertionError, ONNX Runtime's own: it has no common one
            raise ModelError(f"onnxruntime.quantization can't quantise it: {first_line(error)}") from error
        return read_model(made)


class _Reader(CalibrationDataReader):  # type: ignore[misc]
    """One sample after the other, each read when it is wanted."""

    def __init__(self, feeds: Iterator[dict[str, np.ndarray[Any, Any]]]) -> None:
        self._feeds = feeds

    def get_next(self) -> dict[str, np.ndarray[Any, Any]] | None:
        return next(self._feeds, None)
