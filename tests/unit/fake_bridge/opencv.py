"""The engine of the cv2 shim, as native cv2 behind the same calls.

Layouts are taken apart and C++ parameter orders written down here once more, from OpenCV's
documentation, not from the shim's table: an argument in the wrong place becomes a wrong number.
"""

from __future__ import annotations

import ctypes
import json
from collections.abc import Iterator
from typing import Any

import cv2 as native
import numpy as np

__all__ = ["FakeOpenCV"]

_DTYPES = {
    native.CV_8U: np.uint8,
    native.CV_8S: np.int8,
    native.CV_16U: np.uint16,
    native.CV_16S: np.int16,
    native.CV_32S: np.int32,
    native.CV_32F: np.float32,
    native.CV_64F: np.float64,
    native.CV_16F: np.float16,
    native.CV_Bool: np.bool_,
    native.CV_32U: np.uint32,
}
_DEPTHS = {np.dtype(dtype): depth for depth, dtype in _DTYPES.items()}
_PLANES = native.CV_8UC2  # what one channel more adds to a type code

#: C++ parameter order, from the online documentation of OpenCV.
_ORDERS = {
    "CamShift": "probImage window criteria",
    "Canny": "image edges threshold1 threshold2 apertureSize L2gradient",
    "Canny1": "dx dy edges threshold1 threshold2 L2gradient",
    "GaussianBlur": "src dst ksize sigmaX sigmaY borderType hint",
    "HuMoments": "m hu",
    "absdiff": "src1 src2 dst",
    "add": "src1 src2 dst mask dtype",
    "addWeighted": "src1 alpha src2 beta gamma dst dtype",
    "arcLength": "curve closed",
    "bitwise_and": "src1 src2 dst mask",
    "blur": "src dst ksize anchor borderType",
    "boundingRect": "array",
    "boxPoints": "box",
    "calcHist": "images channels mask hist histSize ranges accumulate",
    "circle": "img center radius color thickness lineType shift",
    "connectedComponentsWithStats": "image labels stats centroids connectivity ltype",
    "contourArea": "contour oriented",
    "convertScaleAbs": "src dst alpha beta",
    "copyMakeBorder": "src dst top bottom left right borderType value",
    "cvtColor": "src dst code dstCn hint",
    "divide": "src1 src2 dst scale dtype",
    "divide1": "scale src2 dst dtype",
    "drawContours": "image contours contourIdx color thickness lineType hierarchy maxLevel offset",
    "ellipse": "img center axes angle startAngle endAngle color thickness lineType shift",
    "ellipse1": "img box color thickness lineType",
    "ellipse2Poly": "center axes angle arcStart arcEnd delta pts",
    "fillPoly": "img pts color lineType shift offset",
    "findContours": "image contours hierarchy mode method offset",
    "floodFill": "image mask seedPoint newVal rect loDiff upDiff flags",
    "getOptimalDFTSize": "vecsize",
    "getRotationMatrix2D": "center angle scale",
    "line": "img pt1 pt2 color thickness lineType shift",
    "meanShift": "probImage window criteria",
    "meanStdDev": "src mean stddev mask",
    "merge": "mv dst",
    "minAreaRect": "points",
    "minEnclosingCircle": "points",
    "minMaxLoc": "src mask",
    "mixChannels": "src dst fromTo",
    "moments": "array binaryImage",
    "morphologyEx": "src dst op kernel anchor iterations borderType borderValue",
    "norm": "src1 normType mask",
    "norm1": "src1 src2 normType mask",
    "putText": "img text org fontFace fontScale color thickness lineType bottomLeftOrigin",
    "rectangle": "img pt1 pt2 color thickness lineType shift",
    "rectangle1": "img rec color thickness lineType shift",
    "resize": "src dst dsize fx fy interpolation",
    "split": "m mv",
    "subtract": "src1 src2 dst mask dtype",
    "threshold": "src dst thresh maxval type",
    "warpAffine": "src dst M dsize flags borderMode borderValue hint",
}


