"""``cv2.error``, and what an engine's failure becomes in Python."""

from __future__ import annotations

import json
import re
import traceback
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from pyinfer.browser.bridge import get_bridge
from pyinfer.errors import EngineError

from ._table import VERSION

__all__ = [
    "Mismatch",
    "Overflow",
    "array_refused",
    "bad_arguments",
    "error",
    "failed_assertion",
    "no_memory",
    "no_overload",
    "opencv_error",
    "raise_engine_failure",
    "redirectError",
    "wrong_item",
]

_BAD_ARGUMENT = -5
_NO_MEMORY = -4

#: `OpenCV(5.0.0) file:line: error: (code:name) text in function 'f'`; a text of several lines
#: comes behind that line instead, each marked with `> `.
_MESSAGE = re.compile(
    r"OpenCV\([^)]*\) (?P<file>.*):(?P<line>-?\d+): error: \((?P<code>-?\d+):(?:[^()]|\([^()]*\))*\) "
    r"(?:(?P<err>.*) )?in function '(?P<func>[^\n]*)'\n(?P<lines>.*)",
    re.DOTALL,
)

#: Native was built at this place. opencv.js names another, of the same sources.
_SOURCES = re.compile(r"^(OpenCV\([^)]*\) )\S*?/opencv/modules/")
_NATIVE_SOURCES = r"\1/io/opencv/modules/"

#: What std::exception::what() says for the types that OpenCV lets through.
_STANDARD_EXCEPTIONS = {"St9bad_alloc": "std::bad_alloc"}


class error(Exception):
    """What OpenCV raises.

    Attributes
    ----------
    code : int
        OpenCV's error code, -215 for a failed assertion.
    err : str
        The error in short.
    file : str
    func : str
    line : int
        Where in OpenCV's sources it arose.
    msg : str
        The whole message.
    """

    code: int
    err: str
    file: str
    func: str
    line: int
    msg: str

    @classmethod
    def from_message(cls, message: str, code: int) -> error:
        """The error whose message OpenCV formed."""
        message = _SOURCES.sub(_NATIVE_SOURCES, message)
        raised = cls(message)
        raised.msg = message
        raised.code = code
        match = _MESSAGE.fullmatch(message)
        raised.err = (match["err"] or match["lines"]) if match else message
        raised.file = match["file"] if match else ""
        raised.func = match["func"] if match else ""
        raised.line = int(match["line"]) if match else 0
        return raised

    @classmethod
    def from_failure(cls, failure: Mapping[str, Any]) -> error:
        """The error that the engine tells: with all fields, or with code and message only."""
        raised = cls.from_message(failure["msg"], failure["code"])
        for name in {"err", "file", "func", "line"} & failure.keys():
            setattr(raised, name, failure[name])
        return raised


error.__module__ = "cv2"

_listener: Callable[[int, str, str, str, int], object] | None = None


def redirectError(on_error: Callable[[int, str, str, str, int], object] | None) -> None:
    """Have a function called with each error that OpenCV raises, before it is raised.

    Parameters
    ----------
    on_error : callable or None
        Takes the error's code, function, text, file and line. What it returns is not looked at, and what
        it raises is printed only. None ends it.
    """
    global _listener
    if on_error is not None and not callable(on_error):
        raise TypeError("on_error must be callable")
    _listener = on_error


def _told(raised: error) -> error:
    """The error, after the listener has heard of it."""
    if _listener is not None:
        try:
            _listener(raised.code, raised.func, raised.err, raised.file, raised.line)
        except Exception:
            traceback.print_exc()
    return raised


class Mismatch(Exception):
    """An argument that does not fit a parameter.

    Parameters
    ----------
    message : str
        As native words it.
    array : str, optional
        The parameter's name, if it is an array.

    Attributes
    ----------
    twice : bool
        The overload takes arrays, so that native has it twice.
    """

    twice = True

    def __init__(self, message: str, array: str | None = None) -> None:
        super().__init__(message)
        self.array = array


