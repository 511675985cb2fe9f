"""Firefox, driven by WebDriver BiDi over the socket that it opens itself."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import Any

from websockets.sync.client import connect

from tests.browser.engines import Engine, EngineError
from tests.browser.processes import Processes

__all__ = ["FirefoxEngine"]

_NAMES = ("firefox-esr", "firefox")
_START_SECONDS = 90

#: A profile that asks the network for nothing.
_PREFERENCES = {
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


class FirefoxEngine(Engine):
    """Firefox ESR with a profile of its own.

    Parameters
    ----------
    preferences : mapping of str to bool, int or str, optional
        More of the profile's `user.js`.
    """

    name = "Firefox"

    def __init__(self, preferences: Mapping[str, bool | int | str] | None = None) -> None:
        super().__init__(Processes({"MOZ_CRASHREPORTER_DISABLE": "1", "MOZ_HEADLESS": "1"}))
        self._last = 0
        self._heard: list[str] = []
        self._profile = Path(tempfile.mkdtemp(prefix="pyinfer-firefox-"))
        self._used = ExitStack()
        self._used.callback(shutil.rmtree, self._profile, ignore_errors=True)
        self._used.callback(self.processes.kill)
        try:
            with self._answering("starting", _START_SECONDS):
                self._start({**_PREFERENCES, **(preferences or {})})
        except BaseException:
            self._used.close()
            raise

    def _start(self, preferences: Mapping[str, bool | int | str]) -> None:
        program = next(filter(None, map(shutil.which, _NAMES)), None)
        if program is None:
            raise EngineError("there is no Firefox on this machine: run `make setup`")
        lines = (
            f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in preferences.items()
        )
        (self._profile / "user.js").write_text("\n".join(lines))
        command = [program, "--remote-debugging-port=0", "--no-remote", "--profile", str(self._profile)]
        browser = self.processes.start(command, stdout=DEVNULL, stderr=PIPE)
        assert browser.stderr
        self._used.enter_context(browser.stderr)
        said = []
        for line in browser.stderr:
            said.append(line.decode(errors="replace"))
            found = re.search(r"WebDriver BiDi listening on (ws://\S+)", said[-1])
            if found:
                break
        else:
            raise EngineError(f"Firefox does not start: {''.join(said)}")
        socket = connect(f"{found[1]}/session", max_size=None, compression=None, ping_interval=None)
        self._socket = self._used.enter_context(socket)
        self._command("session.new", capabilities={})
        self._command("session.subscribe", events=["log.entryAdded"])
        self._context = self._command("browsingContext.getTree")["contexts"][0]["context"]

    def _command(self, method: str, **parameters: Any) -> Any:
        self._last += 1
        self._socket.send(json.dumps({"id": self._last, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv())
            if message.get("method") == "log.entryAdded" and message["params"]["level"] == "error":
                self._heard.append(message["params"]["text"] or "an error without words")
            if message.get("id") == self._last:
                if message["type"] == "error":
                    raise EngineError(f"Firefox, {method}: {message['message']}")
                return message["result"]

    def _open(self, url: str) -> None:
        self._command("browsingContext.navigate", context=self._context, url=url, wait="complete")
        self._heard.clear()

    def _evaluate(self, function: str, arguments: Sequence[Any]) -> Any:
        # As text, since BiDi's own form of a value has a type beside each number.
        answer = self._command(
            "script.callFunction",
            functionDeclaration=f"async (given) => JSON.stringify(await ({function})(...JSON.parse(given)))",
            arguments=[{"type": "string", "value": json.dumps(arguments)}],
            target={"context": self._context},
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            raise EngineError(f"Firefox: {answer['exceptionDetails']['text']}")
        return json.loads(answer["result"]["value"]) if "value" in answer["result"] else None

    def _complaints(self) -> list[str]:
        self._command("session.status")  # what was said before has arrived by then
        return list(self._heard)

    def close(self) -> None:
        self._used.close()
