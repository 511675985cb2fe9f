"""Drives the headless browser of `pyinfer run`: opens the page, waits for the script's end, stops it."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import select
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, async_playwright
from playwright.async_api import Error as PlaywrightError

from pyinfer.errors import RunError
from pyinfer.host.places import chromium

__all__ = [
    "CHROMIUM_FLAGS",
    "EXIT_TIMEOUT",
    "BrowserLoop",
    "Stopped",
    "Watch",
    "open_browser",
    "tell",
    "watch_page",
]

#: Status of a script that ran longer than ``--timeout``, as the `timeout` command has it.
EXIT_TIMEOUT = 124

CHROMIUM_FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]

_START_SECONDS = 120
_GRACE_SECONDS = 3
_HINT_SECONDS = 2
_WAKE_SECONDS = 0.1


class Stopped(Exception):
    """The script was stopped from outside; ``status`` is what this process ends with."""

    def __init__(self, status: int, message: str | None = None) -> None:
        super().__init__(message or "")
        self.status = status
        self.message = message


class BrowserLoop(asyncio.SelectorEventLoop):
    """Starts Playwright's driver in a session of its own.

    What a terminal says to all processes in it, such as Ctrl-C and that it is closed, is for the
    script; the driver would end at it.
    """

    async def subprocess_exec(self, *args: Any, **kwargs: Any) -> Any:
        """As in asyncio."""
        return await super().subprocess_exec(*args, **{**kwargs, "start_new_session": True})

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """As in asyncio; but when the driver ends, which is noticed elsewhere, nothing more is said."""
        if "Connection closed" not in str(context.get("exception")):
            super().call_exception_handler(context)


@contextlib.asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    """A headless Chromium with nothing in it, closed at the end.

    Raises
    ------
    RunError
        There is no Chromium, or it does not start.
    """
    executable = chromium()
    async with async_playwright() as playwright:
        try:
            browser = await playwright.chromium.launch(
                executable_path=executable,
                args=CHROMIUM_FLAGS,
                handle_sigint=False,
                handle_sigterm=False,
                handle_sighup=False,
            )
        except PlaywrightError as error:
            raise RunError(f"{executable} does not start: {_first_line(error)}") from error
        try:
            yield browser
        finally:
            with contextlib.suppress(PlaywrightError):  # it may be gone already
                await browser.close()


def _first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)


def tell(message: str, patience: float = 1) -> None:
    """Print a message of `pyinfer` itself, unless nobody reads: then printing would never end.

    Parameters
    ----------
    message : str
    patience : float
        Seconds that a reader has to take what was written before.
    """
    if sys.stderr and select.select([], [sys.stderr], [], patience)[1]:
        print(f"pyinfer: {message}", file=sys.stderr)


@dataclass
class Watch:
    """What is waited for while a script runs.

    Parameters
    ----------
    loop : asyncio.AbstractEventLoop
        The loop of this process's main thread; `began`, `ended` and `output_broken` may be called
        from any thread.
    is_script_interrupted : bool
        Whether Ctrl-C is for the script at first; else it ends the wait.
    """

    loop: asyncio.AbstractEventLoop
    is_script_interrupted: bool = True

    def __post_init__(self) -> None:
        self.beginning: asyncio.Future[None] = self.loop.create_future()
        self.end: asyncio.Future[dict[str, Any]] = self.loop.create_future()

    def began(self) -> None:
        """The script's first line is about to run."""
        self._threadsafe(self.beginning, None)

    def ended(self, outcome: dict[str, Any]) -> None:
        """The script is over, or could not run."""
        self._threadsafe(self.end, outcome)

    def output_broken(self, error: OSError) -> None:
        """What the script prints cannot be written; that nobody reads it is no error."""
        if isinstance(error, BrokenPipeError):
            self.stop(Stopped(128 + signal.SIGPIPE))
        else:
            self.stop(RunError(f"cannot write the script's output: {error.strerror or error}"))

    def stop(self, reason: Exception) -> None:
        """End the wait with an exception."""

        def act() -> None:
            if not self.end.done():
                self.end.set_exception(reason)

        self.loop.call_soon_threadsafe(act)

    def _threadsafe(self, future: asyncio.Future[Any], result: object) -> None:
        def act() -> None:
            if not future.done():
                future.set_result(result)

        self.loop.call_soon_threadsafe(act)


