"""Files of weights: where they are, which of them are refused, and how they get into the engine."""

from __future__ import annotations

from pathlib import Path

from pyinfer.browser.bridge.contract import OnnxRuntimeEngine
from pyinfer.errors import UnsupportedInBrowser

from ._errors import error_of_code
from ._model_file import ModelFile
from ._options import SessionOptions

__all__ = ["bring_bytes", "bring_external_files", "bring_file", "error_of_files"]

_FAIL, _RUNTIME_EXCEPTION = 1, 6
_NOT_LOADED = "Failed to load external data file"
_NOT_LOOKED_FOR = "external data path could not be canonicalized"


def bring_external_files(
    engine: OnnxRuntimeEngine, options: SessionOptions, file: ModelFile, folder: Path | None
) -> None:
    """Hand the engine the files of weights: those given in memory, else those beside the model.

    What is missing or refused is left to the engine, which gets that far or finds another mistake
    first; then :func:`error_of_files` has the words.
    """
    if options._external_files:
        for name, contents in options._external_files.items():
            bring_bytes(engine, name, contents)
        return
    for name, tensor in file.external_files.items():
        if folder is not None and _objection(name, tensor, folder) is None:
            bring_file(engine, name, folder / name)


def error_of_files(
    message: str, options: SessionOptions, file: ModelFile, folder: Path | None
) -> Exception | None:
    """What native raises where the engine missed a file of weights; None if it missed none."""
    if _NOT_LOADED not in message and _NOT_LOOKED_FOR not in message:
        return None
    for name, tensor in file.external_files.items():
        if options._external_files:
            if name not in options._external_files:
                words = f"External file: {name} not found from the table user provided."
                return error_of_code(_FAIL, words)
        elif folder is not None and (error := _objection(name, tensor, folder)) is not None:
            return error
    if _NOT_LOOKED_FOR in message:
        return UnsupportedInBrowser(
            "a graph inside a node with weights in a file of their own",
            f"the engine looks for that file itself, where there is none ({message})",
            "onnx.save_model(model, path, save_as_external_data=False)",
        )
    return None


def _objection(name: str, tensor: str, folder: Path) -> Exception | None:
    """What native has against a file of weights; None if nothing."""
    failed = f"External data path validation failed for initializer: {tensor}. Error: "
    if not name or "\0" in name:
        return error_of_code(_FAIL, f"{failed}{name!r} is no path")
    if Path(name).is_absolute():
        return error_of_code(_FAIL, f"{failed}Absolute path not allowed for external data location: {name}")
    path = (folder / name).resolve()
    if not path.exists():
        return error_of_code(_FAIL, f'{failed}External data path does not exist: "{folder / name}"')
    allowed = folder.resolve()
    if not path.is_relative_to(allowed):
        words = f'External data path: "{name}" resolved path: "{path}" allowed directory: "{allowed}"'
        return error_of_code(_FAIL, f"{failed}External data path escapes model directory. {words}")
    if path.is_dir():
        words = f"filesystem error: cannot get file size: Is a directory [{folder / name}]"
        return error_of_code(_RUNTIME_EXCEPTION, f"Exception during initialization: {words}")
    return None


def bring_bytes(engine: OnnxRuntimeEngine, name: str, contents: bytes | memoryview) -> None:
    """Hand the engine one file's contents; copies them once, outside the engine's heap and Python's."""
    if len(contents):
        engine.externalDataView(name, len(contents)).assign(contents)


def bring_file(engine: OnnxRuntimeEngine, name: str, path: Path) -> None:
    """Hand the engine one file; it reads weight by weight, and nothing is copied before that."""
    engine.externalDataFile(name, str(path.absolute()))
