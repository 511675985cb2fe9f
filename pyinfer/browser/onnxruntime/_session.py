"""InferenceSession: a model in the engine, run synchronously."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from pyinfer.browser.bridge import JsHandle
from pyinfer.errors import UnsupportedInBrowser

from ._errors import STATUS_ERRORS, EPFail, engine_status, report_ignored
from ._load import load_model
from ._model_file import ModelFile, ModelMetadata, NodeArg
from ._names import names_of_inputs, names_of_outputs
from ._native_errors import error_of_run
from ._options import RunOptions, SessionOptions
from ._ort_value import OrtValue
from ._profiling import Profile
from ._providers import Providers
from ._session_providers import ProvidedSession
from ._tables import ELEMENT_TYPES, ElementType
from ._value import OutputLayout, Writer, as_array, input_of, read_description, read_output
from ._warn import warn_script

__all__ = ["InferenceSession"]

_REMEMBERED_PLANS = 64


@dataclass(slots=True)
class _Plan:
    """A run in detail, worked out once for all runs that are alike."""

    signature: str
    outputs: tuple[str, ...]
    writers: list[Writer]
    description: str = ""  #: of the outputs, when last seen
    layouts: list[OutputLayout] = field(default_factory=list)


class InferenceSession(ProvidedSession):
    """A model, ready to run.

    Mirrors ``onnxruntime.InferenceSession``. :meth:`run` is a plain call; each input is copied once
    into the engine's heap and each output once out of it, and nothing of a run stays there. The
    session itself is given back when the object is deleted. ``sys.getsizeof(session)`` tells how much of
    the engine's heap it takes: by how much that grew, the first session's share of what the engine sets
    up for all of them included; at least the model file's size, where room was there that another left.

    Parameters
    ----------
    path_or_bytes : str, os.PathLike or bytes
        A model file, read in pieces, or its contents. Files of weights that the model refers to are
        read from the model file's folder.
    sess_options : SessionOptions, optional
    providers : sequence of str or (str, dict), optional
        ``"WebGpuExecutionProvider"`` and ``"WebNNExecutionProvider"`` compute where the browser has them
        and promise integration (JSPI): :func:`get_available_providers` tells. Of a provider that is not
        available there is a warning; the CPU takes its place, and what others leave.
    provider_options : sequence of dict, optional
        One for each provider, when those are names.
    **kwargs
        ``enable_fallback=0``: raise what is wrong with the providers instead of using the CPU.

    Raises
    ------
    onnxruntime.capi.onnxruntime_pybind11_state.NoSuchFile
        There is no file of that name.
    onnxruntime.capi.onnxruntime_pybind11_state.InvalidProtobuf
        The bytes are no model.
    onnxruntime.capi.onnxruntime_pybind11_state.InvalidGraph, Fail, NotImplemented, ...
        The engine does not take the model; its message says why.
    TypeError
        ``path_or_bytes`` is neither, or ``sess_options`` are none.
    UnsupportedInBrowser
        ``sess_options`` ask for a file that the engine cannot write.
    """

    __module__ = "onnxruntime.capi.onnxruntime_inference_collection"

    def __init__(
        self,
        path_or_bytes: str | os.PathLike[str] | bytes,
        sess_options: SessionOptions | None = None,
        providers: Providers | None = None,
        provider_options: Sequence[dict[Any, Any]] | None = None,
        **kwargs: Any,
    ) -> None:
        self._enable_fallback = int(kwargs.get("enable_fallback", 1)) == 1
        if not isinstance(path_or_bytes, str | os.PathLike | bytes):
            raise TypeError(f"Unable to load from type '{type(path_or_bytes)}'")
        if sess_options is not None and not isinstance(sess_options, SessionOptions):
            raise TypeError(f"sess_options must be SessionOptions, not {type(sess_options).__name__}")
        options = SessionOptions() if sess_options is None else sess_options._copy()
        _refuse_files(options)
        self._sess_options = options
        self._model = path_or_bytes if isinstance(path_or_bytes, bytes) else os.fspath(path_or_bytes)
        self._create_session(providers, provider_options)

    def _open(self, providers: dict[str, dict[str, str]]) -> None:
        engine, model, options = self._engine, self._model, self._sess_options
        assert model is not None
        profile = None
        if options.enable_profiling:
            profile = Profile(options.profile_file_prefix, from_file=isinstance(model, str))
        before = engine.heapEnd()
        identifier, file = load_model(engine, model, options, providers)
        size = max(engine.heapEnd() - before, _size_of(model))

        def release(session: int) -> None:
            if profile:
                profile.end(engine, session)
            engine.releaseSession(session)

        handle = JsHandle("InferenceSession", identifier, release)
        description = engine.describeSession(identifier)
        _warn_of_threads(engine.threadCount(), options.intra_op_num_threads)
        # From here on nothing raises: a session that works keeps what it has until another is complete.
        self._handle, self._profile, self._bytes = handle, profile, size
        self._take_description(json.loads(description), file)

    def __sizeof__(self) -> int:
        return object.__sizeof__(self) + self._bytes

    def _take_description(self, description: Mapping[str, Any], file: ModelFile) -> None:
        self._element_types: dict[str, ElementType | None] = {}

        def node_arg(name: str, number: int, shape: list[int | str | None]) -> NodeArg:
            element_type = self._element_types[name] = ELEMENT_TYPES.get(number)
            return file.node_arg(name, element_type, shape)

        self._inputs_meta = [node_arg(*row) for row in description["inputs"]]
        self._outputs_meta = [node_arg(*row) for row in description["outputs"]]
        self._tensors_only = None not in self._element_types.values()
        self._output_names = tuple(entry.name for entry in self._outputs_meta)
        self._plans: dict[tuple[Any, ...], _Plan] = {}
        self._required = [entry.name for entry in self._inputs_meta if not entry.type.startswith("optional")]
        self._overridable_initializers = file.overridable
        self._model_meta = file.metadata

    # ------------------------------------------------------------ what the session is

    def get_inputs(self) -> list[NodeArg]:
        """The inputs that must be fed."""
        return list(self._inputs_meta)

    def get_outputs(self) -> list[NodeArg]:
        """The outputs, in the order of :meth:`run`'s result."""
        return list(self._outputs_meta)

    def get_overridable_initializers(self) -> list[NodeArg]:
        """The inputs that may be fed, since the model has a value for them."""
        return list(self._overridable_initializers)

    def get_modelmeta(self) -> ModelMetadata:
        """What the model file says about itself."""
        return self._model_meta

    def get_session_options(self) -> SessionOptions:
        """The options that the session was created with; a copy, taken then."""
        return self._sess_options

    # ------------------------------------------------------------ running

    def run(
        self,
        output_names: Iterable[str] | None,
        input_feed: Mapping[str, Any],
        run_options: RunOptions | None = None,
    ) -> list[Any]:
        """Compute outputs from inputs.

        Parameters
        ----------
        output_names : iterable of str, optional
            None or empty: all, in the model's order.
        input_feed : mapping of str to ndarray, list or OrtValue
            By input name. A list becomes an array of the type that the model expects.
        run_options : RunOptions, optional

        Returns
        -------
        list of ndarray
            Fresh arrays: each output is copied once out of the engine. A sequence is a list of them, an
            empty optional None.

        Raises
        ------
        ValueError
            A required input is missing.
        onnxruntime.capi.onnxruntime_pybind11_state.InvalidArgument
            A name, dtype, rank or dimension is not the model's.
        onnxruntime.capi.onnxruntime_pybind11_state.Fail, RuntimeException, ...
            A node failed; the message says which.
        RuntimeError
            An input is nothing that tensors are made of.
        UnsupportedInBrowser
            An input or output is a map, or a sequence of maps.
        """
        options = "" if run_options is None else _engine_options(run_options)
        wanted = names_of_outputs(output_names, "run") if output_names else ()
        if not self._tensors_only:
            return self._run_mixed(wanted, input_feed, run_options)
        arrays = []
        key: tuple[Any, ...] = wanted
        for name, value in input_feed.items():
            if type(value) is np.ndarray:
                array = value
            elif isinstance(value, OrtValue):
                return self._run_mixed(wanted, input_feed, run_options)
            else:
                array = self._as_array(name, value, input_feed)
            arrays.append(array)
            key += (name, array.dtype, array.shape)
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = self._plan(wanted or self._output_names, input_feed, arrays)

        engine = self._engine
        run = None
        try:
            run = engine.openRun(self._handle.identifier, plan.signature)
            for index, write in enumerate(plan.writers):
                write(engine, run, index, arrays[index])
            description = engine.execute(run, options)
            if description != plan.description:
                plan.layouts = read_description(description, plan.outputs)
                plan.description = description
            return [read_output(engine, run, index, layout) for index, layout in enumerate(plan.layouts)]
        except Exception as error:
            status = engine_status(error)
            if status is None:
                raise
            failure = error_of_run(*status)
            if not (isinstance(failure, EPFail) and self._falls_back(failure)):
                raise failure from None
        finally:
            if run is not None:
                engine.closeRun(run)
        return self.run(output_names, input_feed, run_options)

    def _check_required(self, input_feed: Iterable[str]) -> None:
        missing = [name for name in self._required if name not in input_feed]
        if missing:
            raise ValueError(f"Required inputs ({missing}) are missing from input feed ({list(input_feed)}).")

    def _as_array(self, name: str, value: object, input_feed: Mapping[str, Any]) -> npt.NDArray[Any]:
        self._check_required(input_feed)
        return as_array(value, name, self._element_types.get(name))

    def _plan(
        self, outputs: tuple[str, ...], input_feed: Mapping[str, Any], arrays: list[npt.NDArray[Any]]
    ) -> _Plan:
        """What runs with these outputs, input names, dtypes and shapes have in common."""
        self._check_required(input_feed)
        inputs, writers = [], []
        for name, array in zip(names_of_inputs(input_feed, "run"), arrays, strict=True):
            element_type, size, writer = input_of(array, self._element_types.get(name))
            inputs.append((name, element_type.number, array.shape, size))
            writers.append(writer)
        if len(self._plans) >= _REMEMBERED_PLANS:
            self._plans.clear()
        return _Plan(json.dumps({"inputs": inputs, "outputs": outputs}), outputs, writers)

    def run_async(
        self,
        output_names: Iterable[str] | None,
        input_feed: Mapping[str, Any],
        callback: Callable[[list[Any], Any, str], object],
        user_data: Any,
        run_options: RunOptions | None = None,
    ) -> None:
        """Compute as :meth:`run` does and hand the outcome to ``callback``.

        The browser's Python has no second thread: ``callback(outputs, user_data, error)`` is called
        before this returns. ``error`` is the status' message, empty when all went well. What the callback
        raises goes to ``sys.unraisablehook``, which prints it, as natively.

        Raises
        ------
        Exception
            What is wrong with the arguments, as :meth:`run` says it.
        """
        if not callable(callback):
            raise RuntimeError("bad_function_call")
        results, message = [], ""
        try:
            results = self.run(output_names, input_feed, run_options)
        except STATUS_ERRORS as error:
            message = str(error).split(" : ", 3)[-1]
        try:
            callback(results, user_data, message)
        except Exception as error:
            report_ignored(error, "onnxruntime.InferenceSession.run_async callback")

    def end_profiling(self) -> str:
        """Write the profile, and end it; the path of the file.

        A JSON list of trace events, as natively: loading, initialisation, each run and each node of it,
        with times in microseconds. Empty if ``SessionOptions.enable_profiling`` was not set, or the
        second time. As natively, a session that is deleted writes its profile, too.
        """
        return self._profile.end(self._engine, self._handle.identifier) if self._profile else ""

    def get_profiling_start_time_ns(self) -> int:
        """When the profile was begun, in nanoseconds of the system's clock; 0 without one."""
        return self._profile.start_time if self._profile else 0


def _size_of(model: str | bytes) -> int:
    return len(model) if isinstance(model, bytes) else os.stat(model).st_size  # noqa: PTH116 - a str


def _engine_options(options: RunOptions) -> str:
    if not isinstance(options, RunOptions):
        raise TypeError(f"run(): incompatible function arguments: run_options is {options!r}")
    return options._for_engine()


def _refuse_files(options: SessionOptions) -> None:
    if options.optimized_model_filepath:
        raise UnsupportedInBrowser(
            "SessionOptions.optimized_model_filepath", "the engine has no file system to write the model to"
        )


def _warn_of_threads(count: int, wish: int) -> None:
    """The engine fixes its threads when the first session is created."""
    if wish > 0 and wish != count:
        warn_script(
            f"onnxruntime in a browser computes every session with the same threads, {count} here: "
            f"intra_op_num_threads={wish} has no effect"
        )
