"""Engines that come one by one: what Python does about one that the page has not loaded yet."""

from __future__ import annotations

import asyncio
import sys
import types
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest

import pyinfer
from pyinfer.browser.bridge import get_bridge, set_bridge
from pyinfer.errors import EngineError
from tests.unit.fake_bridge import FakeBridge


class JsException(Exception):
    """What Pyodide makes of a rejection."""

    @property
    def message(self) -> str:
        return str(self)


class Page:
    """JavaScript's side: a module that gets its engines when they are asked for."""

    def __init__(self) -> None:
        self.module: Any = types.ModuleType("pyinfer_js")
        self.module.storage = self.module.page = self.module.windows = SimpleNamespace()
        self.module.engine = self.engine
        self.module.fetchNow = self.fetch
        self.can_wait = True
        self.is_away = False
        self.asked: list[str] = []

    async def engine(self, name: str) -> None:
        self.asked.append(name)
        if self.is_away:
            raise JsException("no answer from the server")
        setattr(self.module, name, f"the {name}")
        if name == "onnxruntime":
            self.module.executionProviders = SimpleNamespace(available=self.available)

    async def available(self) -> str:
        return "WebGpuExecutionProvider"

    def fetch(self, url: str) -> Any:
        if self.is_away:
            raise JsException(f"{url}: no answer from the server")
        return SimpleNamespace(to_bytes=url.encode)


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Any:
    page = Page()
    ffi, code = types.ModuleType("pyodide.ffi"), types.ModuleType("pyodide.code")
    run_sync: Callable[[Awaitable[Any]], Any] = asyncio.new_event_loop().run_until_complete
    vars(ffi).update(JsException=JsException, can_run_sync=lambda: page.can_wait, run_sync=run_sync)
    vars(code).update(eval_code_async=None)
    for module in (types.ModuleType("pyodide"), ffi, code, page.module):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.delitem(sys.modules, "pyinfer.browser.bridge.pyodide_bridge", raising=False)
    previous = set_bridge(None)
    yield page
    set_bridge(previous)
    sys.modules.pop("pyinfer.browser.bridge.pyodide_bridge", None)
    run_sync.__self__.close()  # type: ignore[attr-defined]


def test_the_first_use_of_an_engine_waits_for_it(page: Page) -> None:
    bridge = get_bridge()
    assert page.asked == []
    assert [bridge.opencv, bridge.opencv, bridge.jpeg] == ["the opencv", "the opencv", "the jpeg"]
    assert page.asked == ["opencv", "jpeg"]


def test_an_engine_that_is_there_is_not_asked_for(page: Page) -> None:
    page.module.onnxruntime = "there"
    assert get_bridge().onnxruntime == "there"
    assert page.asked == []


def test_asking_for_execution_providers_brings_onnxruntime(page: Page) -> None:
    assert get_bridge().execution_providers.available() == "WebGpuExecutionProvider"
    assert page.asked == ["onnxruntime"]


def test_nothing_that_was_not_loaded_is_renewed(page: Page) -> None:
    get_bridge().renew_onnxruntime()
    assert page.asked == []


def _use(engine: str) -> object:
    bridge = get_bridge()
    return bridge.wait_for_networks() if engine == "networks" else getattr(bridge, engine)


@pytest.mark.parametrize(
    ("engine", "label", "name"),
    [
        ("opencv", "OpenCV", "cv2"),
        ("onnxruntime", "ONNX Runtime", "onnxruntime"),
        ("jpeg", "The JPEG", "jpeg"),
        ("networks", "OpenCV's neural networks", "cv2.dnn"),
    ],
)
def test_where_python_cannot_wait_it_says_what_to_do(page: Page, engine: str, label: str, name: str) -> None:
    page.can_wait = False
    with pytest.raises(
        EngineError, match=rf'^{label} .*not loaded.*`await pyinfer\.load_engines\("{name}"\)`'
    ):
        _use(engine)
    asyncio.run(pyinfer.load_engines(name))
    assert _use(engine) in (f"the {engine}", None)
    assert page.asked == [engine]


def test_an_engine_that_does_not_come_can_be_asked_for_again(page: Page) -> None:
    page.is_away = True
    with pytest.raises(EngineError, match="OpenCV could not be loaded: no answer from the server"):
        _ = get_bridge().opencv
    with pytest.raises(EngineError, match="OpenCV could not be loaded: no answer from the server"):
        asyncio.run(pyinfer.load_engines("cv2"))
    page.is_away = False
    assert get_bridge().opencv == "the opencv"


def test_a_file_that_does_not_come_is_an_os_error(page: Page) -> None:
    assert get_bridge().fetch_now("rest.zip") == b"rest.zip"
    page.is_away = True
    with pytest.raises(OSError, match=r"rest\.zip: no answer from the server"):
        get_bridge().fetch_now("rest.zip")


def test_all_engines_are_loaded_if_none_is_named(fake_bridge: FakeBridge) -> None:
    asyncio.run(pyinfer.load_engines())
    assert sorted(fake_bridge.loaded_engines) == ["jpeg", "onnxruntime", "opencv"]


def test_a_name_that_is_no_engines_is_refused(fake_bridge: FakeBridge) -> None:
    with pytest.raises(
        ValueError, match=r"no engine is called opencv; there are cv2, cv2\.dnn, onnxruntime, jpeg"
    ):
        asyncio.run(pyinfer.load_engines("opencv"))
    assert fake_bridge.loaded_engines == []
