"""WebKitGTK, driven by WebKitWebDriver: its own MiniBrowser on a screen that nobody sees."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from subprocess import DEVNULL
from typing import Any

from pyinfer.host.bench.processes import Processes
from tests.browser.engines import LISTEN, Engine, EngineError

__all__ = ["WebKitEngine"]

_START_SECONDS = 90
_FOR_EVER = 24 * 3600 * 1000

_CALL = """
const [given, done] = arguments;
Promise.resolve().then(() => (%s)(...given)).then(
  (value) => done({ value }),
  (error) => done({ error: `${error}\\n${error?.stack ?? ""}` }),
);
"""


class WebKitEngine(Engine):
    """WebKitGTK's MiniBrowser with nothing stored."""

    name = "WebKitGTK"

    def __init__(self) -> None:
        # A screen of Xvfb has no graphics card behind it.
        super().__init__(Processes({"WEBKIT_DISABLE_DMABUF_RENDERER": "1"}), LISTEN)
        try:
            with self._answering("starting", _START_SECONDS):
                self._start()
        except BaseException:
            self.processes.kill()
            raise

    def _start(self) -> None:
        for program in ("Xvfb", "WebKitWebDriver"):
            if shutil.which(program) is None:
                raise EngineError(f"there is no {program} on this machine: run `make setup`")
        self.processes.environment["DISPLAY"] = f":{self._start_screen()}"
        port = _free_port()
        driver = self.processes.start(["WebKitWebDriver", f"--port={port}"], stdout=DEVNULL, stderr=DEVNULL)
        self._url = f"http://127.0.0.1:{port}"
        while True:
            with contextlib.suppress(urllib.error.URLError):  # it does not say when it listens
                self._request("GET", "/status")
                break
            if driver.poll() is not None:
                raise EngineError("WebKitWebDriver does not start")
            time.sleep(0.05)
        capabilities = {"alwaysMatch": {"timeouts": {"script": _FOR_EVER, "pageLoad": _FOR_EVER}}}
        self._url += f"/session/{self._request('POST', '/session', capabilities=capabilities)['sessionId']}"

    def _start_screen(self) -> str:
        ours, theirs = os.pipe()
        command = ["Xvfb", "-displayfd", str(theirs), "-screen", "0", "1024x768x24", "-nolisten", "tcp"]
        self.processes.start(command, pass_fds=[theirs], stdout=DEVNULL, stderr=DEVNULL)
        os.close(theirs)
        with open(ours) as number:  # noqa: PTH123 (a pipe has no path)
            return number.readline().strip()

    def _request(self, method: str, path: str, **body: Any) -> Any:
        content = json.dumps(body).encode() if method == "POST" else None
        request = urllib.request.Request(
            self._url + path, content, {"Content-Type": "application/json"}, method=method
        )
        try:
            with urllib.request.urlopen(request) as response:
                return json.load(response)["value"]
        except urllib.error.HTTPError as error:
            answer = json.load(error)["value"]
            raise EngineError(f"WebKitGTK: {answer['error']}: {answer['message']}") from error

    def _open(self, url: str) -> None:
        self._request("POST", "/url", url=url)

    def _evaluate(self, function: str, arguments: Sequence[Any]) -> Any:
        answer = self._request("POST", "/execute/async", script=_CALL % function, args=[list(arguments)])
        if "error" in answer:
            raise EngineError(f"WebKitGTK: {answer['error']}")
        return answer.get("value")

    def _complaints(self) -> list[str]:
        complaints: list[str] = self._evaluate("() => complaints", [])
        return complaints


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
