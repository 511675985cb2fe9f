"""Where OpenCV's samples look for their data: modules/core/src/utils/samples.cpp and datafile.cpp."""

from __future__ import annotations

import os
from pathlib import Path

from .._errors import opencv_error

__all__ = ["addSamplesDataSearchPath", "addSamplesDataSearchSubDirectory", "findFile", "findFileOrKeep"]

_ENVIRONMENT = "OPENCV_SAMPLES_DATA_PATH"

_folders: list[str] = []
_subfolders = ["samples/data", "data", ""]


def addSamplesDataSearchPath(path: str) -> None:
    """Look in a folder, before those added earlier; one that does not exist is passed over."""
    if Path(path).is_dir():
        _folders.append(path)


def addSamplesDataSearchSubDirectory(subdir: str) -> None:
    """Look in such a folder below those that ``OPENCV_SAMPLES_DATA_PATH`` names."""
    _subfolders.append(subdir)


def findFile(relative_path: str, required: bool, silentMode: bool) -> str:
    """The path as it is, if there is such a file, else where the file is found; empty if nowhere.

    Raises
    ------
    cv2.error
        There is none, and it is required.
    """
    if Path(relative_path).exists():
        return relative_path
    named = [
        Path(folder, subfolder)
        for variable in (f"{_ENVIRONMENT}_HINT", _ENVIRONMENT)
        for folder in os.environ.get(variable, "").split(os.pathsep)
        if folder
        for subfolder in reversed(_subfolders)
    ]
    for folder in (*map(Path, reversed(_folders)), *named):
        path = folder / relative_path
        if path.exists():
            return str(path)
    if required:
        text = f"OpenCV samples: Can't find required data file: {relative_path}"
        raise opencv_error(-2, "Unspecified error", text, "findFile", "core/src/utils/samples.cpp:64")
    return ""


def findFileOrKeep(relative_path: str, silentMode: bool) -> str:
    """As :func:`findFile`, but the path itself if there is no such file."""
    return findFile(relative_path, required=False, silentMode=silentMode) or relative_path
