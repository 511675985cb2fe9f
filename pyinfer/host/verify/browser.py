"""Runs a script in the headless browser, keeping what it prints and writes."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from typing import IO, Any

from pyinfer.errors import PyinferError
from pyinfer.host.pins import read_pins
from pyinfer.host.pyodide_wheels import pyodide_lock
from pyinfer.host.run_browser import EXIT_TIMEOUT, BrowserLoop, Stopped
from pyinfer.host.run_exchange import HostStreams
from pyinfer.host.run_files import HostFiles, OutputFiles
from pyinfer.host.run_session import Session

from .side import Ended, Script, SideError, missing_module
from .workspace import Workspace

__all__ = ["BROWSER", "browser_versions", "run_in_browser"]

BROWSER = "in the browser"

_OUTPUTS = {1: "stdout", 2: "stderr"}


class _KeptStreams(HostStreams):
    """Gives a text to read, and keeps what is written."""

    def __init__(self, stdin: bytes) -> None:
        super().__init__()
        self._stdin: bytes | None = stdin
        self.kept = {name: bytearray() for name in _OUTPUTS.values()}

    def read(self) -> bytes | None:
        content, self._stdin = self._stdin, b""
        return content

    def put(self, descriptor: int, content: memoryview) -> None:
        self.kept[_OUTPUTS[descriptor]] += content


class _KeptFiles(OutputFiles):
    """Puts what the script wrote beside what it was."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__([workspace.root])
        self._workspace = workspace

    def write(self, path: str, content: IO[bytes]) -> None:
        target = self._workspace.browser_file(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            shutil.copyfileobj(content, file)


def browser_versions() -> dict[str, str]:
    """What the browser has, by title."""
    stand_ins = read_pins().stand_ins
    lock = pyodide_lock()
    return {
        "Python": lock["info"]["python"].rpartition(".")[0],  # of the micro version it knows nothing
        "NumPy": lock["packages"]["numpy"]["version"],
        "OpenCV": stand_ins["opencv-python"],
        "ONNX Runtime": stand_ins["onnxruntime"],
        "Pillow": lock["packages"]["pillow"]["version"],
    }


def run_in_browser(script: Script, workspace: Workspace, requirements: Sequence[str]) -> Ended:
    """Run a script to its end.

    Parameters
    ----------
    script : Script
    workspace : Workspace
        Given to the script to read, and what it wrote is put there.
    requirements : sequence of str
        Packages to install.

    Raises
    ------
    SideError
        It took too long, lacks a module, or the browser's Python failed.
    Stopped
        Ctrl-C or another signal ended it.
    """
    streams = _KeptStreams(script.stdin)
    settings: dict[str, Any] = {
        "arguments": [script.target, *script.arguments],
        "module": script.module,
        "folder": script.folder,
        "environment": dict(script.environment),
        "terminal": {"stdin": False, "stdout": False, "stderr": False, "columns": 80, "rows": 24},
        "outputs": [workspace.root],
        "variables": {"names": list(script.variables), "path": script.values},
    }
    session = Session(
        settings,
        HostFiles([workspace.root]),
        _KeptFiles(workspace),
        requirements,
        script.timeout,
        streams=streams,
        is_script_interrupted=False,
    )
    try:
        with asyncio.Runner(loop_factory=BrowserLoop) as runner:
            outcome = runner.run(session.outcome())
    except Stopped as stopped:
        if stopped.status != EXIT_TIMEOUT:
            raise
        raise SideError(BROWSER, f"it took longer than {script.timeout:g} s and was stopped") from None
    except PyinferError as error:
        raise SideError(BROWSER, str(error)) from error
    phases = outcome["phases"]
    ended = Ended(
        outcome["status"],
        bytes(streams.kept["stdout"]),
        bytes(streams.kept["stderr"]),
        (phases["script ends"] - phases["script begins"]) / 1000,
        browser_versions(),
    )
    module = missing_module(ended)
    if module:
        raise SideError(
            BROWSER,
            f"its Python has no {module}. `--with PACKAGE` installs what is pure Python; "
            f"`pyinfer check {script.target}` says what else there is",
        )
    return ended
