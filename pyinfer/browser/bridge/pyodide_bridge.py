"""The real bridge. The one module that imports from JavaScript; loaded lazily, in Pyodide only.

No module global is an object of JavaScript: those don't outlive a snapshot of Python's memory, which is taken
when everything has been imported and before there are engines.
"""

from __future__ import annotations

import asyncio
import sys
from functools import cached_property
from types import FrameType
from typing import Any, cast

from pyodide.code import eval_code_async
from pyodide.ffi import JsException, can_run_sync, run_sync

from pyinfer.errors import EngineError

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

#: Engine -> what users call it, and its name in :func:`pyinfer.load_engines`.
_LABELS = {
    "opencv": ("OpenCV", "cv2"),
    "networks": ("OpenCV's neural networks", "cv2.dnn"),
    "onnxruntime": ("ONNX Runtime", "onnxruntime"),
    "jpeg": ("The JPEG decoder", "jpeg"),
}


#: Of each import that waits for something now: when it goes on. Others would find the half of a module.
_waiting_imports: list[asyncio.Event] = []


def _is_importing() -> bool:
    frame: FrameType | None = sys._getframe()
    while frame is not None and frame.f_code.co_filename != "<frozen importlib._bootstrap>":
        frame = frame.f_back
    return frame is not None


def wait_for(promise: Any) -> Any:
    """What a promise comes to.

    Raises
    ------
    pyodide.ffi.JsException
        What it rejects with.
    """
    going_on = asyncio.Event() if _is_importing() else None
    if going_on is not None:
        _waiting_imports.append(going_on)
    try:
        return run_sync(promise)
    except Exception as error:
        # Pyodide keeps it for debuggers, and with it whatever is on the stack: sessions, too.
        for name in ("last_exc", "last_value"):
            if getattr(sys, name, None) is error:
                delattr(sys, name)
        raise
    finally:
        if going_on is not None:
            _waiting_imports.remove(going_on)
            going_on.set()


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


def _not_loaded(engine: str, error: JsException) -> EngineError:
    return EngineError(f"{_LABELS[engine][0]} could not be loaded: {error.message}")


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
        self.storage: Storage = pyinfer_js.storage
        self.page: PageBuffers = pyinfer_js.page
        self.windows: Windows = pyinfer_js.windows
        self._waits: dict[asyncio.Task[Any], asyncio.Future[Any]] = {}

    @cached_property
    def opencv(self) -> OpenCVEngine:
        return cast(OpenCVEngine, self._part("opencv", "opencv"))

    @cached_property
    def onnxruntime(self) -> OnnxRuntimeEngine:
        return cast(OnnxRuntimeEngine, self._part("onnxruntime", "onnxruntime"))

    @cached_property
    def execution_providers(self) -> ExecutionProviders:
        return PyodideExecutionProviders(self._part("executionProviders", "onnxruntime"))

    @cached_property
    def jpeg(self) -> JpegCodec:
        return cast(JpegCodec, self._part("jpeg", "jpeg"))

    def wait_for_networks(self) -> None:
        """Wait for the part of OpenCV that has its neural networks, if it is not loaded yet."""
        self._part("networks", "networks")

    def _part(self, name: str, engine: str) -> Any:
        """What an engine brings, waiting for the engine if need be."""
        part = getattr(self._module, name, None)
        if part is not None:
            return part
        label, public = _LABELS[engine]
        if not can_run_sync():
            raise EngineError(
                f"{label} is not loaded in this page yet, and Python can't wait for it here: "
                f'`await pyinfer.load_engines("{public}")` before'
            )
        try:
            self._wait_for_engine(engine)
        except JsException as error:
            raise _not_loaded(engine, error) from error
        return getattr(self._module, name)

    def _wait_for_engine(self, engine: str) -> None:
        """Wait so that `stop_waiting` can end it: a signal finds no Python that it could interrupt."""
        promise = self._module.engine(engine)
        try:
            task = asyncio.current_task()
        except RuntimeError:  # nothing runs asynchronously
            task = None
        if task is None:
            wait_for(promise)
            return
        coming: asyncio.Future[Any] = asyncio.ensure_future(promise)
        self._waits[task] = coming
        try:
            wait_for(coming)
        except BaseException:
            if coming.cancelled():
                raise KeyboardInterrupt from None
            raise
        finally:
            del self._waits[task]

    def stop_waiting(self, task: asyncio.Task[Any]) -> None:
        """End a task's wait for an engine, if it waits for one, by KeyboardInterrupt."""
        coming = self._waits.get(task)
        if coming is not None:
            coming.cancel()

    async def load_engine(self, name: str) -> None:
        """Load an engine, if that is not loaded yet."""
        try:
            await self._module.engine(name)
        except JsException as error:
            raise _not_loaded(name, error) from error

    def renew_onnxruntime(self) -> None:
        """Wait for the engine that takes the place of one that stopped, if there is need and Python can."""
        renew = getattr(self._module, "onnxruntimeRenewal", None)  # comes with the engine
        renewal = None if renew is None else renew()
        if renewal is not None and can_run_sync():
            wait_for(renewal)

    def sleep(self, seconds: float) -> None:
        """Block the worker's thread, except for KeyboardInterrupt."""
        self._module.sleep(seconds)

    async def imports_done(self) -> None:
        """Wait while an import waits: it has ended, or waits again, before anything else gets its turn."""
        while _waiting_imports:
            await _waiting_imports[-1].wait()

    async def evaluate(self, source: str, namespace: dict[str, Any], filename: str) -> object:
        """Run source with top-level ``await``; the value of its last expression."""
        return await eval_code_async(source, globals=namespace, filename=filename)

    def fetch_now(self, url: str) -> bytes:
        """What a server answers, without the event loop. Copies the bytes once."""
        try:
            return cast(bytes, self._module.fetchNow(url).to_bytes())
        except JsException as error:
            raise OSError(error.message) from error

    async def load_package(self, name: str) -> None:
        """Load a package of the bundle's lock file. Pyodide prints what it does, if nobody else is told."""
        import pyodide_js
        from pyodide.ffi import create_proxy

        complaints: list[str] = []
        quiet, told = create_proxy(lambda _message: None), create_proxy(complaints.append)
        try:
            await pyodide_js.loadPackage(name, messageCallback=quiet, errorCallback=told)
        finally:
            quiet.destroy()
            told.destroy()
        if complaints:
            raise OSError(f"{name} could not be loaded: {'; '.join(complaints)}")
