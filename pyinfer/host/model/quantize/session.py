"""ONNX Runtime on this machine's CPU."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime

from pyinfer.errors import ModelError

__all__ = ["first_line", "run", "session_of", "session_options"]

_FATAL = 4


def session_options() -> onnxruntime.SessionOptions:
    """Options for a session that tells nothing but errors, by raising them."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _FATAL
    return options


def session_of(
    model: str | bytes, name: str, options: onnxruntime.SessionOptions | None = None
) -> onnxruntime.InferenceSession:
    """Load a model.

    Parameters
    ----------
    model : str or bytes
        A file, or what one holds.
    name : str
        For the message.
    options : onnxruntime.SessionOptions, optional

    Raises
    ------
    ModelError
        ONNX Runtime can't load it.
    """
    try:
        return onnxruntime.InferenceSession(
            model, options or session_options(), providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # its own have no base of theirs
        raise ModelError(f"{name}: ONNX Runtime can't load it: {first_line(error)}") from error


def run(
    session: onnxruntime.InferenceSession, feeds: dict[str, np.ndarray[Any, Any]], name: str
) -> list[np.ndarray[Any, Any]]:
    """All outputs.

    Raises
    ------
    ModelError
        The model can't compute that.
    """
    try:
        outputs: list[np.ndarray[Any, Any]] = session.run(None, feeds)
    except Exception as error:  # likewise
        raise ModelError(f"{name}: the model can't compute it: {first_line(error)}") from error
    return outputs


def first_line(error: Exception) -> str:
    """What an error says, in a line."""
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
