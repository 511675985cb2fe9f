"""ndarray in, cv.Mat, ndarray out; always released.

The rules are those of native's ``pyopencv_to`` and ``pyopencv_from`` for ``Mat``
(modules/python/src2/cv2_convert.cpp).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pyinfer.browser.bridge import HandleScope, JsHandle
from pyinfer.browser.bridge.codec import read_into, write_from
from pyinfer.browser.bridge.contract import OpenCVEngine

from ._errors import Mismatch, raise_engine_failure
from ._table import CHANNEL_SHIFT, CHANNELS_MAX, DEPTHS

__all__ = ["MatLease", "lease_new", "read_mat", "scalar_column"]

Array = npt.NDArray[Any]

_DEPTH_OF = {np.dtype(name): depth for name, depth in DEPTHS.items()}
_DTYPE_OF = {depth: np.dtype(name) for name, depth in DEPTHS.items()}
_DEPTH_MASK = (1 << CHANNEL_SHIFT) - 1
_INT32 = np.dtype(np.int32)

#: Native casts these to int32, whatever their values: OpenCV's arithmetic on them is new and incomplete.
_CAST_TO_INT32 = frozenset({np.dtype(np.int64), np.dtype(np.uint64)})


class MatLease:
    """A Mat that stands for an array while a call lasts.

    Parameters
    ----------
    engine : OpenCVEngine
    scope : HandleScope
        Releases the Mat.
    array : ndarray
        Copied into the Mat once; twice if it is not C-contiguous.
    name : str
        The parameter's name, for messages.
    output : bool
        Whether OpenCV will write to it.
    nd : bool
        Whether the last axis is never channels.

    Raises
    ------
    Mismatch
        Native does not take such an array.
    cv2.error
        The engine has no memory for it.
    """

    __slots__ = ("_array", "_engine", "header", "mat")

    def __init__(
        self,
        engine: OpenCVEngine,
        scope: HandleScope,
        array: Array,
        name: str,
        output: bool = False,
        nd: bool = False,
    ) -> None:
        if output and not array.flags.writeable:
            raise Mismatch(
                f"{name} marked as output argument, but provided NumPy array marked as readonly", name
            )
        self._engine = engine
        self._array = array
        element_type, sizes = element_type_and_sizes(array, name, nd)
        #: As a call reports it: ``"type,size,size..."``.
        self.header = ",".join(map(str, (element_type, *sizes)))
        contiguous = array
        if not array.flags.c_contiguous or array.dtype in _CAST_TO_INT32:
            if output and not _is_mat_layout(array, len(sizes) < array.ndim):
                raise Mismatch(f"Layout of the output array {name} is incompatible with cv::Mat", name)
            if array.dtype in _CAST_TO_INT32:
                contiguous = array.astype(_INT32)
        self.mat = lease_new(engine, scope, element_type, sizes)
        if array.size:
            write_from(engine.bytes(self.mat), contiguous)

    def read_back(self, header: str) -> Array | None:
        """The array with what OpenCV wrote, or a new one if OpenCV allocated anew.

        Parameters
        ----------
        header : str
            What the call reported.
        """
        if header != self.header:
            return read_mat(self._engine, self.mat, header)
        array = self._array
        if array.flags.c_contiguous:
            read_into(self._engine.bytes(self.mat), array)
        else:
            fresh = np.empty(array.shape, array.dtype)
            read_into(self._engine.bytes(self.mat), fresh)
            array[...] = fresh
        return array


def element_type_and_sizes(array: Array, name: str, nd: bool) -> tuple[int, tuple[int, ...]]:
    """OpenCV's type code and shape for an array: the third axis of three is the channels.

    Raises
    ------
    Mismatch
        OpenCV has no such element type, or too many dimensions.
    """
    dtype = array.dtype
    depth = DEPTHS["int32"] if dtype in _CAST_TO_INT32 else _DEPTH_OF.get(dtype)
    if depth is None:
        raise Mismatch(f"{name} data type = {dtype} is not supported", name)
    shape = array.shape
    if len(shape) == 3 and not nd and shape[2] <= CHANNELS_MAX:
        if not shape[2]:
            raise Mismatch(
                f"{name} unable to wrap channels, invalid count (0, must be in [1, {CHANNELS_MAX}])", name
            )
        return depth | (shape[2] - 1) << CHANNEL_SHIFT, shape[:2]
    if len(shape) > 10:
        raise Mismatch(f"{name} dimensionality (={len(shape)}) is too high", name)
    return depth, shape


def _is_mat_layout(array: Array, multichannel: bool) -> bool:
    """Whether a cv::Mat could refer to this memory as it is: only then does native write to it."""
    if array.dtype in _CAST_TO_INT32:
        return False
    shape, strides, last = array.shape, array.strides, array.ndim - 1
    for axis, size in enumerate(shape):
        misfit = strides[axis] != array.itemsize if axis == last else strides[axis] < strides[axis + 1]
        if size > 1 and misfit:
            return False
    return not multichannel or strides[1] == array.itemsize * shape[2]


def scalar_column(engine: OpenCVEngine, scope: HandleScope, values: list[float]) -> int:
    """The Mat that stands for numbers: one float64 column."""
    mat = lease_new(engine, scope, DEPTHS["float64"], (len(values), 1))
    if values:
        write_from(engine.bytes(mat), np.array(values, np.float64))
    return mat


def lease_new(engine: OpenCVEngine, scope: HandleScope, element_type: int, sizes: tuple[int, ...]) -> int:
    """A new Mat that ``scope`` releases.

    Raises
    ------
    cv2.error
        The engine has no memory for it.
    """
    mat = engine.create(element_type, *sizes)
    if not mat:
        raise_engine_failure()
    scope.add(JsHandle("Mat", mat, engine.release))
    return mat


def read_mat(engine: OpenCVEngine, mat: int, header: str) -> Array | None:
    """The elements of a Mat in a new array; None if it holds no data. Copies once."""
    if not header:
        return None
    out = new_array(header)
    if out.size:
        read_into(engine.bytes(mat), out)
    return out


def new_array(header: str) -> Array:
    """An uninitialised array with the dtype and shape of ``"type,size,size..."``."""
    element_type, *sizes = map(int, header.split(","))
    channels = (element_type >> CHANNEL_SHIFT) + 1
    if channels > 1:
        sizes.append(channels)
    return np.empty(sizes, _DTYPE_OF[element_type & _DEPTH_MASK])
