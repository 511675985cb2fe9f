"""The OrtValue of ``onnxruntime_pybind11_state``, which the public one is a coat of."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from pyinfer.browser.bridge import get_bridge
from pyinfer.browser.bridge.codec import write_from
from pyinfer.errors import UnsupportedInBrowser

from ._devices import CDevice, check_place
from ._heap_value import HeapValue, only_tensors
from ._memory_infos import OrtMemoryInfo
from ._tables import ELEMENT_TYPES, STRING, ElementType, element_type_of

__all__ = ["CValue", "OrtValueVector", "array_element_type", "element_type_for", "integer_list"]

_NO_STRINGS = "currently only supported from non-string numpy arrays"
_DLPACK_CPU = (1, 0)


def array_element_type(array: npt.NDArray[Any]) -> ElementType:
    """The element type of a value that is made from ``array``.

    Raises
    ------
    RuntimeError
        The engine has none, or it is that of strings; native's words.
    """
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "biufc":
        raise RuntimeError(f"Creation of OrtValues is {_NO_STRINGS}")
    element_type = element_type_of(array.dtype)
    if element_type is None:
        raise RuntimeError(f"Numpy_type {array.dtype.num} can't be converted to MLDataType.")
    return element_type


def element_type_for(wanted: object) -> ElementType:
    """The element type that a dtype, or one of ONNX's numbers, means.

    Raises
    ------
    RuntimeError
        The engine has no such tensors, or they would be of strings; native's words.
    """
    if isinstance(wanted, int):
        element_type = ELEMENT_TYPES.get(int(wanted))
        if element_type is None or element_type.name.startswith("complex"):
            raise RuntimeError(f"tensor type {int(wanted)} is not supported")
        return element_type
    dtype = np.dtype(wanted)  # type: ignore[call-overload]
    found = element_type_of(dtype)
    if found is None:
        raise RuntimeError(f"Numpy_type {dtype.num} can't be converted to MLDataType.")
    return found


def integer_list(shape: Iterable[int], function: str) -> list[int]:
    """The sizes of a shape.

    Raises
    ------
    TypeError
        They are no sequence of integers.
    """
    try:
        return [operator.index(size) for size in shape]
    except TypeError:
        raise TypeError(f"{function}(): incompatible function arguments: shape is {shape!r}") from None


class CValue(HeapValue):
    """One value. Mirrors ``onnxruntime_pybind11_state.OrtValue``."""

    __slots__ = ()

    @staticmethod
    def ortvalue_from_numpy(array: npt.NDArray[Any], device: CDevice) -> CValue:
        """The value that lies in ``array``; see :class:`OrtValue`."""
        element_type = array_element_type(array)
        check_place(device, of_array=True)
        return CValue.of_array(array, element_type)

    @staticmethod
    def ortvalue_from_numpy_with_onnx_type(array: npt.NDArray[Any], onnx_element_type: int) -> CValue:
        """The same, its bytes taken for those of another type."""
        if not isinstance(array, np.ndarray) or not hasattr(onnx_element_type, "__index__"):
            raise TypeError(
                "ortvalue_from_numpy_with_onnx_type(): incompatible function arguments: "
                f"{type(array).__name__}, {onnx_element_type!r}"
            )
        number = operator.index(onnx_element_type)
        if number and number not in ELEMENT_TYPES:
            raise RuntimeError(f"Not a valid ONNX Tensor data type: {number}")
        element_type = element_type_for(number)
        itemsize = 32 if element_type is STRING else -(-element_type.bits // 8)
        if array.dtype.itemsize != itemsize:
            raise RuntimeError(
                f"Items size in the incoming array: {array.dtype.itemsize} specified by onnxtype: {itemsize}"
            )
        return CValue.of_array(array, element_type)

    @staticmethod
    def ortvalue_from_shape_and_type(shape: Sequence[int], dtype: object, device: CDevice) -> CValue:
        """A new tensor in the engine's heap; ``dtype`` may be one of ONNX's numbers too."""
        sizes = integer_list(shape, "ortvalue_from_shape_and_type")
        element_type = element_type_for(dtype)
        check_place(device, of_array=False)
        return CValue.of_shape(sizes, element_type)

    ortvalue_from_shape_and_onnx_type = ortvalue_from_shape_and_type

    @staticmethod
    def ortvalue_from_shape_and_type_for_memory_info(
        shape: Sequence[int], dtype: object, memory_info: OrtMemoryInfo
    ) -> CValue:
        """The same: the engine's heap is all the memory that there is."""
        return CValue.ortvalue_from_shape_and_type(shape, dtype, CDevice(0, 0, memory_info.device_id))

    ortvalue_from_shape_and_onnx_type_for_memory_info = ortvalue_from_shape_and_type_for_memory_info

    @staticmethod
    def ort_value_from_sparse_tensor(sparse_tensor: object) -> NoReturn:
        """Not available: the engine makes no sparse tensors."""
        raise UnsupportedInBrowser("a sparse tensor", "the engine is fed with dense tensors only")

    def as_sparse_tensor(self) -> NoReturn:
        """Fails as natively, where the value is none either."""
        raise RuntimeError("This OrtValue does not contain a sparse tensor")

    @staticmethod
    def from_dlpack(data: Any, is_bool_tensor: bool = False) -> CValue:
        """The value that lies where a DLPack capsule says, or an object that makes one."""
        source: Any = data if hasattr(data, "__dlpack__") else _Capsule(data)
        array = np.from_dlpack(source)
        if not array.flags.c_contiguous:
            raise RuntimeError("ORT only supports contiguous tensor for now.")
        array = array.view(np.bool_) if is_bool_tensor else array
        return CValue.of_array(array, array_element_type(array))

    def to_dlpack(self) -> Any:
        """A capsule of :meth:`numpy`'s array; bool as uint8."""
        if self._element_type is None or self._element_type is STRING:
            raise only_tensors("Only tensor type OrtValues are supported")
        if self._element_type.dtype is None:
            raise UnsupportedInBrowser(
                f"a DLPack capsule of tensor({self._element_type.name})", "NumPy, which makes them, can't"
            )
        array = self.numpy()
        return (array.view(np.uint8) if array.dtype == np.bool_ else array).__dlpack__()

    def __dlpack__(self, *, stream: object = None) -> Any:
        return self.to_dlpack()

    def __dlpack_device__(self) -> tuple[int, int]:
        if self._element_type is None:
            raise only_tensors("Only tensor type OrtValues are supported")
        return _DLPACK_CPU

    def _is_webgpu_buffer(self) -> bool:
        return False

    def numpy(self) -> npt.NDArray[Any]:
        """The elements, as an array that shares them: writing to it changes the value.

        The first time a value is read that lies in the engine's heap, one copy.

        Raises
        ------
        RuntimeError
            As :meth:`copy_to_array`.
        """
        if self._element_type is STRING:
            return self.copy_to_array()
        self._share()
        if self._element_type is None or self._element_type.array_dtype is None:
            return self.copy_to_array()  # which says why that can't be
        return self._as(self._element_type.array_dtype).view()

    def update_inplace(self, data: npt.NDArray[Any] | CValue) -> None:
        """Overwrite the bytes with those of an array or a value: one copy.

        Raises
        ------
        RuntimeError
            The elements are strings, or there are more or fewer of them.
        """
        if isinstance(data, CValue):
            if data._size() != self._size():
                raise RuntimeError("The source and destination OrtValues must have the same size")
            if data._element_type is not self._element_type:
                raise RuntimeError("The source and destination OrtValues must have the same data type")
            source = data._bytes()
        else:
            if data.dtype.kind not in "biufc" or self._element_type is STRING:
                raise RuntimeError(f"Inplace update of OrtValues is {_NO_STRINGS}")
            if data.size != math.prod(self._shape):
                raise RuntimeError("The input size of numpy arrays does not match the size of the OrtValue.")
            source = np.ascontiguousarray(data).reshape(-1).view(np.uint8)
        size = self._size()
        if source.size < size:
            raise RuntimeError(f"{size} bytes are needed, and the array has {source.size}")
        if self._array is not None:
            self._array.reshape(-1).view(np.uint8)[:size] = source[:size]
        elif size:
            assert self._handle is not None
            view = get_bridge().onnxruntime.valueView(self._handle.identifier, size)
            write_from(view, source[:size])

    # ------------------------------------------------------------ what it is

    def data_ptr(self) -> int:
        """Where the elements begin: an address of Python's memory if they lie in an array.

        Otherwise a number above all of Python's addresses, good for ``bind_input`` and ``bind_output``.
        """
        if self._element_type is None or self._element_type is STRING:
            raise only_tensors("Only OrtValues that are Tensors are currently supported")
        return self.address()

    def device_name(self) -> str:
        """``"Cpu"``."""
        if self._element_type is None:
            raise RuntimeError("Only OrtValues that are Tensors/SparseTensors are currently supported")
        return "Cpu"

    def shape(self) -> list[int]:
        """The sizes."""
        if self._element_type is None:
            raise only_tensors("Only OrtValues that are Tensors/SpareTensors are currently supported")
        return list(self._shape)

    def data_type(self) -> str:
        """Such as ``"tensor(float)"``."""
        return self._type_name if self._element_type is None else f"tensor({self._element_type.name})"

    def element_type(self) -> int:
        """ONNX's number, also for sequences of tensors."""
        if self._element_type is not None:
            return self._element_type.number
        for row in ELEMENT_TYPES.values():
            if self._type_name == f"seq(tensor({row.name}))":
                return row.number
        raise RuntimeError("Tensor proto_type is unavailable for this value.")

    def tensor_size_in_bytes(self) -> int:
        """Of the elements; strings count 0, since the engine alone knows them."""
        return self._size()

    def has_value(self) -> bool:
        """Whether a run has made it, if it is an output, and it is no empty optional."""
        return self._array is not None or (self._handle is not None and not self._is_empty())

    def is_tensor(self) -> bool:
        """Whether it is a tensor, or an empty optional one."""
        return self._element_type is not None or self._is_empty()

    def _is_empty(self) -> bool:
        return self._element_type is None and self._type_name.startswith("optional(tensor(")

    def is_sparse_tensor(self) -> bool:
        """Whether it is a sparse tensor: the engine makes none."""
        return False

    def is_tensor_sequence(self) -> bool:
        """Whether it is a sequence of tensors."""
        return self._element_type is None and self._type_name.startswith("seq(tensor(")