class Overflow(Mismatch):
    """An integer that a C++ type can't hold, in Python's words; its error where native lists no reasons."""


def wrong_item(name: str, index: int) -> Mismatch:
    """One item of a sequence does not fit; native does not say how."""
    return Mismatch(f"Can't parse '{name}'. Sequence item with index {index} has a wrong type")


def failed_assertion(condition: str, function: str, place: str) -> error:
    """Native's error for a failed ``CV_Assert``.

    Parameters
    ----------
    condition : str
        As the C++ source has it: ``"src.dims == 2"``.
    function : str
        The C++ function it stands in.
    place : str
        ``"core/src/matrix_operations.cpp:123"``, below OpenCV's ``modules``.
    """
    return opencv_error(-215, "Assertion failed", condition, function, place)


def opencv_error(code: int, name: str, text: str, function: str, place: str) -> error:
    """An error as ``CV_Error`` forms it.

    Parameters
    ----------
    code, name : int, str
        OpenCV's error code and what it stands for: ``-5, "Bad argument"``.
    text : str
        What is wrong.
    function, place : str
        As for :func:`failed_assertion`.
    """
    lines = "".join(f"> {line}\n" for line in text.split("\n")) if "\n" in text else ""
    said = "" if lines else f"{text} "
    head = (
        f"OpenCV({VERSION}) /io/opencv/modules/{place}: error: ({code}:{name}) {said}in function '{function}'"
    )
    return _told(error.from_message(f"{head}\n{lines}", code))


def no_memory(size: int) -> error:
    """Native's error for an array of ``size`` bytes that can't be had."""
    text = f"Failed to allocate {size} bytes"
    return opencv_error(_NO_MEMORY, "Insufficient memory", text, "OutOfMemoryError", "core/src/alloc.cpp:73")


def bad_arguments(name: str, mismatches: list[Mismatch], takes_arrays: bool) -> Exception:
    """What native raises when no overload fits.

    Native has each overload that takes arrays twice, with UMat second, and lists why none fits. A
    function with one overload and no arrays raises TypeError at once.
    """
    if len(mismatches) == 1 and not takes_arrays:
        return (OverflowError if isinstance(mismatches[0], Overflow) else TypeError)(str(mismatches[0]))
    reasons = [str(mismatch) for mismatch in mismatches]
    if takes_arrays:
        reasons += [
            f"Expected Ptr<cv::UMat> for argument '{mismatch.array}'" if mismatch.array else str(mismatch)
            for mismatch in mismatches
            if mismatch.twice
        ]
    return no_overload(name, reasons)


def no_overload(name: str, reasons: list[str]) -> error:
    """Native's error when no overload fits, with the reason of each."""
    listed = "Overload resolution failed:\n" + "\n".join(f" - {reason}" for reason in reasons)
    text = "".join(f"> {line}\n" for line in listed.split("\n"))
    return error.from_message(
        f"OpenCV({VERSION}) :-1: error: ({_BAD_ARGUMENT}:Bad argument) in function '{name}'\n{text}",
        _BAD_ARGUMENT,
    )


def array_refused() -> bool:
    """Whether the engine's last failure is an array that it can't copy as it is."""
    return bool(json.loads(get_bridge().opencv.failure())["kind"] == "array")


def raise_engine_failure() -> NoReturn:
    """Raise what the engine's last failure is in Python.

    Raises
    ------
    error
        OpenCV threw, or another C++ exception came out of it, as natively.
    EngineError
        The engine itself broke (a WebAssembly trap), or was called wrongly.
    """
    failure = json.loads(get_bridge().opencv.failure())
    kind, message = failure["kind"], failure.get("msg", "")
    if kind == "opencv":
        raise _told(error.from_failure(failure))
    if kind == "std":
        raise error.from_message(_STANDARD_EXCEPTIONS.get(message, message), 0)
    raise EngineError(f"opencv.js failed: {kind}: {message}")
