"""Where tensors may lie: in a browser, in the memory of the CPU."""

from __future__ import annotations

import operator
from enum import IntEnum
from typing import NoReturn

from ._choices import OrtDeviceMemoryType, OrtHardwareDeviceType
from ._memory_infos import OrtMemoryInfo
from ._tables import AVAILABLE_PROVIDERS

__all__ = [
    "CDevice",
    "OrtDevice",
    "OrtDeviceVendorId",
    "OrtEpDevice",
    "OrtHardwareDevice",
    "check_place",
    "get_ep_devices",
    "get_hardware_devices",
    "get_ort_device_type",
    "get_vendor_id_for_device_type",
]

_STATE = "onnxruntime.capi.onnxruntime_pybind11_state"
_COLLECTION = "onnxruntime.capi.onnxruntime_inference_collection"


class OrtDeviceVendorId(IntEnum):
    """The vendors' numbers on the PCI bus."""

    NONE = 0x0000
    AMD = 0x1002
    NVIDIA = 0x10DE
    ARM = 0x13B5
    MICROSOFT = 0x1414
    HUAWEI = 0x19E5
    QUALCOMM = 0x5143
    INTEL = 0x8086


_GPU, _NPU, _DIRECTML = 1, 3, 4

#: Number and vendor by the name that scripts give a device.
_DEVICES: dict[str, tuple[int, OrtDeviceVendorId | None]] = {
    "cuda": (_GPU, OrtDeviceVendorId.NVIDIA),
    "cann": (_NPU, OrtDeviceVendorId.HUAWEI),
    "cpu": (0, None),
    "dml": (_DIRECTML, OrtDeviceVendorId.MICROSOFT),
    "webgpu": (_GPU, OrtDeviceVendorId.NONE),
    "gpu": (_GPU, None),
    "npu": (_NPU, None),
}


def get_ort_device_type(device_type: str) -> int:
    """The number of a kind of device.

    Raises
    ------
    Exception
        There is no such kind.
    """
    if device_type not in _DEVICES:
        raise Exception("Unsupported device type: " + device_type)  # native raises just that
    return _DEVICES[device_type][0]


def get_vendor_id_for_device_type(device_type: str) -> OrtDeviceVendorId | None:
    """The vendor of the devices that bear a vendor's name."""
    return _DEVICES.get(device_type, (0, None))[1]


class CDevice:
    """A device, as ``onnxruntime_pybind11_state.OrtDevice`` is.

    Parameters
    ----------
    device_type, mem_type, vendor_id, device_id : int
        Or three of them, without the vendor.
    """

    __slots__ = ("_device_id", "_device_type", "_mem_type", "_vendor_id")

    def __init__(self, device_type: int, mem_type: int, *rest: int) -> None:
        if len(rest) not in (1, 2):
            raise TypeError("__init__(): incompatible constructor arguments: three or four numbers")
        kind = operator.index(device_type)
        self._device_type = _GPU if kind == _DIRECTML else kind
        self._mem_type = operator.index(mem_type)
        given = operator.index(rest[0]) if len(rest) == 2 else 0
        # As natively, what DirectML drives is Microsoft's, whoever made it.
        self._vendor_id = int(OrtDeviceVendorId.MICROSOFT) if kind == _DIRECTML else given
        self._device_id = operator.index(rest[-1])

    def device_id(self) -> int:
        """Which of several."""
        return self._device_id

    def device_type(self) -> int:
        """0 for the CPU, 1 a graphics card, 2 an FPGA, 3 a neural processor."""
        return self._device_type

    def mem_type(self) -> int:
        """0: the default."""
        return self._mem_type

    def vendor_id(self) -> int:
        """On the PCI bus; 0: none."""
        return self._vendor_id

    @staticmethod
    def cpu() -> int:
        """The number of CPUs."""
        return 0

    @staticmethod
    def cuda() -> int:
        """The number of graphics cards."""
        return 1

    gpu = webgpu = cuda

    @staticmethod
    def fpga() -> int:
        """The number of FPGAs."""
        return 2

    @staticmethod
    def npu() -> int:
        """The number of neural processors."""
        return 3

    cann = npu

    @staticmethod
    def dml() -> int:
        """The number of DirectML's devices."""
        return 4

    @staticmethod
    def default_memory() -> int:
        """The number of a device's own memory."""
        return 0


