"""SessionOptions and RunOptions: native's fields, and which of them the browser's engine takes."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NoReturn

from pyinfer.errors import UnsupportedInBrowser

from ._choices import ExecutionMode, ExecutionOrder, GraphOptimizationLevel
from ._errors import error_of_code
from ._option_fields import Field, Options, boolean, integer, member, text
from ._tables import ALL_PROVIDERS, AVAILABLE_PROVIDERS, ENGINE_PROVIDERS

__all__ = [
    "RunOptions",
    "SessionOptions",
    "get_default_session_options",
]

_STATE_MODULE = "onnxruntime.capi.onnxruntime_pybind11_state"
#: Names the folder of the files of weights of a model that comes as bytes.
FOLDER_KEY = "session.model_external_initializers_file_folder_path"

_SHRINKAGE = "memory.enable_memory_arena_shrinkage"


class SessionOptions(Options):
    """How a session is made.

    Every field of native onnxruntime's is kept. These mean nothing to the browser's engine:
    ``inter_op_num_threads``, ``use_per_session_threads`` (all sessions share the engine's threads),
    ``enable_cpu_mem_arena``, ``enable_mem_reuse``, ``execution_order`` and ``use_deterministic_compute``.
    """

    __slots__ = ("_external_files", "_free_dimensions", "_load_canceled", "_providers")

    enable_cpu_mem_arena = Field(boolean, True, "Kept; the engine's heap has no arenas.")
    enable_mem_pattern = Field(boolean, True, "Plan memory ahead when shapes are known.")
    enable_mem_reuse = Field(boolean, True, "Kept; the engine always reuses memory.")
    enable_profiling = Field(boolean, False, "Take a profile: `InferenceSession.end_profiling`.")
    execution_mode = Field(member(ExecutionMode), ExecutionMode.ORT_SEQUENTIAL, "Sequential or parallel.")
    execution_order = Field(member(ExecutionOrder), ExecutionOrder.DEFAULT, "Kept; has no effect.")
    graph_optimization_level = Field(
        member(GraphOptimizationLevel), GraphOptimizationLevel.ORT_ENABLE_ALL, "How much to rewrite."
    )
    inter_op_num_threads = Field(integer, 0, "Kept; has no effect.")
    intra_op_num_threads = Field(
        integer, 0, "Threads of one node; the first session's wish holds for all. 0: the page's."
    )
    log_severity_level = Field(integer, -1, "0 verbose ... 4 fatal; -1: the default logger's.")
    log_verbosity_level = Field(integer, 0, "Detail of verbose logs.")
    logid = Field(text, "", "Stands in every line of the session's log.")
    optimized_model_filepath = Field(text, "", "The engine cannot write files: sessions refuse it.")
    profile_file_prefix = Field(text, "onnxruntime_profile_", "Begins the profile's path.")
    use_deterministic_compute = Field(boolean, False, "Kept; has no effect.")
    use_per_session_threads = Field(boolean, True, "Kept; has no effect.")

    def __init__(self) -> None:
        super().__init__()
        self._free_dimensions: dict[str, int] = {}
        self._external_files: dict[str, Any] = {}
        self._providers: list[tuple[str, dict[str, str]]] = []
        self._load_canceled = False

    def add_session_config_entry(self, key: str, value: str) -> None:
        """Set an entry such as ``"session.disable_prepacking"``; the engine reads it."""
        self._add_entry("add_session_config_entry", key, value)

    def get_session_config_entry(self, key: str) -> str:
        """The entry that was set for ``key``.

        Raises
        ------
        RuntimeError
            None was.
        """
        return self._entry(key)

    def add_free_dimension_override_by_name(self, name: str, size: int) -> None:
        """Give the symbolic dimension ``name`` the size ``size``."""
        self._free_dimensions[text(name)] = operator.index(size)

    def add_free_dimension_override_by_denotation(self, denotation: str, size: int) -> NoReturn:
        """Not available: the engine overrides dimensions by name only."""
        raise UnsupportedInBrowser(
            "SessionOptions.add_free_dimension_override_by_denotation",
            "the engine overrides dimensions by name only",
            "add_free_dimension_override_by_name",
        )

    def add_external_initializers_from_files_in_memory(
        self, names: Sequence[str], buffers: Sequence[Any], lengths: Sequence[int]
    ) -> None:
        """Use ``buffers`` as the files of weights that the model refers to as ``names``.

        Each is copied once, when a session is created.

        Raises
        ------
        RuntimeError, TypeError
            As natively; also a buffer whose bytes are not contiguous.
        """
        if not len(names) == len(buffers) == len(lengths):
            raise RuntimeError("Expecting the same number of names, buffers and lengths")
        for name, buffer, length in zip(names, buffers, lengths, strict=True):
            size = operator.index(length)
            if not isinstance(name, str) or size < 0:
                raise TypeError(f"incompatible function arguments: {name!r}, {length!r}")
            if name in self._external_files:
                raise RuntimeError(f"An entry for this name has already been added: {name}")
            self._external_files[name] = memoryview(buffer).cast("B")[:size]

    def add_initializer(self, name: str, value: object) -> NoReturn:
        """Not available: the engine cannot share initializers between sessions."""
        raise UnsupportedInBrowser(
            "SessionOptions.add_initializer", "the engine cannot be handed single initializers"
        )

    def add_external_initializers(self, names: list[str], values: list[object]) -> NoReturn:
        """Not available: see :meth:`add_external_initializers_from_files_in_memory`."""
        raise UnsupportedInBrowser(
            "SessionOptions.add_external_initializers",
            "the engine cannot be handed single initializers",
            "add_external_initializers_from_files_in_memory",
        )

    def register_custom_ops_library(self, path: str) -> NoReturn:
        """Not available: a browser loads no shared libraries."""
        raise UnsupportedInBrowser(
            "SessionOptions.register_custom_ops_library", "a browser loads no shared libraries"
        )

    def add_provider(self, name: str, options: Mapping[str, str]) -> None:
        """Add an execution provider, used when the session is given none.

        Raises
        ------
        RuntimeError
            No version of onnxruntime has a provider of that name.
        onnxruntime.capi.onnxruntime_pybind11_state.InvalidArgument
            The engine does not have it.
        """
        if not all(isinstance(part, str) for pair in options.items() for part in pair):
            raise TypeError(f"add_provider(): incompatible function arguments: {name!r}, {options!r}")
        if name not in ALL_PROVIDERS:
            raise RuntimeError(f"Unknown Provider Type: {name}")
        if name not in AVAILABLE_PROVIDERS and name not in ENGINE_PROVIDERS:
            words = f"Failed to add provider of type '{name}' to SessionOptions."
            raise error_of_code(2, f"{words} Provider configuration is not supported.")
        self._providers.append((name, dict(options)))

    def has_providers(self) -> bool:
        """Whether :meth:`add_provider` was called."""
        return bool(self._providers)

    def add_provider_for_devices(self, devices: Sequence[object], options: Mapping[str, str]) -> NoReturn:
        """Not available: the engine lists no devices."""
        raise UnsupportedInBrowser(
            "SessionOptions.add_provider_for_devices", "the engine lists no devices", "add_provider"
        )

    def set_provider_selection_policy(self, policy: object) -> NoReturn:
        """Not available: the engine lists no devices to choose from."""
        raise UnsupportedInBrowser(
            "SessionOptions.set_provider_selection_policy", "the engine lists no devices", "add_provider"
        )

    def set_provider_selection_policy_delegate(self, delegate: Callable[..., object]) -> NoReturn:
        """Not available: the engine lists no devices to choose from."""
        raise UnsupportedInBrowser(
            "SessionOptions.set_provider_selection_policy_delegate",
            "the engine lists no devices",
            "add_provider",
        )

    def set_load_cancellation_flag(self, canceled: bool) -> None:
        """Whether a session that is being created with these options gives up."""
        self._load_canceled = boolean(canceled)

    def _copy(self) -> SessionOptions:
        copy = SessionOptions()
        copy._values = dict(self._values)
        copy._config = dict(self._config)
        copy._free_dimensions = dict(self._free_dimensions)
        copy._external_files = dict(self._external_files)
        copy._providers = list(self._providers)
        copy._load_canceled = self._load_canceled
        return copy

    def _for_engine(
        self,
        extra: Iterable[tuple[str, str]] = (),
        providers: Iterable[tuple[str, Mapping[str, str]]] = (),
    ) -> str:
        """The options as :meth:`OnnxRuntimeEngine.createSession` takes them.

        Parameters
        ----------
        extra : iterable of (str, str)
            Configuration entries that hold unless the user set them.
        providers : iterable of (str, dict)
            Execution providers by the engine's names, and their options; the CPU is always there.
        """
        listed = list(providers)
        if not -1 <= self.log_severity_level <= 4:
            raise RuntimeError(
                "Invalid session log severity level. Not a valid onnxruntime::logging::Severity value: "
                f"{self.log_severity_level}"
            )
        return json.dumps(
            {
                "graphOptimizationLevel": int(self.graph_optimization_level),
                # The engine is 5 to 10 % slower when asked for these: only on demand.
                "enableCpuMemArena": self._values.get("enable_cpu_mem_arena", False),
                "enableMemPattern": self._values.get("enable_mem_pattern", False) and not listed,
                "executionMode": int(self.execution_mode),
                "config": {k: v for k, v in {**dict(extra), **self._config}.items() if k != FOLDER_KEY},
                "freeDimensions": self._free_dimensions,
                "numThreads": max(0, self.intra_op_num_threads),
                "enableProfiling": self.enable_profiling,
                "executionProviders": listed,
                **self._logging(self.log_severity_level, self.log_verbosity_level, self.logid),
            }
        )


class RunOptions(Options):
    """How one run is made. ``only_execute_path_to_fetches`` is kept and has no effect."""

    __slots__ = ()

    log_severity_level = Field(integer, -1, "0 verbose ... 4 fatal; -1: the default logger's.")
    log_verbosity_level = Field(integer, 0, "Detail of verbose logs.")
    logid = Field(text, "", "Stands in every line of the run's log.")
    only_execute_path_to_fetches = Field(boolean, False, "Kept; has no effect.")
    terminate = Field(boolean, False, "Make the run fail at its next node.")

    def add_run_config_entry(self, key: str, value: str) -> None:
        """Set an entry such as ``"disable_synchronize_execution_providers"``; the engine reads it.

        ``"memory.enable_memory_arena_shrinkage"`` of the CPU is kept and has no effect: the engine's heap
        has no arenas.
        """
        self._add_entry("add_run_config_entry", key, value)

    def get_run_config_entry(self, key: str) -> str:
        """The entry that was set for ``key``.

        Raises
        ------
        RuntimeError
            None was.
        """
        return self._entry(key)

    def add_active_adapter(self, adapter: object) -> NoReturn:
        """Not available: the engine has no adapters."""
        raise UnsupportedInBrowser("RunOptions.add_active_adapter", "the engine has no LoRA adapters")

    def _for_engine(self) -> str:
        """The options as :meth:`OnnxRuntimeEngine.run` takes them."""
        return json.dumps(
            {
                "terminate": self.terminate,
                "config": {k: v for k, v in self._config.items() if not _shrinks_the_cpu(k, v)},
                **self._logging(self.log_severity_level, self.log_verbosity_level, self.logid),
            }
        )


def _shrinks_the_cpu(key: str, value: str) -> bool:
    return key == _SHRINKAGE and value.partition(";")[0] in ("cpu", "cpu:0")


def get_default_session_options() -> SessionOptions:
    """New options, as a session takes them that is given none."""
    return SessionOptions()


for _class in (SessionOptions, RunOptions):
    _class.__module__ = _STATE_MODULE
