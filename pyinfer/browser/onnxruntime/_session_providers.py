"""ProvidedSession: with which execution providers a session computes, and in which engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast

from pyinfer.browser.bridge import get_bridge
from pyinfer.browser.bridge.contract import OnnxRuntimeEngine
from pyinfer.errors import UnsupportedInBrowser

from ._c_value import CValue
from ._errors import EPFail
from ._options import RunOptions, SessionOptions
from ._other_heap import run_in_other_heap
from ._providers import Providers, before_the_cpu, chosen_providers
from ._session_values import Session
from ._warn import warn_script

__all__ = ["ProvidedSession"]

_CPU = ["CPUExecutionProvider"]


class ProvidedSession(Session):
    """What :class:`InferenceSession` is derived from; holds no model by itself."""

    _enable_fallback: bool
    _providers: dict[str, dict[str, str]]
    _sess_options: SessionOptions
    #: What the session can be created from again; None if that was not kept.
    _model: str | bytes | None

    def _open(self, providers: dict[str, dict[str, str]]) -> None:
        """Create the session in ``self._engine``; a former one goes."""
        raise NotImplementedError

    def get_providers(self) -> list[str]:
        """The execution providers in use, in order of precedence."""
        return list(self._providers)

    def get_provider_options(self) -> dict[str, dict[str, str]]:
        """The options of each provider in use."""
        return {name: dict(options) for name, options in self._providers.items()}

    def set_providers(
        self, providers: Providers | None = None, provider_options: Sequence[dict[Any, Any]] | None = None
    ) -> None:
        """Choose the execution providers; see the class.

        The session is created anew unless the CPU, which has no options, stays alone.

        Raises
        ------
        ValueError, RuntimeError
            Something is wrong with the providers, as natively with fallback, too. The session works on
            with those it had.
        UnsupportedInBrowser
            The session was created from bytes for the CPU alone, and does not keep them.
        """
        self._use_providers(providers, provider_options)

    def disable_fallback(self) -> None:
        """From now on raise what is wrong with the providers."""
        self._enable_fallback = False

    def enable_fallback(self) -> None:
        """From now on use the CPU where a provider fails in a run."""
        self._enable_fallback = True

    def _create_session(
        self, providers: Providers | None, provider_options: Sequence[dict[Any, Any]] | None
    ) -> None:
        self._providers = {}
        try:
            self._use_providers(providers, provider_options)
        except UnsupportedInBrowser:
            raise
        except (ValueError, RuntimeError) as error:
            if not self._enable_fallback:
                raise
            print("*************** EP Error ***************")
            print(f"EP Error {error} when using {providers}")
            print(f"Falling back to {_CPU} and retrying.")
            print("****************************************")
            self._use_providers(_CPU, None)
            self._enable_fallback = False

    def _use_providers(
        self, providers: Providers | None, provider_options: Sequence[dict[Any, Any]] | None
    ) -> None:
        if (providers or provider_options) and self._sess_options.has_providers():
            warn_script(
                "Specified 'providers'/'provider_options' when creating InferenceSession but SessionOptions "
                "has already been configured with providers. InferenceSession will only use the providers "
                "passed to InferenceSession()."
            )
        if providers is None or providers == []:
            providers = self._sess_options._providers or providers
        chosen = chosen_providers(providers, provider_options)
        wanted = before_the_cpu(chosen)
        if not self._providers or wanted or before_the_cpu(self._providers):
            if self._model is None:
                raise UnsupportedInBrowser(
                    "InferenceSession.set_providers",
                    "a session that was created from bytes for the CPU alone does not keep them",
                    "a new InferenceSession, or one of a path",
                )
            if not wanted:
                get_bridge().renew_onnxruntime()
            engine = _accelerated_engine() if wanted else get_bridge().onnxruntime
            former = getattr(self, "_engine", None)
            self._engine = _bound(engine)
            try:
                self._open(wanted)
            except Exception:
                if former is not None:
                    self._engine = former
                raise
            if not wanted and isinstance(self._model, bytes):
                self._model = None
        self._providers = chosen

    def _falls_back(self, error: EPFail) -> bool:
        """Whether a run that failed is to be repeated: on the CPU, which is now in use.

        As natively, only once.
        """
        if not self._enable_fallback:
            return False
        print(f"EP Error: {error!s} using {self.get_providers()}")
        print(f"Falling back to {_CPU} and retrying.")
        self.set_providers(_CPU)
        self.disable_fallback()
        return True

    def _run_values(
        self,
        feeds: Mapping[str, CValue],
        fetches: Sequence[tuple[str, CValue | None]],
        run_options: RunOptions | None,
    ) -> list[CValue]:
        if not before_the_cpu(self._providers):
            return super()._run_values(feeds, fetches, run_options)
        values = {name: value.as_integers(self._element_types.get(name)) for name, value in feeds.items()}
        options = "" if run_options is None else run_options._for_engine()
        return run_in_other_heap(self._engine, self._handle.identifier, values, fetches, options)


def _accelerated_engine() -> OnnxRuntimeEngine:
    """The engine that knows other providers than the CPU.

    Raises
    ------
    RuntimeError
        It could not be downloaded or started.
    """
    try:
        return get_bridge().execution_providers.engine()
    except Exception as error:
        raise RuntimeError(f"the engine for other providers than the CPU did not start: {error}") from error


def _bound(engine: OnnxRuntimeEngine) -> OnnxRuntimeEngine:
    """The engine with its methods looked up: in JavaScript that takes longer than many a call."""
    names = [name for name in vars(OnnxRuntimeEngine) if not name.startswith("_")]
    return cast(OnnxRuntimeEngine, SimpleNamespace(**{name: getattr(engine, name) for name in names}))


ProvidedSession.__module__ = "onnxruntime.capi.onnxruntime_inference_collection"
