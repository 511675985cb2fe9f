"""What only a browser can tell: it opens the page, starts pyinfer there and infers once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, ConsoleMessage, Page, Response
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout

from pyinfer.host.bundle import MANIFEST_NAME
from pyinfer.host.run_browser import BrowserLoop, open_browser

from .deployment import Deployment
from .findings import Finding, fault, note, ok
from .first_inference import SOURCE
from .web import is_secure

__all__ = ["check_in_browser"]

_SCRIPT = Path(__file__).with_name("first_inference.js")
_ANSWER = [[6.0, 6.0, 6.0, 6.0]]
_POLICY = "Content Security Policy"
#: Browsers ask for it by themselves.
_ICON = "/favicon.ico"


def check_in_browser(deployment: Deployment, timeout: float) -> list[Finding]:
    """Findings of a headless Chromium that has never been there.

    Parameters
    ----------
    deployment : Deployment
    timeout : float
        Seconds that the page may take to open, and pyinfer to start and infer.

    Raises
    ------
    RunError
        There is no Chromium, or it does not start.
    """
    with asyncio.Runner(loop_factory=BrowserLoop) as runner:
        return runner.run(_check(deployment, timeout))


async def _check(deployment: Deployment, timeout: float) -> list[Finding]:
    findings: list[Finding] = []
    async with open_browser() as browser:
        if deployment.page is not None:
            findings += await _page(browser, deployment, deployment.page.url, timeout)
        findings += await _first_inference(browser, deployment, timeout)
    return findings


class _Console:
    """What a page complains of."""

    def __init__(self, page: Page) -> None:
        self.complaints: list[str] = []
        self.failed: list[str] = []
        page.on("console", self._note_message)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("response", self._note_response)

    def _note_message(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _note_response(self, response: Response) -> None:
        if response.status >= 400 and not response.url.endswith(_ICON):
            self.failed.append(f"{response.url} ({response.status})")

    def worst(self) -> list[str]:
        """The complaints that say more than that a file did not come."""
        return [text.strip() for text in self.complaints if "Failed to load resource" not in text]


async def _open(browser: Browser, deployment: Deployment, timeout: float) -> tuple[Page, _Console]:
    context = await browser.new_context(ignore_https_errors=bool(deployment.web.certificate_fault))
    context.set_default_timeout(timeout * 1000)
    page = await context.new_page()
    return page, _Console(page)


async def _page(browser: Browser, deployment: Deployment, url: str, timeout: float) -> list[Finding]:
    page, console = await _open(browser, deployment, timeout)
    try:
        await page.goto(url)
        isolated, protocol = await page.evaluate(
            "() => [crossOriginIsolated, performance.getEntriesByType('navigation')[0].nextHopProtocol]"
        )
    except PlaywrightError as error:
        return [fault("page", "page-failed", f"does not open: {_first_line(error)}")]
    finally:
        await page.context.close()
    return [
        *_page_findings(console),
        *_isolation_findings(deployment, isolated),
        *_protocol(deployment, protocol),
    ]


def _page_findings(console: _Console) -> Iterator[Finding]:
    worst = console.worst()
    if worst:
        kind = "its policy keeps out what it does itself" if _POLICY in worst[0] else "its console says"
        yield fault("page", "page-failed", f"{kind}: {_first_line(worst[0])}")
    if console.failed:
        yield fault("page", "page-failed", f"asks for what is not there: {', '.join(console.failed[:3])}")
    if not worst and not console.failed:
        yield ok("page", "opens without a complaint")


def _isolation_findings(deployment: Deployment, isolated: bool) -> Iterator[Finding]:
    if isolated:
        yield ok("isolation", "Chromium isolates the page")
    elif is_secure(deployment.base):
        yield fault("isolation", "not-isolated", "Chromium does not isolate the page: it gets one thread")
    else:
        yield note("isolation", "no browser isolates a page that came by plain HTTP")


def _protocol(deployment: Deployment, protocol: str) -> Iterator[Finding]:
    if not deployment.base.startswith("https:"):
        return
    if protocol in ("h2", "h3"):
        yield ok("protocol", f"HTTP/{protocol[1]}")
    else:
        yield note(
            "protocol", f"{protocol}: with HTTP/2 a first visit's many files share one connection", "http-1"
        )


async def _first_inference(browser: Browser, deployment: Deployment, timeout: float) -> list[Finding]:
    """In a document of the deployment that starts nothing itself."""
    page, console = await _open(browser, deployment, timeout)
    options = {"script": deployment.url("pyinfer.js"), "code": SOURCE}
    try:
        await page.goto(deployment.url(MANIFEST_NAME))
        script = _SCRIPT.read_text("utf-8").strip().removesuffix(";")
        found = await asyncio.wait_for(page.evaluate(script, options), timeout)
    except (TimeoutError, PlaywrightTimeout):
        return [fault("engines", "engines", f"nothing was inferred within {timeout:g} s")]
    except PlaywrightError as error:
        blocked = [text for text in console.worst() if _POLICY in text]
        return [
            fault("engines", "engines", f"they do not start: {_first_line(blocked[0] if blocked else error)}")
        ]
    finally:
        await page.context.close()
    return list(_inference_findings(deployment, found))


def _inference_findings(deployment: Deployment, found: dict[str, Any]) -> Iterator[Finding]:
    if found["answer"] != _ANSWER:
        yield fault("engines", "engines", f"infer wrongly: {found['answer']} instead of {_ANSWER}")
    else:
        yield ok("engines", "Pyodide, OpenCV and ONNX Runtime start and infer under these policies")
    threads = found["threads"]
    if threads > 1 or found["cores"] < 2:
        yield ok("threads", f"{threads} where 2 were asked for")
    elif is_secure(deployment.base):
        yield fault("threads", "one-thread", "; ".join(found["notices"]) or "one where 2 were asked for")
    else:
        yield note("threads", "one: browsers give more only to what comes by HTTPS")
    if deployment.manifest.get("serviceWorker"):
        if found["offline"]:
            yield ok("service worker", "stores the build: the app starts without its server from then on")
        elif is_secure(deployment.base) and not deployment.web.certificate_fault:
            yield fault("service worker", "not-offline", "could not store the build")
        else:
            yield note("service worker", "browsers start none on such a connection")
    yield note(
        "time to first inference",
        f"{found['inferred'] / 1000:.1f} s on this machine, {found['started'] / 1000:.1f} s of them to start",
    )


def _first_line(error: object) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0].removeprefix("Page.evaluate: ") if lines else type(error).__name__
