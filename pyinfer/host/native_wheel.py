"""Builds the wheel of an app with C extensions for Pyodide, by Pyodide's own tool."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from pyinfer.errors import BuildError

__all__ = ["build_native_wheel"]


def build_native_wheel(project: Path, destination: Path) -> Path:
    """Build with ``pyodide build``, which the extra ``native`` brings.

    Parameters
    ----------
    project : Path
        The project's folder.
    destination : Path
        The folder to put the wheel into.

    Returns
    -------
    Path
        The wheel.

    Raises
    ------
    BuildError
        The tool is not there, or it failed: with its reason, in one line.
    """
    tool = shutil.which("pyodide")
    if tool is None:
        raise BuildError(
            f"{project} has C extensions, which `pyodide build` compiles for the browser: install "
            "pyinfer-web[native] with Python 3.12 or later, and the Emscripten that it names"
        )
    command = [tool, "build", "--outdir", str(destination), str(project)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    wheels = sorted(destination.glob("*.whl"))
    if done.returncode or not wheels:
        lines = f"{done.stdout}\n{done.stderr}".strip().splitlines()
        raise BuildError(f"`pyodide build` failed: {lines[-1] if lines else 'without a word'}")
    return wheels[0]
