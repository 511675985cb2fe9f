"""What OpenCV's own tests of its Python bindings ask: modules/core/src/bindings_utils.cpp."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple, NoReturn

import numpy as np

from pyinfer.errors import UnsupportedInBrowser

from .._errors import error, failed_assertion
from .._table import CHANNEL_SHIFT, DEPTHS
from ._arrays import Array, channels_of, or_none, present, size_of, sizes_of

__all__ = [
    "ExportClassName_originalName",
    "OriginalClassName_originalName",
    "copyMatAndDumpNamedArguments",
    "dumpBool",
    "dumpCString",
    "dumpDouble",
    "dumpFloat",
    "dumpInputArray",
    "dumpInputArrayOfArrays",
    "dumpInputOutputArray",
    "dumpInputOutputArrayOfArrays",
    "dumpInt",
    "dumpInt64",
    "dumpRange",
    "dumpRect",
    "dumpRotatedRect",
    "dumpSizeT",
    "dumpString",
    "dumpTermCriteria",
    "dumpVec2i",
    "dumpVectorOfDouble",
    "dumpVectorOfInt",
    "dumpVectorOfRect",
    "generateVectorOfInt",
    "generateVectorOfMat",
    "generateVectorOfRect",
    "testEchoBooleanFunction",
    "testOverloadResolution",
    "testOverwriteNativeMethod",
    "testRaiseGeneralException",
    "testReservedKeywordConversion",
    "testRotatedRect",
    "testRotatedRectVector",
]

Arrays = list[Array | None]
Rectangle = tuple[tuple[float, float], tuple[float, float], float]

_DEPTH_LETTERS = {"u": "U", "i": "S", "f": "F"}
_DTYPES = {DEPTHS[name]: np.dtype(name) for name in ("uint8", "int8", "uint16", "int16", "int32")}
_FLOAT_DTYPES = {DEPTHS[name]: np.dtype(name) for name in ("float32", "float64")}


def dumpBool(argument: bool) -> str:
    """``Bool: True``"""
    return f"Bool: {argument}"


def dumpInt(argument: int) -> str:
    """``Int: 5``"""
    return f"Int: {argument}"


def dumpInt64(argument: int) -> str:
    """``Int64: 5``"""
    return f"Int64: {argument}"


def dumpSizeT(argument: int) -> str:
    """``size_t: 5``"""
    return f"size_t: {argument}"


def dumpVec2i(value: tuple[int, int] | None) -> str:
    """``Vec2i(42, 24)``, which are C++'s own numbers if there are none."""
    first, second = (42, 24) if value is None else value
    return f"Vec2i({first}, {second})"


def dumpFloat(argument: float) -> str:
    """``Float: 5.00``"""
    return f"Float: {np.float32(argument):.2f}"


def dumpDouble(argument: float) -> str:
    """``Double: 5.00``"""
    return f"Double: {argument:.2f}"


def dumpCString(argument: Any) -> str:
    """``String: text``

    Raises
    ------
    TypeError
        It is no text.
    """
    if not isinstance(argument, str):
        kind = type(argument)
        name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
        raise TypeError(f"dumpCString() argument 1 must be str, not {'None' if argument is None else name}")
    return f"String: {argument}"


def dumpString(argument: str) -> str:
    """``String: text``"""
    return f"String: {argument}"


def dumpRect(argument: tuple[int, ...]) -> str:
    """``rect: (x=1, y=2, w=3, h=4)``"""
    x, y, width, height = argument
    return f"rect: (x={x}, y={y}, w={width}, h={height})"


def dumpRotatedRect(argument: Rectangle) -> str:
    """``rotated_rect: (c_x=1.000000, ...)``"""
    numbers = *argument[0], *argument[1], argument[2]
    names = "c_x", "c_y", "w", "h", "a"
    fields = (f"{name}={np.float32(number):f}" for name, number in zip(names, numbers, strict=True))
    return f"rotated_rect: ({', '.join(fields)})"


def dumpTermCriteria(argument: tuple[int, int, float]) -> str:
    """``term_criteria: (type=3, max_count=5, epsilon=0.100000``, without an end."""
    kind, count, epsilon = argument
    return f"term_criteria: (type={int(kind)}, max_count={int(count)}, epsilon={epsilon:f}"


