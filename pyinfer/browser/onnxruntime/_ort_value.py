"""OrtValue: a tensor that scripts hold on to between runs."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from ._c_value import CValue
from ._devices import OrtDevice, OrtDeviceVendorId
from ._memory_infos import OrtMemoryInfo

__all__ = ["OrtValue", "copy_tensors"]


class OrtValue:
    """A tensor that is fed to runs and comes out of them.

    Mirrors ``onnxruntime.OrtValue``. Outputs of a run, and what :meth:`ortvalue_from_shape_and_type`
    makes, lie in the engine's heap: the next run takes them without a copy. :meth:`ortvalue_from_numpy`
    shares the array natively; here, with the engine's memory apart from Python's, the value stays in
    the array and each run that reads it copies it over, once, as ``InferenceSession.run`` would.
    So writing to the array changes the value, as natively. From the moment that :meth:`numpy` was
    called the same holds for a value of the engine's. To hand on a result without that copy, don't
    look at it, or look by way of :meth:`IOBinding.copy_outputs_to_cpu`.

    The memory is given back when the object is deleted. ``sys.getsizeof`` counts it in.
    """

    def __init__(
        self, ortvalue: CValue, numpy_obj: npt.NDArray[Any] | None = None, session: object = None
    ) -> None:
        if not isinstance(ortvalue, CValue):
            raise ValueError(
                "`Provided ortvalue` needs to be of type "
                "`onnxruntime.capi.onnxruntime_pybind11_state.OrtValue`"
            )
        self._ortvalue = ortvalue
        self._numpy_obj = numpy_obj
        self._session = session

    @property
    def _is_webgpu_buffer(self) -> bool:
        return self._ortvalue._is_webgpu_buffer()

    def _get_c_value(self) -> CValue:
        return self._ortvalue

    @classmethod
    def ortvalue_from_numpy(
        cls,
        numpy_obj: npt.NDArray[Any],
        /,
        device_type: str = "cpu",
        device_id: int = 0,
        vendor_id: int | OrtDeviceVendorId = -1,
    ) -> OrtValue:
        """A tensor that lies in an array: nothing is copied until a run reads it, then once a run.

        An array that is not C-contiguous, or has another byte order, is copied here and not shared.
        Where NumPy's default integers have 32 bits, as in a browser, an array of them serves a model
        that expects 64: then it is converted for each run.

        Raises
        ------
        RuntimeError
            The array is none, or holds strings, objects or complex numbers; or ``device_type`` names
            a device that holds no tensors.
        Exception
            There is no such kind of device.
        """
        device = OrtDevice.make(device_type, device_id, vendor_id)._get_c_device()
        kept = numpy_obj if device_type.lower() == "cpu" else None
        return cls(CValue.ortvalue_from_numpy(numpy_obj, device), kept)

    @classmethod
    def ortvalue_from_numpy_with_onnx_type(
        cls, data: npt.NDArray[Any], /, onnx_element_type: int
    ) -> OrtValue:
        """A tensor of a type that NumPy has not, such as bfloat16, whose bytes lie in an array.

        Copies as :meth:`ortvalue_from_numpy` does.

        Parameters
        ----------
        data : ndarray
            Its items are as large as the type's; of types with less than 8 bits, only as many bytes are
            read as the shape needs.
        onnx_element_type : int
            ``onnx.TensorProto.BFLOAT16`` and its like.

        Raises
        ------
        RuntimeError
            There is no such type, or its items have another size.
        """
        return cls(CValue.ortvalue_from_numpy_with_onnx_type(data, onnx_element_type), data)

    @classmethod
    def ortvalue_from_shape_and_type(
        cls,
        shape: Sequence[int],
        element_type: Any,
        device_type: str = "cpu",
        device_id: int = 0,
        vendor_id: int | OrtDeviceVendorId = -1,
        memory_info: OrtMemoryInfo | None = None,
    ) -> OrtValue:
        """A tensor in the engine's heap, its elements being whatever was there.

        Parameters
        ----------
        element_type : dtype or int
            A number is one of ``onnx.TensorProto``'s.

        Raises
        ------
        RuntimeError
            The engine has no such tensors, or no device.
        MemoryError
            The engine's heap has no room.
        """
        if memory_info is not None:
            if (device_type, device_id, vendor_id) != ("cpu", 0, -1):
                warnings.warn(
                    "device_type, device_id, and vendor_id are ignored when memory_info is provided.",
                    stacklevel=2,
                )
            make = CValue.ortvalue_from_shape_and_type_for_memory_info
            return cls(make(shape, element_type, memory_info))
        device = OrtDevice.make(device_type, device_id, vendor_id)._get_c_device()
        return cls(CValue.ortvalue_from_shape_and_type(shape, element_type, device))

    @classmethod
    def ort_value_from_sparse_tensor(cls, sparse_tensor: object) -> NoReturn:
        """Not available: the engine makes no sparse tensors."""
        CValue.ort_value_from_sparse_tensor(sparse_tensor)

    @classmethod
    def from_dlpack(cls, data: Any, /) -> OrtValue:
        """A tensor that lies where an array of another library does, or a DLPack capsule.

        Copies as :meth:`ortvalue_from_numpy` does.

        Raises
        ------
        RuntimeError
            The elements are not in C order, or the engine has none of their type.
        """
        if isinstance(data, OrtValue):
            return cls(CValue.from_dlpack(data, data.data_type() == "tensor(bool)"))
        return cls(CValue.from_dlpack(data))

    def as_sparse_tensor(self) -> NoReturn:
        """Raises ``RuntimeError``: the value is none."""
        self._ortvalue.as_sparse_tensor()

    def data_ptr(self) -> int:
        """Where the elements begin, for ``bind_input`` and ``bind_output``.

        An address in Python's memory if the value lies in an array; otherwise one of the engine's,
        which is moved so far up that it can't be taken for one of Python's.
        """
        return self._ortvalue.data_ptr()

    def device_name(self) -> str:
        """``"cpu"``."""
        return self._ortvalue.device_name().lower()

    def shape(self) -> list[int]:
        """The sizes."""
        return self._ortvalue.shape()

    def data_type(self) -> str:
        """Such as ``"tensor(float)"``."""
        return self._ortvalue.data_type()

    def element_type(self) -> int:
        """The number in ``onnx.TensorProto``."""
        return self._ortvalue.element_type()

    def tensor_size_in_bytes(self) -> int:
        """The size of all elements; 0 for strings."""
        return self._ortvalue.tensor_size_in_bytes()

    def has_value(self) -> bool:
        """False for an output of a binding that has not run, and for an empty optional."""
        return self._ortvalue.has_value()

    def is_tensor(self) -> bool:
        """Whether it is a tensor, or an empty optional one."""
        return self._ortvalue.is_tensor()

    def is_sparse_tensor(self) -> bool:
        """False: the engine makes no sparse tensors."""
        return self._ortvalue.is_sparse_tensor()

    def is_tensor_sequence(self) -> bool:
        """Whether it is a sequence of tensors."""
        return self._ortvalue.is_tensor_sequence()

    def numpy(self) -> npt.NDArray[Any]:
        """The elements as an array, which shares them: see the class.

        Copies once out of the engine's heap the first time; nothing if the value lies in an array.
        Strings are copied each time, and not shared.

        Raises
        ------
        RuntimeError
            The value is no tensor, or NumPy has no such type.
        """
        return self._ortvalue.numpy()

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> npt.NDArray[Any]:
        array = self.numpy()
        if copy is not None:
            return np.array(array, dtype=dtype, copy=copy)
        return array if dtype is None else np.asarray(array, dtype=dtype)

    def __dlpack__(self, *, stream: object = None) -> Any:
        return self._ortvalue.__dlpack__(stream=stream)

    def __dlpack_device__(self) -> tuple[int, int]:
        return self._ortvalue.__dlpack_device__()

    def update_inplace(self, data: npt.NDArray[Any] | OrtValue) -> None:
        """Overwrite the bytes of the elements with those of an array or value of as many: one copy.

        Raises
        ------
        TypeError
            ``data`` is neither.
        RuntimeError
            There are more or fewer elements, or they are strings.
        """
        if isinstance(data, OrtValue):
            self._ortvalue.update_inplace(data._ortvalue)
        elif isinstance(data, np.ndarray):
            self._ortvalue.update_inplace(data)
        else:
            raise TypeError("data must be a numpy.ndarray or an OrtValue.")

    def __sizeof__(self) -> int:
        own = object.__sizeof__(self)
        return own + (self.tensor_size_in_bytes() if self.is_tensor() and self.has_value() else 0)


def copy_tensors(src: Sequence[OrtValue], dst: Sequence[OrtValue], stream: object = None) -> None:
    """Copies between devices. There is one, and natively that raises, too.

    Raises
    ------
    RuntimeError
        Always, if there is anything to copy: use :meth:`OrtValue.update_inplace`.
    """
    if not src or len(src) != len(dst):
        raise RuntimeError("Invalid arguments provided to CopyTensors.")
    raise RuntimeError("Data transfer implementation between source and destination device was not found.")


for _public in (OrtValue, copy_tensors):
    _public.__module__ = "onnxruntime.capi.onnxruntime_inference_collection"
