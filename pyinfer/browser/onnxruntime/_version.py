"""What the engine says of itself."""

from __future__ import annotations

import platform

__all__ = [
    "VERSION",
    "disable_telemetry_events",
    "enable_telemetry_events",
    "get_build_info",
    "get_device",
    "get_version_string",
    "print_debug_info",
]

VERSION = "1.30.0"


def get_device() -> str:
    """The device that the engine was built for: ``"CPU"``."""
    return "CPU"


def get_version_string() -> str:
    """The version of the engine."""
    return VERSION


def get_build_info() -> str:
    """What the engine was built from."""
    return f"ORT Build Info: onnxruntime-web {VERSION}, WebAssembly with SIMD and threads"


def enable_telemetry_events() -> None:
    """Does nothing: the engine sends no telemetry."""


def disable_telemetry_events() -> None:
    """Does nothing: the engine sends no telemetry."""


def print_debug_info() -> None:
    """Print the versions of the engine and of Python."""
    print(f"onnxruntime version: {VERSION}")
    print(f"platform: {platform.platform()}")
    print(get_build_info())
