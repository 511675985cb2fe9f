"""Bringing a model into the engine: its bytes, its files of weights, its options."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from pyinfer.browser.bridge.codec import HeapView
from pyinfer.browser.bridge.contract import OnnxRuntimeEngine

from ._errors import engine_status, error_of_code
from ._model_file import ModelFile, read_model_file
from ._options import SessionOptions
from ._tables import ENGINE_PROVIDERS

__all__ = ["load_model"]

#: A file is copied into the engine in pieces, so that Python's heap never holds all of it.
_PIECE_BYTES = 16 * 1024 * 1024

#: Lets the engine read a model of the ORT format where it lies instead of copying it first.
_IN_PLACE = ("session.use_ort_model_bytes_directly", "1")

_FAIL, _INVALID_ARGUMENT, _NO_SUCH_FILE, _RUNTIME_EXCEPTION = 1, 2, 3, 6
_INVALID_PROTOBUF, _INVALID_GRAPH, _LOAD_CANCELED = 7, 10, 12

#: What native catches while it checks a graph, and gives another code. In the WebAssembly build these
#: come through as runtime exceptions: how their messages begin, native's code, native's words before.
_CAUGHT_NATIVELY = (
    (
        (
            "No Op registered for ",
            "No opset import for domain ",
            "Unrecognized attribute: ",
            "Required attribute ",
            "Mismatched attribute type ",
            "Attribute ",
            "Field ",
            "Node ",
        ),
        _INVALID_GRAPH,
        "This is an invalid model. Error ",
    ),
    (("[ShapeInferenceError]", "[TypeInferenceError]"), _FAIL, ""),
    (("Invalid tensor data type ",), _INVALID_ARGUMENT, "Failed to load model with error: "),
)


def load_model(
    engine: OnnxRuntimeEngine,
    model: str | bytes,
    options: SessionOptions,
    providers: Mapping[str, Mapping[str, str]] | None = None,
) -> tuple[int, ModelFile]:
    """A new session in the engine, and what its file says about the model.

    Copies the model once.

    Parameters
    ----------
    model : str or bytes
        A path or the contents.
    providers : mapping of str to dict, optional
        Execution providers that come before the CPU, and their options.

    Raises
    ------
    Exception
        Native's, for whatever keeps the engine from taking the model.
    TypeError
        The path is empty, as in native onnxruntime.
    """
    listed = [(ENGINE_PROVIDERS[name], settings) for name, settings in (providers or {}).items()]
    engine_options = options._for_engine([_IN_PLACE], listed)
    if options._load_canceled:
        raise error_of_code(_LOAD_CANCELED, "Graph loading canceled due to user request.")
    if isinstance(model, bytes):
        return _load(engine, BytesIO(model), len(model), options, engine_options, folder=None)
    if not model:
        raise TypeError("InferenceSession(): incompatible constructor arguments: the path is empty")
    prefix = f"Load model from {model} failed:"
    try:
        with Path(model).open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            if size == 0:
                raise error_of_code(_FAIL, f"{prefix}ModelProto does not have a graph.")
            folder = Path(model).parent
            return _load(engine, stream, size, options, engine_options, folder=folder, prefix=prefix)
    except FileNotFoundError:
        missing = f"{prefix}Load model {model} failed. File doesn't exist"
        raise error_of_code(_NO_SUCH_FILE, missing) from None
    except IsADirectoryError:
        raise error_of_code(_INVALID_PROTOBUF, f"{prefix}Protobuf parsing failed.") from None


def _load(
    engine: OnnxRuntimeEngine,
    stream: BinaryIO,
    size: int,
    options: SessionOptions,
    engine_options: str,
    *,
    folder: Path | None,
    prefix: str = "",
) -> tuple[int, ModelFile]:
    try:
        file = read_model_file(stream, size)
    except ValueError:
        file = ModelFile()  # the engine says what is wrong with it
    buffer = None
    try:
        _bring_external_files(engine, options, file, folder)
        buffer = held = engine.allocate(size)
        _copy(stream, size, lambda start, length: engine.bufferView(held, start, length))
        return engine.createSession(buffer, engine_options), file
    except Exception as error:
        status = engine_status(error)
        if status is None:
            raise
        code, message = _as_native(*status)
        raise error_of_code(code, prefix + message) from None
    finally:
        if buffer is not None:
            engine.releaseBuffer(buffer)
        engine.releaseExternalData()


def _as_native(code: int, message: str) -> tuple[int, str]:
    if code == _RUNTIME_EXCEPTION:
        for beginnings, native_code, words in _CAUGHT_NATIVELY:
            if message.startswith(beginnings):
                return native_code, words + message
    return code, message


def _bring_external_files(
    engine: OnnxRuntimeEngine, options: SessionOptions, file: ModelFile, folder: Path | None
) -> None:
    """Hand the engine the files of weights: those given in memory, and those beside the model.

    One that is missing is left to the engine, which names the tensor that needs it.
    """
    for name, contents in options._external_files.items():
        _bring(engine, name, BytesIO(contents), len(contents))
    if folder is None:
        return
    for name in sorted(file.external_files - options._external_files.keys()):
        path = folder / name
        inside = path.resolve().is_relative_to(folder.resolve())
        if inside and path.is_file():
            with path.open("rb") as stream:
                _bring(engine, name, stream, path.stat().st_size)


def _bring(engine: OnnxRuntimeEngine, name: str, stream: BinaryIO, size: int) -> None:
    _copy(stream, size, lambda start, length: engine.externalDataView(name, start, length, size))


def _copy(stream: BinaryIO, size: int, view: Callable[[int, int], HeapView]) -> None:
    """Copy a stream into the engine, a piece at a time."""
    stream.seek(0)
    if isinstance(stream, BytesIO):
        if size:
            view(0, size).assign(stream.getbuffer())
        return
    piece = memoryview(bytearray(min(size, _PIECE_BYTES)))
    start = 0
    while start < size:
        length = stream.readinto(piece)  # type: ignore[attr-defined]
        if not length:
            raise EOFError(f"the model ends after {start} of {size} bytes")
        view(start, length).assign(piece[:length])
        start += length
