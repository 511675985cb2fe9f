"""ndarrays as OpenCV's Mats.

An array crosses as its ``id()``: the engine reads its header where it lies and copies its elements
once, from heap to heap. The rules are those of native's ``pyopencv_to`` and ``pyopencv_from`` for ``Mat``
(modules/python/src2/cv2_convert.cpp).
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from pyinfer.browser.bridge import get_bridge
from pyinfer.browser.bridge.contract import OpenCVEngine
from pyinfer.errors import EngineError, UnsupportedInBrowser

from ._errors import Mismatch, failed_assertion
from ._table import CHANNEL_SHIFT, CHANNELS_MAX, DEPTHS

__all__ = [
    "MOST_ARGUMENTS",
    "Engine",
    "Mat",
    "as_mat",
    "check_output",
    "element_type_and_sizes",
    "has_channels",
    "narrow",
    "new_array",
    "refuse_mat",
]

Array = npt.NDArray[Any]

_DEPTH_MASK = (1 << CHANNEL_SHIFT) - 1
_INT32 = np.dtype(np.int32)
_MAX_DIMENSIONS = 10
_TOO_MANY_DIMENSIONS = failed_assertion(
    "0 <= _dims && _dims <= CV_MAX_DIM && _dims <= MatShape::MAX_DIMS",
    "setSize",
    "core/src/matrix.cpp:632",
)
_KNOWN = np.typecodes["AllInteger"] + "?efd"

#: By dtype.char, which is found faster than a dtype. Native casts 64-bit integers to int32, whatever
#: their values: OpenCV's arithmetic on them is new and incomplete.
_WIDE = frozenset(char for char in _KNOWN if np.dtype(char).kind in "iu" and np.dtype(char).itemsize == 8)
_DEPTH_OF = {char: DEPTHS["int32"] if char in _WIDE else DEPTHS[np.dtype(char).name] for char in _KNOWN}
_DTYPE_OF = {depth: np.dtype(name) for name, depth in DEPTHS.items()}


class Mat(np.ndarray[Any, Any]):
    """An array that says itself whether its last axis is the channels: ``cv2.Mat``.

    Parameters
    ----------
    arr : ndarray
        What this is a view of.
    wrap_channels : bool, optional
        By default as ``arr`` has it, which is no if it is no Mat.
    """

    wrap_channels: Any

    def __new__(cls, arr: Array, **kwargs: Any) -> Mat:
        return arr.view(cls)

    def __init__(self, arr: Array, **kwargs: Any) -> None:
        self.wrap_channels = kwargs.pop("wrap_channels", getattr(arr, "wrap_channels", False))
        if kwargs:
            raise TypeError(f"Unknown parameters: {kwargs!r}")

    def __array_finalize__(self, obj: Any) -> None:
        self.wrap_channels = getattr(obj, "wrap_channels", None)


Mat.__module__ = "cv2"


#: So many arguments at most are passed to JavaScript at once, whose stack holds them.
MOST_ARGUMENTS = 10_000


class Engine:
    """The bridge's OpenCV, its methods looked up once: each look-up in JavaScript makes a proxy.

    Raises
    ------
    EngineError
        The engine does not find an array's header where NumPy keeps it.
    """

    __slots__ = ("call", "fetch", "source")

    _current: Engine | None = None

    def __init__(self, source: OpenCVEngine) -> None:
        self.source = source
        self.call = source.call
        self.fetch = source.fetch
        self._prepare()

    def bring(self, name: str) -> None:
        """Wait for the part of the engine that a function comes with, if that is not loaded yet.

        Raises
        ------
        EngineError
            It could not be loaded, or Python can't wait for it here.
        """
        if self.source.isLater(name):
            get_bridge().wait_for_networks()
            self._prepare()

    def _prepare(self) -> None:
        probe = np.zeros((2, 3, 5), np.float32)[:, ::2, 1:4]
        found = json.loads(self.source.prepare(_element_types(), id(probe)))
        wanted = {
            "address": probe.__array_interface__["data"][0],
            "number": probe.dtype.num,
            "shape": list(probe.shape),
            "strides": list(probe.strides),
            "contiguous": False,
            "writeable": True,
        }
        if found != wanted:
            raise EngineError(f"this NumPy keeps {wanted} where opencv.js reads {found}")

    def stage(self, flat: list[Any]) -> list[Any]:
        """Hand over the first of a call's flat arguments; those that are left for the call itself."""
        while len(flat) > MOST_ARGUMENTS:
            self.source.stage(*flat[:MOST_ARGUMENTS])
            flat = flat[MOST_ARGUMENTS:]
        return flat

    @classmethod
    def current(cls) -> Engine:
        """That of the bridge in use."""
        source = get_bridge().opencv
        if cls._current is None or cls._current.source is not source:
            cls._current = cls(source)
        return cls._current


