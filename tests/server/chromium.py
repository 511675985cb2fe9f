"""One question to a real Chromium."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from playwright.sync_api import sync_playwright

from pyinfer.host.places import chromium

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]


def evaluate(url: str, script: str, argument: object = None) -> Any:
    """The value of ``script`` in a page at ``url``.

    In a thread of its own: another test may hold Playwright in this one.
    """

    def work() -> Any:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=os.fspath(chromium()), args=FLAGS)
            try:
                page = browser.new_page()
                page.goto(url)
                return page.evaluate(script, argument)
            finally:
                browser.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()