class FakeOpenCV:
    """What ``js_bridge/opencv_calls.js`` is."""

    orders = _ORDERS

    def __init__(self, functions: str | None = None) -> None:
        self._functions = " ".join(_ORDERS) if functions is None else functions
        self._pending: list[np.ndarray] = []
        self._staged: list[object] = []
        self._failure = ""
        #: (name, layout) of every call, for tests of what crosses.
        self.calls: list[tuple[str, str]] = []
        #: Raised instead of making the next call, once.
        self.next_failure: dict[str, Any] | None = None
        #: Functions that come with the networks, until these are there.
        self.later: frozenset[str] = frozenset()

    def functions(self) -> str:
        return self._functions

    def isLater(self, name: str) -> bool:
        return name in self.later

    def prepare(self, element_types: str, probe: int) -> str:
        self._types = json.loads(element_types)
        array = _object(probe)
        return json.dumps(
            {
                "address": array.ctypes.data,
                "number": array.dtype.num,
                "shape": array.shape,
                "strides": array.strides,
                "contiguous": array.flags.c_contiguous,
                "writeable": array.flags.writeable,
            }
        )

    def stage(self, *flat: object) -> None:
        self._staged += flat

    def call(self, name: str, layout: str, *flat: object) -> str | None:
        flat = (*self._staged, *flat)
        self._staged = []
        self.calls.append((name, layout))
        if self.next_failure is not None:
            failure, self.next_failure = self.next_failure, None
            self._failure = json.dumps(failure)
            return None
        self._pending = []
        try:
            arguments = list(self._arguments(layout, list(flat)))
        except _Misfit:
            self._failure = json.dumps({"kind": "array"})
            return None
        names = _ORDERS[name].split()
        given = {
            parameter: value
            for parameter, (letter, value) in zip(names, arguments, strict=False)
            if letter not in "Qx"
        }
        try:
            returned = getattr(native, name.rstrip("1"))(**given)
        except native.error as error:
            self._failure = json.dumps({"kind": "opencv", "code": error.code, "msg": error.msg})
            return None
        outputs = [(letter, value) for letter, value in arguments if letter in "owyVQx"]
        results = list(returned) if isinstance(returned, tuple) and _several(name, outputs) else [returned]
        first = results[: len(results) - len(outputs)]
        parts = [self._describe_returned(name, first)] if first and first[0] is not None else []
        for (letter, held), result in zip(outputs, results[len(first) :], strict=True):
            parts.append(self._describe_output(letter, held, result))
        return "\x1f".join(parts)

    def members(self, name: str) -> str:
        return ""  # no classes

    def fetch(self, *arrays: int) -> bool:
        pending, self._pending = self._pending[: len(arrays)], self._pending[len(arrays) :]
        for source, target in zip(pending, map(_object, arrays), strict=True):
            np.copyto(target, source.reshape(target.shape), casting="no")
        return True

    def failure(self) -> str:
        return self._failure

    def heapEnd(self) -> int:
        return 0

    def liveCount(self) -> int:
        return len(self._pending)

    def _leave(self, array: Any) -> str:
        """The array's form; with elements, Python is to fetch it."""
        if array is None:
            return ""
        self._pending.append(np.array(array))
        return _shape(self._pending[-1])

    def _taken(self, identifier: int) -> np.ndarray:
        """An array as a call finds it."""
        array = _object(identifier)
        known = str(array.dtype.num) in self._types["depths"] and array.dtype.isnative
        rows = array.flags.c_contiguous or (array.ndim > 1 and array[:1].flags.c_contiguous)
        if not (known and rows) or (array.ndim == 3 and not array.shape[2]):
            raise _Misfit
        return array

    def _arguments(self, layout: str, flat: list[Any]) -> Iterator[tuple[str, Any]]:
        """Each argument with its letter."""

        def take(count: int) -> list[Any]:
            taken, flat[:count] = flat[:count], []
            assert len(taken) == count, f"layout {layout} wants more than was passed"
            return taken

        for letter in layout:
            if letter in "-oVQx":
                yield letter, None
            elif letter in "ad":
                yield letter, _as_mat(self._taken(*take(1)))
            elif letter == "w":
                (array,) = map(self._taken, take(1))
                if not array.flags.writeable:
                    raise _Misfit
                yield letter, array if array.ndim == 3 else _as_mat(array)
            elif letter in "vuy":
                arrays = [_as_mat(self._taken(item)) if item else None for item in take(take(1)[0])]
                yield letter, arrays
            elif letter == "k":
                yield letter, np.array(take(take(1)[0]), np.float64).reshape(-1, 1)
            elif letter in "nbse":
                yield letter, take(1)[0]
            elif letter == "i":
                yield letter, take(take(1)[0])
            elif letter == "R":
                x, y, width, height, angle = take(5)
                yield letter, ((x, y), (width, height), angle)
            elif letter == "M":
                numbers = take(24)
                yield letter, dict(zip(native.moments(np.zeros((1, 1), np.uint8)), numbers, strict=True))
            else:
                yield letter, tuple(take({"z": 2, "p": 2, "g": 2, "t": 3, "r": 4, "c": 4}[letter]))
        assert not flat, f"layout {layout} leaves {flat} over"

    def _describe_returned(self, name: str, values: list[Any]) -> str:
        if name != "boxPoints" and isinstance(values[0], np.ndarray):
            return self._leave(values[0])
        return _numbers(values)

    def _describe_output(self, letter: str, given: Any, result: Any) -> str:
        if letter == "w" and _same_memory(given, result):
            return "="
        if letter == "y" and all(map(_same_memory, given, result)):
            return "="
        if letter in "Vy":
            return ";".join([str(len(result)), *map(self._leave, result)])
        if letter == "Q":
            return self._leave(np.array(result, np.int32).reshape(-1, 2).view(np.uint8))
        return self._leave(result) if letter in "ow" else _numbers([result])


class _Misfit(Exception):
    """An array that OpenCV does not take, or that can't be copied as it is."""


def _object(identifier: int) -> Any:
    return ctypes.cast(identifier, ctypes.py_object).value


def _same_memory(given: Any, result: Any) -> bool:
    return bool(np.asarray(given).ctypes.data == np.asarray(result).ctypes.data)


def _several(name: str, outputs: list[tuple[str, Any]]) -> bool:
    """Whether native's tuple holds several results, rather than being one (a Rect, a list of arrays)."""
    return len(outputs) > 1 or name == "threshold"


def _as_mat(array: np.ndarray | None) -> Any:
    if array is None:
        return None
    return native.Mat(array, wrap_channels=array.ndim == 3) if array.ndim != 2 else array


def _shape(array: np.ndarray | None) -> str:
    if array is None:
        return ""
    sizes = array.shape[:2] if array.ndim == 3 else array.shape
    channels = array.shape[2] if array.ndim == 3 else 1
    return ",".join(map(str, (_DEPTHS[array.dtype] + (channels - 1) * _PLANES, *sizes)))


def _numbers(values: Any) -> str:
    def flatten(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, tuple | list | np.ndarray):
            for item in value:
                yield from flatten(item)
        elif isinstance(value, float | np.floating):
            # JavaScript writes whole numbers without a point.
            yield str(int(value)) if float(value).is_integer() else repr(float(value))
        else:
            yield str(int(value))

    return ",".join(flatten(values))
