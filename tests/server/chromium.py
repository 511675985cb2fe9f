"""A real Chromium: one question, or a visit."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

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


def trusting(certificate: Path) -> str:
    """The flag by which Chromium takes one self-signed certificate for a good one."""
    key = subprocess.run(
        ["openssl", "x509", "-in", str(certificate), "-pubkey", "-noout"], check=True, capture_output=True
    ).stdout
    der = subprocess.run(
        ["openssl", "pkey", "-pubin", "-outform", "der"], input=key, check=True, capture_output=True
    )
    digest = base64.b64encode(hashlib.sha256(der.stdout).digest()).decode()
    return f"--ignore-certificate-errors-spki-list={digest}"


@contextmanager
def visit(*flags: str) -> Iterator[tuple[Page, list[str]]]:
    """An empty page, and what its console complains of."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.fspath(chromium()), args=[*FLAGS, *flags])
        try:
            page = browser.new_page()
            complaints: list[str] = []
            page.on("console", lambda m: m.type in ("error", "warning") and complaints.append(m.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            yield page, complaints
        finally:
            browser.close()
