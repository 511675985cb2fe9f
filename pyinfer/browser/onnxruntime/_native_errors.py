"""What native raises where the engine says something else: the same facts, native's type and words."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from ._errors import engine_status, error_of_code

__all__ = ["error_of_load", "error_of_path", "error_of_run", "native_errors_of_run"]

_FAIL, _INVALID_ARGUMENT, _NO_SUCH_FILE, _RUNTIME_EXCEPTION = 1, 2, 3, 6
_INVALID_PROTOBUF, _NOT_IMPLEMENTED, _INVALID_GRAPH = 7, 9, 10

_INVALID_MODEL = "This is an invalid model. Error "
_NO_MODEL = "Failed to load model with error: "

#: What native catches while it checks a graph, and gives another code. In the WebAssembly build these
#: come through as runtime exceptions: how their messages begin, native's code, native's words before.
_CAUGHT_NATIVELY = (
    ("No Op registered for ", _INVALID_GRAPH, _INVALID_MODEL),
    ("No opset import for domain ", _INVALID_GRAPH, _INVALID_MODEL),
    ("Unrecognized attribute: ", _INVALID_GRAPH, _INVALID_MODEL),
    ("Required attribute ", _INVALID_GRAPH, _INVALID_MODEL),
    ("Mismatched attribute type ", _INVALID_GRAPH, _INVALID_MODEL),
    ("Attribute ", _INVALID_GRAPH, _INVALID_MODEL),
    ("Field ", _INVALID_GRAPH, _INVALID_MODEL),
    ("Node ", _INVALID_GRAPH, _INVALID_MODEL),
    ("Node(", _INVALID_GRAPH, _INVALID_MODEL),
    ("[ShapeInferenceError]", _FAIL, ""),
    ("[TypeInferenceError]", _FAIL, ""),
    ("Invalid tensor data type ", _INVALID_ARGUMENT, _NO_MODEL),
    ("Unsupported type proto value case", _INVALID_ARGUMENT, _NO_MODEL),
)

#: Native loads, then initializes, and says before which file only while it loads. How the engine's
#: messages of the second step begin.
_OF_INITIALIZATION = (
    "External data path validation failed",
    "Exception during initialization: ",
    "model format error!",
    "parse_string.h",
    "tensor_external_data_info.cc",
)
_WHERE_THROWN = "/onnxruntime/core/"
_CHECKED_WHILE_LOADING = _WHERE_THROWN + "graph/"

#: An element type that no kernel has, which native finds while it loads.
_NO_TYPE = "MLDataType for: "

#: What native says of bytes; of a file it says something else.
_NO_GRAPH = "No graph was found in the protobuf."

#: What a node that finds no memory throws: the allocator's words, or only C++'s.
_OUT_OF_MEMORY = ("Failed to allocate memory", "std::bad_alloc")

#: In native's messages errors of the file system have Linux' numbers.
_LINUX = {errno.EACCES: 13, errno.ENOTDIR: 20, errno.ENAMETOOLONG: 36, errno.ELOOP: 40}

_LONGEST_NAME, _LONGEST_PATH = 255, 4095


def error_of_load(code: int, message: str, prefix: str = "") -> Exception:
    """What native raises where the engine did not take a model.

    Parameters
    ----------
    code, message : int, str
        The engine's.
    prefix : str
        Names the file.
    """
    if code == _RUNTIME_EXCEPTION:
        for beginning, native_code, words in _CAUGHT_NATIVELY:
            if message.startswith(beginning):
                return error_of_code(native_code, prefix + words + message)
    if prefix and message.startswith(_NO_GRAPH):
        return error_of_code(_FAIL, f"{prefix}ModelProto does not have a graph.")
    if _is_path(message) and _CHECKED_WHILE_LOADING not in message:
        message = f"Exception during initialization: {message}"
    if code == _NOT_IMPLEMENTED and message.startswith(_NO_TYPE):
        return error_of_code(_FAIL, f"{prefix}Exception during loading: {message}")
    if code == _NOT_IMPLEMENTED or message.startswith(_OF_INITIALIZATION):
        return error_of_code(code, message)
    return error_of_code(code, prefix + message)


def error_of_run(code: int, message: str) -> Exception:
    """What native raises where a run failed: it turns whatever a node throws into ``Fail``."""
    if code == _RUNTIME_EXCEPTION and message.startswith(_OUT_OF_MEMORY):
        words = "" if message.startswith(_OUT_OF_MEMORY[0]) else f"{_OUT_OF_MEMORY[0]}: "
        return error_of_code(_FAIL, words + message)
    return error_of_code(_FAIL if _is_path(message) else code, message)


@contextmanager
def native_errors_of_run() -> Iterator[None]:
    """Raises what the engine raises as native's exception of a run."""
    try:
        yield
    except Exception as error:
        status = engine_status(error)
        if status is None:
            raise
        raise error_of_run(*status) from None


def _is_path(message: str) -> bool:
    """Whether it begins with the source file that an exception was thrown in."""
    return message.startswith("/") and _WHERE_THROWN in message.partition(" ")[0]


def error_of_path(path: str, error: OSError | ValueError) -> Exception:
    """What native raises where a model file can't be opened.

    Raises
    ------
    TypeError
        The path has a surrogate, which is no character.
    """
    prefix = f"Load model from {path} failed:"
    if isinstance(error, UnicodeError):
        return TypeError(f"InferenceSession(): incompatible constructor arguments: the path is {path!r}")
    if isinstance(error, IsADirectoryError):
        return error_of_code(_INVALID_PROTOBUF, f"{prefix}Protobuf parsing failed.")
    number = getattr(error, "errno", None)
    encoded = path.encode()
    if len(encoded) > _LONGEST_PATH or max(map(len, encoded.split(b"/"))) > _LONGEST_NAME:
        number = errno.ENAMETOOLONG  # a browser's file system only finds no such file
    if number in _LINUX:
        words = f"{prefix}system error number {_LINUX[number]}"
        return error_of_code(_FAIL, f"{words} ({os.strerror(number)})")
    if path.lower().endswith(".ort"):
        return error_of_code(_INVALID_ARGUMENT, f"Invalid fd was supplied: -1 (File {path} doesn't exist)")
    return error_of_code(_NO_SUCH_FILE, f"{prefix}Load model {path} failed. File doesn't exist")
