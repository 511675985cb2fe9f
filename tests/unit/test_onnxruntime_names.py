"""Every name of native onnxruntime is there: it works, or says when it is used why it can't."""

from __future__ import annotations

import inspect
import subprocess
import sys
from types import ModuleType

import numpy as np
import onnxruntime as native
import pytest
from onnxruntime.capi import _pybind_state as native_alias
from onnxruntime.capi import onnxruntime_inference_collection as native_collection
from onnxruntime.capi import onnxruntime_pybind11_state as native_state

from pyinfer.browser import onnxruntime as ort
from pyinfer.errors import UnsupportedInBrowser

state = ort.capi.onnxruntime_pybind11_state
collection = ort.capi.onnxruntime_inference_collection

MODULES = {
    "onnxruntime": (ort, native),
    "capi": (ort.capi, native.capi),
    "pybind11_state": (state, native_state),
    "_pybind_state": (ort.capi._pybind_state, native_alias),
    "collection": (collection, native_collection),
    "validation": (ort.onnxruntime_validation, native.onnxruntime_validation),
}
#: What native's modules merely import, what documentation is generated with, and tools that lie beside it:
#: they are there once another test has imported them.
MACHINERY = {
    *("quantization", "tools", "transformers"),
    *("Any", "Callable", "IntEnum", "Sequence", "annotations", "np", "opkernel", "schemadef"),
    *("GetInitializerLocationFunc", "GetInitializerLocationWrapperFunc"),
}


def public(module: ModuleType) -> set[str]:
    names = {name for name in dir(module) if not name.startswith("_")}
    imported = {name for name in names if inspect.ismodule(getattr(module, name))}
    foreign = {name for name in imported if "onnxruntime" not in getattr(module, name).__name__}
    return names - foreign - MACHINERY


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_is_there(module):
    ours, theirs = MODULES[module]
    assert sorted(name for name in public(theirs) if not hasattr(ours, name)) == []
    assert sorted(name for name in getattr(ours, "__all__", ()) if not hasattr(theirs, name)) == []


CLASSES = [
    *("AdapterFormat", "ExecutionMode", "IOBinding", "InferenceSession", "LoraAdapter", "ModelCompiler"),
    *("OrtAllocatorType", "OrtCompileApiFlags", "OrtDevice", "OrtDeviceMemoryType", "OrtDeviceVendorId"),
    *("OrtEpDevice", "OrtExecutionProviderDevicePolicy", "OrtHardwareDevice", "OrtHardwareDeviceType"),
    *("OrtMemType", "OrtMemoryInfo", "OrtMemoryInfoDeviceType", "OrtSparseFormat", "OrtValue"),
    *("SessionIOBinding", "SparseTensor", "OrtArenaCfg", "OrtSyncStream", "OrtExternalInitializerInfo"),
]


@pytest.mark.parametrize("name", CLASSES)
def test_classes_are_where_natives_are(name):
    ours, theirs = getattr(ort, name), getattr(native, name)
    assert (ours.__name__, ours.__qualname__, ours.__module__) == (
        theirs.__name__,
        theirs.__qualname__,
        theirs.__module__,
    )


WHOLE = ["IOBinding", "InferenceSession", "OrtDevice", "OrtMemoryInfo", "OrtValue", "SessionIOBinding"]


@pytest.mark.parametrize("name", WHOLE)
def test_methods_are_natives(name):
    ours, theirs = (
        {member for member in dir(getattr(library, name)) if not member.startswith("_")}
        for library in (ort, native)
    )
    assert sorted(theirs - ours) == []
    assert sorted(ours - theirs) == []


@pytest.mark.parametrize("name", ["OrtDevice", "OrtValue", "OrtValueVector"])
def test_methods_of_the_compiled_module_are_natives(name):
    theirs = {member for member in dir(getattr(native_state, name)) if not member.startswith("_")}
    assert sorted(theirs - set(dir(getattr(state, name)))) == []


ENUMS = [
    name
    for name, value in vars(native_state).items()
    if inspect.isclass(value) and hasattr(value, "__members__")
]


@pytest.mark.parametrize("name", sorted(ENUMS))
def test_enums_are_natives(name):
    ours, theirs = getattr(state, name), getattr(native_state, name)
    if not hasattr(ours, "__members__"):
        with pytest.raises(UnsupportedInBrowser):
            ours()
        return
    assert {member: int(value) for member, value in ours.__members__.items()} == {
        member: int(value) for member, value in theirs.__members__.items()
    }
    for member in ours:
        twin = theirs(int(member))
        assert (repr(member), str(member)) == (repr(twin), str(twin))


