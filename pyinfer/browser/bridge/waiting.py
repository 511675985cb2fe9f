"""An engine whose answers take time, behind the same calls as the one that answers at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyinfer.errors import UnsupportedInBrowser

__all__ = ["WaitingEngine"]

#: The calls of :class:`~.contract.OnnxRuntimeEngine` that give a promise there.
_TAKE_TIME = ("createSession", "execute", "runValues")


class WaitingEngine:
    """Implements :class:`~.contract.OnnxRuntimeEngine` on calls of which some give promises.

    Parameters
    ----------
    calls : object
        The engine's, in JavaScript.
    wait : callable
        Comes back with what a promise comes to, or raises what it rejects with.
    can_wait : callable
        Whether it can now: not below a call that the page made synchronously.
    """

    def __init__(self, calls: Any, wait: Callable[[Any], Any], can_wait: Callable[[], bool]) -> None:
        self._calls = calls
        self._wait = wait
        self._can_wait = can_wait

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call: Callable[..., Any] = getattr(self._calls, name)
        if name not in _TAKE_TIME:
            return call

        def waiting(*arguments: Any) -> Any:
            if not self._can_wait():
                raise UnsupportedInBrowser(
                    "a session on an execution provider other than the CPU",
                    "the device answers later, and Python can't wait below a synchronous call from the page",
                    "runPythonAsync or call, or the CPUExecutionProvider",
                )
            return self._wait(call(*arguments))

        return waiting
