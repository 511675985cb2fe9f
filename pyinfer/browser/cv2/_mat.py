"""ndarray in, cv.Mat, ndarray out; always released.

The rules are those of native's ``pyopencv_to`` and ``pyopencv_from`` for ``Mat``
(modules/python/src2/cv2_convert.cpp). What a small call costs is decided here, hence the care about
what is looked up and made on the way.
"""

from __future__ import annotations

import itertools
from functools import lru_cache
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt

from pyinfer.browser.bridge import get_bridge
from pyinfer.browser.bridge.codec import HeapView
from pyinfer.browser.bridge.contract import OpenCVEngine

from ._errors import Mismatch, raise_engine_failure
from ._table import CHANNEL_SHIFT, CHANNELS_MAX, DEPTHS

__all__ = [
    "Engine",
    "MatLease",
    "MatScope",
    "check_output",
    "column_of",
    "element_type_and_sizes",
    "lease",
    "narrow",
    "new_array",
]

Array = npt.NDArray[Any]

_DEPTH_MASK = (1 << CHANNEL_SHIFT) - 1
_INT32 = np.dtype(np.int32)
_MAX_DIMENSIONS = 10

#: By dtype.char, which is found faster than a dtype. Native casts 64-bit integers to int32, whatever
#: their values: OpenCV's arithmetic on them is new and incomplete.
_WIDE = frozenset(np.dtype(name).char for name in ("int64", "uint64")) | {"q", "Q"}
_DEPTH_OF = {
    char: DEPTHS["int32"] if char in _WIDE else DEPTHS[np.dtype(char).name]
    for char in np.typecodes["AllInteger"] + "?efd"
}
_DTYPE_OF = {depth: np.dtype(name) for name, depth in DEPTHS.items()}

_next_number = itertools.count(-1, -1).__next__


class Engine:
    """The bridge's OpenCV, its methods looked up once: each look-up in JavaScript makes a proxy."""

    __slots__ = (
        "bytes",
        "call",
        "create",
        "element",
        "pack",
        "release",
        "source",
        "stage",
        "unpack",
        "vector",
    )

    _current: Engine | None = None

    def __init__(self, source: OpenCVEngine) -> None:
        self.source = source
        self.bytes = source.bytes
        self.call = source.call
        self.create = source.create
        self.element = source.element
        self.pack = source.pack
        self.release = source.release
        self.stage = source.stage
        self.unpack = source.unpack
        self.vector = source.vector

    @classmethod
    def current(cls) -> Engine:
        """That of the bridge in use."""
        source = get_bridge().opencv
        if cls._current is None or cls._current.source is not source:
            cls._current = cls(source)
        return cls._current


class MatScope:
    """Owns the Mats and MatVectors of one call and releases them all in one crossing.

    Attributes
    ----------
    identifiers : list of int
    """

    __slots__ = ("engine", "identifiers")

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.identifiers: list[int] = []

    def __enter__(self) -> MatScope:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self.identifiers:
            self.engine.release(*self.identifiers)

    def own(self, identifier: int) -> int:
        """Take over what the engine made; 0 means that it failed.

        Raises
        ------
        cv2.error
        """
        if not identifier:
            raise_engine_failure()
        self.identifiers.append(identifier)
        return identifier

    def read(self, identifier: int, header: str) -> Array | None:
        """The elements of a Mat in a new array; None if it holds no data. Copies once.

        Parameters
        ----------
        header : str
            What the call reported: ``"type,size,size..."``.
        """
        if not header:
            return None
        shape, dtype = _shape_and_dtype(header)
        out = np.empty(shape, dtype)
        if out.size:
            self.copy_bytes(identifier, out)
        return out

    def copy_bytes(self, identifier: int, out: Array) -> None:
        """Copy the elements of a Mat into a C-contiguous array of their size: once.

        Raises
        ------
        cv2.error
        """
        view = self.engine.bytes(identifier)
        if view is None:
            raise_engine_failure()
        view.assign_to(out.data.cast("B"))


def lease(scope: MatScope, array: Array, name: str, nd: bool = False) -> int:
    """A Mat with the array's elements, released by ``scope``.

    Copies once; twice if the array is not C-contiguous.

    Raises
    ------
    Mismatch
        Native does not take such an array.
    cv2.error
        The engine has no memory for it.
    """
    element_type, sizes = element_type_and_sizes(array, name, nd)
    array = narrow(array)
    number = _next_number()
    view = scope.engine.create(number, element_type, *sizes)
    if view is None:
        raise_engine_failure()
    scope.identifiers.append(number)
    if array.size:
        _fill(view, array)
    return number