def dumpRange(argument: tuple[int, int]) -> str:
    """``range: (s=1, e=2)``, or ``range: all``."""
    start, end = argument
    if (start, end) == (-(2**31), 2**31 - 1):
        return "range: all"
    return f"range: (s={start}, e={end})"


def dumpVectorOfInt(vec: Any) -> str:
    """``[1, 2]``"""
    return f"[{', '.join(map(str, vec))}]"


def dumpVectorOfDouble(vec: list[float]) -> str:
    """``[1.00, 2.00]``"""
    return f"[{', '.join(f'{number:.2f}' for number in vec)}]"


def dumpVectorOfRect(vec: Array) -> str:
    """``[[x=1, y=2, w=3, h=4]]``"""
    rectangles = (f"[x={x}, y={y}, w={width}, h={height}]" for x, y, width, height in vec.tolist())
    return f"[{', '.join(rectangles)}]"


def dumpInputArray(argument: Array | None) -> str:
    """What C++ sees of an array."""
    return _dumped("InputArray", 0x01010000, argument)


def dumpInputOutputArray(argument: Array | None) -> tuple[str, Array | None]:
    """What C++ sees of an array, and the array."""
    return _dumped("InputOutputArray", 0x03010000, argument), argument


def dumpInputArrayOfArrays(argument: Arrays) -> str:
    """What C++ sees of several arrays: how many there are, and the first."""
    return _dumped_arrays("InputArrayOfArrays", 0x01050000, argument)


def dumpInputOutputArrayOfArrays(argument: Arrays) -> tuple[str, tuple[Array | None, ...]]:
    """The same, and the arrays."""
    return _dumped_arrays("InputOutputArrayOfArrays", 0x03050000, argument), tuple(argument)


def _dumped(name: str, flags: int, array: Array | None) -> str:
    sizes = () if array is None else sizes_of(array)
    source = present(array)
    return (
        f"{name}: empty()={_truth(not source.size)} kind=0x00010000 flags=0x{flags:08x} "
        f"total(-1)={source.size // channels_of(source)} dims(-1)={len(sizes)} "
        f"size(-1)={_size(source)} type(-1)={_type_name(source)}"
    )


def _dumped_arrays(name: str, flags: int, arrays: Arrays) -> str:
    count = len(arrays)
    text = (
        f"{name}: empty()={_truth(not count)} kind=0x00050000 flags=0x{flags:08x} total(-1)={count} "
        f"dims(-1)=1 size(-1)={count}x{min(count, 1)}"
    )
    if not count:
        return text
    first = present(arrays[0])
    dimensions = 0 if arrays[0] is None else len(sizes_of(first))
    return f"{text} type(0)={_type_name(first)} dims(0)={dimensions} size(0)={_size(first)}"


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _size(array: Array) -> str:
    """Width and height, or all lengths of more than two dimensions."""
    sizes = sizes_of(array)
    if len(sizes) > 2:
        return f"[{' '.join(map(str, sizes))}]"
    rows, columns = size_of(array)
    return f"{columns}x{rows}"


def _type_name(array: Array) -> str:
    bits = "Bool" if array.dtype.kind == "b" else f"{8 * array.itemsize}{_DEPTH_LETTERS[array.dtype.kind]}"
    return f"CV_{bits}C{channels_of(array)}"


def testOverloadResolution(
    value: int = 0, point: tuple[int, int] = (0, 0), rect: tuple[int, ...] | None = None
) -> str:
    """Which of two overloads was taken."""
    if rect is not None:
        return f"overload (rect=(x={rect[0]}, y={rect[1]}, w={rect[2]}, h={rect[3]}))"
    return f"overload (int={value}, point=(x={point[0]}, y={point[1]}))"


def testRotatedRect(x: float, y: float, w: float, h: float, angle: float) -> Rectangle:
    """A rotated rectangle of these numbers."""
    x, y, w, h, angle = np.array([x, y, w, h, angle], np.float32).tolist()
    return (x, y), (w, h), angle


