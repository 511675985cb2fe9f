"""IOBinding: inputs and outputs that stay the same from run to run."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ._c_value import CValue, OrtValueVector, element_type_for, integer_list
from ._devices import CDevice, OrtDevice
from ._errors import STATUS_ERRORS
from ._ort_value import OrtValue
from ._tables import STRING, element_type_of

if TYPE_CHECKING:
    from ._options import RunOptions
    from ._session_values import Session

__all__ = ["IOBinding", "SessionIOBinding"]


_UNKNOWN = "Error when binding input: Failed to find input name in the mapping: {}"


class SessionIOBinding:
    """What is bound, by name. Mirrors ``onnxruntime_pybind11_state.SessionIOBinding``."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._inputs: dict[str, CValue] = {}
        #: A value that was given, or the last run's, which the next run writes into as natively.
        self._outputs: dict[str, CValue] = {}

    def _check_input(self, name: str, words: str) -> None:
        overridable = self._session.get_overridable_initializers()
        if not any(entry.name == name for entry in (*self._session._inputs_meta, *overridable)):
            raise RuntimeError(words.format(name))

    def bind_input(
        self,
        name: str,
        array_or_device: npt.NDArray[Any] | CDevice,
        element_type: Any = None,
        shape: Sequence[int] | None = None,
        buffer_ptr: int | None = None,
    ) -> None:
        """Bind an array, or what lies at an address."""
        if isinstance(array_or_device, CDevice):
            if shape is None or buffer_ptr is None:
                raise TypeError(
                    "bind_input(): incompatible function arguments: shape and buffer_ptr are missing"
                )
            self._check_input(name, _UNKNOWN)
            _check_device(array_or_device)
            value = _value_at(buffer_ptr, element_type, shape, "bind_input")
        else:
            self._check_input(name, "Failed to find NodeArg with name: {} in the def list")
            value = _value_of(array_or_device)
        self._inputs[name] = value

    def bind_ortvalue_input(self, name: str, value: CValue) -> None:
        """Bind a value."""
        self._check_input(name, _UNKNOWN)
        self._inputs[name] = value

    def bind_output(
        self,
        name: str,
        device: CDevice,
        element_type: Any = None,
        shape: Sequence[int] | None = None,
        buffer_ptr: int | None = None,
    ) -> None:
        """Ask for an output: a new value, or written to an address."""
        if buffer_ptr is None or shape is None:
            self._outputs[name] = CValue()
        else:
            self._outputs[name] = _value_at(buffer_ptr, element_type, shape, "bind_output")

    def bind_ortvalue_output(self, name: str, value: CValue) -> None:
        """Ask for an output, written into a value."""
        self._outputs[name] = value

    def clear_binding_inputs(self) -> None:
        """Forget the inputs."""
        self._inputs.clear()

    def clear_binding_outputs(self) -> None:
        """Forget the outputs."""
        self._outputs.clear()

    def synchronize_inputs(self) -> None:
        """Does nothing: one thread makes and reads the inputs."""

    def synchronize_outputs(self) -> None:
        """Does nothing: one thread makes and reads the outputs."""

    def get_outputs(self) -> OrtValueVector:
        """The outputs, in the order in which they were bound."""
        return OrtValueVector(self._outputs.values())

    def copy_outputs_to_cpu(self) -> list[npt.NDArray[Any]]:
        """Fresh arrays of all outputs."""
        for name, value in self._outputs.items():
            if not value.has_value():
                raise RuntimeError(f"The output {name!r} has no value before the binding has run")
        return [self._session._read(name, value) for name, value in self._outputs.items()]

    def _run(self, run_options: RunOptions | None) -> None:
        try:
            if not self._outputs:
                raise RuntimeError("Error in execution: At least one output should be requested.")
            fetches = [(name, value if value.has_value() else None) for name, value in self._outputs.items()]
            results = self._session._run_values(self._inputs, fetches, run_options)
        except STATUS_ERRORS as error:
            words = str(error).split(" : ", 3)[-1]
            missing = [entry.name for entry in self._session._inputs_meta if entry.name not in self._inputs]
            if missing and "Missing Input" not in words:  # natively the node says so
                words += f"Missing Input: {missing[0]}"
            raise RuntimeError(f"Error in execution: {words}") from None
        self._outputs.update(zip(self._outputs, results, strict=True))


def _check_device(device: CDevice) -> None:
    if device.device_type() != 0:
        here = CDevice(0, 0, 0, 0)
        raise RuntimeError(
            "Error when binding input: There's no data transfer registered for copying tensors from "
            f"{_described(device)} to {_described(here)}"
        )


def _described(device: CDevice) -> str:
    return (
        f"Device:[DeviceType:{device.device_type()} MemoryType:{device.mem_type()} "
        f"VendorId:{device.vendor_id()} DeviceId:{device.device_id()} Alignment:0]"
    )


def _value_of(array: npt.NDArray[Any]) -> CValue:
    if not isinstance(array, np.ndarray):
        raise RuntimeError("Unable to create OrtValue from the given python object")
    element_type = element_type_of(array.dtype)
    if element_type is None:
        raise RuntimeError(f"Numpy_type {array.dtype.num} can't be converted to MLDataType.")
    if element_type is STRING:
        raise RuntimeError("Only binding non-string Tensors is currently supported")
    return CValue.of_array(array, element_type)