CDevice.__name__ = CDevice.__qualname__ = "OrtDevice"


def check_place(device: CDevice, *, of_array: bool) -> None:
    """Refuse to make tensors elsewhere than in the CPU's memory, in native's words.

    Parameters
    ----------
    of_array : bool
        Whether an array's elements were to go there.
    """
    kind, vendor = device.device_type(), device.vendor_id()
    if kind == 0:
        return
    place, package = "device", "appropriate package of OnnxRuntime for your hardware"
    if of_array and kind == _NPU and vendor == OrtDeviceVendorId.HUAWEI:
        place, package = "CANN device", "CANN package of OnnxRuntime"
    elif kind != _GPU:
        raise RuntimeError("Unsupported device: Cannot place the OrtValue on this device")
    elif not of_array:
        maker = "DirectML" if vendor == OrtDeviceVendorId.MICROSOFT else "CUDA"
        place, package = f"{maker} device", f"{maker} package of OnnxRuntime"
    raise RuntimeError(
        f"Can't allocate memory on the {place} using this package of OnnxRuntime. "
        f"Please use the {package} to use this feature."
    )


class OrtDevice:
    """A device by name. Mirrors ``onnxruntime.OrtDevice``; see :meth:`make`.

    Raises
    ------
    ValueError
        ``c_ort_device`` is not one of ``onnxruntime_pybind11_state``.
    """

    def __init__(self, c_ort_device: CDevice) -> None:
        if not isinstance(c_ort_device, CDevice):
            raise ValueError(
                "`Provided object` needs to be of type "
                "`onnxruntime.capi.onnxruntime_pybind11_state.OrtDevice`"
            )
        self._ort_device = c_ort_device

    def _get_c_device(self) -> CDevice:
        return self._ort_device

    @staticmethod
    def make(ort_device_name: str, device_id: int, vendor_id: int | OrtDeviceVendorId = -1) -> OrtDevice:
        """The device of that name: ``"cpu"``, or one that holds no tensors in a browser.

        Raises
        ------
        Exception
            There is no such kind of device.
        """
        kind = get_ort_device_type(ort_device_name)
        vendor = get_vendor_id_for_device_type(ort_device_name) if vendor_id < 0 else vendor_id
        return OrtDevice(CDevice(kind, CDevice.default_memory(), int(vendor or 0), device_id))

    def device_id(self) -> int:
        """Which of several."""
        return self._ort_device.device_id()

    def device_type(self) -> int:
        """0 for the CPU; see ``get_ort_device_type``."""
        return self._ort_device.device_type()

    def device_vendor_id(self) -> int:
        """On the PCI bus; 0: none."""
        return self._ort_device.vendor_id()

    def device_mem_type(self) -> int:
        """0: the device's own memory."""
        return self._ort_device.mem_type()


class OrtHardwareDevice:
    """What computes: here, what the browser gives WebAssembly."""

    device_id = 0
    type = OrtHardwareDeviceType.CPU
    vendor = ""
    vendor_id = 0

    def __init__(self) -> None:
        self.metadata: dict[str, str] = {}


class OrtEpDevice:
    """An execution provider of the engine, and what it computes on."""

    ep_vendor = "Microsoft"

    def __init__(self, ep_name: str) -> None:
        self.ep_name = ep_name
        self.device = OrtHardwareDevice()
        self.ep_metadata = {"version": "1.30.0"}
        self.ep_options: dict[str, str] = {}

    def memory_info(self, memory_type: OrtDeviceMemoryType) -> OrtMemoryInfo | None:
        """None: memory of its own is what other devices have."""
        return None

    def create_sync_stream(self) -> NoReturn:
        """Fails as natively: only other devices have streams."""
        raise RuntimeError("ep_device does not use DEFAULT memory of a non-CPU device.")


def get_ep_devices() -> list[OrtEpDevice]:
    """The execution providers of the engine that is loaded."""
    return [OrtEpDevice(name) for name in AVAILABLE_PROVIDERS]


def get_hardware_devices() -> list[OrtHardwareDevice]:
    """What the engine computes on."""
    return [OrtHardwareDevice()]


for _class in (CDevice, OrtEpDevice, OrtHardwareDevice):
    _class.__module__ = _STATE
for _other in (OrtDevice, OrtDeviceVendorId):
    _other.__module__ = _COLLECTION
