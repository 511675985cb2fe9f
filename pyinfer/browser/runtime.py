"""Runtime: what the page asks of Python.

``js_bridge/engine_room.js`` starts one and calls its methods. Each answers with an envelope, JSON
text of either ``{"value": ...}`` or ``{"error": {"type", "message", "traceback"}}``, so that an
exception keeps its type, message and traceback on its way to the page.
"""

from __future__ import annotations

import importlib
import inspect
import json
import linecache
import traceback
from collections.abc import Awaitable
from types import TracebackType
from typing import Any

import numpy as np

from pyinfer.browser.bridge import get_bridge
from pyinfer.browser.bridge.codec import read_into, write_from
from pyinfer.browser.page_values import lift, lower
from pyinfer.browser.store import ModelStore
from pyinfer.errors import PyinferError
from pyinfer.manifest import AppManifest

__all__ = ["Runtime", "start"]

#: The file name of code that the page sends, as it stands in tracebacks.
_SOURCE_NAME = "<page>"


def start(app: str) -> Runtime:
    """Make the runtime of an app.

    Parameters
    ----------
    app : str
        The app's manifest as JSON.
    """
    return Runtime(AppManifest.from_json(json.loads(app)))


class Runtime:
    """The page's counterpart in Python.

    Parameters
    ----------
    app : AppManifest
        What the app is made of; its models can be fetched by name.
    """

    def __init__(self, app: AppManifest) -> None:
        self.models = ModelStore(app)

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
        linecache.cache[_SOURCE_NAME] = (len(source), None, source.splitlines(keepends=True), _SOURCE_NAME)
        return await _envelope(call, get_bridge().evaluate(source, vars(main), _SOURCE_NAME))

    async def call(self, call: int, entry: str, arguments: str) -> str:
        """Call a function that is named ``module:function``; await what it returns if need be."""

        async def work() -> object:
            function = _find(entry)
            result = function(*lift(arguments, _reader(call)))
            return await result if inspect.isawaitable(result) else result

        return await _envelope(call, work())

    async def install(self, call: int, requirements: str) -> str:
        """Install requirements (a JSON list) with micropip."""
        return await _envelope(call, self._install(json.loads(requirements)))

    async def _install(self, requirements: list[str]) -> None:
        await get_bridge().load_package("micropip")
        import micropip

        await micropip.install(requirements)
        importlib.invalidate_caches()

    async def fetch_model(self, call: int, name_or_url: str, sha256: str | None, size: int | None) -> str:
        """Fetch a model unless it is stored; the value is its path."""
        return await _envelope(call, self.models.fetch(name_or_url, sha256=sha256, size=size))


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


async def _envelope(call: int, work: Awaitable[object]) -> str:
    try:
        value, arrays = lower(await work)
        page = get_bridge().page
        for array in arrays:
            write_from(page.outgoing(call, array.nbytes), array)
        return json.dumps({"value": value})
    except BaseException as error:
        # KeyboardInterrupt and SystemExit too: the page is this code's caller, and the only one.
        return json.dumps({"error": describe(error)})


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
