"""Where native onnxruntime keeps its Python classes."""

from __future__ import annotations

from .._devices import (
    OrtDevice,
    OrtDeviceVendorId,
    get_ort_device_type,
    get_vendor_id_for_device_type,
)
from .._io_binding import IOBinding
from .._ort_value import OrtValue, copy_tensors
from .._providers import check_and_normalize_provider_args
from .._refused import AdapterFormat, ModelCompiler, SparseTensor, refused_function
from .._session import InferenceSession
from .._session_values import Session
from . import _pybind_state as C

__all__ = [
    "AdapterFormat",
    "C",
    "IOBinding",
    "InferenceSession",
    "ModelCompiler",
    "OrtDevice",
    "OrtDeviceVendorId",
    "OrtValue",
    "Session",
    "SparseTensor",
    "check_and_normalize_provider_args",
    "copy_tensors",
    "get_ort_device_type",
    "get_vendor_id_for_device_type",
    "make_get_initializer_location_func_wrapper",
]

make_get_initializer_location_func_wrapper = refused_function(
    "make_get_initializer_location_func_wrapper", "it serves ModelCompiler, which a browser has not"
)
