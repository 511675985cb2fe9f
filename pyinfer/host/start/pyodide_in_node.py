"""Runs a script of ours in Node that starts the pinned Pyodide there."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

from pyinfer.errors import BuildError
from pyinfer.host.javascript import node
from pyinfer.host.places import node_modules

__all__ = ["pyodide_folder", "pyodide_version", "run_with_pyodide"]

_PATIENCE = 600.0


def pyodide_folder() -> Path:
    """The npm package."""
    return node_modules() / "pyodide"


def pyodide_version() -> str:
    """Its version."""
    version: str = json.loads((pyodide_folder() / "package.json").read_text("utf-8"))["version"]
    return version


def run_with_pyodide(script: Path, job: Mapping[str, object]) -> str:
    """Run a script with a job on its standard input.

    Parameters
    ----------
    script : Path
        An ES module that uses ``pyodide_in_node.mjs``.
    job : mapping
        What to do, besides ``pyodide``, the folder that Pyodide is loaded from.

    Returns
    -------
    str
        What came of it, as JSON.

    Raises
    ------
    SetupError
        Node or Pyodide is not there.
    BuildError
        It failed; the message has the last line of its reason.
    """
    text = json.dumps({"pyodide": str(pyodide_folder()), **job})
    command = [node(), "--no-warnings", str(script)]
    try:
        done = subprocess.run(
            command, input=text, capture_output=True, encoding="utf-8", timeout=_PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        raise BuildError(f"{script.name} took more than {_PATIENCE:.0f} s") from None
    if done.returncode:
        raise BuildError(f"{script.name} failed: {done.stderr or f'exit status {done.returncode}'}")
    return done.stdout
