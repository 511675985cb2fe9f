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
from ._external_files import bring_bytes, bring_external_files, bring_file, error_of_files
from ._large_model import WEIGHTS, slimmed
from ._model_file import ModelFile, read_model_file
from ._native_errors import error_of_load, error_of_path
from ._options import FOLDER_KEY, SessionOptions
from ._ort_file import ORT_FORMAT, read_ort_file
from ._tables import ENGINE_PROVIDERS

__all__ = ["load_model"]

#: Lets the engine read a model of the ORT format where it lies instead of copying it first.
_IN_PLACE = ("session.use_ort_model_bytes_directly", "1")

#: From so many bytes on it is worth while to leave a model's weights in their file.
_LARGE = 16 * 1024 * 1024

#: A model is copied into the engine in pieces, so that Python's heap never holds all of a file.
_PIECE_BYTES = 16 * 1024 * 1024

_FAIL, _LOAD_CANCELED = 1, 12


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
        key = options._config.get(FOLDER_KEY)
        folder = Path(key) if key else None
        return _load(engine, BytesIO(model), len(model), options, engine_options, folder=folder)
    if not model:
        raise TypeError("InferenceSession(): incompatible constructor arguments: the path is empty")
    model = model.partition("\0")[0]
    try:
        model.encode()
        stream = Path(model).open("rb")  # noqa: SIM115 - the errors below are of opening alone
    except (OSError, UnicodeError) as error:
        raise error_of_path(model, error) from None
    with stream:
        size = os.fstat(stream.fileno()).st_size
        prefix = f"Load model from {model} failed:"
        if size == 0:
            raise error_of_code(_FAIL, f"{prefix}ModelProto does not have a graph.")
        if model.lower().endswith(".ort") and not _is_ort_format(stream):
            raise error_of_code(_FAIL, "ORT model verification failed.")
        folder = Path(model).parent
        return _load(engine, stream, size, options, engine_options, folder=folder, prefix=prefix)


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
        file = read_ort_file(stream) if _is_ort_format(stream) else read_model_file(stream, size)
    except ValueError:
        file = ModelFile()  # the engine says what is wrong with it
    buffer = None
    try:
        bring_external_files(engine, options, file, folder)
        model, length = _slimmer(engine, stream, size)
        buffer = held = engine.allocate(length)
        _copy(model, length, lambda start, piece: engine.bufferView(held, start, piece))
        return engine.createSession(buffer, engine_options), file
    except Exception as error:
        status = engine_status(error)
        if status is None:
            raise
        native = error_of_files(status[1], options, file, folder) or error_of_load(*status, prefix)
        raise native from None
    finally:
        if buffer is not None:
            engine.releaseBuffer(buffer)
        engine.releaseExternalData()


def _slimmer(engine: OnnxRuntimeEngine, stream: BinaryIO, size: int) -> tuple[BinaryIO, int]:
    """The model; of a large one what remains when its weights are left in the file, which is handed over."""
    if size < _LARGE or _is_ort_format(stream):
        return stream, size
    try:
        content, left_out = slimmed(stream, size)
    except ValueError:
        return stream, size
    if left_out == 0:
        return stream, size
    if isinstance(stream, BytesIO):
        bring_bytes(engine, WEIGHTS, stream.getbuffer())
    else:
        bring_file(engine, WEIGHTS, Path(stream.name))
    return BytesIO(content), len(content)


def _copy(stream: BinaryIO, size: int, view: Callable[[int, int], HeapView]) -> None:
    """Copy a model into the engine, a piece at a time."""
    stream.seek(0)
    piece = memoryview(bytearray(min(size, _PIECE_BYTES)))
    start = 0
    while start < size:
        length = stream.readinto(piece)  # type: ignore[attr-defined]
        if not length:
            raise EOFError(f"the model ends after {start} of {size} bytes")
        view(start, length).assign(piece[:length])
        start += length


def _is_ort_format(stream: BinaryIO) -> bool:
    stream.seek(0)
    beginning = stream.read(9)
    return len(beginning) == 9 and beginning[4:8] == ORT_FORMAT
