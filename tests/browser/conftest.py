"""Browser tests: a real Chromium, the real engines, the bundle that `pyinfer build` makes."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from pyinfer.host.build import build_app, build_site, runtime_bundle
from pyinfer.host.headers import ResponseHeaders
from pyinfer.host.places import chromium
from pyinfer.host.serve import headers_of_app, serving
from tests.browser.engines import CHROMIUM_FLAGS, NO_JSPI, ChromiumEngine, Engine
from tests.browser.firefox import FirefoxEngine
from tests.browser.model_server import ModelServer
from tests.browser.model_visitor import ModelVisitor
from tests.browser.page_scripts import HANDLES, LOAD, blank_page
from tests.browser.panel import panel, panel_server, panel_tab, panel_url  # noqa: F401
from tests.browser.visitor import Visitor
from tests.browser.webkit import WebKitEngine

#: Nearly two thousand tests in three real browsers, on machines with other work: one that fails is tried
#: once more, so that only what fails again fails the run. The summary lists each second try.
SECOND_TRIES = 1

# Playwright's own five seconds are short where other work takes the processors.
expect.set_options(timeout=30_000)


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker(pytest.mark.flaky(reruns=SECOND_TRIES))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=os.fspath(chromium()), args=CHROMIUM_FLAGS)
        yield instance
        instance.close()


class Engines:
    """Browsers by name, each started when it is first asked for, and again after it was killed."""

    def __init__(self, browser: Browser) -> None:
        self._makers: dict[str, Callable[[], Engine]] = {
            "Chromium": lambda: ChromiumEngine(browser),
            "Chromium without JSPI": lambda: ChromiumEngine(browser, NO_JSPI),
            "Firefox": FirefoxEngine,
            "WebKitGTK": WebKitEngine,
        }
        self._started: dict[str, Engine] = {}

    def get(self, name: str) -> Engine:
        """The browser of that name; others are ended, since each takes hundreds of megabytes."""
        for other in [*self._started]:
            if other != name or not self._started[other].processes.alive():
                self._started.pop(other).close()
        if name not in self._started:
            self._started[name] = self._makers[name]()
        return self._started[name]

    def close(self) -> None:
        """End them all."""
        while self._started:
            self._started.popitem()[1].close()


@pytest.fixture(scope="session")
def engines(browser: Browser) -> Iterator[Engines]:
    engines = Engines(browser)
    yield engines
    engines.close()


@pytest.fixture(scope="session")
def runtime_url() -> Iterator[str]:
    """Where the runtime bundle is served with isolation headers; ``/blank`` is an empty page."""
    with serving(runtime_bundle(), extra={"/blank": blank_page}) as url:
        yield url


@pytest.fixture(scope="session")
def bare_url() -> Iterator[str]:
    """The same without isolation headers."""
    with serving(runtime_bundle(), ResponseHeaders(isolated=False), extra={"/blank": blank_page}) as url:
        yield url


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def blocked_context(browser: Browser, tmp_path: Path) -> Iterator[BrowserContext]:
    """A profile whose owner has blocked site data: no page may store anything."""
    settings = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    preferences = tmp_path / "profile" / "Default" / "Preferences"
    preferences.parent.mkdir(parents=True)
    preferences.write_text(json.dumps(settings))
    with browser.browser_type.launch_persistent_context(
        preferences.parents[1], executable_path=os.fspath(chromium()), args=CHROMIUM_FLAGS
    ) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext, runtime_url: str) -> Page:
    """An empty page with a profile of its own."""
    page = context.new_page()
    page.goto(f"{runtime_url}/blank")
    return page


class PyinferPage:
    """A page in which pyinfer runs in its worker."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def run(self, code: str) -> Any:
        """Value of Python source; a Python exception fails the test with its traceback."""
        answer = self.page.evaluate(
            """async (code) => {
              try {
                return { value: await runtime.runPythonAsync(code) };
              } catch (error) {
                return { error: error.traceback || String(error) };
              }
            }""",
            code,
        )
        assert "error" not in answer, answer["error"]
        return answer["value"]

    def handles(self) -> Any:
        """Live handles by kind, on both sides of the bridge."""
        return self.run(HANDLES)


@pytest.fixture(scope="module")
def pyinfer_page(browser: Browser, runtime_url: str) -> Iterator[PyinferPage]:
    """One page for the tests of a module, loaded once."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{runtime_url}/blank")
    page.evaluate(LOAD, {})
    yield PyinferPage(page)
    context.close()


@pytest.fixture
def python(pyinfer_page: PyinferPage) -> Iterator[PyinferPage]:
    """The module's page; afterwards nothing of JavaScript may still be held."""
    before = pyinfer_page.handles()
    yield pyinfer_page
    assert pyinfer_page.handles() == before, "the test left live JavaScript handles behind"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo site as it is built."""
    return build_site(tmp_path_factory.mktemp("site") / "dist", compress=False)


@pytest.fixture(scope="session")
def site_url(site: Path) -> Iterator[str]:
    """Where the demo site is served as `pyinfer serve` does, with its Content-Security-Policy."""
    with serving(site, headers_of_app(site)) as url:
        yield url


@pytest.fixture(scope="session")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The app of the examples, with its pages."""
    app = Path(__file__).resolve().parents[2] / "site" / "examples" / "shapes"
    return build_app(app, tmp_path_factory.mktemp("shapes") / "dist", compress=False)


@pytest.fixture(scope="session")
def shapes_picture() -> bytes:
    """Four bright circles."""
    image = np.zeros((240, 480, 3), np.uint8)
    for left in range(70, 480, 110):
        cv2.circle(image, (left, 120), 40, (60, 200, 250), cv2.FILLED)
    return cv2.imencode(".png", image)[1].tobytes()


@pytest.fixture
def newcomer(browser: Browser) -> Iterator[Visitor]:
    """A visitor with an empty profile and no page open."""
    with browser.new_context() as context:
        yield Visitor(context.new_page())


@pytest.fixture(scope="session")
def model_server() -> ModelServer:
    """Which is mounted at ``/served`` of ``model_url``."""
    return ModelServer()


@pytest.fixture(scope="session")
def model_url(model_server: ModelServer) -> Iterator[str]:
    """Where the runtime bundle and models are served."""
    extra: dict[str, Any] = {"/blank": blank_page, "/served": model_server}
    with serving(runtime_bundle(), extra=extra) as url:
        yield url


@pytest.fixture(scope="module")
def model_app() -> dict[str, Any]:
    """The app that stores models; modules may have another."""
    return {"name": "test"}


@pytest.fixture(scope="module")
def model_visitor(browser: Browser, model_url: str, model_app: dict[str, Any]) -> Iterator[ModelVisitor]:
    with browser.new_context() as context:
        yield ModelVisitor(context, model_url, model_app)


@pytest.fixture
def visitor(model_visitor: ModelVisitor, model_server: ModelServer) -> Iterator[ModelVisitor]:
    """A visitor of a page that stores models; nothing is stored or served yet."""
    yield model_visitor
    model_server.reset()
    model_visitor.tidy()
