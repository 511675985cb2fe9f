"""`pyinfer run SCRIPT [ARGS...]`: like ``python SCRIPT ARGS...``, inside a headless browser.

The script sees the host's files under their own paths: its working folder, the folder it lies in,
whatever its arguments name, and what ``--mount`` adds. It reads them as they are; what it writes
stays in the browser's memory unless ``--out`` brings it back.
"""

from __future__ import annotations

import asyncio
import math
import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import click

from pyinfer.errors import RunError
from pyinfer.host.opencv.choice import opencv_option
from pyinfer.host.run_files import HostFiles, OutputFiles, absolute, is_mirrorable

__all__ = ["ScriptRun", "command", "environment_of", "run", "visible_paths"]

_EXIT_NO_SCRIPT = 2


class _Seconds(click.ParamType[float]):
    """A time that ends."""

    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        seconds = math.nan
        with suppress(ValueError):
            seconds = float(value)
        if not 0 < seconds < math.inf:
            self.fail(f"{value!r} is not a number of seconds above 0", param, ctx)
        return seconds


_EXAMPLES = """\
\b
Examples:
  pyinfer run locate.py scan.png
  pyinfer run --out results locate.py --folder results
  pyinfer run --with 'seaborn>=0.13' plot.py
  pyinfer run -m pytest tests
"""


@click.command(
    context_settings={"allow_interspersed_args": False}, options_metavar="[OPTIONS]", epilog=_EXAMPLES
)
@click.option("-m", "module", is_flag=True, help="SCRIPT names a module, as with `python -m`.")
@click.option(
    "--mount", "mounts", metavar="PATH", multiple=True, help="Show this file or folder to the script, too."
)
@click.option(
    "--out",
    "outputs",
    metavar="PATH",
    multiple=True,
    help="Bring this file or folder back when the script ends, also when it fails.",
)
@click.option(
    "--with",
    "requirements",
    metavar="REQUIREMENT",
    multiple=True,
    help="Install this package: a name, a specifier such as 'seaborn>=0.13', or a wheel file.",
)
@click.option(
    "--env",
    "variables",
    metavar="NAME[=VALUE]",
    multiple=True,
    help="Set an environment variable, or hand on this process's own.",
)
@click.option(
    "--timeout", metavar="SECONDS", type=_Seconds(), help="Stop the script after so long, with status 124."
)
@opencv_option
@click.option("--verbose", is_flag=True, help="Say what the start consists of and how long it took.")
@click.argument("script", type=click.Path())
@click.argument("arguments", metavar="[ARGS]...", nargs=-1, type=click.Path())
def command(**wanted: Any) -> int:
    """SCRIPT is a Python file, or a folder or archive with a __main__.py; then come the script's own
    arguments. The exit status is the script's own; 124 if --timeout stopped it, 130 after Ctrl-C.
    """
    return run(ScriptRun(**wanted))


@dataclass(frozen=True)
class ScriptRun:
    """What is to be run, and what it may see.

    Attributes
    ----------
    script : str
        A Python file, a folder or archive with a ``__main__.py``; or a module's name.
    arguments : tuple of str
        The script's own.
    module : bool
        Whether ``script`` names a module.
    mounts, outputs : tuple of str
        More paths that the script sees, and those that are brought back.
    requirements : tuple of str
        Packages to install: names, specifiers, wheel files.
    variables : tuple of str
        Environment variables, ``NAME=VALUE`` or the name of one of this process's own.
    timeout : float or None
        Seconds after which the script is stopped.
    verbose : bool
        Whether to tell what the start consists of.
    """

    script: str
    arguments: tuple[str, ...] = ()
    module: bool = False
    mounts: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    timeout: float | None = None
    verbose: bool = False


