"""The exceptions of native onnxruntime, and how an engine's error becomes one of them."""

from __future__ import annotations

import json
import sys
import traceback
from types import SimpleNamespace
from typing import Any

from ._tables import ERROR_CODES

__all__ = [
    "STATUS_ERRORS",
    "DeviceReset",
    "EPFail",
    "EngineError",
    "Fail",
    "InvalidArgument",
    "InvalidGraph",
    "InvalidProtobuf",
    "ModelLoadCanceled",
    "ModelLoaded",
    "ModelRequiresCompilation",
    "NoModel",
    "NoSuchFile",
    "NotFound",
    "NotImplemented",
    "RuntimeException",
    "engine_status",
    "error_of_code",
    "report_ignored",
]


class Fail(Exception):
    """The engine failed in no more particular way."""


class InvalidArgument(Exception):
    """A name, type, rank or dimension that the model does not have."""


class NoSuchFile(Exception):
    """The model file does not exist."""


class NoModel(Exception):
    """There is no model to run."""


class EngineError(Exception):
    """An execution engine failed."""


class RuntimeException(Exception):
    """The engine threw while it computed: memory ran out, or it stopped."""


class InvalidProtobuf(Exception):
    """The bytes are no ONNX model."""


class ModelLoaded(Exception):
    """A model has been loaded already."""


class NotImplemented(Exception):  # the name is onnxruntime's
    """The engine has no kernel for an operator or an element type."""


class InvalidGraph(Exception):
    """The model's graph is not valid, or has an operator that is not known."""


class EPFail(Exception):
    """An execution provider failed."""


class ModelLoadCanceled(Exception):
    """``SessionOptions.set_load_cancellation_flag`` was set."""


class ModelRequiresCompilation(Exception):
    """The model must be compiled for an execution provider first."""


class NotFound(Exception):
    """Something that was asked for by name is not there."""


class DeviceReset(Exception):
    """The device was reset."""


#: By ``OrtErrorCode``, from 1.
STATUS_ERRORS: tuple[type[Exception], ...] = (
    Fail,
    InvalidArgument,
    NoSuchFile,
    NoModel,
    EngineError,
    RuntimeException,
    InvalidProtobuf,
    ModelLoaded,
    NotImplemented,
    InvalidGraph,
    EPFail,
    ModelLoadCanceled,
    ModelRequiresCompilation,
    NotFound,
    DeviceReset,
)
for _type in STATUS_ERRORS:
    _type.__module__ = "onnxruntime.capi.onnxruntime_pybind11_state"


def error_of_code(code: int, message: str) -> Exception:
    """The exception that native onnxruntime raises for a status.

    Parameters
    ----------
    code : int
        An ``OrtErrorCode`` other than 0.
    message : str
        The status' own message.
    """
    return STATUS_ERRORS[code - 1](f"[ONNXRuntimeError] : {code} : {ERROR_CODES[code]} : {message}")


def engine_status(error: Exception) -> tuple[int, str] | None:
    """Code and message of what an engine call raised; None if the error is none of the engine's."""
    if getattr(error, "name", None) != "OnnxRuntimeError":
        return None
    status = json.loads(error.message)  # type: ignore[attr-defined]
    return status["code"], status["message"]


def report_ignored(error: Exception, where: str) -> None:
    """Hand an exception that nobody can catch to ``sys.unraisablehook``, or print it as that does."""
    if sys.unraisablehook is sys.__unraisablehook__:
        # It takes objects of a type that only the interpreter makes.
        print(f"Exception ignored in: {where!r}", file=sys.stderr)
        traceback.print_exception(error)
        return
    hook: Any = sys.unraisablehook
    hook(
        SimpleNamespace(
            exc_type=type(error),
            exc_value=error,
            exc_traceback=error.__traceback__,
            err_msg=None,
            object=where,
        )
    )
