"""Firefox, opened by WebDriver BiDi over the socket that it opens itself."""

from __future__ import annotations

import json
import queue
import re
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.sync.connection import Connection
from websockets.sync.server import serve

from pyinfer.host.bench.processes import Processes
from tests.browser.engines import LISTEN, Engine, EngineError

__all__ = ["FirefoxEngine"]

_NAMES = ("firefox-esr", "firefox")
_START_SECONDS = 90

#: A profile that asks the network for nothing.
_PREFERENCES: dict[str, bool | int | str] = {
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.getAddons.cache.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "http://127.0.0.1:9/",
    "toolkit.telemetry.enabled": False,
    # Pyodide's, ONNX Runtime's and OpenCV's WebAssembly is compiled for minutes on a busy machine.
    "dom.max_script_run_time": 0,
}


#: Has the page do what it is told through a socket of its own.
_OBEY = """
(url) => {
  const socket = new WebSocket(url);
  const text = (error) => ({ error: `${error}\\n${error?.stack ?? ""}` });
  socket.onmessage = async ({ data }) => {
    const [source, given] = JSON.parse(data);
    const answer = await Promise.resolve()
      .then(() => (0, eval)(`(${source})`)(...given))
      .then((value) => ({ value }), text);
    socket.send(JSON.stringify(answer));
  };
}
"""


class FirefoxEngine(Engine):
    """Firefox ESR with a profile of its own.

    BiDi opens pages, and is gone while they work. As long as it has a session, Firefox tells it of each
    worker, and a worker that starts one waits for that; now and then it misses the answer and waits for
    ever (153 ESR: ``WaitForIsDebuggerRegistered`` shares a condition variable, of which one waiter is
    woken, with the new worker's own loop). Users, who have no debugger attached, don't meet this.

    Parameters
    ----------
    preferences : mapping of str to bool, int or str, optional
        More of the profile's `user.js`.
    profile : Path, optional
        A profile that stays when the browser is closed.
    """

    name = "Firefox"

    def __init__(
        self, preferences: Mapping[str, bool | int | str] | None = None, profile: Path | None = None
    ) -> None:
        super().__init__(Processes({"MOZ_CRASHREPORTER_DISABLE": "1", "MOZ_HEADLESS": "1"}), LISTEN)
        self._profile = profile or Path(tempfile.mkdtemp(prefix="pyinfer-firefox-"))
        self._used = ExitStack()
        if profile is None:
            self._used.callback(shutil.rmtree, self._profile, ignore_errors=True)
        self._used.callback(self.processes.kill)
        self._pages: queue.SimpleQueue[Connection] = queue.SimpleQueue()
        self._page: Connection | None = None
        self._ended = threading.Event()
        try:
            with self._answering("starting", _START_SECONDS):
                self._bidi = self._start({**_PREFERENCES, **(preferences or {})})
        except BaseException:
            self._used.close()
            raise
        listener = self._used.enter_context(serve(self._welcome, "127.0.0.1", 0, max_size=None))
        self._used.callback(self._ended.set)
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        self._listens = f"ws://127.0.0.1:{listener.socket.getsockname()[1]}"

    def _start(self, preferences: Mapping[str, bool | int | str]) -> str:
        """Where it speaks BiDi."""
        program = next(filter(None, map(shutil.which, _NAMES)), None)
        if program is None:
            raise EngineError("there is no Firefox on this machine: run `make setup`")
        lines = (
            f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in preferences.items()
        )
        (self._profile / "user.js").write_text("\n".join(lines))
        command = [program, "--remote-debugging-port=0", "--no-remote", "--profile", str(self._profile)]
        self._browser = self.processes.start(command, stdout=DEVNULL, stderr=PIPE)
        assert self._browser.stderr
        self._used.enter_context(self._browser.stderr)
        said = []
        for line in self._browser.stderr:
            said.append(line.decode(errors="replace"))
            found = re.search(r"WebDriver BiDi listening on (ws://\S+)", said[-1])
            if found:
                return found[1]
        raise EngineError(f"Firefox does not start: {''.join(said)}")

    def _welcome(self, page: Connection) -> None:
        """Hand a page's socket over, in a thread that lives as long as it."""
        self._pages.put(page)
        self._ended.wait()

    def _visit(self, url: str) -> None:
        with _session(self._bidi) as command:
            _navigate(command, url)

    def _open(self, url: str) -> None:
        with _session(self._bidi) as command:
            context = _navigate(command, url)
            command(
                "script.callFunction",
                functionDeclaration=_OBEY,
                arguments=[{"type": "string", "value": self._listens}],
                target={"context": context},
                awaitPromise=False,
            )
        self._page = self._pages.get(timeout=_START_SECONDS)

    def _evaluate(self, function: str, arguments: Sequence[Any]) -> Any:
        assert self._page
        self._page.send(json.dumps([function, arguments]))
        answer = json.loads(self._page.recv())
        if "error" in answer:
            raise EngineError(f"Firefox: {answer['error']}")
        return answer.get("value")

    def _complaints(self) -> list[str]:
        complaints: list[str] = self._evaluate("() => complaints", [])
        return complaints

    def leave(self) -> None:
        """End the browser as a user does, so that its profile is whole."""
        with self._answering("its end", _START_SECONDS):
            with suppress(ConnectionClosed), _session(self._bidi) as command:
                command("browser.close")
            self._browser.wait()

    def close(self) -> None:
        self._used.close()


def _navigate(command: Any, url: str) -> str:
    """Send the only tab to an address; the tab's id."""
    context: str = command("browsingContext.getTree")["contexts"][0]["context"]
    command("browsingContext.navigate", context=context, url=url, wait="complete")
    return context


@contextmanager
def _session(url: str) -> Iterator[Any]:
    """A session of WebDriver BiDi: what sends a command and gives its result."""
    with connect(f"{url}/session", max_size=None, compression=None, ping_interval=None) as socket:
        number = 0

        def command(method: str, **parameters: Any) -> Any:
            nonlocal number
            number += 1
            socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
            while (message := json.loads(socket.recv())).get("id") != number:
                pass
            if message["type"] == "error":
                raise EngineError(f"Firefox, {method}: {message['message']}")
            return message["result"]

        command("session.new", capabilities={})
        yield command
        command("session.end")
