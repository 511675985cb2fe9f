"""`pyinfer run` and plain `python` as subprocesses, for the tests that compare them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PYINFER = [sys.executable, "-m", "pyinfer.host.cli", "run"]
PYTHON = [sys.executable]
SECONDS = 300


class Result(NamedTuple):
    """How a command ended."""

    status: int
    output: bytes
    errors: str


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's variables, without those that change how Python behaves."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8:strict", **(extra or {})}


def run(
    command: list[str],
    arguments: list[str],
    folder: Path,
    *,
    stdin: bytes = b"",
    variables: Mapping[str, str] | None = None,
) -> Result:
    """Run a command to its end."""
    done = subprocess.run(
        [*command, *arguments],
        cwd=folder,
        env=environment(variables),
        input=stdin,
        capture_output=True,
        timeout=SECONDS,
    )
    return Result(done.returncode, done.stdout, done.stderr.decode())


def run_both(arguments: list[str], folder: Path, *, stdin: bytes = b"") -> tuple[Result, Result]:
    """The same script in the browser and natively."""
    return run(PYINFER, arguments, folder, stdin=stdin), run(PYTHON, arguments, folder, stdin=stdin)


def without_markers(traceback: str) -> str:
    """A traceback without the lines of ``~~^~~``, which Python versions draw differently."""
    return re.sub(r"(?m)^[ ~^]+\n", "", traceback)
