"""Runtime: what the page asks of Python.

``js_bridge/engine_room.js`` starts one and calls its methods. Each answers with an envelope, JSON
text of either ``{"value": ...}`` or ``{"error": {"type", "message", "traceback"}}``, so that an
exception keeps its type, message and traceback on its way to the page.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import importlib
import inspect
import itertools
import json
import linecache
import sys
import traceback
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any

import numpy as np

from pyinfer.browser.bridge import get_bridge
from pyinfer.browser.bridge.codec import read_into, write_from
from pyinfer.browser.page_values import lift, lower
from pyinfer.browser.store import ModelStore, StoredModel, Usage, set_app_models
from pyinfer.errors import PyinferError
from pyinfer.manifest import AppManifest

__all__ = ["Runtime", "start"]

#: How many of the page's sources tracebacks can still quote.
_KEPT_SOURCES = 100

#: What the page may ask of the models.
_MODEL_METHODS = frozenset(
    ["clear", "evict", "fetch", "info", "keep", "list", "persist", "unmount", "usage", "verify"]
)


def start(app: str) -> Runtime:
    """Make the runtime of an app.

    Parameters
    ----------
    app : str
        The app's manifest as JSON.

    Raises
    ------
    ManifestError
        It is not a manifest.
    ImportError
        The app's entry module cannot be imported.
    """
    manifest = AppManifest.from_json(json.loads(app))
    if manifest.entry:
        importlib.import_module(manifest.entry.partition(":")[0])
    return Runtime(manifest)


class Runtime:
    """The page's counterpart in Python.

    Parameters
    ----------
    app : AppManifest
        What the app is made of; its models can be fetched by name.
    """

    def __init__(self, app: AppManifest) -> None:
        self.models = ModelStore(app)
        set_app_models(self.models)
        self._running: dict[int, asyncio.Task[Any]] = {}
        self._cancelled = 0
        self._dropped: set[int] = set()
        self._sources = itertools.count(1)

    def cancel(self, last_call: int) -> None:
        """Cancel the calls that await something; each answers with KeyboardInterrupt.

        Parameters
        ----------
        last_call : int
            The newest call there is: calls up to it whose turn has not come yet are cancelled too.
        """
        self._cancelled = last_call
        for task in self._running.values():
            _cancel(task)

    def cancel_call(self, call: int) -> None:
        """Cancel one call, whether it awaits something or its turn has not come yet; others go on.

        Parameters
        ----------
        call : int
            Its number. It has not answered yet.
        """
        task = self._running.get(call)
        if task is None:
            self._dropped.add(call)
        else:
            _cancel(task)

    async def run(self, call: int, source: str) -> str:
        """Run source as the ``__main__`` module, with top-level ``await``.

        Parameters
        ----------
        call : int
            The number under which JavaScript keeps this call's buffers.
        source : str
            Python source.

        Returns
        -------
        str
            Envelope with the value of the last expression. Its arrays are copied once.
        """
        main = importlib.import_module("__main__")
        # A function is often called by a later source than the one that defines it.
        number = next(self._sources)
        name = f"<page-{number}>"
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        linecache.cache.pop(f"<page-{number - _KEPT_SOURCES}>", None)

        async def work() -> object:
            await get_bridge().imports_done()
            return await get_bridge().evaluate(source, vars(main), name)

        return await self._envelope(call, work())

    async def call(self, call: int, entry: str, arguments: str) -> str:
        """Call a function that is named ``module:function``; await what it returns if need be."""

        async def work() -> object:
            await get_bridge().imports_done()
            function = _find(entry)
            result = function(*lift(arguments, _reader(call)))
            return await result if inspect.isawaitable(result) else result

        return await self._envelope(call, work())

    async def install(self, call: int, requirements: str) -> str:
        """Install requirements (a JSON list) with micropip."""
        return await self._envelope(call, self._install(json.loads(requirements)))

    async def _install(self, requirements: list[str]) -> None:
        await get_bridge().load_package("micropip")
        import micropip

        await micropip.install(requirements)
        importlib.invalidate_caches()

    async def ask_models(
        self, call: int, method: str, arguments: str, on_progress: Callable[[int, int], object] | None
    ) -> str:
        """Call a method of :class:`ModelStore`; ``arguments`` are JSON, a list and keywords."""
        return await self._envelope(call, self._ask_models(method, json.loads(arguments), on_progress))

    async def _ask_models(
        self,
        method: str,
        arguments: tuple[list[Any], dict[str, Any]],
        on_progress: Callable[[int, int], object] | None,
    ) -> object:
        if method not in _MODEL_METHODS:
            raise AttributeError(f"models has no {method}")
        positional, keywords = arguments
        if on_progress is not None:
            keywords["on_progress"] = on_progress
        value = getattr(self.models, method)(*positional, **keywords)
        if inspect.isawaitable(value):
            value = await value
        if isinstance(value, list):
            return [dataclasses.asdict(item) for item in value]
        return dataclasses.asdict(value) if isinstance(value, (StoredModel, Usage)) else value

    async def _envelope(self, call: int, work: Coroutine[Any, Any, object]) -> str:
        task = asyncio.current_task()
        assert task is not None
        self._running[call] = task
        try:
            if call <= self._cancelled or call in self._dropped:
                work.close()
                raise asyncio.CancelledError
            value, arrays = lower(await work)
            page = get_bridge().page
            for array in arrays:
                write_from(page.outgoing(call, array.nbytes), array)
            return json.dumps({"value": value})
        except asyncio.CancelledError as error:
            # The page's word for it is the one that a busy script gets.
            return json.dumps({"error": describe(KeyboardInterrupt().with_traceback(error.__traceback__))})
        except BaseException as error:
            # KeyboardInterrupt and SystemExit too: the page is this code's caller, and the only one.
            return json.dumps({"error": describe(error)})
        finally:
            del self._running[call]
            self._dropped.discard(call)
            while task.cancelling():
                task.uncancel()  # what came while code slept without awaiting has been answered
            _flush_output()


def _cancel(task: asyncio.Task[Any]) -> None:
    """Whether it awaits something, or waits for an engine."""
    task.cancel()
    get_bridge().stop_waiting(task)


def _flush_output() -> None:
    """Hand on an unfinished line: the page would get it only with the next call's output."""
    for stream in (sys.stdout, sys.stderr):
        # The user's code may have closed it, or put anything in its place; and what could be
        # interrupted has been done.
        with contextlib.suppress(Exception, KeyboardInterrupt):
            stream.flush()


def _find(entry: str) -> Any:
    module_name, separator, attribute = entry.partition(":")
    if not separator or not module_name or not attribute:
        raise PyinferError(f"{entry!r} does not name a function: write 'module:function'")
    target: Any = importlib.import_module(module_name)
    for part in attribute.split("."):
        target = getattr(target, part)
    return target


def _reader(call: int) -> Any:
    page = get_bridge().page

    def read(index: int, out: np.ndarray[Any, Any]) -> None:
        read_into(page.incoming(call, index), out)

    return read


def describe(error: BaseException) -> dict[str, str]:
    """Type, message and traceback of an exception, without the frames of pyinfer's own machinery."""
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    lines = traceback.format_exception(kind, error, _users_frames(error.__traceback__))
    return {"type": name, "message": str(error), "traceback": "".join(lines)}


def _users_frames(frames: TracebackType | None) -> TracebackType | None:
    """Leave out the frames before the user's own, and keep all if there are none of the user's."""
    first = frames
    while first is not None:
        module = first.tb_frame.f_globals.get("__name__", "")
        if module != __name__ and not module.startswith(("_pyodide", "pyodide", "pyinfer.browser.bridge")):
            return first
        first = first.tb_next
    return None
