"""One run of `pyinfer run`, from the server's start to the script's end."""

from __future__ import annotations

import asyncio
import secrets
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pyinfer.errors import RunError
from pyinfer.host.build import runtime_bundle
from pyinfer.host.progress import note
from pyinfer.host.run_browser import Stopped, Watch, open_browser, tell, watch_page
from pyinfer.host.run_exchange import Exchange, HostStreams
from pyinfer.host.run_files import HostFiles, OutputFiles
from pyinfer.host.run_packages import Packages, add_packages
from pyinfer.host.serve import serving

__all__ = ["Session"]

_NAMED = 3


class Session:
    """What `pyinfer run` does once the command line is understood.

    Parameters
    ----------
    settings : dict
        What the page must know.
    files : HostFiles
        What the script sees of the host.
    outputs : OutputFiles
        What is brought back.
    requirements : sequence of str
        Packages to install.
    timeout : float, optional
        Seconds the script may run.
    verbose : bool
        Whether to print how long each phase of the start took.
    streams : HostStreams, optional
        Where output goes and input comes from; this process's own by default.
    is_script_interrupted : bool
        Whether Ctrl-C is for the script; else it ends the run.
    """

    def __init__(
        self,
        settings: dict[str, Any],
        files: HostFiles,
        outputs: OutputFiles,
        requirements: Sequence[str],
        timeout: float | None,
        *,
        verbose: bool = False,
        streams: HostStreams | None = None,
        is_script_interrupted: bool = True,
    ) -> None:
        self._settings = settings
        self._files = files
        self._outputs = outputs
        self._requirements = requirements
        self._timeout = timeout
        self._verbose = verbose
        self._streams = streams
        self._is_script_interrupted = is_script_interrupted
        self._began = time.perf_counter()

    async def run(self) -> int:
        """Run the script and return the status for this process.

        Raises
        ------
        PyinferError
            The script could not be run.
        """
        try:
            return self._conclude(await self.outcome())
        except Stopped as stopped:
            if stopped.message:
                tell(stopped.message)
            return stopped.status

    async def outcome(self) -> dict[str, Any]:
        """Run the script and return what the page tells of its end.

        Returns
        -------
        dict
            ``status``, ``complete`` (whether everything was brought back), ``left`` (what was not asked for)
            and ``phases`` (milliseconds since the page began, by what was reached).

        Raises
        ------
        Stopped
            The script was stopped from outside.
        PyinferError
            The script could not be run.
        """
        watch = Watch(asyncio.get_running_loop(), self._is_script_interrupted)
        streams = self._streams or HostStreams()
        # The browser starts while this thread gathers what it will be given.
        preparing = asyncio.ensure_future(asyncio.to_thread(self._prepare))
        async with open_browser() as browser:
            self._say("browser started")
            folder, packages = await preparing
            self._say("bundle ready")
            exchange = self._exchange(watch, streams, packages)
            prefix = f"/{secrets.token_urlsafe(24)}"
            with serving(folder, extra={prefix: exchange}) as url:
                try:
                    outcome = await watch_page(
                        browser,
                        f"{url}{prefix}/",
                        watch,
                        timeout=self._timeout,
                        mute=streams.mute,
                        wake_input=streams.wake,
                    )
                finally:
                    streams.close()
        if "error" in outcome:
            raise RunError(f"the browser's Python failed: {outcome['error']}")
        return outcome

    def _prepare(self) -> tuple[Path, Packages]:
        folder = runtime_bundle()
        return folder, add_packages(folder, self._requirements)

    def _exchange(self, watch: Watch, streams: HostStreams, packages: Packages) -> Exchange:
        mirrors = [{"path": root, "entry": self._files.entry(root)} for root in self._files.roots]
        settings = {
            **self._settings,
            "mirrors": mirrors,
            "bundle": "bundle/" if packages.bundle else "/",
            "packages": packages.names,
        }
        return Exchange(settings, self._files, self._outputs, streams, watch, packages)

    def _conclude(self, outcome: dict[str, Any]) -> int:
        for name, milliseconds in outcome["phases"].items():
            self._say(f"{name} ({milliseconds} ms after the page)")
        for path in self._outputs.missing():
            print(f"pyinfer: --out {path}: the script did not write it", file=sys.stderr)
        left = outcome["left"]
        if left:
            more = f" and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
            names = ", ".join(left[:_NAMED]) + more
            note(f"written in the browser only, --out brings it back: {names}")
        status: int = outcome["status"]
        return status if outcome["complete"] else status or 1

    def _say(self, what: str) -> None:
        if self._verbose:
            print(f"pyinfer: {time.perf_counter() - self._began:6.2f} s  {what}", file=sys.stderr)
