"""The engine of the cv2 shim, as native cv2 behind the same calls.

Layouts are taken apart and C++ parameter orders written down here once more, from OpenCV's
documentation, not from the shim's table: an argument in the wrong place becomes a wrong number.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import cv2 as native
import numpy as np

from .page import ArrayView

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
        self._things: dict[int, Any] = {}
        self._last = 0
        self._failure = ""
        self._staged = np.empty(0, np.uint8)
        #: (name, layout) of every call, for tests of what crosses.
        self.calls: list[tuple[str, str]] = []
        #: Raised instead of making the next call, once.
        self.next_failure: dict[str, Any] | None = None

    def functions(self) -> str:
        return self._functions

    def create(self, mat: int, type: int, *sizes: int) -> ArrayView:
        assert mat < 0, "Python's own numbers are below zero"
        array = _new(type, sizes)
        array[...] = 0x5A  # undefined elements: nobody may rely on zeros
        self._things[mat] = array
        return self.bytes(mat)

    def bytes(self, mat: int) -> ArrayView:
        return ArrayView(_flat(self._things[mat]))

    def vector(self, *mats: int) -> int:
        return self._register([self._things[mat] for mat in mats])

    def stage(self, size: int) -> ArrayView:
        self._staged = np.empty(size, np.uint8)
        return ArrayView(self._staged)

    def unpack(self, shapes: str) -> int:
        arrays, offset = [], 0
        for shape in shapes.split(";"):
            element_type, *sizes = map(int, shape.split(","))
            array = _new(element_type, tuple(sizes))
            _flat(array)[...] = self._staged[offset : offset + array.nbytes]
            offset += array.nbytes
            arrays.append(array)
        assert offset == self._staged.size, "more was staged than the shapes say"
        return self._register(arrays)

    def pack(self, vector: int) -> ArrayView:
        return ArrayView(np.concatenate([_flat(array) for array in self._things[vector]]))

    def element(self, vector: int, index: int) -> int:
        return self._register(self._things[vector][index])

    def call(self, name: str, layout: str, *flat: object) -> str | None:
        self.calls.append((name, layout))
        if self.next_failure is not None:
            failure, self.next_failure = self.next_failure, None
            self._failure = json.dumps(failure)
            return None
        arguments = list(self._arguments(layout, list(flat)))
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
        outputs = list(self._outputs(layout, flat))
        results = list(returned) if isinstance(returned, tuple) and _several(name, outputs) else [returned]
        first = results[: len(results) - len(outputs)]
        parts = [self._describe_returned(name, first)] if first and first[0] is not None else []
        for (letter, held), result in zip(outputs, results[len(first) :], strict=True):
            parts.append(self._describe_output(letter, held, result))
        return "\x1f".join(parts)

    def release(self, *identifiers: int) -> None:
        for identifier in identifiers:
            del self._things[identifier]

    def failure(self) -> str:
        return self._failure

    def liveCount(self) -> int:
        return len(self._things)

    def _register(self, thing: Any) -> int:
        self._last += 1
        self._things[self._last] = thing
        return self._last

    def _arguments(self, layout: str, flat: list[Any]) -> Iterator[tuple[str, Any]]:
        """Each argument with its letter."""

        def take(count: int) -> list[Any]:
            taken, flat[:count] = flat[:count], []
            assert len(taken) == count, f"layout {layout} wants more than was passed"
            return taken

        for letter in layout:
            if letter in "oVQx":
                yield letter, None
            elif letter in "mvw":
                (held,) = take(1)
                thing = self._things[held] if held else None
                yield letter, [_as_mat(item) for item in thing] if isinstance(thing, list) else _as_mat(thing)
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

    def _outputs(self, layout: str, flat: tuple[object, ...]) -> Iterator[tuple[str, int]]:
        """The letters of the outputs, with the Mat that was passed for a written one."""
        sizes = {"z": 2, "p": 2, "g": 2, "t": 3, "r": 4, "c": 4, "R": 5, "M": 24, **dict.fromkeys("oVQx", 0)}
        at = 0
        for letter in layout:
            if letter in "owVQx":
                yield letter, int(str(flat[at])) if letter == "w" else 0
            at += 1 + int(str(flat[at])) if letter == "i" else sizes.get(letter, 1)

    def _describe_returned(self, name: str, values: list[Any]) -> str:
        if name != "boxPoints" and isinstance(values[0], np.ndarray):
            return self._describe_mat(self._register(np.asarray(values[0])))
        return _numbers(values)

    def _describe_output(self, letter: str, held: int, result: Any) -> str:
        if letter == "V":
            held = self._register([np.asarray(item) for item in result])
        elif letter == "o":
            if result is None:
                return f"{self._register(None)},"
            held = self._register(np.asarray(result))
        elif letter == "w":
            if not isinstance(result, tuple | list):
                self._things[held] = np.asarray(result)
        else:
            return _numbers([result])
        thing = self._things[held]
        if isinstance(thing, list):
            return ";".join([str(held), *map(_shape, thing)])
        return self._describe_mat(held)

    def _describe_mat(self, held: int) -> str:
        return f"{held},{_shape(self._things[held])}"


def _several(name: str, outputs: list[tuple[str, int]]) -> bool:
    """Whether native's tuple holds several results, rather than being one (a Rect, a list of arrays)."""
    return len(outputs) > 1 or name == "threshold"


def _new(element_type: int, sizes: tuple[int, ...]) -> np.ndarray:
    channels = element_type // _PLANES + 1
    shape = (*sizes, channels) if channels > 1 else sizes
    return np.empty(shape, _DTYPES[element_type % _PLANES])


def _flat(array: np.ndarray) -> np.ndarray:
    return array.reshape(-1).view(np.uint8)


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
