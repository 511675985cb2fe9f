"""A page with the storage panel, `<pyinfer-models>`, seen as a visitor sees it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from pyinfer.host.build import runtime_bundle
from pyinfer.host.serve import serving
from tests.browser.handles import handles_at_rest
from tests.browser.model_server import ModelServer, Served
from tests.browser.page_scripts import HANDLES, LOAD, blank_page
from tests.browser.test_model_store import BYTES, content_of

__all__ = ["SHOW", "STORE", "Panel", "height", "panel", "panel_server", "panel_tab", "panel_url"]

#: A panel that is there before Python is, as on most pages.
SHOW = """() => {
  const panel = document.createElement("pyinfer-models");
  document.body.replaceChildren(panel);
  if (globalThis.runtime) panel.models = runtime.models;
}"""

STORE = "async (url) => runtime.models.unmount(await runtime.models.fetch(url))"


class Panel:
    """A page with the panel, seen as a visitor sees it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.element = page.locator("pyinfer-models")
        self.sum = self.element.locator(".sum")
        self.errors: list[str] = []
        page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    @classmethod
    def open(cls, context: BrowserContext, url: str) -> Panel:
        """A new tab in which Python runs."""
        panel = cls(context.new_page(), url)
        panel.page.goto(f"{url}/blank")
        panel.page.evaluate(LOAD, {"app": {"name": "panel"}})
        panel.page.evaluate(SHOW)
        return panel

    def handles(self) -> Any:
        """Live handles, while the panel asks nothing."""
        self.page.evaluate("() => document.querySelector('pyinfer-models').refresh()")
        return handles_at_rest(lambda: self.page.evaluate("(code) => runtime.runPythonAsync(code)", HANDLES))

    def address(self, path: str) -> str:
        return f"{self.url}/served/{path}"

    def store(self, path: str) -> None:
        """Fetch a model, and have its bytes on the disk only."""
        self.page.evaluate(STORE, self.address(path))

    def begin_fetch(self, path: str, by: str = "page") -> None:
        """Fetch a model, by the page or by Python."""
        code = f"""
from pyinfer.browser.store import app_models
await app_models().unmount(await app_models().fetch({self.address(path)!r}))"""
        self.page.evaluate(
            """([url, code]) => {
              const { models } = runtime;
              globalThis.fetching = (code
                ? runtime.runPythonAsync(code)
                : models.fetch(url).then((path) => models.unmount(path))).catch(() => {});
            }""",
            [self.address(path), code if by == "Python" else None],
        )

    def ask(self, method: str, *args: Any) -> Any:
        return self.page.evaluate("([method, args]) => runtime.models[method](...args)", [method, list(args)])

    def row(self, name: str) -> Locator:
        title = self.page.get_by_text(name, exact=True)
        return self.element.get_by_role("listitem").filter(has=title)

    def names(self) -> list[str]:
        return self.element.locator(".name").all_inner_texts()

    def button(self, name: str) -> Locator:
        return self.element.get_by_role("button", name=name, exact=True)

    def focused(self) -> str:
        """What the focused control is called, or says."""
        words: str = self.page.evaluate(
            """() => {
              const { activeElement } = document.querySelector("pyinfer-models").shadowRoot;
              return activeElement ? activeElement.ariaLabel ?? activeElement.textContent : "";
            }"""
        )
        return words


def height(locator: Locator) -> float:
    box = locator.bounding_box()
    assert box
    return box["height"]


@pytest.fixture(scope="module")
def panel_server() -> ModelServer:
    return ModelServer()


@pytest.fixture(scope="module")
def panel_url(panel_server: ModelServer) -> Iterator[str]:
    extra: dict[str, Any] = {"/blank": blank_page, "/served": panel_server}
    with serving(runtime_bundle(), extra=extra) as url:
        yield url


@pytest.fixture(scope="module")
def panel_tab(browser: Browser, panel_url: str) -> Iterator[Panel]:
    with browser.new_context() as context:
        yield Panel.open(context, panel_url)


@pytest.fixture
def panel(panel_tab: Panel, panel_server: ModelServer) -> Iterator[Panel]:
    """A panel over an empty store; it must leave no handles behind and log no error."""
    panel_server.served.clear()
    panel_server.served.update(
        {name: Served(content_of(seed)) for seed, name in enumerate(("a.onnx", "b.onnx"))}
    )
    panel_server.served["net.onnx"] = Served(BYTES)
    panel_tab.ask("clear")
    panel_tab.errors.clear()
    panel_tab.page.evaluate(SHOW)
    expect(panel_tab.sum).to_have_text("No models are stored")
    before = panel_tab.handles()
    yield panel_tab
    assert panel_tab.handles() == before, "live JavaScript handles are left behind"
    assert [error for error in panel_tab.errors if "Failed to load resource" not in error] == []
