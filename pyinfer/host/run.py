"""`pyinfer run SCRIPT [ARGS...]`: like ``python SCRIPT ARGS...``, inside a headless browser.

The script sees the host's files under their own paths: its working folder, the folder it lies in,
whatever its arguments name, and what ``--mount`` adds. It reads them as they are; what it writes
stays in the browser's memory unless ``--out`` brings it back.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from pyinfer.errors import RunError
from pyinfer.host.run_files import HostFiles, OutputFiles, absolute, is_mirrorable

__all__ = ["add_arguments", "main"]

_EXIT_NO_SCRIPT = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `pyinfer run` takes."""
    add = parser.add_argument
    add("-m", dest="module", action="store_true", help="SCRIPT names a module, as with `python -m`")
    add(
        "--mount",
        metavar="PATH",
        action="append",
        default=[],
        help="show this file or folder to the script, too",
    )
    add(
        "--out",
        metavar="PATH",
        action="append",
        default=[],
        help="bring this file or folder back when the script ends, also when it fails",
    )
    add(
        "--with",
        dest="requirements",
        metavar="REQUIREMENT",
        action="append",
        default=[],
        help="install this package: a name, a specifier such as 'seaborn>=0.13', or a wheel file",
    )
    add(
        "--env",
        metavar="NAME[=VALUE]",
        action="append",
        default=[],
        help="set an environment variable, or hand on this process's own",
    )
    add("--timeout", metavar="SECONDS", type=_seconds, help="stop the script after so long, with status 124")
    add("--verbose", action="store_true", help="say what the start consists of and how long it took")
    # One positional: beside a second one argparse would take the script's own first "--" for its own.
    add(
        "script",
        metavar="SCRIPT",
        nargs=argparse.PARSER,
        action=_Command,
        help="a Python file, or a folder or archive with a __main__.py; then the script's own arguments",
    )


class _Command(argparse.Action):
    """Parts the script from its arguments."""

    def __call__(
        self, parser: object, namespace: argparse.Namespace, values: Any, option_string: str | None = None
    ) -> None:
        namespace.script, *namespace.arguments = values[1:] if values[0] == "--" else values


def main(args: argparse.Namespace) -> int:
    """Run a script in a headless browser.

    Returns
    -------
    int
        The script's exit status; 124 if ``--timeout`` stopped it, 130 after Ctrl-C, 2 if there is no
        such script.

    Raises
    ------
    PyinferError
        The script could not be run.
    """
    if not args.module and not os.path.exists(args.script):  # noqa: PTH110
        reason = "[Errno 2] No such file or directory"
        print(f"pyinfer: can't open file {absolute(args.script)!r}: {reason}", file=sys.stderr)
        return _EXIT_NO_SCRIPT
    environment = _environment(args.env)
    files = HostFiles(_visible_paths(args))
    outputs = OutputFiles(_checked(args.out, "--out"))

    from pyinfer.host.run_browser import BrowserLoop
    from pyinfer.host.run_session import Session

    settings = {
        "arguments": [args.script, *args.arguments],
        "module": args.module,
        "folder": os.getcwd(),  # noqa: PTH109
        "environment": environment,
        "terminal": _terminal(),
        "outputs": outputs.paths,
    }
    session = Session(settings, files, outputs, args.requirements, args.timeout, verbose=args.verbose)
    with asyncio.Runner(loop_factory=BrowserLoop) as runner:
        return runner.run(session.run())


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return seconds


def _environment(wanted: Iterable[str]) -> dict[str, str]:
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


def _visible_paths(args: argparse.Namespace) -> list[str]:
    """The files and folders that the script sees."""
    folder = os.getcwd()  # noqa: PTH109
    paths = [folder, *_checked(args.mount, "--mount", must_exist=True)]
    if not args.module:
        paths += _beside(args.script)
    for path in _checked(args.out, "--out"):
        paths.append(path if os.path.isdir(path) else os.path.dirname(path))  # noqa: PTH112, PTH120
    for argument in args.arguments:
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
