"""Where native onnxruntime keeps InferenceSession."""

from .._session import InferenceSession

__all__ = ["InferenceSession"]