def _element_types() -> str:
    """What the engine must know of element types, as JSON."""
    depths = {np.dtype(char).num: depth for char, depth in _DEPTH_OF.items() if char not in _WIDE}
    return json.dumps({"depths": depths, "channelShift": CHANNEL_SHIFT, "channelsMax": CHANNELS_MAX})


def as_mat(array: Array, name: str, nd: bool) -> Array:
    """An array with the same elements that the engine can copy: itself, or a copy in C order.

    Raises
    ------
    Mismatch
        Native does not take such an array.
    """
    element_type_and_sizes(array, name, nd)
    # NumPy makes an array without axes one with an axis.
    return np.ascontiguousarray(narrow(array)).reshape(array.shape)


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
    if not array.dtype.isnative or not _is_mat_layout(array, len(sizes) < array.ndim):
        raise Mismatch(f"Layout of the output array {name} is incompatible with cv::Mat", name)
    return element_type, sizes


def narrow(array: Array) -> Array:
    """The array with an element type of OpenCV's: int32 for 64-bit integers, and no foreign byte order."""
    if array.dtype.char in _WIDE:
        return array.astype(_INT32)
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def element_type_and_sizes(array: Array, name: str, nd: bool) -> tuple[int, tuple[int, ...]]:
    """OpenCV's type code and shape for an array. Its third axis of three is the channels; a Mat knows itself.

    Raises
    ------
    Mismatch
        OpenCV has no such element type, or too many dimensions.
    """
    depth = _DEPTH_OF.get(array.dtype.char)
    if depth is None:
        raise Mismatch(f"{name} data type = {array.dtype} is not supported", name)
    shape = array.shape
    if has_channels(array, name, nd):
        if not 1 <= shape[-1] <= CHANNELS_MAX:
            misfit = f"invalid count ({shape[-1]}, must be in [1, {CHANNELS_MAX}])"
            raise Mismatch(f"{name} unable to wrap channels, {misfit}", name)
        return depth | (shape[-1] - 1) << CHANNEL_SHIFT, shape[:-1]
    if len(shape) > _MAX_DIMENSIONS:
        raise Mismatch(f"Conversion error: {name}, what: {_TOO_MANY_DIMENSIONS}", name)
    return depth, shape


def has_channels(array: Array, name: str, nd: bool) -> bool:
    """Whether an array's last axis is the channels."""
    if isinstance(array, Mat):
        wrapped = array.wrap_channels
        if not isinstance(wrapped, (bool, np.bool_, int, np.integer, type(None))):
            raise Mismatch("Argument 'cv.Mat.wrap_channels' is not convertable to bool", name)
        return bool(wrapped) and array.ndim >= 1
    return array.ndim == 3 and not nd and array.shape[2] <= CHANNELS_MAX


def refuse_mat(array: Array, name: str, nd: bool) -> None:
    """Refuse a Mat whose channels are not where the same array, being none, would have them.

    Raises
    ------
    UnsupportedInBrowser
    """
    if not isinstance(array, Mat):
        return
    if has_channels(array, name, nd) != has_channels(array.view(np.ndarray), name, nd):
        raise UnsupportedInBrowser(
            "cv2.Mat",
            "only what opencv.js computes takes one, as an array that is read",
            "the array itself, its channels in the third of three axes",
        )


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
    shape, dtype = _shape_and_dtype(header)
    return np.empty(shape, dtype)


@lru_cache(maxsize=1024)
def _shape_and_dtype(header: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    element_type, *sizes = map(int, header.split(","))
    if element_type > _DEPTH_MASK:
        sizes.append((element_type >> CHANNEL_SHIFT) + 1)
    return tuple(sizes), _DTYPE_OF[element_type & _DEPTH_MASK]
