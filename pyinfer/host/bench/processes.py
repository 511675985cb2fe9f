"""The processes of one browser: none outlives its purpose, and a browser that hangs is ended."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["Processes"]

_MARK = "PYINFER_BROWSER"
_SECONDS_TO_DIE = 10
_LOOKS, _PAUSE = 3, 0.05


class Processes:
    """Processes that are known by a variable that each inherits from the one that starts it.

    Parameters
    ----------
    variables : mapping of str to str, optional
        More variables for all of them.
    """

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        self._identity = uuid.uuid4().hex
        self.environment = {**os.environ, **(variables or {}), _MARK: self._identity}
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self, command: Sequence[str], **options: Any) -> subprocess.Popen[bytes]:
        """Start a program in a session of its own, so that Ctrl-C is for this process."""
        process = subprocess.Popen(command, env=self.environment, start_new_session=True, **options)
        self._started.append(process)
        return process

    def alive(self) -> list[int]:
        """Their ids; those that ended and wait for their parent to notice do not count."""
        wanted = f"{_MARK}={self._identity}".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):  # ended meanwhile, or somebody else's
                if wanted in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
        return found

    def threads(self) -> list[str]:
        """Names of their threads."""
        names = []
        for number in self.alive():
            for path in Path(f"/proc/{number}/task").glob("*/comm"):
                with contextlib.suppress(OSError):  # ended meanwhile
                    names.append(path.read_text().strip())
        return names

    def kill(self) -> None:
        """End all of them.

        Raises
        ------
        RuntimeError
            Some do not end.
        """
        patience = time.monotonic() + _SECONDS_TO_DIE
        quiet = 0
        # One that is just being started has no variables yet for a moment.
        while quiet < _LOOKS:
            alive = self.alive()
            for number in alive:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)
            if time.monotonic() > patience:
                raise RuntimeError(f"processes of a browser do not end: {alive}")
            quiet = 0 if alive else quiet + 1
            time.sleep(_PAUSE)
        for process in self._started:
            process.wait(_SECONDS_TO_DIE)

    @contextlib.contextmanager
    def deadline(self, seconds: float) -> Iterator[threading.Event]:
        """Kill all of them if the block takes longer; the event then says so."""
        late = threading.Event()

        def end() -> None:
            late.set()
            self.kill()

        timer = threading.Timer(seconds, end)
        timer.daemon = True
        timer.start()
        try:
            yield late
        finally:
            timer.cancel()
            timer.join()  # the block ends with the first of them, before all are