async def watch_page(
    browser: Browser,
    url: str,
    watch: Watch,
    *,
    timeout: float | None,
    mute: Callable[[], None],
    wake_input: Callable[[], None],
) -> dict[str, Any]:
    """Open the page and wait until it reports the script's end.

    Ctrl-C raises KeyboardInterrupt in the script; a second one ends the browser.

    Parameters
    ----------
    browser : Browser
        As `open_browser` gives it.
    url : str
        Address of the page.
    watch : Watch
        Told by the server what the page says.
    timeout : float, optional
        Seconds the script may run, its start not counted.
    mute : callable
        Called before the script is stopped for running too long: it says nothing more.
    wake_input : callable
        Called after KeyboardInterrupt was raised, so that a script that waits for input notices.

    Returns
    -------
    dict
        What the page reported.

    Raises
    ------
    Stopped
        The script was stopped from outside.
    RunError
        The page did not start, or the browser failed.
    """
    try:
        page = await browser.new_page()
    except PlaywrightError as error:
        raise RunError(f"the browser failed: {_first_line(error)}") from error
    page.on("crash", lambda _: watch.stop(RunError("the browser tab crashed, perhaps for lack of memory")))

    async def notice_end() -> None:
        # Also where Playwright's driver ends, of which no event tells.
        with contextlib.suppress(PlaywrightError):
            await page.evaluate("globalThis.never = new Promise(() => {})")
        watch.stop(RunError("the browser ended unexpectedly"))

    async def interrupt() -> None:
        # A page on its way out has nothing to interrupt, and one that hangs would never say so.
        with contextlib.suppress(PlaywrightError, TimeoutError):
            await asyncio.wait_for(page.evaluate("void globalThis.interrupt?.()"), _GRACE_SECONDS)
        # The page cancels what awaits before it raises a signal; being woken too early does no harm.
        for _ in range(round(_HINT_SECONDS / _WAKE_SECONDS)):
            wake_input()
            await asyncio.sleep(_WAKE_SECONDS)

    with _signals(watch, interrupt):
        try:
            await page.goto(url)
        except PlaywrightError as error:
            raise RunError(f"the browser failed: {_first_line(error)}") from error
        noticing = asyncio.ensure_future(notice_end())
        try:
            return await _outcome(watch, timeout, mute, interrupt)
        finally:
            noticing.cancel()


async def _outcome(
    watch: Watch, timeout: float | None, mute: Callable[[], None], interrupt: Callable[[], Awaitable[None]]
) -> dict[str, Any]:
    first: set[asyncio.Future[Any]] = {watch.beginning, watch.end}
    started, _ = await asyncio.wait(first, timeout=_START_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    if not started:
        watch.end.cancel()
        raise RunError(f"the browser's Python did not start within {_START_SECONDS} s")
    try:
        return await asyncio.wait_for(asyncio.shield(watch.end), timeout)
    except TimeoutError:
        mute()
        interrupting = asyncio.ensure_future(interrupt())
        # What --out names is brought back if the script lets itself be interrupted.
        await asyncio.wait({watch.end}, timeout=_GRACE_SECONDS)
        interrupting.cancel()
        watch.end.cancel()  # nobody waits for it any more, and closing the browser would set it
        raise Stopped(EXIT_TIMEOUT, f"the script ran longer than {timeout:g} s and was stopped") from None


@contextlib.contextmanager
def _signals(watch: Watch, interrupt: Callable[[], Awaitable[None]]) -> Any:
    tasks: set[asyncio.Future[None]] = set()

    async def interrupt_and_hint() -> None:
        await interrupt()
        tell("the script goes on; Ctrl-C again ends the browser", patience=0)

    def on_interrupt() -> None:
        if tasks or not watch.beginning.done() or not watch.is_script_interrupted:
            watch.stop(Stopped(128 + signal.SIGINT))
        else:
            tasks.add(asyncio.ensure_future(interrupt_and_hint()))

    def on_end(number: int) -> None:
        watch.stop(Stopped(128 + number))

    handlers: dict[signal.Signals, Callable[[], None]] = {
        signal.SIGINT: on_interrupt,
        signal.SIGTERM: functools.partial(on_end, signal.SIGTERM),
        signal.SIGHUP: functools.partial(on_end, signal.SIGHUP),
    }
    # What is ignored stays ignored: `nohup pyinfer run` is to live on.
    heard = [number for number in handlers if signal.getsignal(number) is not signal.SIG_IGN]
    for number in heard:
        watch.loop.add_signal_handler(number, handlers[number])
    try:
        yield
    finally:
        for number in heard:
            watch.loop.remove_signal_handler(number)
        for task in tasks:
            task.cancel()
