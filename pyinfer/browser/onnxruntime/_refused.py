"""The names of native onnxruntime that no browser can stand in for: each says so when it is used."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from pyinfer.errors import UnsupportedInBrowser

from ._errors import error_of_code
from ._memory_infos import OrtArenaCfg, OrtMemoryInfo

__all__ = [
    "AdapterFormat",
    "LoraAdapter",
    "ModelCompiler",
    "OrtEpAssignedNode",
    "OrtEpAssignedSubgraph",
    "OrtExternalInitializerInfo",
    "OrtSyncStream",
    "SparseTensor",
    "create_and_register_allocator",
    "create_and_register_allocator_v2",
    "has_collective_ops",
    "preload_dlls",
    "refused_class",
    "refused_function",
    "register_execution_provider_library",
    "set_global_thread_pool_sizes",
    "set_seed",
    "unregister_execution_provider_library",
]

_STATE = "onnxruntime.capi.onnxruntime_pybind11_state"
_COLLECTION = "onnxruntime.capi.onnxruntime_inference_collection"
_FAIL, _NO_LIBRARIES = 1, "a browser loads no shared libraries"


def refused_function(name: str, reason: str, alternative: str | None = None) -> Callable[..., NoReturn]:
    """A function of that name which raises UnsupportedInBrowser."""

    def refuse(*args: object, **kwargs: object) -> NoReturn:
        raise UnsupportedInBrowser(f"onnxruntime.{name}", reason, alternative)

    refuse.__name__ = refuse.__qualname__ = name
    refuse.__module__ = _STATE
    refuse.__doc__ = f"Not available: {reason}."
    return refuse


class _Refused:
    """A class whose objects can't be made."""

    _reason = ""
    _alternative: str | None = None

    def __init__(self, *args: object, **kwargs: object) -> None:
        _refuse(type(self))


def _refuse(kind: type[_Refused], member: str = "") -> NoReturn:
    raise UnsupportedInBrowser(f"onnxruntime.{kind.__name__}{member}", kind._reason, kind._alternative)


def refused_class(name: str, reason: str, alternative: str | None = None) -> type[_Refused]:
    """A class of that name whose construction raises UnsupportedInBrowser."""
    members = {"_reason": reason, "_alternative": alternative, "__doc__": f"Not available: {reason}."}
    return type(name, (_Refused,), {**members, "__module__": _STATE})


class SparseTensor(_Refused):
    """Not available: the engine is fed with dense tensors only."""

    _reason = "the engine is fed with dense tensors only"
    _alternative = "a dense array"

    @classmethod
    def sparse_coo_from_numpy(cls, *args: object) -> NoReturn:
        """Not available."""
        _refuse(cls, ".sparse_coo_from_numpy")

    @classmethod
    def sparse_csr_from_numpy(cls, *args: object) -> NoReturn:
        """Not available."""
        _refuse(cls, ".sparse_csr_from_numpy")


class LoraAdapter(_Refused):
    """Not available: the engine has no LoRA adapters."""

    _reason = "the engine has no LoRA adapters"
    _alternative = "a model into which the adapter's weights were merged"


class AdapterFormat(_Refused):
    """Not available: the engine has no LoRA adapters."""

    _reason = LoraAdapter._reason
    _alternative = LoraAdapter._alternative

    @staticmethod
    def read_adapter(file_path: object) -> NoReturn:
        """Not available."""
        _refuse(AdapterFormat, ".read_adapter")


class ModelCompiler(_Refused):
    """Not available: the engine compiles for no other device."""

    _reason = "the engine compiles for no other device, and writes no models"
    _alternative = "compile on a desktop"


class OrtSyncStream(_Refused):
    """Not available: the CPU has no streams."""

    _reason = "the engine's CPU has no streams"


class OrtEpAssignedNode(_Refused):
    """Not available: the engine doesn't tell which provider takes a node."""

    _reason = "the engine doesn't tell which provider takes a node"


class OrtEpAssignedSubgraph(_Refused):
    """Not available: the engine doesn't tell which provider takes a node."""

    _reason = OrtEpAssignedNode._reason


class OrtExternalInitializerInfo:
    """Where in a file the data of an initializer lie.

    Parameters
    ----------
    filepath : str
    file_offset, byte_size : int
    """

    def __init__(self, filepath: str, file_offset: int, byte_size: int) -> None:
        self.filepath = filepath
        self.file_offset = operator.index(file_offset)
        self.byte_size = operator.index(byte_size)


def create_and_register_allocator(memory_info: OrtMemoryInfo, arena_cfg: OrtArenaCfg | None) -> None:
    """Does nothing: all sessions share the engine's heap anyway."""
    if not isinstance(memory_info, OrtMemoryInfo):
        raise TypeError("create_and_register_allocator(): incompatible function arguments")


def create_and_register_allocator_v2(
    provider_type: str,
    memory_info: OrtMemoryInfo,
    provider_options: Mapping[str, str],
    arena_cfg: OrtArenaCfg | None,
) -> None:
    """Does nothing: all sessions share the engine's heap anyway."""
    create_and_register_allocator(memory_info, arena_cfg)


def set_global_thread_pool_sizes(intra_op_num_threads: int = 0, inter_op_num_threads: int = 0) -> None:
    """Does nothing: the page, or the first session, fixes the threads that all sessions share."""
    operator.index(intra_op_num_threads)
    operator.index(inter_op_num_threads)


def has_collective_ops() -> bool:
    """False: the engine runs in one process."""
    return False


def preload_dlls(cuda: bool = True, cudnn: bool = True, msvc: bool = True, directory: Any = None) -> None:
    """Does nothing: there are no libraries to be loaded."""


def set_seed(seed: int) -> NoReturn:
    """Not available: the engine's random numbers can't be seeded from outside."""
    try:
        operator.index(seed)
    except TypeError:
        raise TypeError(f"set_seed(): incompatible function arguments: {seed!r}") from None
    raise UnsupportedInBrowser(
        "onnxruntime.set_seed",
        "the engine's random numbers can't be seeded from outside",
        "the attribute `seed` of the model's random nodes",
    )


def register_execution_provider_library(name: str, path: str) -> NoReturn:
    """Not available: a browser loads no shared libraries."""
    raise UnsupportedInBrowser("onnxruntime.register_execution_provider_library", _NO_LIBRARIES)


def unregister_execution_provider_library(name: str) -> NoReturn:
    """Fails as natively: nothing was registered."""
    raise error_of_code(_FAIL, f"Execution provider library: {name} was not registered.")


for _class in (
    *(LoraAdapter, OrtEpAssignedNode, OrtEpAssignedSubgraph),
    *(OrtExternalInitializerInfo, OrtSyncStream),
):
    _class.__module__ = _STATE
for _other in (AdapterFormat, ModelCompiler, SparseTensor):
    _other.__module__ = _COLLECTION