def _value_at(buffer_ptr: int, element_type: Any, shape: Sequence[int], function: str) -> CValue:
    """The value at an address of the engine's or of Python's memory."""
    kind = element_type_for(element_type)
    if kind is STRING:
        raise RuntimeError("Only binding non-string Tensors is currently supported")
    sizes = integer_list(shape, function)
    if any(size < 0 for size in sizes):
        raise RuntimeError("shape.Size() must >=0")
    owner = CValue.at(buffer_ptr)
    if owner is not None:
        return owner.slice(sizes, kind)
    memory = (ctypes.c_ubyte * kind.size_of(math.prod(sizes))).from_address(buffer_ptr)
    return CValue.of_bytes(np.ctypeslib.as_array(memory), sizes, kind)


class IOBinding:
    """Inputs and outputs that are named once and used by every run.

    Mirrors ``onnxruntime.IOBinding``; made by :meth:`InferenceSession.io_binding`. Outputs stay in the
    engine's heap, and what is bound of them as the next run's input is not copied. An output that was
    bound without a buffer is written into again by the next run, as natively: bind it anew to keep it,
    or where its shape changes. Arrays, and addresses in Python's memory, are read and written at each
    run, each with one copy.
    """

    def __init__(self, session: Session) -> None:
        self._iobinding = SessionIOBinding(session)
        self._session = session
        self._numpy_obj_references: dict[str, npt.NDArray[Any]] = {}

    def bind_cpu_input(self, name: str, arr_on_cpu: npt.NDArray[Any]) -> None:
        """Bind an array, which each run copies once: writing to it changes the next run's input.

        One that is not C-contiguous is copied here instead, and not read again.

        Raises
        ------
        RuntimeError
            The model has no such input, or the engine no tensors of this dtype.
        """
        self._numpy_obj_references[name] = arr_on_cpu
        self._iobinding.bind_input(name, arr_on_cpu)

    def bind_input(
        self,
        name: str,
        device_type: str,
        device_id: int,
        element_type: Any,
        shape: Sequence[int],
        buffer_ptr: int,
    ) -> None:
        """Bind what lies at an address.

        Parameters
        ----------
        element_type : dtype or int
            A number is one of ``onnx.TensorProto``'s.
        buffer_ptr : int
            :meth:`OrtValue.data_ptr`, of a value that lives on, or an array's ``ctypes.data``, which
            must live on, too.

        Raises
        ------
        RuntimeError
            The model has no such input, or the device no memory here.
        """
        device = OrtDevice.make(device_type, device_id)._get_c_device()
        self._iobinding.bind_input(name, device, element_type, shape, buffer_ptr)

    def bind_ortvalue_input(self, name: str, ortvalue: OrtValue) -> None:
        """Bind a value.

        Raises
        ------
        RuntimeError
            The model has no such input.
        """
        ortvalue._session  # noqa: B018 - native fails here if it is none
        self._iobinding.bind_ortvalue_input(name, ortvalue._ortvalue)

    def bind_output(
        self,
        name: str,
        device_type: str = "cpu",
        device_id: int = 0,
        element_type: Any = None,
        shape: Sequence[int] | None = None,
        buffer_ptr: int | None = None,
    ) -> None:
        """Ask for an output: a new value; or, if ``buffer_ptr`` is given, written there.

        Parameters
        ----------
        device_type : str
            Of a device that the engine lacks, the output lies in the engine's heap, too.
        buffer_ptr : int, optional
            As for :meth:`bind_input`.

        Raises
        ------
        ValueError
            There is an address and no type or shape.
        """
        device = OrtDevice.make(device_type, device_id)._get_c_device()
        if buffer_ptr is None:
            self._iobinding.bind_output(name, device)
            return
        if element_type is None or shape is None:
            raise ValueError(
                "`element_type` and `shape` are to be provided if pre-allocated memory is provided"
            )
        self._iobinding.bind_output(name, device, element_type, shape, buffer_ptr)

    def bind_ortvalue_output(self, name: str, ortvalue: OrtValue) -> None:
        """Ask for an output that is written into ``ortvalue``; into its array, if it lies in one."""
        ortvalue._session  # noqa: B018 - native fails here if it is none
        self._iobinding.bind_ortvalue_output(name, ortvalue._ortvalue)

    def synchronize_inputs(self) -> None:
        """Does nothing: a run begins when its inputs are there."""
        self._iobinding.synchronize_inputs()

    def synchronize_outputs(self) -> None:
        """Does nothing: a run ends when its outputs are there."""
        self._iobinding.synchronize_outputs()

    def get_outputs(self) -> list[OrtValue]:
        """The outputs of the last run, in the order in which they were bound; nothing is copied."""
        return [OrtValue(value) for value in self._iobinding.get_outputs()]

    def get_outputs_as_ortvaluevector(self) -> OrtValueVector:
        """The same, as a vector for :meth:`InferenceSession.run_with_ortvaluevector`."""
        return self._iobinding.get_outputs()

    def copy_outputs_to_cpu(self) -> list[npt.NDArray[Any]]:
        """Fresh arrays with the outputs of the last run: one copy each.

        Raises
        ------
        RuntimeError
            The binding has not run yet, or NumPy has no such type.
        """
        return self._iobinding.copy_outputs_to_cpu()

    def clear_binding_inputs(self) -> None:
        """Forget the inputs; an array may go."""
        self._iobinding.clear_binding_inputs()
        self._numpy_obj_references.clear()

    def clear_binding_outputs(self) -> None:
        """Forget the outputs."""
        self._iobinding.clear_binding_outputs()


IOBinding.__module__ = "onnxruntime.capi.onnxruntime_inference_collection"
SessionIOBinding.__module__ = "onnxruntime.capi.onnxruntime_pybind11_state"