REFUSED = {
    "set_seed": lambda: ort.set_seed(1),
    "register_execution_provider_library": lambda: ort.register_execution_provider_library("x", "x.so"),
    "LoraAdapter": lambda: ort.LoraAdapter(),
    "AdapterFormat": lambda: ort.AdapterFormat(),
    "AdapterFormat.read_adapter": lambda: ort.AdapterFormat.read_adapter("x"),
    "ModelCompiler": lambda: ort.ModelCompiler(ort.SessionOptions(), "x.onnx"),
    "SparseTensor": lambda: ort.SparseTensor(None),
    "SparseTensor.sparse_coo_from_numpy": lambda: ort.SparseTensor.sparse_coo_from_numpy([2], [1], [0], None),
    "SparseTensor.sparse_csr_from_numpy": lambda: ort.SparseTensor.sparse_csr_from_numpy(
        [2], [1], [0], [0], None
    ),
    "a sparse tensor": lambda: ort.OrtValue.ort_value_from_sparse_tensor(None),
    "OrtSyncStream": lambda: ort.OrtSyncStream(),
    "SparseCooView": lambda: state.SparseCooView(),
    "get_all_operator_schema": lambda: state.get_all_operator_schema(),
    "quantize_matmul_4bits": lambda: state.quantize_matmul_4bits(np.zeros(1)),
    "OrtValueVector.push_back_batch": lambda: state.OrtValueVector().push_back_batch([]),
    "make_get_initializer_location_func_wrapper": lambda: (
        collection.make_get_initializer_location_func_wrapper(None)
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_browser_can_do_says_so_when_it_is_used(name):
    with pytest.raises(UnsupportedInBrowser, match=f"{name} is not available in a browser: "):
        REFUSED[name]()


def outcome(call):
    try:
        return call()
    except Exception as error:
        return type(error).__name__


SAME = {
    "get_ort_device_type": lambda library: [
        outcome(lambda name=name: library.capi.onnxruntime_inference_collection.get_ort_device_type(name))
        for name in ("cpu", "cuda", "cann", "dml", "webgpu", "gpu", "npu", "CPU")
    ],
    "check_and_normalize_provider_args": lambda library: (
        library.capi.onnxruntime_inference_collection.check_and_normalize_provider_args(
            ["A", ("B", {"c": 1})], None, ["A", "B"]
        )
    ),
    "validation": lambda library: library.onnxruntime_validation.check_training_module(),
    "versions": lambda library: [library.package_name, library.version, library.cuda_version],
    "author": lambda library: [library.__author__, library.import_capi_exception],
    "has_collective_ops": lambda library: library.has_collective_ops(),
    "preload_dlls": lambda library: library.preload_dlls(),
    "set_seed": lambda library: library.set_seed("x"),
    "set_global_thread_pool_sizes": lambda library: library.set_global_thread_pool_sizes("x"),
    "unregister": lambda library: library.unregister_execution_provider_library("x"),
    "memory": lambda library: [
        getattr(library.OrtMemoryInfo("Cpu", *memory_arguments(library)), name)
        for name in ("name", "device_id", "device_vendor_id")
    ],
    "allocator": lambda library: library.create_and_register_allocator(
        library.OrtMemoryInfo("Cpu", *memory_arguments(library)), library.OrtArenaCfg(0, -1, -1, -1)
    ),
    "no allocator": lambda library: library.create_and_register_allocator(5, None),
    "arena": lambda library: vars_of(library.OrtArenaCfg({"max_mem": 5})),
    "arena option": lambda library: library.OrtArenaCfg({"unknown": 5}),
    "provider": lambda library: [
        library.get_ep_devices()[-1].ep_name,
        library.get_ep_devices()[-1].ep_metadata,
        library.get_ep_devices()[-1].ep_options,
        library.get_ep_devices()[-1].memory_info(library.OrtDeviceMemoryType.DEFAULT),
    ],
    "initializer": lambda library: library.OrtExternalInitializerInfo("a", 3, 4).byte_size,
    "default options": lambda library: (
        library.capi._pybind_state.get_default_session_options().log_severity_level
    ),
}


def memory_arguments(library):
    return library.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, library.OrtMemType.DEFAULT


def vars_of(config):
    return {name: getattr(config, name) for name in dir(config) if not name.startswith("_")}


@pytest.mark.parametrize("case", SAME)
def test_what_works_does_what_it_does_natively(case):
    assert outcome(lambda: SAME[case](ort)) == outcome(lambda: SAME[case](native))


IMPORTS = """
from onnxruntime import InferenceSession, IOBinding, OrtValue, SessionOptions, SparseTensor
from onnxruntime.capi import _pybind_state as C
from onnxruntime.capi._pybind_state import OrtValueVector, SessionIOBinding
from onnxruntime.capi._pybind_state import OrtDevice as C_OrtDevice
from onnxruntime.capi._pybind_state import OrtValue as C_OrtValue
from onnxruntime.capi.onnxruntime_inference_collection import IOBinding, OrtDevice, OrtValue, Session
from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidArgument, NoSuchFile, RuntimeException
from onnxruntime.capi.onnxruntime_validation import get_package_name_and_version_info
"""


def test_scripts_import_as_natively():
    subprocess.run([sys.executable, "-c", IMPORTS], check=True)
    exec(IMPORTS.replace("from onnxruntime", "from pyinfer.browser.onnxruntime"), {})
