"""The compiled module of native onnxruntime: its exceptions, options, values and devices."""

from __future__ import annotations

from .._c_value import CValue as OrtValue
from .._c_value import OrtValueVector
from .._choices import (
    ArenaExtendStrategy,
    ExecutionMode,
    ExecutionOrder,
    GraphOptimizationLevel,
    OrtAllocatorType,
    OrtCompileApiFlags,
    OrtDeviceMemoryType,
    OrtExecutionProviderDevicePolicy,
    OrtHardwareDeviceType,
    OrtMemoryInfoDeviceType,
    OrtMemType,
    OrtSparseFormat,
)
from .._devices import CDevice as OrtDevice
from .._devices import (
    OrtEpDevice,
    OrtHardwareDevice,
    get_ep_devices,
    get_hardware_devices,
)
from .._errors import (
    DeviceReset,
    EngineError,
    EPFail,
    Fail,
    InvalidArgument,
    InvalidGraph,
    InvalidProtobuf,
    ModelLoadCanceled,
    ModelLoaded,
    ModelRequiresCompilation,
    NoModel,
    NoSuchFile,
    NotFound,
    NotImplemented,
    RuntimeException,
)
from .._io_binding import SessionIOBinding
from .._memory_infos import (
    OrtArenaCfg,
    OrtMemoryInfo,
)
from .._model_file import ModelMetadata, NodeArg
from .._option_fields import set_default_logger_severity, set_default_logger_verbosity
from .._options import (
    RunOptions,
    SessionOptions,
    get_default_session_options,
)
from .._ort_value import copy_tensors
from .._providers import get_all_providers, get_available_providers
from .._refused import (
    AdapterFormat,
    LoraAdapter,
    ModelCompiler,
    OrtEpAssignedNode,
    OrtEpAssignedSubgraph,
    OrtExternalInitializerInfo,
    OrtSyncStream,
    SparseTensor,
    create_and_register_allocator,
    create_and_register_allocator_v2,
    has_collective_ops,
    refused_class,
    refused_function,
    register_execution_provider_library,
    set_global_thread_pool_sizes,
    set_seed,
    unregister_execution_provider_library,
)
from .._session_values import Session as InferenceSession
from .._version import (
    disable_telemetry_events,
    enable_telemetry_events,
    get_build_info,
    get_device,
    get_version_string,
)

__all__ = [
    "AdapterFormat",
    "ArenaExtendStrategy",
    "DeviceReset",
    "EPFail",
    "EngineError",
    "ExecutionMode",
    "ExecutionOrder",
    "Fail",
    "GraphOptimizationLevel",
    "InferenceSession",
    "InvalidArgument",
    "InvalidGraph",
    "InvalidProtobuf",
    "LoraAdapter",
    "ModelCompiler",
    "ModelLoadCanceled",
    "ModelLoaded",
    "ModelMetadata",
    "ModelRequiresCompilation",
    "NoModel",
    "NoSuchFile",
    "NodeArg",
    "NotFound",
    "NotImplemented",
    "OrtAllocatorType",
    "OrtArenaCfg",
    "OrtCompileApiFlags",
    "OrtCompiledModelCompatibility",
    "OrtDevice",
    "OrtDeviceEpIncompatibilityReason",
    "OrtDeviceMemoryType",
    "OrtEpAssignedNode",
    "OrtEpAssignedSubgraph",
    "OrtEpDevice",
    "OrtExecutionProviderDevicePolicy",
    "OrtExternalInitializerInfo",
    "OrtHardwareDevice",
    "OrtHardwareDeviceType",
    "OrtMemType",
    "OrtMemoryInfo",
    "OrtMemoryInfoDeviceType",
    "OrtSparseFormat",
    "OrtSyncStream",
    "OrtValue",
    "OrtValueVector",
    "RunOptions",
    "RuntimeException",
    "SessionIOBinding",
    "SessionObjectInitializer",
    "SessionOptions",
    "SparseBlockSparseView",
    "SparseCooView",
    "SparseCsrView",
    "SparseTensor",
    "copy_tensors",
    "create_and_register_allocator",
    "create_and_register_allocator_v2",
    "disable_telemetry_events",
    "enable_telemetry_events",
    "get_all_operator_schema",
    "get_all_opkernel_def",
    "get_all_providers",
    "get_available_providers",
    "get_build_info",
    "get_compatibility_info_from_model",
    "get_compatibility_info_from_model_bytes",
    "get_default_session_options",
    "get_device",
    "get_ep_devices",
    "get_hardware_device_ep_incompatibility_details",
    "get_hardware_devices",
    "get_model_compatibility_for_ep_devices",
    "get_registered_ep_kernel_defs",
    "get_session_initializer",
    "get_version_string",
    "has_collective_ops",
    "is_dlpack_uint8_tensor",
    "kNextPowerOfTwo",
    "kSameAsRequested",
    "pack_fp4_weights_for_cuda_moe_gemm",
    "quantize_matmul_2bits",
    "quantize_matmul_4bits",
    "quantize_matmul_8bits",
    "quantize_matmul_bnb4",
    "quantize_qdq_matmul_2bits",
    "quantize_qdq_matmul_4bits",
    "register_execution_provider_library",
    "set_default_logger_severity",
    "set_default_logger_verbosity",
    "set_global_thread_pool_sizes",
    "set_seed",
    "unregister_execution_provider_library",
]