def testRotatedRectVector(x: float, y: float, w: float, h: float, angle: float) -> tuple[Rectangle, ...]:
    """Ten of them, each turned and moved on."""
    return tuple(testRotatedRect(x + i, y + 2 * i, w, h, angle + 10 * i) for i in range(10))


class NativeMethodPatchedResult(NamedTuple):
    """What Python makes of a function in C++, and what that returned."""

    py: int
    native: int


def testOverwriteNativeMethod(argument: int) -> NativeMethodPatchedResult:
    """The argument plus 1, and the argument."""
    return NativeMethodPatchedResult(argument + 1, argument)


def testReservedKeywordConversion(positional_argument: int, lambda_: int, from_: int) -> str:
    """The arguments; two of them have names that Python reserves."""
    return f"arg={positional_argument}, lambda={lambda_}, from={from_}"


def testRaiseGeneralException() -> NoReturn:
    """Raise what a C++ exception that is not OpenCV's becomes."""
    raise error.from_message("exception text", 0)


def copyMatAndDumpNamedArguments(src: Array | None, lambda_: int, sigma: float) -> tuple[str, Array | None]:
    """The arguments, and a copy of the array."""
    return f"lambda={lambda_}, sigma={np.float32(sigma):.1f}", or_none(present(src).copy())


def testEchoBooleanFunction(flag: bool) -> bool:
    """The flag."""
    return flag


def ExportClassName_originalName() -> str:
    """The name of a class in C++ that has another in Python."""
    return "OriginalClassName"


def OriginalClassName_originalName() -> str:
    """As :func:`ExportClassName_originalName`."""
    return "OriginalClassName"


def generateVectorOfInt(len: int) -> Array | tuple[()]:
    """Random numbers from -10 to 9, always the same."""
    if not len:
        return ()
    return np.array([low % 20 - 10 for low, _ in islice(_random(554433), len)], np.int32)


def generateVectorOfRect(len: int) -> Array | tuple[()]:
    """Random numbers from 10 to 19 in rows of four, always the same."""
    if not len:
        return ()
    return np.array([low % 10 + 10 for low, _ in islice(_random(12345), 4 * len)], np.int32).reshape(-1, 4)


def generateVectorOfMat(len: int, rows: int, cols: int, dtype: int) -> tuple[Array, ...]:
    """Random arrays of numbers from 0 to 10, always the same.

    Raises
    ------
    cv2.error
        They would be empty.
    UnsupportedInBrowser
        For depths that only OpenCV itself has.
    """
    if not len:
        return ()
    if rows <= 0 or cols <= 0:
        raise failed_assertion("!_mat.empty()", "fill", "core/src/rand.cpp:520")
    depth, channels = dtype & (1 << CHANNEL_SHIFT) - 1, (dtype >> CHANNEL_SHIFT) + 1
    random = _random(65431)
    shape = (rows, cols, channels) if channels > 1 else (rows, cols)
    return tuple(_random_array(random, shape, depth) for _ in range(len))


def _random_array(random: Iterator[tuple[int, int]], shape: tuple[int, ...], depth: int) -> Array:
    """An array filled as ``RNG::fill`` does."""
    steps = np.array(list(islice(random, int(np.prod(shape)))), np.uint64)
    low, high = steps[:, 0], steps[:, 1]
    if depth in _DTYPES:
        return (low % np.uint64(10)).astype(_DTYPES[depth]).reshape(shape)
    if depth not in _FLOAT_DTYPES:
        reason = "opencv.js has no generator for this depth"
        raise UnsupportedInBrowser("cv2.utils.generateVectorOfMat", reason)
    if _FLOAT_DTYPES[depth].itemsize == 4:
        whole = low.astype(np.uint32).view(np.int32).astype(np.float32)
        return (whole * np.float32(10 * 2.0**-32) + np.float32(5)).reshape(shape)
    both = (low << np.uint64(32) | high).view(np.int64)
    return (both * (10 * 2.0**-64) + 5).reshape(shape)


def _random(seed: int) -> Iterator[tuple[int, int]]:
    """The two halves of each state of OpenCV's generator, the lower one first."""
    state = seed
    while True:
        state = (state & 0xFFFFFFFF) * 4164903690 + (state >> 32)
        yield state & 0xFFFFFFFF, state >> 32
