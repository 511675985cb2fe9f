"""Elements moved to other places: modules/core/src/matrix_transform.cpp, matrix_operations.cpp, rand.cpp."""

from __future__ import annotations

import numpy as np

from .._call import call_by_name
from .._errors import error, failed_assertion, opencv_error
from ._arrays import Array, channels_of, dimensions_of, or_none, present, size_of, type_of

__all__ = ["broadcast", "completeSymm", "flipND", "randShuffle", "transposeND"]

_RELATIONS = {
    "==": "equal to",
    "<=": "less than or equal to",
    "<": "less than",
    ">=": "greater than or equal to",
}
_SHUFFLED_BYTES = frozenset({1, 2, 3, 4, 6, 8, 12, 16, 24, 32})
_DEPTH_LETTERS = {"u": "U", "i": "S", "f": "F"}


def _failed_check(
    message: str, operands: tuple[str, str], relation: str, values: tuple[str, str], function: str, line: int
) -> error:
    """Native's error for a failed ``CV_CheckEQ`` and its like."""
    text = (
        f"{message} (expected: '{operands[0]} {relation} {operands[1]}'), where\n"
        f"    '{operands[0]}' is {values[0]}\n"
        f"must be {_RELATIONS[relation]}\n"
        f"    '{operands[1]}' is {values[1]}"
    )
    place = f"core/src/matrix_transform.cpp:{line}"
    return opencv_error(-2, "Unspecified error", text, function, place)


def _type_name(array: Array) -> str:
    """As native writes a type: ``4 (CV_32SC1)``."""
    if array.dtype.name == "bool":
        depth = "CV_Bool"
    else:
        depth = f"CV_{8 * array.itemsize}{_DEPTH_LETTERS[array.dtype.kind]}"
    return f"{type_of(array)} ({depth}C{channels_of(array)})"


def broadcast(src: Array | None, shape: Array | None) -> Array | None:
    """The array repeated along its axes of length 1, and new ones before them.

    Raises
    ------
    cv2.error
        ``src`` has channels, or ``shape`` is not int32 or no shape for it.
    """
    src, shape = present(src), present(shape)
    function = "void cv::broadcast(InputArray, InputArray, OutputArray)"
    if channels_of(src) != 1:
        message = "broadcast: input array must be single channel"
        values = str(channels_of(src)), "1"
        raise _failed_check(message, ("src.channels()", "1"), "==", values, function, 1182)
    if shape.dtype.name != "int32" or channels_of(shape) != 1:
        message = "broadcast: target shape must be of type int32"
        operands = "shape.type()", "CV_32S"
        raise _failed_check(message, operands, "==", (_type_name(shape), "4 (CV_32SC1)"), function, 1185)
    target = shape.ravel().tolist()
    if src.ndim > len(target):
        message = (
            "broadcast: dimension of input array must be less than or equal to dimension of target shape"
        )
        values = str(src.ndim), str(len(target))
        raise _failed_check(message, ("dims_src", "dims_shape"), "<=", values, function, 1191)
    for length, wanted in zip((1,) * (len(target) - src.ndim) + src.shape, target, strict=True):
        if length not in (1, wanted):
            operands = "shape_src[i]", "shape_target[i]"
            message = "target shape must be equal to input shape or 1"
            raise _failed_check(message, operands, "==", (str(length), str(wanted)), function, 1200)
    return or_none(np.broadcast_to(src, target).copy())


def flipND(src: Array | None, axis: int) -> Array | None:
    """The array with one axis reversed.

    Raises
    ------
    cv2.error
        There is no such axis.
    """
    src = present(src)
    dimensions = dimensions_of(src)
    function = "void cv::flipND(InputArray, OutputArray, int)"
    message = "flipND: given axis is out of range"
    if axis >= dimensions:
        values = str(axis), str(dimensions)
        raise _failed_check(message, ("_axis", "ndim"), "<", values, function, 1095)
    if axis < -dimensions:
        values = str(axis), str(-dimensions)
        raise _failed_check(message, ("_axis", "-ndim"), ">=", values, function, 1096)
    return or_none(np.flip(src, (axis + dimensions) % dimensions).copy())


def transposeND(src: Array | None, order: tuple[int, ...]) -> Array | None:
    """The array with its axes in another order.

    Raises
    ------
    cv2.error
        ``src`` has channels, or ``order`` does not name each axis once.
    """
    src = present(src)
    function = "void cv::transposeND(InputArray, const std::vector<int>&, OutputArray)"
    if channels_of(src) != 1:
        message = "Input array should be single-channel"
        values = str(channels_of(src)), "1"
        raise _failed_check(message, ("inp.channels()", "1"), "==", values, function, 526)
    if len(order) != src.ndim:
        operands = "order.size()", "static_cast<size_t>(inp.dims)"
        values = str(len(order)), str(src.ndim)
        message = "Number of dimensions shouldn't change"
        raise _failed_check(message, operands, "==", values, function, 527)
    for index, axis in enumerate(sorted(order)):
        if axis != index:
            operands = "static_cast<size_t>(order_[i])", "i"
            values = str(axis % 2**64), str(index)
            message = "New order should be a valid permutation of the old one"
            raise _failed_check(message, operands, "==", values, function, 533)
    return or_none(np.ascontiguousarray(src.transpose(order)))


def completeSymm(m: Array | None, lowerToUpper: bool) -> Array:
    """``m`` with one half mirrored into the other, the upper into the lower one: written in place.

    Raises
    ------
    cv2.error
        ``m`` is not square.
    """
    m = present(m)
    if dimensions_of(m) > 2 or size_of(m)[0] != size_of(m)[1]:
        condition = "m.dims <= 2 && m.rows == m.cols"
        raise failed_assertion(condition, "completeSymm", "core/src/matrix_operations.cpp:275")
    if m.ndim >= 2:
        rows, columns = np.tril_indices(len(m), -1)
        if lowerToUpper:
            rows, columns = columns, rows
        m[rows, columns] = m[columns, rows]
    return m


def randShuffle(dst: Array | None, iterFactor: float) -> Array:
    """``dst`` with its elements in random order: written in place.

    Each element is swapped in turn with one that opencv.js's generator chooses: native's order after
    ``setRNGSeed``.

    Raises
    ------
    cv2.error
        Native shuffles no elements of this size.
    """
    dst = present(dst)
    size = dst.itemsize * channels_of(dst)
    if size > 32:
        raise failed_assertion("dst.elemSize() <= 32", "randShuffle", "core/src/rand.cpp:844")
    if size not in _SHUFFLED_BYTES:
        raise failed_assertion("func != 0", "randShuffle", "core/src/rand.cpp:846")
    count = dst.size // channels_of(dst)
    if not count:
        return dst
    # Of four random bytes at a time the generator makes one step: they are what it gave.
    words = call_by_name("randu", np.zeros((1, 4 * count), np.uint8), 0, 256).view("<u4")
    order = list(range(count))
    for i, j in enumerate((words.ravel() % np.uint32(count)).tolist()):
        order[i], order[j] = order[j], order[i]
    shape = (-1, channels_of(dst))
    dst[...] = dst.reshape(shape)[order].reshape(dst.shape)
    return dst
