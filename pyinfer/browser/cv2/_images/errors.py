"""Errors of modules/imgcodecs/src/loadsave.cpp."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._errors import error, failed_assertion

__all__ = ["both_colours", "comparison_failed", "odd_parameters", "type_name", "validate_size"]

#: The largest images that native takes (CV_IO_MAX_IMAGE_...).
_MOST_SIDE = 1 << 20
_MOST_PIXELS = 1 << 30

#: dtype -> OpenCV's depth and its name.
_DEPTHS = {
    "uint8": (0, "8U"),
    "int8": (1, "8S"),
    "uint16": (2, "16U"),
    "int16": (3, "16S"),
    "int32": (4, "32S"),
    "float32": (5, "32F"),
    "float64": (6, "64F"),
    "float16": (7, "16F"),
    "uint64": (10, "64U"),
    "int64": (11, "64S"),
    "uint32": (12, "32U"),
}
_CHANNEL_SHIFT = 5

_PLACE = "/io/opencv/modules/imgcodecs/src/loadsave.cpp"


def validate_size(width: int, height: int) -> None:
    """Refuse what native's validateInputImageSize refuses.

    Raises
    ------
    cv2.error
        The image is too large.
    """
    for line, fits, text in (
        (75, width <= _MOST_SIDE, "static_cast<size_t>(size.width) <= CV_IO_MAX_IMAGE_WIDTH"),
        (77, height <= _MOST_SIDE, "static_cast<size_t>(size.height) <= CV_IO_MAX_IMAGE_HEIGHT"),
        (79, width * height <= _MOST_PIXELS, "pixels <= CV_IO_MAX_IMAGE_PIXELS"),
    ):
        if not fits:
            place = f"imgcodecs/src/loadsave.cpp:{line}"
            raise failed_assertion(text, "validateInputImageSize", place)


def type_name(dtype: np.dtype[Any], channels: int) -> str:
    """OpenCV's number for an array's type, and its name."""
    depth, name = _DEPTHS[dtype.name]
    return f"{depth | channels - 1 << _CHANNEL_SHIFT} (CV_{name}C{channels})"


def comparison_failed(
    text: str, condition: str, left: object, right: object, function: str, line: int
) -> error:
    """Native's error for a failed ``CV_CheckEQ``, ``CV_CheckGE``, ...

    Parameters
    ----------
    condition : str
        The two sides and what is between them.
    left, right : object
        Their values.
    """
    left_text, operator, right_text = condition.split(" ", 2)
    relation = {
        "==": "equal to",
        "!=": "not equal to",
        ">=": "greater than or equal to",
        ">": "greater than",
        "<=": "less than or equal to",
    }[operator]
    return _error(
        line,
        function,
        f"> {text} (expected: '{condition}'), where\n>     '{left_text}' is {left}\n"
        f"> must be {relation}\n>     '{right_text}' is {right}\n",
    )


def both_colours(flags: int) -> error:
    """Flags ask for BGR and for RGB."""
    asked = "flags & (IMREAD_COLOR_BGR | IMREAD_COLOR_RGB)"
    both = "IMREAD_COLOR_BGR | IMREAD_COLOR_RGB"
    return _error(
        88,
        "int cv::calcType(int, int)",
        "> IMREAD_COLOR_BGR (IMREAD_COLOR) and IMREAD_COLOR_RGB can not be set at the same time. "
        f"(expected: '{asked} != {both}'), where\n>     '{asked}' is {flags}\n"
        f"> must be not equal to\n>     '{both}' is {flags}\n",
    )


def odd_parameters(count: int, function: str, line: int) -> error:
    """Parameters are no pairs."""
    return _error(
        line,
        function,
        "> Encoding 'params' must be key-value pairs:\n>     '(params.size() & 1) == 0'\n> where\n"
        f">     'params.size()' is {count}\n",
    )


def _error(line: int, function: str, lines: str) -> error:
    return error.from_message(
        f"OpenCV(5.0.0) {_PLACE}:{line}: error: (-2:Unspecified error) in function '{function}'\n{lines}", -2
    )
