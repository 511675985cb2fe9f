"""Element types, error codes and execution providers: one table each, no other switch anywhere.

A unit test derives the same rows from native onnxruntime and from ONNX's own definitions and
compares them, so that a new version of either is noticed.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

__all__ = [
    "ALL_PROVIDERS",
    "AVAILABLE_PROVIDERS",
    "ELEMENT_TYPES",
    "ERROR_CODES",
    "STRING",
    "ElementType",
    "element_type_of",
]


class ElementType(NamedTuple):
    """What one kind of tensor is made of."""

    number: int  #: ``onnx.TensorProto.DataType``
    name: str  #: onnxruntime's word, as in ``tensor(float)``
    dtype: np.dtype[Any] | None  #: None: NumPy has no such type


def _row(number: int, name: str, dtype: str | None = None) -> ElementType:
    return ElementType(number, name, None if dtype is None else np.dtype(dtype))


ELEMENT_TYPES: dict[int, ElementType] = {
    row.number: row
    for row in (
        _row(1, "float", "float32"),
        _row(2, "uint8", "uint8"),
        _row(3, "int8", "int8"),
        _row(4, "uint16", "uint16"),
        _row(5, "int16", "int16"),
        _row(6, "int32", "int32"),
        _row(7, "int64", "int64"),
        _row(8, "string", "object"),
        _row(9, "bool", "bool"),
        _row(10, "float16", "float16"),
        _row(11, "double", "float64"),
        _row(12, "uint32", "uint32"),
        _row(13, "uint64", "uint64"),
        _row(14, "complex64"),
        _row(15, "complex128"),
        _row(16, "bfloat16"),
        _row(17, "float8e4m3fn"),
        _row(18, "float8e4m3fnuz"),
        _row(19, "float8e5m2"),
        _row(20, "float8e5m2fnuz"),
        _row(21, "uint4"),
        _row(22, "int4"),
        _row(23, "float4e2m1"),
        _row(24, "float8e8m0"),
        _row(25, "uint2"),
        _row(26, "int2"),
    )
}

#: The one element type whose tensors are not plain bytes.
STRING = ELEMENT_TYPES[8]

_BY_FORMAT = {(row.dtype.kind, row.dtype.itemsize): row for row in ELEMENT_TYPES.values() if row.dtype}


def element_type_of(dtype: np.dtype[Any]) -> ElementType | None:
    """The element type that holds arrays of ``dtype``; None if there is none.

    As in native onnxruntime, text, bytes, objects and structures are all taken for strings.
    """
    if dtype.kind in "OUSV":
        return STRING
    return _BY_FORMAT.get((dtype.kind, dtype.itemsize))


#: The words of each ``OrtErrorCode`` in a message, from 0.
ERROR_CODES = (
    "SUCCESS",
    "FAIL",
    "INVALID_ARGUMENT",
    "NO_SUCHFILE",
    "NO_MODEL",
    "ENGINE_ERROR",
    "RUNTIME_EXCEPTION",
    "INVALID_PROTOBUF",
    "MODEL_LOADED",
    "NOT_IMPLEMENTED",
    "INVALID_GRAPH",
    "EP_FAIL",
    "MODEL_LOAD_CANCELED",
    "MODEL_REQUIRES_COMPILATION",
    "NOT_FOUND",
    "DEVICE_RESET",
)

#: What native ``get_all_providers()`` lists, in its order of precedence.
ALL_PROVIDERS = (
    "NvTensorRTRTXExecutionProvider",
    "TensorrtExecutionProvider",
    "CUDAExecutionProvider",
    "MIGraphXExecutionProvider",
    "OpenVINOExecutionProvider",
    "DnnlExecutionProvider",
    "VitisAIExecutionProvider",
    "QNNExecutionProvider",
    "NnapiExecutionProvider",
    "VSINPUExecutionProvider",
    "JsExecutionProvider",
    "CoreMLExecutionProvider",
    "ACLExecutionProvider",
    "DmlExecutionProvider",
    "RknpuExecutionProvider",
    "WebNNExecutionProvider",
    "WebGpuExecutionProvider",
    "XnnpackExecutionProvider",
    "CANNExecutionProvider",
    "AzureExecutionProvider",
    "CPUExecutionProvider",
)

#: What the loaded engine computes with.
AVAILABLE_PROVIDERS = ("CPUExecutionProvider",)
