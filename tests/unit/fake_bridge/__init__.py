"""The bridge of the unit tests: native libraries behind the calls of the JavaScript engines."""

from __future__ import annotations

import ast
import asyncio
import inspect
import time
from typing import Any

from .jpeg import FakeJpegCodec
from .onnxruntime import FakeExecutionProviders, FakeOnnxRuntime
from .opencv import FakeOpenCV
from .page import FakePageBuffers
from .storage import FakeStorage
from .windows import FakeWindows

__all__ = ["FakeBridge"]


class FakeBridge:
    """Implements :class:`pyinfer.browser.bridge.contract.Bridge` on plain CPython."""

    def __init__(self) -> None:
        self.opencv = FakeOpenCV()
        self.onnxruntime = FakeOnnxRuntime()
        self.execution_providers = FakeExecutionProviders()
        self.jpeg = FakeJpegCodec()
        self.storage = FakeStorage()
        self.page = FakePageBuffers()
        self.windows = FakeWindows()
        self.loaded_packages: list[str] = []
        self.loaded_engines: list[str] = []
        #: What servers answer by address; every other address is away.
        self.served: dict[str, bytes] = {}

    def stop_waiting(self, task: asyncio.Task[Any]) -> None:
        """Nothing waits."""

    async def imports_done(self) -> None:
        """Nothing waits."""

    async def evaluate(self, source: str, namespace: dict[str, Any], filename: str) -> object:
        """As Pyodide's ``eval_code_async`` does it, for sources that end with an expression."""
        tree = ast.parse(source, filename)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        body = eval(compile(tree, filename, "exec", flags=flags), namespace)
        if inspect.isawaitable(body):
            await body
        if last is None:
            return None
        value = eval(compile(ast.Expression(last.value), filename, "eval", flags=flags), namespace)
        return await value if inspect.isawaitable(value) else value

    def wait_for_networks(self) -> None:
        self.loaded_engines.append("networks")
        self.opencv.later = frozenset()

    def renew_onnxruntime(self) -> None:
        """Native onnxruntime stops together with Python."""

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    async def load_engine(self, name: str) -> None:
        self.loaded_engines.append(name)

    def fetch_now(self, url: str) -> bytes:
        try:
            return self.served[url]
        except KeyError:
            raise OSError(f"{url}: no answer from the server") from None

    async def load_package(self, name: str) -> None:
        self.loaded_packages.append(name)

    def live_counts(self) -> dict[str, int]:
        """What the engines hold, as JavaScript's ``liveCount`` says."""
        counts = {
            "opencv": self.opencv.liveCount(),
            "onnxruntime": self.onnxruntime.liveCount(),
            "other onnxruntime": self.execution_providers.other.liveCount(),
        }
        return {name: count for name, count in counts.items() if count}
