"""Whether a page's own thread is held up, by the browser's measure of 50 ms."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page

__all__ = ["never_held_up"]

_LONG = 50  # milliseconds

_OBSERVE = """
globalThis.longTasks = [];
new PerformanceObserver((list) => {
  for (const task of list.getEntries()) longTasks.push(Math.round(task.duration));
}).observe({ type: "longtask" });
"""


@contextmanager
def never_held_up(page: Page) -> Iterator[None]:
    """No long task may block the page meanwhile.

    The observer also counts the time in which other programs have the processor; the browser's trace tells
    how long the thread itself worked.
    """
    browser = page.context.browser
    assert browser
    browser.start_tracing(page=page, categories=["toplevel"])
    page.evaluate(_OBSERVE)
    try:
        yield
        observed = page.evaluate("longTasks")
    finally:
        trace = json.loads(browser.stop_tracing())
    assert not (observed and _longest(trace["traceEvents"]) > _LONG), f"tasks of so many ms: {observed}"


def _longest(events: list[dict[str, Any]]) -> float:
    """Milliseconds that a page's thread worked on one task at most."""
    threads = {
        (each["pid"], each["tid"])
        for each in events
        if each["name"] == "thread_name" and each["args"]["name"] == "CrRendererMain"
    }
    works = [
        each["tdur"] / 1000
        for each in events
        if each["name"] == "ThreadControllerImpl::RunTask" and (each["pid"], each["tid"]) in threads
    ]
    assert works, "the browser traced no tasks"
    return max(works)
