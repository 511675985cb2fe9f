"""`pyinfer verify SCRIPT [ARGS...]`: the same script natively and in the browser, and what differs.

Both run in copies of the folders that the script sees, under the same paths, so that nothing of the user's
is written to and the files that each writes can be told apart.

Exit status: 0 the same, 1 something differs, 2 for a wrong command line, 3 if one side can't be run.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import click

from pyinfer.host.opencv.choice import opencv_option
from pyinfer.host.progress import note
from pyinfer.host.report_output import give_report
from pyinfer.host.run import ScriptRun, environment_of, visible_paths
from pyinfer.host.run_browser import Stopped
from pyinfer.host.run_files import absolute, is_mirrorable

from .browser import run_in_browser
from .compare import compare
from .finding import Tolerance, Verdict
from .native import run_natively, versions_of
from .page import render_page
from .report import Report, render_json, render_text
from .side import Ended, Script, SideError
from .workspace import Workspace, make_workspace

__all__ = ["Request", "command", "verify"]

_EXIT_NOT_RUN = 3

_EXAMPLES = """\
\b
Examples:
  pyinfer verify locate.py scan.png
  pyinfer verify --out boxes --out scores locate.py scan.png
  pyinfer verify --levels 1 --html report.html enhance.py photo.jpg
  pyinfer verify --ignore 'took .* ms' --with 'seaborn>=0.13' plot.py

\b
Exit statuses:
  0  the same    1  something differs    2  wrong command line
  3  one side could not be run; standard error says which
