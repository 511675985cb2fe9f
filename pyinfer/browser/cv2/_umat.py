"""``cv2.UMat``: natively an array that may lie on another device, here an ndarray's holder.

Functions take UMats wherever they take arrays, and return UMats for arrays when one was given:
modules/core/misc/python/pyopencv_umat.hpp.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ._bind import bind
from ._convert_arrays import numbers_of
from ._errors import Mismatch, no_overload
from ._mat import as_mat, new_array
from ._spec import ARRAYS, FunctionSpec, Overload, Parameter
from ._table import CHANNEL_SHIFT

__all__ = ["UMat", "UMat_context", "UMat_queue", "call_with_arrays", "has_umat", "unwrap", "wrap"]

Array = npt.NDArray[Any]

_SOURCE = Parameter("m", "Mat", True, False, True, None)


class UMat:
    """An array, or a part of one, held for OpenCV.

    ``UMat([usageFlags])``, ``UMat(rows, cols, type[, usageFlags])``, ``UMat(size, type[, usageFlags])``,
    each of the latter two with a ``scalar`` behind ``type`` to fill it with, ``UMat(array)``, and for a
    part of another one ``UMat(m, roi)``, ``roi`` being ``(x, y, width, height)``, or
    ``UMat(m, rowRange[, colRange])``.

    Raises
    ------
    cv2.error
        The arguments are none of these.
    """

    __slots__ = ("__weakref__", "_array")

    def __init__(self, *args: Any) -> None:
        self._array: Array | None = _made_of(args)

    def get(self) -> Array | None:
        """The array: a copy of it, as natively; None if it is empty."""
        return None if self._array is None else self._array.copy()

    def isContinuous(self) -> bool:
        """Whether its rows lie one behind the other."""
        return self._array is None or self._array.flags.c_contiguous

    def isSubmatrix(self) -> bool:
        """Whether it is a part of another one."""
        return self._array is not None and self._array.base is not None

    def handle(self, accessFlags: int) -> int:
        """The OpenCL handle: there is none."""
        return 0

    @property
    def offset(self) -> int:
        """Where in its buffer it begins: at its beginning."""
        return 0

    @staticmethod
    def context() -> int:
        """The OpenCL context: there is none."""
        return 0

    @staticmethod
    def queue() -> int:
        """The OpenCL queue: there is none."""
        return 0

    def __repr__(self) -> str:
        return f"< cv2.UMat {id(self):#x}>"


UMat.__module__ = "cv2"

UMat_context, UMat_queue = UMat.context, UMat.queue


def _made_of(args: tuple[Any, ...]) -> Array | None:
    if not args or (len(args) == 1 and isinstance(args[0], int)):
        return None
    first, *more = args
    if isinstance(first, UMat):
        return _part(first, more)
    if isinstance(first, np.ndarray) and not more:
        try:
            array = as_mat(first, "m", nd=False)
            return (array[..., 0] if array.ndim == 3 and array.shape[2] == 1 else array).copy()
        except Mismatch as mismatch:
            raise no_overload("UMat", [str(mismatch)]) from None
    if isinstance(first, Sequence) and not isinstance(first, str) and len(first) == 2 and more:
        (width, height), (element_type, *rest) = first, more
    elif len(args) >= 3:
        height, width, element_type, *rest = args
    else:
        raise _no_such()
    if not all(isinstance(size, int | np.integer) for size in (height, width, element_type)):
        raise _no_such()
    array = new_array(f"{int(element_type)},{int(height)},{int(width)}")
    if rest and not isinstance(rest[0], int):
        channels = (int(element_type) >> CHANNEL_SHIFT) + 1
        array[...] = np.reshape(numbers_of(_SOURCE, rest[0])[:channels], (-1,) if channels > 1 else ())
    return array


def _part(source: UMat, more: list[Any]) -> Array | None:
    array = source._array
    if array is None or not more:
        return array
    if len(more[0]) == 4:
        x, y, width, height = more[0]
        return array[y : y + height, x : x + width]
    rows, columns = (*more, (None, None))[:2]
    return array[slice(*rows), slice(*columns)]


def _no_such() -> Exception:
    return no_overload("UMat", ["UMat() takes sizes and a type, an array, or a UMat and the part of it"])


def has_umat(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether a UMat is among a call's arguments, or in a list among them."""
    return any(_holds_umat(value) for value in (*args, *kwargs.values()))


def _holds_umat(value: Any) -> bool:
    return isinstance(value, UMat) or (isinstance(value, tuple | list) and any(map(_holds_umat, value)))


def call_with_arrays(
    function: Callable[..., Any], spec: FunctionSpec, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Call a function with the arrays of the UMats it was given; its arrays come back as UMats."""
    result = function(*map(unwrap, args), **{name: unwrap(value) for name, value in kwargs.items()})
    for overload in spec.overloads:
        try:
            bind(spec.name, overload, args, kwargs)
        except Mismatch:
            continue
        return _wrapped(overload, result)
    return result


def _wrapped(overload: Overload, result: Any) -> Any:
    outputs = [parameter for parameter in overload.parameters if parameter.output]
    first = len(overload.returns)
    several = first + len(outputs) > 1
    results = list(result) if several else [result]
    for index, parameter in enumerate(outputs, first):
        if parameter.kind in ARRAYS:
            results[index] = wrap(results[index])
    return tuple(results) if several else results[0]


def unwrap(value: Any) -> Any:
    """The array of a UMat; what else there is, as it is."""
    if isinstance(value, UMat):
        return np.empty((0, 0), np.uint8) if value._array is None else value._array
    if isinstance(value, tuple | list):
        return type(value)(map(unwrap, value))
    return value


def wrap(value: Any) -> Any:
    """A UMat for an array."""
    if isinstance(value, tuple):
        return tuple(map(wrap, value))
    umat = UMat()
    umat._array = value
    return umat
