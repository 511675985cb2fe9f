"""Image files where our own build of opencv.js is loaded, which has native's codecs: all but two.

What it does not know it takes for no image, and for no name of an image. Natively AVIF and JPEG 2000 are.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from pyinfer.errors import UnsupportedInBrowser

from ._errors import error
from ._images.out_of_reach import OUT_OF_REACH, WRITTEN_NOWHERE

__all__ = ["refusing_formats"]

_READING = ("imread", "imdecode", "imcount")
_WRITING = ("imwrite", "imencode")
_HEAD_SIZE = 12


def refusing_formats(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function; where it finds no image in a file that natively is one, or no encoder, it says so.

    Raises
    ------
    UnsupportedInBrowser
    """
    if name.startswith(_READING):
        return _reading(name, function)
    return _writing(name, function) if name.startswith(_WRITING) else function


def _reading(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def read(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        if not _is_image(result, kwargs.get("dst", args[1] if len(args) > 1 else None)):
            head = _head(args[0] if args else next(iter(kwargs.values())))
            for kind, fits in OUT_OF_REACH.items():
                if fits(head):
                    raise UnsupportedInBrowser(f"cv2.{name}", f"{kind} files are not read", "PNG or TIFF")
        return result

    return read


def _is_image(result: Any, target: Any) -> bool:
    """Whether something was read; an array that was given to be read into says nothing."""
    first = result[0] if isinstance(result, tuple) else result
    return first is not target if isinstance(first, np.ndarray) else bool(first)


def _head(source: Any) -> bytes:
    if isinstance(source, np.ndarray):
        return source.reshape(-1)[:_HEAD_SIZE].tobytes()
    try:
        with Path(os.fsdecode(source)).open("rb") as file:
            return file.read(_HEAD_SIZE)
    except (OSError, TypeError, ValueError):
        return b""


def _writing(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def write(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except error:
            target = args[0] if args else kwargs.get("filename", kwargs.get("ext", ""))
            kind = WRITTEN_NOWHERE.get(_ending(target))
            if kind is None:
                raise
            raise UnsupportedInBrowser(
                f"cv2.{name}", f"{kind} files can't be written", "PNG or TIFF"
            ) from None

    return write


def _ending(target: Any) -> str:
    try:
        return f".{os.fsdecode(target).rpartition('.')[2].lower()}"
    except TypeError:
        return ""
