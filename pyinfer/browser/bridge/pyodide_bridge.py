"""The real bridge. The one module that imports from JavaScript; loaded lazily, in Pyodide only.

No module global is an object of JavaScript: those don't outlive a snapshot of Python's memory, which is taken
when everything has been imported and before there are engines.
"""

from __future__ import annotations

import sys
from typing import Any, cast

from pyodide.code import eval_code_async
from pyodide.ffi import can_run_sync, run_sync

from .contract import (
    ExecutionProviders,
    JpegCodec,
    OnnxRuntimeEngine,
    OpenCVEngine,
    PageBuffers,
    Storage,
    Windows,
)
from .waiting import WaitingEngine


def wait_for(promise: Any) -> Any:
    """What a promise comes to.

    Raises
    ------
    pyodide.ffi.JsException
        What it rejects with.
    """
    try:
        return run_sync(promise)
    except Exception as error:
        # Pyodide keeps it for debuggers, and with it whatever is on the stack: sessions, too.
        for name in ("last_exc", "last_value"):
            if getattr(sys, name, None) is error:
                delattr(sys, name)
        raise


class PyodideExecutionProviders:
    """Waits for the browser's answers."""

    def __init__(self, calls: Any) -> None:
        self._calls = calls
        self._engine: OnnxRuntimeEngine | None = None

    def available(self) -> str:
        """The providers that the browser has and Python can wait for now, separated by spaces."""
        if not can_run_sync():
            return ""
        return cast(str, wait_for(self._calls.available()))

    def engine(self) -> OnnxRuntimeEngine:
        """The engine, downloaded the first time."""
        if self._engine is None:
            calls = wait_for(self._calls.engine())
            self._engine = cast(OnnxRuntimeEngine, WaitingEngine(calls, wait_for, can_run_sync))
        return self._engine


class PyodideBridge:
    """Hands out the objects that ``js_bridge/python_module.js`` registered.

    Raises
    ------
    ModuleNotFoundError
        It has registered none yet.
    """

    def __init__(self) -> None:
        import pyinfer_js

        self._module = pyinfer_js
        self.opencv: OpenCVEngine = pyinfer_js.opencv
        self.onnxruntime: OnnxRuntimeEngine = pyinfer_js.onnxruntime
        self.execution_providers: ExecutionProviders = PyodideExecutionProviders(
            pyinfer_js.executionProviders
        )
        self.jpeg: JpegCodec = pyinfer_js.jpeg
        self.storage: Storage = pyinfer_js.storage
        self.page: PageBuffers = pyinfer_js.page
        self.windows: Windows = pyinfer_js.windows

    def renew_onnxruntime(self) -> None:
        """Wait for the engine that takes the place of one that stopped, if there is need and Python can."""
        renewal = self._module.onnxruntimeRenewal()
        if renewal is not None and can_run_sync():
            wait_for(renewal)

    def sleep(self, seconds: float) -> None:
        """Block the worker's thread, except for KeyboardInterrupt."""
        self._module.sleep(seconds)

    async def evaluate(self, source: str, namespace: dict[str, Any], filename: str) -> object:
        """Run source with top-level ``await``; the value of its last expression."""
        return await eval_code_async(source, globals=namespace, filename=filename)

    async def load_package(self, name: str) -> None:
        """Load a package of the bundle's lock file."""
        import pyodide_js

        await pyodide_js.loadPackage(name)
