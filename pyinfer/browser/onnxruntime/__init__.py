"""ONNX Runtime in a browser, under its own name: ``import onnxruntime as ort``.

Mirrors the public surface of onnxruntime 1.30 that inference code uses, on the WebAssembly module
of onnxruntime-web of the same version. ``InferenceSession.run`` is synchronous. What the engine
cannot do raises :class:`pyinfer.errors.UnsupportedInBrowser`.
"""

from __future__ import annotations

from typing import NoReturn

from . import capi as capi
from ._model_file import ModelMetadata, NodeArg
from ._options import (
    ExecutionMode,
    ExecutionOrder,
    GraphOptimizationLevel,
    RunOptions,
    SessionOptions,
    set_default_logger_severity,
    set_default_logger_verbosity,
)
from ._providers import get_all_providers, get_available_providers
from ._session import InferenceSession

__all__ = [
    "ExecutionMode",
    "ExecutionOrder",
    "GraphOptimizationLevel",
    "InferenceSession",
    "ModelMetadata",
    "NodeArg",
    "RunOptions",
    "SessionOptions",
    "disable_telemetry_events",
    "enable_telemetry_events",
    "get_all_providers",
    "get_available_providers",
    "get_build_info",
    "get_device",
    "get_version_string",
    "set_default_logger_severity",
    "set_default_logger_verbosity",
]

__version__ = "1.30.0"


def get_device() -> str:
    """The device that the engine was built for: ``"CPU"``."""
    return "CPU"


def get_version_string() -> str:
    """The version of the engine."""
    return __version__


def get_build_info() -> str:
    """What the engine was built from."""
    return f"ORT Build Info: onnxruntime-web {__version__}, WebAssembly with SIMD and threads"


def enable_telemetry_events() -> None:
    """Does nothing: the engine sends no telemetry."""


def disable_telemetry_events() -> None:
    """Does nothing: the engine sends no telemetry."""


def __getattr__(name: str) -> NoReturn:
    raise AttributeError(f"onnxruntime in a browser has no {name!r}; it has {', '.join(__all__)}")
