"""A page of the demo site that many tests use, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from playwright.sync_api import Page

from tests.browser.handles import handles_at_rest
from tests.browser.page_scripts import HANDLES

__all__ = ["keep_runtime", "left_as_found"]

#: Stands in for `pyinfer.js`: the page has all of it, and the test the page's Python.
_KEEPER = """
import { loadPyinfer as load } from "./pyinfer.js?as-built";

export * from "./pyinfer.js?as-built";
export async function loadPyinfer(options) {
  globalThis.runtime = await load(options);
  return runtime;
}
"""


class SomebodyThere(Protocol):
    """In front of a page, with what it logged as errors."""

    page: Page
    errors: list[str]


def keep_runtime(page: Page) -> None:
    """Have a page that is still to be opened keep what runs its Python, for `left_as_found`."""
    kind = "text/javascript; charset=utf-8"
    page.route("**/pyinfer.js", lambda route: route.fulfill(body=_KEEPER, content_type=kind))


@contextmanager
def left_as_found(visitor: SomebodyThere) -> Iterator[None]:
    """What is done meanwhile may neither make the page log an error nor leave live JavaScript handles behind.

    What a page loads once, such as its network, must be there already.
    """
    visitor.errors.clear()
    before = _handles(visitor.page)
    yield
    assert _handles(visitor.page) == before
    assert visitor.errors == []


def _handles(page: Page) -> Any:
    """Live handles by kind, on both sides of the bridge."""
    return handles_at_rest(lambda: page.evaluate("(code) => runtime.runPythonAsync(code)", HANDLES))
