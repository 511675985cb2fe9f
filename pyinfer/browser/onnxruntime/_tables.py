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
    "ENGINE_PROVIDERS",
    "ERROR_CODES",
    "STRING",
    "ElementType",
    "element_type_of",
]


class ElementType(NamedTuple):
    """What one kind of tensor is made of."""

    number: int  #: ``onnx.TensorProto.DataType``
    name: str  #: onnxruntime's word, as in ``tensor(float)``
    dtype: np.dtype[Any] | None  #: of the arrays that native takes; None: it takes none
    bits: int  #: of one element; 0 for strings
    engine_name: str  #: the C++ type's, which stands in messages
    array_dtype: np.dtype[Any] | None  #: of the arrays that native hands out; None: it hands out none

    def size_of(self, count: int) -> int:
        """Bytes of a tensor of ``count`` elements."""
        return -(-count * self.bits // 8)


def _row(number: int, name: str, dtype: str) -> ElementType:
    kind = np.dtype(dtype)
    return ElementType(number, name, kind, 0 if kind.hasobject else kind.itemsize * 8, name, kind)


def _row_without_dtype(number: int, name: str, bits: int, engine_name: str) -> ElementType:
    # Native has no dtype for any of these, yet hands out two of them as bytes.
    handed_out = np.dtype(np.uint8) if name in ("float8e4m3fn", "float4e2m1") else None
    return ElementType(number, name, None, bits, engine_name, handed_out)


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
        _row_without_dtype(14, "complex64", 64, "complex64"),
        _row_without_dtype(15, "complex128", 128, "complex128"),
        _row_without_dtype(16, "bfloat16", 16, "bfloat16"),
        _row_without_dtype(17, "float8e4m3fn", 8, "Float8E4M3FN"),
        _row_without_dtype(18, "float8e4m3fnuz", 8, "Float8E4M3FNUZ"),
        _row_without_dtype(19, "float8e5m2", 8, "Float8E5M2"),
        _row_without_dtype(20, "float8e5m2fnuz", 8, "Float8E5M2FNUZ"),
        _row_without_dtype(21, "uint4", 4, "UInt4x2"),
        _row_without_dtype(22, "int4", 4, "Int4x2"),
        _row_without_dtype(23, "float4e2m1", 4, "Float4E2M1x2"),
        _row_without_dtype(24, "float8e8m0", 8, "Float8E8M0"),
        _row_without_dtype(25, "uint2", 2, "UInt2x4"),
        _row_without_dtype(26, "int2", 2, "Int2x4"),
    )
}

#: The one element type whose tensors are not plain bytes.
STRING = ELEMENT_TYPES[8]

#: ``dtype.num`` of ``ml_dtypes.bfloat16`` and its like, which call themselves void.
_FIRST_OF_OTHER_LIBRARIES = 256

_BY_FORMAT = {(row.dtype.kind, row.dtype.itemsize): row for row in ELEMENT_TYPES.values() if row.dtype}


def element_type_of(dtype: np.dtype[Any]) -> ElementType | None:
    """The element type that holds arrays of ``dtype``; None if there is none.

    As in native onnxruntime, text, bytes, objects and structures are all taken for strings.
    """
    if dtype.kind in "OUSV" and dtype.num < _FIRST_OF_OTHER_LIBRARIES:
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

#: What the engine for devices is told to use, by ONNX Runtime's name.
ENGINE_PROVIDERS = {"WebGpuExecutionProvider": "WebGPU", "WebNNExecutionProvider": "WEBNN"}
