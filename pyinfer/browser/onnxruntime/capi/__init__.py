"""The modules that scripts reach below ``onnxruntime.capi``."""

from . import onnxruntime_inference_collection, onnxruntime_pybind11_state

__all__ = ["onnxruntime_inference_collection", "onnxruntime_pybind11_state"]
