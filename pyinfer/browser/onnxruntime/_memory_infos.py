"""Kinds of memory, by name: in a browser there is one, the engine's heap."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

from ._choices import OrtAllocatorType, OrtDeviceMemoryType, OrtMemoryInfoDeviceType, OrtMemType

__all__ = [
    "OrtArenaCfg",
    "OrtMemoryInfo",
    "cpu_memory_info",
]


class OrtMemoryInfo:
    """A kind of memory, by name."""

    __slots__ = ("_allocator_type", "_device_id", "_device_mem_type", "_mem_type", "_name", "_vendor_id")

    def __init__(
        self, name: str, allocator_type: OrtAllocatorType, device_id: int, mem_type: OrtMemType
    ) -> None:
        self._name = name
        self._allocator_type = allocator_type
        self._device_id = operator.index(device_id)
        self._mem_type = mem_type
        self._vendor_id = 0
        self._device_mem_type = OrtDeviceMemoryType.DEFAULT

    @staticmethod
    def create_v2(
        name: str,
        device_type: OrtMemoryInfoDeviceType,
        vendor_id: int,
        device_id: int,
        memory_type: OrtDeviceMemoryType,
        alignment: int,
        allocator_type: OrtAllocatorType,
    ) -> OrtMemoryInfo:
        """A kind of memory of any device."""
        info = OrtMemoryInfo(name, allocator_type, device_id, OrtMemType.DEFAULT)
        info._vendor_id = operator.index(vendor_id)
        info._device_mem_type = memory_type
        return info

    @property
    def name(self) -> str:
        """``"Cpu"`` for the engine's heap."""
        return self._name

    @property
    def allocator_type(self) -> OrtAllocatorType:
        """How it is taken."""
        return self._allocator_type

    @property
    def device_id(self) -> int:
        """Of the device that it belongs to."""
        return self._device_id

    @property
    def mem_type(self) -> OrtMemType:
        """What it is for."""
        return self._mem_type

    @property
    def device_mem_type(self) -> OrtDeviceMemoryType:
        """Who reaches it."""
        return self._device_mem_type

    @property
    def device_vendor_id(self) -> int:
        """Of the device that it belongs to."""
        return self._vendor_id


def cpu_memory_info() -> OrtMemoryInfo:
    """The engine's heap."""
    return OrtMemoryInfo("Cpu", OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, OrtMemType.DEFAULT)


class OrtArenaCfg:
    """How an arena grows. Kept; the engine's heap has no arenas to be shared.

    Parameters
    ----------
    max_mem, arena_extend_strategy, initial_chunk_size_bytes, max_dead_bytes_per_chunk : int
        Or all of them in one mapping.
    """

    max_mem = 0
    arena_extend_strategy = -1
    initial_chunk_size_bytes = -1
    max_dead_bytes_per_chunk = -1
    initial_growth_chunk_size_bytes = -1
    max_power_of_two_extend_bytes = -1

    def __init__(self, *values: Any) -> None:
        names = (
            "max_mem",
            "arena_extend_strategy",
            "initial_chunk_size_bytes",
            "max_dead_bytes_per_chunk",
        )
        if len(values) == 1 and isinstance(values[0], Mapping):
            given = dict(values[0])
        elif len(values) == len(names):
            given = dict(zip(names, values, strict=True))
        else:
            raise TypeError("__init__(): incompatible constructor arguments: four numbers or a mapping")
        for name, value in given.items():
            if not hasattr(OrtArenaCfg, name) or name.startswith("_"):
                raise RuntimeError(f"Invalid OrtArenaCfg option: {name}")
            setattr(self, name, operator.index(value))


for _class in (OrtArenaCfg, OrtMemoryInfo):
    _class.__module__ = "onnxruntime.capi.onnxruntime_pybind11_state"
