"""`pyinfer run` and plain `python` as subprocesses, for the tests that compare them."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PYINFER = [sys.executable, "-m", "pyinfer.host.cli", "run"]
PYTHON = [sys.executable]
SECONDS = 300


def write(path: Path, text: str) -> str:
    """Write a file, its folder too, without the text's indentation."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text))
    return str(path)


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
    seconds: float = SECONDS,
) -> Result:
    """Run a command to its end."""
    done = subprocess.run(
        [*command, *arguments],
        cwd=folder,
        env=environment(variables),
        input=stdin,
        capture_output=True,
        timeout=seconds,
    )
    return Result(done.returncode, done.stdout, done.stderr.decode())


@contextlib.contextmanager
def start(
    folder: Path,
    arguments: Sequence[str] = ("script.py",),
    *,
    streams: int = subprocess.PIPE,
    ignored: signal.Signals | None = None,
    variables: Mapping[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Begin `pyinfer run`, as a process group of its own.

    Parameters
    ----------
    streams : int
        What all three standard streams are.
    ignored : signal.Signals, optional
        What the process ignores from its birth, as `nohup` has it.
    """

    def ignore() -> None:
        if ignored:
            signal.signal(ignored, signal.SIG_IGN)

    with subprocess.Popen(
        [*PYINFER, *arguments],
        cwd=folder,
        env=environment(variables),
        stdin=streams,
        stdout=streams,
        stderr=streams,
        start_new_session=True,
        preexec_fn=ignore,
    ) as process:
        try:
            yield process
        finally:
            process.kill()  # a failed test must not wait for it


def run_both(arguments: list[str], folder: Path, *, stdin: bytes = b"") -> tuple[Result, Result]:
    """The same script in the browser and natively."""
    return run(PYINFER, arguments, folder, stdin=stdin), run(PYTHON, arguments, folder, stdin=stdin)


def without_markers(traceback: str) -> str:
    """A traceback without the lines of ``~~^~~``, which Python versions draw differently."""
    return re.sub(r"(?m)^[ ~^]+\n", "", traceback)