class _Capsule:
    """What makes NumPy take a bare capsule."""

    def __init__(self, capsule: Any) -> None:
        self._capsule = capsule

    def __dlpack__(self) -> Any:
        return self._capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        return _DLPACK_CPU


class OrtValueVector(list[CValue]):
    """Values in a row. Mirrors ``onnxruntime_pybind11_state.OrtValueVector``."""

    push_back = list.append

    def push_back_batch(self, *arguments: object) -> NoReturn:
        """Not available: there is no PyTorch in a browser."""
        raise UnsupportedInBrowser(
            "OrtValueVector.push_back_batch", "there is no PyTorch in a browser", "push_back"
        )

    def reserve(self, count: int) -> None:
        """Does nothing: lists grow by themselves."""

    def shrink_to_fit(self) -> None:
        """Does nothing: lists shrink by themselves."""

    def element_type_at(self, index: int) -> int:
        """ONNX's number of one value's elements."""
        return self[index].element_type()

    def bool_tensor_indices(self) -> list[int]:
        """Where tensors of bool are, which travel as uint8 in capsules."""
        return [index for index, value in enumerate(self) if value.data_type() == "tensor(bool)"]

    def dlpack_at(self, index: int) -> Any:
        """A DLPack capsule of one value."""
        return self[index].to_dlpack()

    def to_dlpacks(self, to_tensor: Callable[[Any], Any] | None) -> list[Any]:
        """What ``to_tensor`` makes of the values' capsules; None: the capsules."""
        capsules = [value.to_dlpack() for value in self]
        return capsules if to_tensor is None else [to_tensor(capsule) for capsule in capsules]


CValue.__name__ = CValue.__qualname__ = "OrtValue"
for _class in (CValue, OrtValueVector):
    _class.__module__ = "onnxruntime.capi.onnxruntime_pybind11_state"