"""


@dataclass(frozen=True)
class Request:
    """What is to be run and compared.

    Attributes
    ----------
    run : ScriptRun
        The script, and what it may see.
    python : str
        The native interpreter.
    variables : sequence of str
        Names of variables to compare.
    ignored : sequence of pattern
        What is not compared in texts.
    tolerance : Tolerance
    stdin : bytes
    """

    run: ScriptRun
    python: str
    variables: Sequence[str]
    ignored: Sequence[re.Pattern[str]]
    tolerance: Tolerance
    stdin: bytes


def _pattern(
    context: click.Context, parameter: click.Parameter, texts: tuple[str, ...]
) -> tuple[re.Pattern[str], ...]:
    try:
        return tuple(re.compile(text, re.MULTILINE) for text in texts)
    except re.error as error:
        raise click.BadParameter(f"{error.pattern!r} is no regular expression: {error}") from None


def _interpreter(context: click.Context, parameter: click.Parameter, text: str) -> str:
    found = shutil.which(text)
    if found is None:
        raise click.BadParameter(f"there is no program {text}")
    return absolute(found)


def _script(context: click.Context, parameter: click.Parameter, text: str) -> str:
    if not context.params.get("module") and not os.path.exists(text):  # noqa: PTH110
        raise click.BadParameter(f"there is no file {absolute(text)}")
    return text


@click.command(
    context_settings={"allow_interspersed_args": False}, options_metavar="[OPTIONS]", epilog=_EXAMPLES
)
@click.option("-m", "module", is_flag=True, is_eager=True, help="SCRIPT names a module, as with `python -m`.")
@click.option(
    "--out",
    "variables",
    metavar="NAME",
    multiple=True,
    help="Compare this variable of the script, as it is at the end: an array, numbers, or what holds such.",
)
@click.option(
    "--python",
    metavar="PATH",
    default=sys.executable,
    callback=_interpreter,
    help="The native interpreter, with cv2 and onnxruntime; by default the one that pyinfer runs in.",
)
@click.option(
    "--levels", metavar="N", type=click.IntRange(0), default=0, help="By how much integers may differ."
)
@click.option(
    "--rtol",
    metavar="X",
    type=click.FloatRange(0),
    default=Tolerance.relative,
    show_default=True,
    help="By how much floats may differ, relative to the number and to its array's largest.",
)
@click.option(
    "--atol", metavar="X", type=click.FloatRange(0), default=0.0, help="By how much floats may differ."
)
@click.option(
    "--ignore",
    "ignored",
    metavar="REGEX",
    multiple=True,
    callback=_pattern,
    help="Don't compare what matches this in printed text and text files, such as times.",
)
@opencv_option
@click.option(
    "--html",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Write a page with pictures of the differences.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option(
    "--stdin", metavar="FILE", type=click.File("rb"), help="What the script reads; nothing by default."
)
@click.option(
    "--mount", "mounts", metavar="PATH", multiple=True, help="Show this file or folder to the script, too."
)
@click.option(
    "--with",
    "requirements",
    metavar="REQUIREMENT",
    multiple=True,
    help="Install this package in the browser: a name, a specifier, or a wheel file.",
)
@click.option(
    "--env",
    "environment",
    metavar="NAME[=VALUE]",
    multiple=True,
    help="Set an environment variable on both sides.",
)
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(0, min_open=True),
    help="Stop either side after so long, with status 3.",
)
@click.argument("script", type=click.Path(), callback=_script)
@click.argument("arguments", metavar="[ARGS]...", nargs=-1, type=click.Path())
def command(
    *,
    python: str,
    variables: tuple[str, ...],
    ignored: tuple[re.Pattern[str], ...],
    levels: int,
    rtol: float,
    atol: float,
    stdin: Any,
    html: str | None,
    as_json: bool,
    environment: tuple[str, ...],
    **wanted: Any,
) -> int:
    """SCRIPT is a Python file, or a folder or archive with a __main__.py; then come its own arguments.

    Exit status, standard output, the files that it writes and the variables that --out names are compared:
    integers exactly, floats with a tolerance, images by their pixels. Both sides run in copies of the working
    folder and of what the arguments name, and what the script writes there is deleted afterwards. Natively it
    does write to absolute paths that stand in its own text.
    """
    request = Request(
        run=ScriptRun(variables=environment, **wanted),
        python=python,
        variables=tuple(dict.fromkeys(variables)),
        ignored=ignored,
        tolerance=Tolerance(rtol, atol, levels),
        stdin=stdin.read() if stdin else b"",
    )
    try:
        with _ended_by_signals():
            report = verify(request)
    except SideError as error:
        print(f"pyinfer: {error}", file=sys.stderr)
        return _EXIT_NOT_RUN
    except Stopped as stopped:
        return stopped.status
    json = render_json if as_json else None
    give_report(report, text=render_text, json=json, page=render_page, html=html)
    return 0 if report.verdict is not Verdict.DIFFERS else 1


def verify(request: Request) -> Report:
    """Run a script on both sides and compare.

    Raises
    ------
    SideError
        One side could not be run.
    PyinferError
        Neither was.
    """
    wanted = request.run
    environment = environment_of(wanted.variables)
    paths = visible_paths(wanted)
    versions = versions_of(request.python)
    with make_workspace(paths, list(_parents(wanted.arguments))) as workspace:
        script = Script(
            target=wanted.script if wanted.module else _inside(workspace, wanted.script),
            arguments=[workspace.argument(argument) for argument in wanted.arguments],
            module=wanted.module,
            folder=workspace.inside(os.getcwd()),  # noqa: PTH109
            environment=environment,
            variables=request.variables,
            values=workspace.values,
            stdin=request.stdin,
            timeout=wanted.timeout,
        )
        native = run_natively(request.python, script, versions)
        _tell(native)
        workspace.end_native_run()
        browser = run_in_browser(script, workspace, wanted.requirements)
        findings = compare(workspace, native, browser, request.variables, request.tolerance, request.ignored)
    command_line = (*(["-m"] if wanted.module else []), wanted.script, *wanted.arguments)
    return Report(command_line, native, browser, findings, request.tolerance)


def _inside(workspace: Workspace, script: str) -> str:
    return workspace.inside(absolute(script)) if os.path.isabs(script) else script  # noqa: PTH117


def _tell(native: Ended) -> None:
    if native.status:
        words = native.last_words()
        note(
            f"natively the script ended with status {native.status}{f': {words}' if words else ''}; "
            "now in the browser"
        )
    else:
        note(f"natively it took {native.seconds:.1f} s; now in the browser")


def _parents(arguments: Sequence[str]) -> Iterator[str]:
    """The folders of files that the arguments may name, which the script may write."""
    for argument in arguments:
        for candidate in (argument, argument.partition("=")[2]):
            folder = os.path.dirname(absolute(candidate)) if candidate else ""  # noqa: PTH120
            if os.path.isdir(folder) and is_mirrorable(folder):  # noqa: PTH112
                yield folder


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let SIGTERM and SIGHUP unwind, so that no process and no folder is left behind."""

    def stop(number: int, frame: object) -> None:
        raise Stopped(128 + number)

    numbers = [
        number for number in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) is not signal.SIG_IGN
    ]
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
