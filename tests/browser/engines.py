"""The three engines that users have, behind one small interface: Chromium, Firefox and WebKitGTK.

Each is driven by what it speaks itself and by nothing that would have to be downloaded: Chromium by
Playwright, Firefox by WebDriver BiDi on its own socket, WebKitGTK by WebKitWebDriver.
"""

from __future__ import annotations

import contextlib
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as PlaywrightError

from pyinfer.host.bench.processes import Processes
from pyinfer.host.places import chromium

__all__ = ["CHROMIUM_FLAGS", "DEVICE_FLAGS", "LISTEN", "NO_JSPI", "ChromiumEngine", "Engine", "EngineError"]

#: Without these Chromium asks the network for updates and, as root, refuses to start.
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

#: WebGPU on an adapter of software, and what Debian's Chromium has of WebNN: the API without a backend.
DEVICE_FLAGS = [
    "--enable-unsafe-webgpu",
    "--use-webgpu-adapter=swiftshader",
    "--enable-features=Vulkan,WebMachineLearningNeuralNetwork",
]

_SECONDS = 120


#: Has the page and each worker that it starts run a function before scripts of their own.
_RUN_EARLY = """
(early) => {
  globalThis.complaints = [];
  const asModule = (text) => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const first = asModule(`(${early})();`);
  globalThis.Worker = class extends Worker {
    constructor(url, options) {
      const address = new URL(url, document.baseURI).href;
      super(asModule(`import ${JSON.stringify(first)}; import ${JSON.stringify(address)};`), options);
      this.addEventListener("message", ({ data }) => data?.complaint && complaints.push(data.complaint));
    }
  };
  (0, eval)(`(${early})()`);
}
"""

#: For browsers whose console no driver hears: the page writes down what is said in it and, since workers
#: have consoles of their own, in those that it starts.
LISTEN = """
() => {
  const tell = (complaint) => {
    if (globalThis.document) complaints.push(complaint);
    else postMessage({ complaint });
  };
  const words = (value) => value instanceof Error ? `${value}\\n${value.stack}` : String(value);
  const { error } = console;
  console.error = (...values) => { tell(values.map(words).join(" ")); error(...values); };
  addEventListener("error", (event) => tell(event.message || words(event.error)));
  addEventListener("unhandledrejection", (event) => tell(`unhandled: ${words(event.reason)}`));
}
"""

#: What takes promise integration away from a Chromium, which has no switch for it.
NO_JSPI = "() => { delete WebAssembly.Suspending; delete WebAssembly.promising; }"


class EngineError(AssertionError):
    """The browser crashed, hangs, or the page threw."""


class Engine(ABC):
    """A browser with one page. Whatever goes wrong with it is an `EngineError`.

    Attributes
    ----------
    name : str
        As users know it.
    """

    name: str

    def __init__(self, processes: Processes, early: str = "") -> None:
        self.processes = processes
        self._early = early

    @abstractmethod
    def _open(self, url: str) -> None: ...

    def _visit(self, url: str) -> None:
        self._open(url)

    @abstractmethod
    def _evaluate(self, function: str, arguments: Sequence[Any]) -> Any: ...

    @abstractmethod
    def _complaints(self) -> list[str]: ...

    def open(self, url: str, *, seconds: float = _SECONDS) -> None:
        """Go to an address and wait until it is loaded; what the page before had is gone."""
        with self._answering(f"opening {url}", seconds):
            self._open(url)
            if self._early:
                self._evaluate(_RUN_EARLY, [self._early])

    def visit(self, url: str, *, seconds: float = _SECONDS) -> None:
        """Go to an address and leave the page alone: its policy may forbid what `open` runs there."""
        with self._answering(f"visiting {url}", seconds):
            self._visit(url)

    def evaluate(self, function: str, *arguments: Any, seconds: float = _SECONDS) -> Any:
        """What a JavaScript function, or the promise that it gives, comes to.

        Parameters
        ----------
        function : str
            Source of a function, mostly an async one.
        *arguments
            JSON values.
        seconds : float
            After which the browser hangs, and is killed.

        Returns
        -------
        object
            A JSON value.

        Raises
        ------
        EngineError
            The function threw, or the browser crashed or hung.
        """
        with self._answering("a call", seconds):
            return self._evaluate(function, arguments)

    def complaints(self) -> list[str]:
        """What console and uncaught errors said since the page was opened, in its workers too."""
        with self._answering("the console", _SECONDS):
            return self._complaints()

    def close(self) -> None:
        """End the browser, and all that belongs to it."""
        self.processes.kill()

    @contextlib.contextmanager
    def _answering(self, what: str, seconds: float) -> Iterator[None]:
        with self.processes.deadline(seconds) as late:
            try:
                yield
            except EngineError:
                raise
            except Exception as error:
                if late.is_set():
                    reason = f"did not answer within {seconds:g} s and was killed"
                else:
                    reason = f"failed: {error}"
                raise EngineError(f"{self.name}, {what}: it {reason}") from error


class ChromiumEngine(Engine):
    """Chromium, by the Playwright that the other tests use.

    Parameters
    ----------
    browser : Browser
        Another Chromium, by whose Playwright this one is started: there can only be one in a thread.
    early : str, optional
        Source of a function that the page and its workers run before any script.
    flags : sequence of str
        More switches of the command line.
    """

    name = "Chromium"

    def __init__(self, browser: Browser, early: str = "", flags: Sequence[str] = ()) -> None:
        super().__init__(Processes(), early)
        self._browser = browser.browser_type.launch(
            executable_path=os.fspath(chromium()),
            args=[*CHROMIUM_FLAGS, *flags],
            env=self.processes.environment,
        )
        self._profile = self._browser.new_context()
        self._page: Page | None = None
        self._heard: list[str] = []

    def _open(self, url: str) -> None:
        if self._page:
            self._page.close()
        self._heard = heard = []
        self._page = self._profile.new_page()
        self._page.on("pageerror", lambda error: heard.append(str(error)))
        self._page.on("console", lambda said: heard.append(said.text) if said.type == "error" else None)
        self._page.goto(url)

    def _evaluate(self, function: str, arguments: Sequence[Any]) -> Any:
        assert self._page
        return self._page.evaluate(f"(given) => ({function})(...given)", list(arguments))

    def _complaints(self) -> list[str]:
        self._evaluate("() => 0", [])  # what was said before has arrived by then
        return list(self._heard)

    def close(self) -> None:
        with contextlib.suppress(PlaywrightError):  # it may be gone already
            self._browser.close()
        super().close()