def _fill(view: HeapView, array: Array) -> None:
    try:
        view.assign(array.data.cast("B"))
    except (TypeError, ValueError):  # not C-contiguous, or of another byte order
        view.assign(np.ascontiguousarray(array, array.dtype.newbyteorder("=")).data.cast("B"))


def column_of(scope: MatScope, values: list[float]) -> int:
    """The Mat that stands for numbers: one float64 column."""
    return lease(scope, np.array(values, np.float64).reshape(-1, 1), "")


class MatLease:
    """A Mat that stands for an array OpenCV writes to.

    Parameters
    ----------
    array : ndarray
        Copied into the Mat, since OpenCV may leave part of it as it is.
    name : str
        The parameter's name, for messages.

    Raises
    ------
    Mismatch
        Native does not take such an array.
    cv2.error
        The engine has no memory for it.
    """

    __slots__ = ("_array", "header", "mat")

    def __init__(self, scope: MatScope, array: Array, name: str) -> None:
        element_type, sizes = check_output(array, name)
        self._array = array
        #: As a call reports it: ``"type,size,size..."``.
        self.header = ",".join(map(str, (element_type, *sizes)))
        self.mat = lease(scope, array, name)

    def read_back(self, scope: MatScope, header: str) -> Array | None:
        """The array with what OpenCV wrote, or a new one if OpenCV allocated anew.

        Parameters
        ----------
        header : str
            What the call reported.
        """
        if header != self.header:
            return scope.read(self.mat, header)
        array = self._array
        if array.size:
            whole = array if array.flags.c_contiguous else np.empty(array.shape, array.dtype)
            scope.copy_bytes(self.mat, whole)
            if whole is not array:
                array[...] = whole
        return array


def check_output(array: Any, name: str) -> tuple[int, tuple[int, ...]]:
    """The type code and shape of something that OpenCV shall write to.

    Raises
    ------
    Mismatch
        It is no array that native writes to.
    """
    if not isinstance(array, np.ndarray):
        raise Mismatch(f"{name} is not a numpy array, neither a scalar", name)
    if not array.flags.writeable:
        raise Mismatch(f"{name} marked as output argument, but provided NumPy array marked as readonly", name)
    element_type, sizes = element_type_and_sizes(array, name, nd=False)
    if not _is_mat_layout(array, len(sizes) < array.ndim):
        raise Mismatch(f"Layout of the output array {name} is incompatible with cv::Mat", name)
    return element_type, sizes


def narrow(array: Array) -> Array:
    """The array as OpenCV takes it: 64-bit integers become int32, copied once."""
    return array.astype(_INT32) if array.dtype.char in _WIDE else array


def element_type_and_sizes(array: Array, name: str, nd: bool) -> tuple[int, tuple[int, ...]]:
    """OpenCV's type code and shape for an array: the third axis of three is the channels.

    Raises
    ------
    Mismatch
        OpenCV has no such element type, or too many dimensions.
    """
    depth = _DEPTH_OF.get(array.dtype.char)
    if depth is None:
        raise Mismatch(f"{name} data type = {array.dtype} is not supported", name)
    shape = array.shape
    if len(shape) == 3 and not nd and shape[2] <= CHANNELS_MAX:
        if not shape[2]:
            raise Mismatch(
                f"{name} unable to wrap channels, invalid count (0, must be in [1, {CHANNELS_MAX}])", name
            )
        return depth | (shape[2] - 1) << CHANNEL_SHIFT, shape[:2]
    if len(shape) > _MAX_DIMENSIONS:
        raise Mismatch(f"{name} dimensionality (={len(shape)}) is too high", name)
    return depth, shape


def _is_mat_layout(array: Array, multichannel: bool) -> bool:
    """Whether a cv::Mat could refer to this memory as it is: only then does native write to it."""
    if array.dtype.char in _WIDE:
        return False
    if array.flags.c_contiguous:
        return True
    shape, strides, last = array.shape, array.strides, array.ndim - 1
    for axis, size in enumerate(shape):
        misfit = strides[axis] != array.itemsize if axis == last else strides[axis] < strides[axis + 1]
        if size > 1 and misfit:
            return False
    return not multichannel or strides[1] == array.itemsize * shape[2]


def new_array(header: str) -> Array:
    """An uninitialised array with the dtype and shape of ``"type,size,size..."``."""
    return np.empty(*_shape_and_dtype(header))


@lru_cache(maxsize=1024)
def _shape_and_dtype(header: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    element_type, *sizes = map(int, header.split(","))
    if element_type > _DEPTH_MASK:
        sizes.append((element_type >> CHANNEL_SHIFT) + 1)
    return tuple(sizes), _DTYPE_OF[element_type & _DEPTH_MASK]
