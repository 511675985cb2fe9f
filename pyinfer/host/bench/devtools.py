"""Chromium by its own DevTools protocol, through pipes: nothing between that would take part in a start.

Playwright listens to each request and each worker of its pages, and can't speak to workers' DevTools.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

from pyinfer.errors import RunError
from pyinfer.host.places import chromium
from pyinfer.host.run_browser import CHROMIUM_FLAGS

from .processes import Processes

__all__ = ["DevTools", "Listener", "launched"]

#: Takes an event's parameters and the session that it came from.
Listener = Callable[[dict[str, Any], str | None], object]

#: The browser reads commands from descriptor 3 and answers on 4.
_HAND_OVER = """
import os, sys
for given, wanted in zip(sys.argv[1:3], (3, 4)):
    os.dup2(int(given), wanted)
    os.close(int(given))
os.execv(sys.argv[3], sys.argv[3:])
"""
_FIRST_FREE = 10
_FLAGS = ["--headless", "--no-sandbox", "--remote-debugging-pipe", *CHROMIUM_FLAGS]
_CHUNK = 1 << 16


class DevTools:
    """A connection to a browser. Events are heard while a command is waited for, and only then.

    Parameters
    ----------
    commands, answers : int
        File descriptors of the two pipes.
    """

    def __init__(self, commands: int, answers: int) -> None:
        self._commands = commands
        self._answers = answers
        self._unread = b""
        self._number = 0
        self._listeners: dict[str, Listener] = {}

    def on(self, event: str, listener: Listener) -> None:
        """Call a function at each event of a kind; it may `post` commands, not wait for them."""
        self._listeners[event] = listener

    def post(self, method: str, session: str | None = None, **parameters: Any) -> int:
        """Send a command, and don't wait for it; its number."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        content = json.dumps(message).encode() + b"\0"
        while content:
            content = content[os.write(self._commands, content) :]
        return self._number

    def call(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Send a command and wait for what it gives.

        Raises
        ------
        RunError
            The browser refuses it, or has ended.
        """
        number = self.post(method, session, **parameters)
        while (message := self._read()).get("id") != number:
            listener = self._listeners.get(message.get("method", ""))
            if listener:
                listener(message["params"], message.get("sessionId"))
        if "error" in message:
            raise RunError(f"Chromium, {method}: {message['error']['message']}")
        result: dict[str, Any] = message["result"]
        return result

    def evaluate(self, function: str, session: str) -> Any:
        """What a JavaScript function, or the promise that it gives, comes to.

        Raises
        ------
        RunError
            It threw, or the browser has ended.
        """
        options = {"awaitPromise": True, "returnByValue": True}
        answer = self.call("Runtime.evaluate", session, expression=f"({function})()", **options)
        if "exceptionDetails" in answer:
            thrown = answer["exceptionDetails"]
            raise RunError(thrown.get("exception", {}).get("description") or thrown["text"])
        return answer["result"].get("value")

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._unread:
            chunk = os.read(self._answers, _CHUNK)
            if not chunk:
                raise RunError("Chromium has ended")
            self._unread += chunk
        content, _, self._unread = self._unread.partition(b"\0")
        message: dict[str, Any] = json.loads(content)
        return message


@contextmanager
def launched(profile: Path, flags: Sequence[str] = ()) -> Iterator[tuple[DevTools, Processes]]:
    """Start Chromium with a profile, and end it so that the profile is whole.

    Parameters
    ----------
    profile : Path
        A folder, which may be empty.
    flags : sequence of str
        More switches of the command line.

    Raises
    ------
    RunError
        There is no Chromium.
    """
    processes = Processes()
    with ExitStack() as stack:
        stack.callback(processes.kill)
        (theirs_in, commands), (answers, theirs_out) = os.pipe(), os.pipe()
        for ours in (commands, answers):
            stack.callback(os.close, ours)
        with ExitStack() as handed_over:
            # Above those that they become.
            numbers = [fcntl.fcntl(number, fcntl.F_DUPFD, _FIRST_FREE) for number in (theirs_in, theirs_out)]
            for number in (theirs_in, theirs_out, *numbers):
                handed_over.callback(os.close, number)
            command = [os.fspath(chromium()), *_FLAGS, *flags, f"--user-data-dir={profile}", "about:blank"]
            browser = processes.start(
                [sys.executable, "-c", _HAND_OVER, *map(str, numbers), *command],
                pass_fds=numbers,
                stdout=DEVNULL,
                stderr=DEVNULL,
            )
        tools = DevTools(commands, answers)
        yield tools, processes
        tools.post("Browser.close")
        browser.wait()
