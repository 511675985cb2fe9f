"""Session: what a session does with OrtValues."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NoReturn

import numpy.typing as npt

from pyinfer.browser.bridge import JsHandle
from pyinfer.browser.bridge.contract import OnnxRuntimeEngine
from pyinfer.errors import UnsupportedInBrowser

from ._c_value import CValue, OrtValueVector
from ._devices import (
    CDevice,
    OrtDevice,
    OrtDeviceVendorId,
    OrtEpDevice,
    get_ep_devices,
)
from ._errors import STATUS_ERRORS, error_of_code
from ._io_binding import IOBinding, SessionIOBinding
from ._memory_infos import OrtMemoryInfo, cpu_memory_info
from ._model_file import NodeArg
from ._names import names_of_outputs
from ._native_errors import native_errors_of_run
from ._options import RunOptions, SessionOptions
from ._ort_value import OrtValue
from ._sequences import Sequences, sequence_of
from ._tables import ElementType
from ._value import input_of

__all__ = ["Session"]


class Session:
    """What :class:`InferenceSession` is derived from; holds no model by itself."""

    _engine: OnnxRuntimeEngine
    _handle: JsHandle
    _element_types: dict[str, ElementType | None]
    _inputs_meta: list[NodeArg]
    _outputs_meta: list[NodeArg]
    _output_names: tuple[str, ...]

    @cached_property
    def _sequences(self) -> Sequences:
        return Sequences()

    @property
    def _sess(self) -> Session:
        """Natively another object; scripts hand it to ``SessionIOBinding``."""
        return self

    def _check_required(self, input_feed: Iterable[str]) -> None:
        raise NotImplementedError

    def get_overridable_initializers(self) -> list[NodeArg]:
        """See :class:`InferenceSession`."""
        raise NotImplementedError

    def get_session_options(self) -> SessionOptions:
        """See :class:`InferenceSession`."""
        raise NotImplementedError

    def _as_array(self, name: str, value: object, input_feed: Mapping[str, Any]) -> npt.NDArray[Any]:
        raise NotImplementedError

    def _wanted(self, output_names: Iterable[str] | None, function: str) -> tuple[str, ...]:
        """The outputs that are asked for.

        Raises
        ------
        TypeError
            They are no sequence of strings.
        """
        if not output_names:
            return self._output_names
        return names_of_outputs(output_names, function)

    def _run_values(
        self,
        feeds: Mapping[str, CValue],
        fetches: Sequence[tuple[str, CValue | None]],
        run_options: RunOptions | None,
    ) -> list[CValue]:
        """Run the model; what is given for an output is written into.

        Copies nothing but what lies in arrays, each once.

        Raises
        ------
        Exception
            Native's, for what the engine refuses.
        """
        engine = self._engine
        # Some were made for this run alone and must outlive it.
        current = {name: value.as_integers(self._element_types.get(name)) for name, value in feeds.items()}
        with native_errors_of_run():
            request = {
                "inputs": [[name, value.for_run(engine)] for name, value in current.items()],
                "outputs": [[name, value.for_result(engine) if value else 0] for name, value in fetches],
            }
            options = "" if run_options is None else run_options._for_engine()
            answer = engine.runValues(self._handle.identifier, json.dumps(request), options)
        types = {entry.name: entry.type for entry in self._outputs_meta}
        results = []
        for (name, value), (_, given), description in zip(
            fetches, request["outputs"], answer.split(";"), strict=True
        ):
            if value is not None and given:
                value.written(engine)
                results.append(value)
            else:
                results.append(CValue.of_description(engine, description, types.get(name, "")))
        return results

    def _run_mixed(
        self, wanted: tuple[str, ...], input_feed: Mapping[str, Any], run_options: RunOptions | None
    ) -> list[Any]:
        """:meth:`InferenceSession.run` where not all that is fed or asked for is an array."""
        self._check_required(input_feed)
        types = {entry.name: entry.type for entry in self._inputs_meta}
        feeds = {}
        for name, value in input_feed.items():
            kind = types.get(name, "")
            if value is not None or not kind.startswith("optional("):
                feeds[name] = self._fed(name, value, kind, input_feed)
        names = wanted or self._output_names
        results = self._run_values(feeds, [(name, None) for name in names], run_options)
        return [self._read(name, value) for name, value in zip(names, results, strict=True)]

    def _fed(self, name: str, value: object, kind: str, input_feed: Mapping[str, Any]) -> CValue:
        """What is fed for an input of type ``kind``, as a value."""
        if isinstance(value, OrtValue):
            return value._get_c_value()
        of = sequence_of(kind)
        if of is not None and isinstance(value, list):
            return self._sequences.make(value, of)
        if of is not None and isinstance(value, tuple) and value:
            raise RuntimeError(f"Iterable of {type(value[0])} should be given as array for input '{name}'.")
        if "map(" in kind or (of is None and kind.startswith("seq(")):
            raise UnsupportedInBrowser(
                f"input {name!r} of type {kind}", "the engine is fed with tensors and sequences of them only"
            )
        array = self._as_array(name, value, input_feed)
        if of is not None:
            raise error_of_code(
                2, f"input with name: '{name}' expected to be of type: 3 but received a tensor"
            )
        element_type, _, _ = input_of(array, None)
        return CValue.of_array(array, element_type)

    def _read(self, name: str, value: CValue) -> Any:
        """An output as :meth:`InferenceSession.run` returns it: an array, a list of them, or None.

        Raises
        ------
        UnsupportedInBrowser
            It is or has a map.
        """
        if value.is_tensor() and value.has_value():
            return value.copy_to_array()
        kind = value.data_type()
        of = sequence_of(kind)
        if of is not None:
            try:
                return self._sequences.read(value, of)
            except STATUS_ERRORS:
                if kind.startswith("optional("):
                    return None  # the engine does not say that it is empty
                raise
        if kind.startswith("optional(tensor("):
            return None
        raise UnsupportedInBrowser(
            f"output {name!r} of type {kind}",
            "the engine hands out tensors and sequences of them only",
            "other output_names, or a model without ZipMap (skl2onnx: options={'zipmap': False})",
        )

    def run_with_ort_values(
        self,
        output_names: Iterable[str] | None,
        input_dict_ort_values: Mapping[str, OrtValue],
        run_options: RunOptions | None = None,
    ) -> list[OrtValue]:
        """Compute outputs from inputs, both as OrtValues; the outputs stay in the engine's heap.

        Parameters
        ----------
        output_names : iterable of str, optional
            None or empty: all, in the model's order.
        input_dict_ort_values : mapping of str to OrtValue
        run_options : RunOptions, optional

        Raises
        ------
        ValueError
            A required input is missing.
        onnxruntime.capi.onnxruntime_pybind11_state.InvalidArgument, Fail, ...
            As :meth:`InferenceSession.run`.
        """
        self._check_required(input_dict_ort_values)
        names = self._wanted(output_names, "run_with_ort_values")
        _check_options(run_options, "run_with_ort_values")
        feeds = {name: value._get_c_value() for name, value in input_dict_ort_values.items()}
        return [OrtValue(value) for value in self._run_values(feeds, [(n, None) for n in names], run_options)]

    def run_with_ortvaluevector(
        self,
        run_options: RunOptions,
        feed_names: Sequence[str],
        feeds: OrtValueVector,
        fetch_names: Sequence[str],
        fetches: OrtValueVector,
        fetch_devices: Sequence[CDevice],
    ) -> None:
        """Compute as :meth:`run_with_ort_values` does, from and into vectors.

        ``fetches`` is empty, or has a value for each output, to be written into.
        """
        if not isinstance(run_options, RunOptions):
            raise TypeError(
                f"run_with_ortvaluevector(): incompatible function arguments: run_options is {run_options!r}"
            )
        if not len(feed_names) == len(feeds) or len(fetch_devices) != len(fetch_names):
            raise ValueError(
                "run_with_ortvaluevector() needs a feed for each name and a device for each output"
            )
        given = list(fetches) if fetches else [None] * len(fetch_names)
        inputs = dict(zip(feed_names, feeds, strict=True))
        fetches[:] = self._run_values(inputs, list(zip(fetch_names, given, strict=True)), run_options)

    def io_binding(self) -> IOBinding:
        """A new :class:`IOBinding` of this session."""
        return IOBinding(self)

    def run_with_iobinding(
        self, iobinding: IOBinding | SessionIOBinding, run_options: RunOptions | None = None
    ) -> None:
        """Compute what is bound from what is bound.

        Raises
        ------
        ValueError
            The binding is another session's.
        RuntimeError
            As :meth:`InferenceSession.run`, the engine's words behind ``Error in execution:``.
        """
        if iobinding._session is not self:
            raise ValueError("IOBinding must be used with the session that created it.")
        _check_options(run_options, "run_with_iobinding")
        binding = iobinding._iobinding if isinstance(iobinding, IOBinding) else iobinding
        binding._run(run_options)

    def create_ortvalue_from_shape_and_type(
        self,
        shape: Sequence[int],
        element_type: Any,
        device_type: str,
        device_id: int = 0,
        vendor_id: int | OrtDeviceVendorId = -1,
    ) -> OrtValue:
        """A tensor in the engine's heap; see :meth:`OrtValue.ortvalue_from_shape_and_type`."""
        device = OrtDevice.make(device_type, device_id, vendor_id)._get_c_device()
        return OrtValue(CValue.ortvalue_from_shape_and_type(shape, element_type, device))

    # ------------------------------------------------------------ what there is but one of here

    def get_input_memory_infos(self) -> list[OrtMemoryInfo]:
        """Where the inputs lie: in the engine's heap."""
        return [cpu_memory_info() for _ in self._inputs_meta]

    def get_output_memory_infos(self) -> list[OrtMemoryInfo]:
        """Where the outputs lie: in the engine's heap."""
        return [cpu_memory_info() for _ in self._outputs_meta]

    def get_input_epdevices(self) -> list[OrtEpDevice]:
        """What takes each input: the CPU."""
        return [get_ep_devices()[-1] for _ in self._inputs_meta]

    def get_provider_graph_assignment_info(self) -> NoReturn:
        """Not available; natively it needs a configuration entry, and fails without."""
        key = "session.record_ep_graph_assignment_info"
        if self.get_session_options()._config.get(key) != "1":
            words = (
                f"Session configuration entry '{key}' must be set to \"1\" to retrieve EP graph assignment"
            )
            raise error_of_code(1, f"{words} information.")
        raise UnsupportedInBrowser(
            "InferenceSession.get_provider_graph_assignment_info",
            "the engine doesn't tell which provider takes a node",
        )

    def release_captured_graph(self, graph_annotation_id: int = 0) -> None:
        """Does nothing: the engine's CPU captures no graphs."""

    def get_tuning_results(self) -> list[Any]:
        """Empty: the engine's CPU tunes nothing."""
        return []

    def set_tuning_results(self, results: Sequence[Any], *, error_on_invalid: bool = False) -> None:
        """Does nothing: the engine's CPU tunes nothing."""

    def set_ep_dynamic_options(self, options: Mapping[str, str]) -> None:
        """Does nothing, as natively: the CPU has no such options.

        Raises
        ------
        RuntimeError
            There are none.
        """
        if not options:
            raise RuntimeError("No options were provided")


def _check_options(run_options: RunOptions | None, function: str) -> None:
    if run_options is not None and not isinstance(run_options, RunOptions):
        raise TypeError(f"{function}(): incompatible function arguments: run_options is {run_options!r}")


Session.__module__ = "onnxruntime.capi.onnxruntime_inference_collection"
