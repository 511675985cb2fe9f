"""The side in the browser: a model in a page, fed with one sample after another."""

from __future__ import annotations

import asyncio
import io
import os
import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from pyinfer.errors import PyinferError
from pyinfer.host.run_browser import BrowserLoop
from pyinfer.host.run_exchange import HostStreams
from pyinfer.host.run_files import HostFiles, OutputFiles, absolute, is_mirrorable
from pyinfer.host.run_session import Session

from .comparison import BROWSER
from .side import Arrays, Run, SideError

__all__ = ["SampleStreams", "with_browser"]

_SCRIPT = Path(__file__).with_name("in_browser.py")
_SIDE = f"the {BROWSER}"
_HEADER = 8


def with_browser(model: Path, names: list[str], work: Callable[[Run], None]) -> None:
    """Do something with a model that runs in a browser, and close the browser then.

    Parameters
    ----------
    model : Path
        An ONNX file.
    names : list of str
        Of its outputs.
    work : callable
        Given what runs the model; called in a thread of its own, since signals, which end a browser, come
        to this one.

    Raises
    ------
    SideError
        The model does not run in the browser, or there is no browser.
    Stopped
        Ctrl-C or another signal ended it.
    """
    script, target = absolute(_SCRIPT), absolute(model)
    if not is_mirrorable(target):
        raise SideError(_SIDE, f"{target} is hidden in the browser by its own files")
    streams = SampleStreams(names)
    folder = os.path.dirname(target)  # noqa: PTH120
    settings: dict[str, Any] = {
        "arguments": [script, target],
        "module": False,
        "folder": folder,
        "environment": {},
        "terminal": {"stdin": False, "stdout": False, "stderr": False, "columns": 80, "rows": 24},
        "outputs": [],
    }
    files = HostFiles([script, folder])
    session = Session(
        settings, files, OutputFiles([]), [], None, streams=streams, is_script_interrupted=False
    )
    failures: list[BaseException] = []

    def do_the_work() -> None:
        try:
            work(streams.run)
        except BaseException as error:  # handed to the thread that waits
            failures.append(error)
        finally:
            streams.end()

    working = threading.Thread(target=do_the_work)
    working.start()
    try:
        with asyncio.Runner(loop_factory=BrowserLoop) as runner:
            outcome = runner.run(session.outcome())
    except PyinferError as error:
        raise SideError(_SIDE, str(error)) from error
    finally:
        streams.close()
        working.join()
    if outcome["status"]:
        raise SideError(_SIDE, streams.last_words())
    if failures:
        raise failures[0]


class SampleStreams(HostStreams):
    """Standard input and output of the script, as a function of samples.

    Parameters
    ----------
    names : list of str
        Of the outputs.
    """

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self._names = names
        # None: there are no more.
        self._inputs: queue.Queue[bytes | None] = queue.Queue()
        self._outputs: queue.Queue[bytes | None] = queue.Queue()
        self._arrived = bytearray()
        self._errors = bytearray()
        self._is_over = False

    def run(self, feeds: Arrays) -> Arrays:
        """Hand a sample to the script, and wait for its outputs.

        Raises
        ------
        SideError
            The script has ended.
        """
        content = io.BytesIO()
        np.savez(content, *feeds.values())
        self._inputs.put(_framed(content))
        answer = self._outputs.get()
        if answer is None:
            raise SideError(_SIDE, self.last_words() or "the page was closed")
        with np.load(io.BytesIO(answer)) as arrays:
            return dict(zip(self._names, arrays.values(), strict=True))

    def end(self) -> None:
        """No more samples come."""
        self._inputs.put(None)

    def last_words(self) -> str:
        """The last line of what the script said of an error."""
        lines = self._errors.decode(errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")

    def read(self) -> bytes | None:
        if self._is_over:
            return b""
        content = self._inputs.get()
        self._is_over = content is None
        return content or b""

    def put(self, descriptor: int, content: memoryview) -> None:
        if descriptor != 1:
            self._errors += content
            return
        self._arrived += content
        while len(self._arrived) >= _HEADER:
            end = _HEADER + int.from_bytes(self._arrived[:_HEADER], "big")
            if len(self._arrived) < end:
                break
            self._outputs.put(bytes(self._arrived[_HEADER:end]))
            del self._arrived[:end]

    def close(self) -> None:
        self._inputs.put(None)
        self._outputs.put(None)
        super().close()


def _framed(content: io.BytesIO) -> bytes:
    return content.tell().to_bytes(_HEADER, "big") + content.getvalue()
