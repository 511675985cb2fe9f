"""SessionOptions and RunOptions: native's fields, and which of them the browser's engine takes."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, NoReturn, TypeVar, overload

from pyinfer.errors import UnsupportedInBrowser

from ._choices import Choice, ExecutionMode, ExecutionOrder, GraphOptimizationLevel

__all__ = [
    "RunOptions",
    "SessionOptions",
    "get_default_session_options",
    "set_default_logger_severity",
    "set_default_logger_verbosity",
]

_STATE_MODULE = "onnxruntime.capi.onnxruntime_pybind11_state"
#: Names the folder of the files of weights of a model that comes as bytes.
FOLDER_KEY = "session.model_external_initializers_file_folder_path"

_LONGEST_KEY = 1024
_LONGEST_VALUE = 8192


_default_severity = 2
_default_verbosity = 0


def set_default_logger_severity(severity: int) -> None:
    """Severity of sessions and runs that set none: 0 verbose, 1 info, 2 warning, 3 error, 4 fatal.

    The engine's log goes to the browser's console.

    Raises
    ------
    RuntimeError
        ``severity`` is not one of these.
    """
    global _default_severity
    level = operator.index(severity)
    if not 0 <= level <= 4:
        raise RuntimeError(
            "severity >= 0 && severity <= 4 was false. Invalid logging severity. "
            "0:Verbose, 1:Info, 2:Warning, 3:Error, 4:Fatal"
        )
    _default_severity = level


def set_default_logger_verbosity(level: int) -> None:
    """Verbosity of sessions and runs that set none, where the severity is verbose."""
    global _default_verbosity
    _default_verbosity = operator.index(level)


T = TypeVar("T")
C = TypeVar("C", bound=Choice)


class _Field(Generic[T]):
    """An attribute that converts what it is given, or raises ``TypeError``, as native's do."""

    def __init__(self, convert: Callable[[Any], T], default: T, doc: str) -> None:
        self._convert = convert
        self._default = default
        self.__doc__ = doc

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> _Field[T]: ...
    @overload
    def __get__(self, instance: _Options, owner: type) -> T: ...
    def __get__(self, instance: _Options | None, owner: type) -> _Field[T] | T:
        if instance is None:
            return self
        value: T = instance._values.get(self._name, self._default)
        return value

    def __set__(self, instance: _Options, value: T) -> None:
        try:
            instance._values[self._name] = self._convert(value)
        except TypeError:
            kind, given = type(instance).__name__, type(value).__name__
            raise TypeError(f"{kind}.{self._name}: incompatible value {value!r} of type {given}") from None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _member(choices: type[C]) -> Callable[[Any], C]:
    def convert(value: Any) -> C:
        if not isinstance(value, choices):
            raise TypeError
        return value

    return convert


class _Options:
    """Fields, and configuration entries by key."""

    __slots__ = ("_config", "_values")

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}
        self._config: dict[str, str] = {}

    def _add_entry(self, function: str, key: str, value: str) -> None:
        if not (isinstance(key, str) and isinstance(value, str)):
            raise TypeError(f"{function}(): incompatible function arguments: key and value must be str")
        if not 0 < len(key.encode()) <= _LONGEST_KEY:
            raise RuntimeError(f"Config key is empty or longer than maximum length {_LONGEST_KEY}")
        if len(value.encode()) > _LONGEST_VALUE:
            raise RuntimeError(f"Config value is longer than maximum length: {_LONGEST_VALUE}")
        self._config[key] = value

    def _entry(self, key: str) -> str:
        try:
            return self._config[key]
        except KeyError:
            kind = type(self).__name__
            raise RuntimeError(f"{kind} does not have configuration with key: {key}") from None

    def _logging(self, severity: int, verbosity: int, identifier: str) -> dict[str, Any]:
        return {
            "logId": identifier,
            "logSeverityLevel": severity if severity >= 0 else _default_severity,
            "logVerbosityLevel": verbosity or _default_verbosity,
        }


class SessionOptions(_Options):
    """How a session is made.

    Every field of native onnxruntime's is kept. These mean nothing to the browser's engine:
    ``inter_op_num_threads``, ``use_per_session_threads`` (all sessions share the engine's threads),
    ``enable_mem_reuse``, ``execution_order`` and ``use_deterministic_compute``.
    """

    __slots__ = ("_external_files", "_free_dimensions", "_load_canceled", "_providers")

    enable_cpu_mem_arena = _Field(bool, True, "Keep memory for later use instead of giving it back.")
    enable_mem_pattern = _Field(bool, True, "Plan memory ahead when shapes are known.")
    enable_mem_reuse = _Field(bool, True, "Kept; the engine always reuses memory.")
    enable_profiling = _Field(bool, False, "Take a profile: `InferenceSession.end_profiling`.")
    execution_mode = _Field(_member(ExecutionMode), ExecutionMode.ORT_SEQUENTIAL, "Sequential or parallel.")
    execution_order = _Field(_member(ExecutionOrder), ExecutionOrder.DEFAULT, "Kept; has no effect.")
    graph_optimization_level = _Field(
        _member(GraphOptimizationLevel), GraphOptimizationLevel.ORT_ENABLE_ALL, "How much to rewrite."
    )
    inter_op_num_threads = _Field(operator.index, 0, "Kept; has no effect.")
    intra_op_num_threads = _Field(
        operator.index, 0, "Threads of one node; the first session's wish holds for all. 0: the page's."
    )
    log_severity_level = _Field(operator.index, -1, "0 verbose ... 4 fatal; -1: the default logger's.")
    log_verbosity_level = _Field(operator.index, 0, "Detail of verbose logs.")
    logid = _Field(_text, "", "Stands in every line of the session's log.")
    optimized_model_filepath = _Field(_text, "", "The engine cannot write files: sessions refuse it.")
    profile_file_prefix = _Field(_text, "onnxruntime_profile_", "Begins the profile's path.")
    use_deterministic_compute = _Field(bool, False, "Kept; has no effect.")
    use_per_session_threads = _Field(bool, True, "Kept; has no effect.")

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
        self._free_dimensions[_text(name)] = operator.index(size)

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
        """Add an execution provider, used when the session is given none."""
        self._providers.append((_text(name), {str(key): str(value) for key, value in options.items()}))

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
        self._load_canceled = bool(canceled)

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
        return json.dumps(
            {
                "graphOptimizationLevel": int(self.graph_optimization_level),
                # The engine is 5 to 10 % slower with these, and keeps memory: only on demand.
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


class RunOptions(_Options):
    """How one run is made. ``only_execute_path_to_fetches`` is kept and has no effect."""

    __slots__ = ()

    log_severity_level = _Field(operator.index, -1, "0 verbose ... 4 fatal; -1: the default logger's.")
    log_verbosity_level = _Field(operator.index, 0, "Detail of verbose logs.")
    logid = _Field(_text, "", "Stands in every line of the run's log.")
    only_execute_path_to_fetches = _Field(bool, False, "Kept; has no effect.")
    terminate = _Field(bool, False, "Make the run fail at its next node.")

    def add_run_config_entry(self, key: str, value: str) -> None:
        """Set an entry such as ``"memory.enable_memory_arena_shrinkage"``; the engine reads it."""
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
                "config": self._config,
                **self._logging(self.log_severity_level, self.log_verbosity_level, self.logid),
            }
        )


def get_default_session_options() -> SessionOptions:
    """New options, as a session takes them that is given none."""
    return SessionOptions()


for _class in (SessionOptions, RunOptions):
    _class.__module__ = _STATE_MODULE
