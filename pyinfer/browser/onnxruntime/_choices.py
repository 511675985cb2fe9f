"""The enumerations of native onnxruntime."""

from __future__ import annotations

from enum import IntEnum

__all__ = [
    "ArenaExtendStrategy",
    "Choice",
    "ExecutionMode",
    "ExecutionOrder",
    "GraphOptimizationLevel",
    "OrtAllocatorType",
    "OrtCompileApiFlags",
    "OrtDeviceMemoryType",
    "OrtExecutionProviderDevicePolicy",
    "OrtHardwareDeviceType",
    "OrtMemType",
    "OrtMemoryInfoDeviceType",
    "OrtSparseFormat",
]


class Choice(IntEnum):
    """One of a few, which prints as native's do."""

    def __str__(self) -> str:
        return f"{type(self).__name__}.{self.name}"

    def __init_subclass__(cls) -> None:
        cls.__module__ = "onnxruntime.capi.onnxruntime_pybind11_state"


class GraphOptimizationLevel(Choice):
    """How much of the graph is rewritten when a session starts."""

    ORT_DISABLE_ALL = 0
    ORT_ENABLE_BASIC = 1
    ORT_ENABLE_EXTENDED = 2
    ORT_ENABLE_LAYOUT = 3
    ORT_ENABLE_ALL = 99


class ExecutionMode(Choice):
    """Whether independent nodes may run side by side."""

    ORT_SEQUENTIAL = 0
    ORT_PARALLEL = 1


class ExecutionOrder(Choice):
    """In which order the nodes of the graph are computed."""

    DEFAULT = 0
    PRIORITY_BASED = 1
    MEMORY_EFFICIENT = 2


class OrtAllocatorType(Choice):
    """How memory is taken."""

    INVALID = -1
    ORT_DEVICE_ALLOCATOR = 0
    ORT_ARENA_ALLOCATOR = 1


class OrtMemType(Choice):
    """What memory is for."""

    CPU_INPUT = -2
    CPU_OUTPUT = -1
    CPU = -1  # another name of it
    DEFAULT = 0


class OrtDeviceMemoryType(Choice):
    """Who reaches the memory of a device."""

    DEFAULT = 0
    HOST_ACCESSIBLE = 5


class OrtMemoryInfoDeviceType(Choice):
    """Kinds of devices that memory belongs to."""

    CPU = 0
    GPU = 1
    NPU = 3
    FPGA = 2


class ArenaExtendStrategy(Choice):
    """By how much an arena grows."""

    kNextPowerOfTwo = 0
    kSameAsRequested = 1


class OrtHardwareDeviceType(Choice):
    """Kinds of devices that compute."""

    CPU = 0
    GPU = 1
    NPU = 2


class OrtSparseFormat(Choice):
    """How sparse tensors are laid out."""

    ORT_SPARSE_UNDEFINED = 0
    ORT_SPARSE_COO = 1
    ORT_SPARSE_CSRC = 2
    ORT_SPARSE_BLOCK_SPARSE = 4


class OrtCompileApiFlags(Choice):
    """What stops :class:`ModelCompiler`."""

    NONE = 0
    ERROR_IF_NO_NODES_COMPILED = 1
    ERROR_IF_OUTPUT_FILE_EXISTS = 2


class OrtExecutionProviderDevicePolicy(Choice):
    """How a device is chosen."""

    DEFAULT = 0
    PREFER_CPU = 1
    PREFER_NPU = 2
    PREFER_GPU = 3
    MAX_PERFORMANCE = 4
    MAX_EFFICIENCY = 5
    MIN_OVERALL_POWER = 6