kNextPowerOfTwo = ArenaExtendStrategy.kNextPowerOfTwo
kSameAsRequested = ArenaExtendStrategy.kSameAsRequested

_SPARSE = "the engine is fed with dense tensors only"
SparseBlockSparseView = refused_class("SparseBlockSparseView", _SPARSE)
SparseCooView = refused_class("SparseCooView", _SPARSE)
SparseCsrView = refused_class("SparseCsrView", _SPARSE)
SessionObjectInitializer = refused_class("SessionObjectInitializer", "the engine hands out no initializers")

_COMPILED = "the engine runs no models that were compiled for a device"
OrtCompiledModelCompatibility = refused_class("OrtCompiledModelCompatibility", _COMPILED)
OrtDeviceEpIncompatibilityReason = refused_class("OrtDeviceEpIncompatibilityReason", _COMPILED)
get_compatibility_info_from_model = refused_function("get_compatibility_info_from_model", _COMPILED)
get_compatibility_info_from_model_bytes = refused_function(
    "get_compatibility_info_from_model_bytes", _COMPILED
)
get_hardware_device_ep_incompatibility_details = refused_function(
    "get_hardware_device_ep_incompatibility_details", _COMPILED
)
get_model_compatibility_for_ep_devices = refused_function("get_model_compatibility_for_ep_devices", _COMPILED)

_KERNELS = "the engine doesn't list its kernels"
get_all_operator_schema = refused_function("get_all_operator_schema", _KERNELS)
get_all_opkernel_def = refused_function("get_all_opkernel_def", _KERNELS)
get_registered_ep_kernel_defs = refused_function("get_registered_ep_kernel_defs", _KERNELS)
get_session_initializer = refused_function("get_session_initializer", "the engine hands out no initializers")
is_dlpack_uint8_tensor = refused_function("is_dlpack_uint8_tensor", "NumPy reads a capsule only once")

_QUANTIZE = "the engine has no functions that quantize", "quantize the model on a desktop"
pack_fp4_weights_for_cuda_moe_gemm = refused_function("pack_fp4_weights_for_cuda_moe_gemm", *_QUANTIZE)
quantize_matmul_2bits = refused_function("quantize_matmul_2bits", *_QUANTIZE)
quantize_matmul_4bits = refused_function("quantize_matmul_4bits", *_QUANTIZE)
quantize_matmul_8bits = refused_function("quantize_matmul_8bits", *_QUANTIZE)
quantize_matmul_bnb4 = refused_function("quantize_matmul_bnb4", *_QUANTIZE)
quantize_qdq_matmul_2bits = refused_function("quantize_qdq_matmul_2bits", *_QUANTIZE)
quantize_qdq_matmul_4bits = refused_function("quantize_qdq_matmul_4bits", *_QUANTIZE)