def run(wanted: ScriptRun) -> int:
    """Run a script in a headless browser.

    Returns
    -------
    int
        The script's exit status; 124 if its time was up, 130 after Ctrl-C, 2 if there is no such script.

    Raises
    ------
    PyinferError
        The script could not be run.
    """
    if not wanted.module and not os.path.exists(wanted.script):  # noqa: PTH110
        reason = "[Errno 2] No such file or directory"
        print(f"pyinfer: can't open file {absolute(wanted.script)!r}: {reason}", file=sys.stderr)
        return _EXIT_NO_SCRIPT
    environment = environment_of(wanted.variables)
    files = HostFiles(visible_paths(wanted))
    outputs = OutputFiles(_checked(wanted.outputs, "--out"))

    from pyinfer.host.run_browser import BrowserLoop
    from pyinfer.host.run_session import Session

    settings = {
        "arguments": [wanted.script, *wanted.arguments],
        "module": wanted.module,
        "folder": os.getcwd(),  # noqa: PTH109
        "environment": environment,
        "terminal": _terminal(),
        "outputs": outputs.paths,
    }
    session = Session(settings, files, outputs, wanted.requirements, wanted.timeout, verbose=wanted.verbose)
    with asyncio.Runner(loop_factory=BrowserLoop) as runner:
        return runner.run(session.run())


def environment_of(wanted: Iterable[str]) -> dict[str, str]:
    """The environment variables that ``--env`` asks for.

    Raises
    ------
    RunError
        One has no name, or no value here.
    """
    environment = {}
    for item in wanted:
        name, separator, value = item.partition("=")
        if not name:
            raise RunError(f"--env {item}: a variable needs a name")
        if not separator:
            if name not in os.environ:
                raise RunError(f"--env {name}: there is no such variable here; write --env {name}=VALUE")
            value = os.environ[name]
        environment[name] = value
    return environment


def _terminal() -> dict[str, bool | int]:
    names = {0: "stdin", 1: "stdout", 2: "stderr"}
    columns, rows = shutil.get_terminal_size()
    return {
        **{name: _is_terminal(number) for number, name in names.items()},
        "columns": columns,
        "rows": rows,
    }


def _is_terminal(descriptor: int) -> bool:
    try:
        return os.isatty(descriptor)
    except OSError:
        return False


def visible_paths(wanted: ScriptRun) -> list[str]:
    """The files and folders that the script sees, by absolute path.

    Raises
    ------
    RunError
        One is not there, or lies where the browser has no room for it.
    """
    folder = os.getcwd()  # noqa: PTH109
    paths = [folder, *_checked(wanted.mounts, "--mount", must_exist=True)]
    if not wanted.module:
        paths += _beside(wanted.script)
    for path in _checked(wanted.outputs, "--out"):
        paths.append(path if os.path.isdir(path) else os.path.dirname(path))  # noqa: PTH112, PTH120
    for argument in wanted.arguments:
        for candidate in (argument, argument.partition("=")[2]):
            if candidate and os.path.exists(candidate):  # noqa: PTH110
                paths.append(absolute(candidate))
    if not is_mirrorable(folder):
        raise RunError(f"the working folder {folder} is taken in the browser; start from another folder")
    return [path for path in paths if is_mirrorable(path) and os.path.exists(path)]  # noqa: PTH110


def _beside(script: str) -> list[str]:
    """The script's folder, and the one it really lies in if it is a link."""
    path = absolute(script)
    if not is_mirrorable(path):
        raise RunError(f"{path} is hidden in the browser by its own files; copy the script to another folder")
    if os.path.isdir(path):  # noqa: PTH112
        return [path]
    return [os.path.dirname(path), os.path.dirname(os.path.realpath(path))]  # noqa: PTH120


def _checked(paths: Sequence[str], option: str, *, must_exist: bool = False) -> list[str]:
    checked = []
    for given in paths:
        path = absolute(given)
        if must_exist and not os.path.exists(path):  # noqa: PTH110
            raise RunError(f"{option} {given}: no such file or folder")
        if not is_mirrorable(path):
            raise RunError(f"{option} {given}: the browser's Python keeps its own files there")
        checked.append(path)
    return checked
