"""The profile of a session: the engine's own events, in a file that trace viewers open."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

from pyinfer.browser.bridge.contract import OnnxRuntimeEngine

__all__ = ["Profile"]


class Profile:
    """A profile that is being taken, from its session's creation on.

    The engine records native's events (``model_loading_...``, ``session_initialization``, ``model_run``,
    ``SequentialExecutor::Execute`` and one for each node, with its operator, shapes and provider), with
    the clock of the page, whose resolution is 5 microseconds if it is isolated and 100 otherwise. It has
    no file system, so the file is written here.

    Parameters
    ----------
    prefix : str
        What the file's path begins with; date and time follow.
    from_file : bool
        Whether the model comes from a file, which natively is an event of another name.
    """

    def __init__(self, prefix: str, *, from_file: bool) -> None:
        self._prefix = prefix
        self._from_file = from_file
        self._ended = False
        #: Nanoseconds of the system's clock when the profile began, as natively.
        self.start_time = time.time_ns()

    def end(self, engine: OnnxRuntimeEngine, session: int) -> str:
        """Write the file; its path. Empty if that was done before.

        As natively, nothing is raised if the path cannot be written to.
        """
        if self._ended:
            return ""
        self._ended = True
        name, _, text = engine.endProfiling(session).partition("\n")
        if self._from_file:  # the engine is always handed the bytes
            text = text.replace('"model_loading_array"', '"model_loading_uri"', 1)
        path = self._prefix + name
        with contextlib.suppress(OSError):
            Path(path).write_text(text, encoding="utf-8")
        return path
