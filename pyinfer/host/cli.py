"""The ``pyinfer`` command: a verb a module, imported only when it is called."""

from __future__ import annotations

import errno
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from inspect import cleandoc
from typing import NamedTuple

import click

from pyinfer import __version__
from pyinfer.errors import PyinferError
from pyinfer.host.verbosity import Verbosity

__all__ = ["VERBS", "main", "pyinfer"]


class _Verb(NamedTuple):
    module: str
    help: str


VERBS = {
    "check": _Verb("check", "say what of a program a browser can run, without running it"),
    "run": _Verb("run", "run a Python script in a headless browser"),
    "verify": _Verb("verify", "run a script natively and in a headless browser, and compare"),
    "build": _Verb("build", "write a static, hashed and compressed folder from an app"),
    "serve": _Verb("serve", "serve a built folder with the headers it needs"),
    "bench": _Verb("bench", "measure how fast pyinfer, or an app, is on this machine"),
    "demo": _Verb("demo", "build the demo site and serve it"),
    "setup": _Verb("setup", "bring the pinned parts into the cache folder"),
    "doctor": _Verb("doctor", "say what is wrong on this machine, or with a deployment"),
    "completion": _Verb("completion", "print what makes a shell complete this command"),
    "generate": _Verb("generate", "write the generated tables of the shims anew"),
}
"""Each module of `pyinfer.host` named here has a ``command``, a `click.Command` returning its exit status."""

_EPILOG = """\
\b
Examples:
  pyinfer check locate.py                   will it run in a browser?
  pyinfer run locate.py scan.png            run it in one, without a page
  pyinfer verify locate.py scan.png         does it give the same there?
  pyinfer build my-app -o dist              make a page of it
  pyinfer serve dist                        and look at the page

\b
Exit statuses:
  0    done, and nothing found to be wrong
  1    not done, or something found to be wrong; standard error says what
  2    the command line is wrong
  3    `pyinfer verify` could not run one of the two sides
  124  `pyinfer run --timeout` stopped the script
  130  interrupted by Ctrl-C
`pyinfer run` ends with the script's own status.
"""

# A write that fails for these names no file.
_FULL = (errno.ENOSPC, errno.EDQUOT)


def _common_option(name: str, *declarations: str, help: str) -> click.Option:
    def keep(context: click.Context, _: click.Parameter, wanted: bool) -> None:
        setattr(context.ensure_object(Verbosity), name, wanted)

    return click.Option(declarations, is_flag=True, expose_value=False, callback=keep, help=help)


_COMMON = (
    _common_option("quiet", "-q", "--quiet", help="Tell nothing but results and errors."),
    _common_option("traceback", "--traceback", help="Show where in pyinfer an error arose."),
)


class _Verbs(click.Group):
    """Verbs by name; the others are not even imported when one is called, or when all are listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        if cmd_name not in self.commands:
            verb = VERBS[cmd_name]
            command: click.Command = importlib.import_module(f"pyinfer.host.{verb.module}").command
            command.name = cmd_name
            command.params += _COMMON
            said = f"{verb.help[0].upper()}{verb.help[1:]}."
            command.help = said if command.help is None else f"{said}\n\n{cleandoc(command.help)}"
            self.commands[cmd_name] = command
        return self.commands[cmd_name]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            raise click.exceptions.NoSuchCommand(args[0], possibilities=VERBS, ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, verb.help) for name, verb in VERBS.items()])


@click.group(
    cls=_Verbs,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="pyinfer %(version)s")
def pyinfer() -> None:
    """Unedited NumPy + cv2 + onnxruntime scripts in a web page."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb.

    Parameters
    ----------
    argv : sequence of str, optional
        The command line without the program's name; that of the process by default.

    Returns
    -------
    int
        The exit status: the verb's own; 1 after a `PyinferError` or where a file cannot be read or written
        (one line on standard error, the traceback with ``--traceback``); 2 for a wrong command line;
        130 after Ctrl-C.
    """
    verbosity = Verbosity()
    try:
        status = pyinfer.main(
            argv, prog_name="pyinfer", standalone_mode=False, color=_colour(), obj=verbosity
        )
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        print("pyinfer: interrupted", file=sys.stderr)
        return 130
    except (PyinferError, OSError) as error:
        words = _words_of(error)
        if words is None:
            raise
        if verbosity.traceback:
            traceback.print_exc()
        print(f"pyinfer: {words}", file=sys.stderr)
        return 1
    return int(status or 0)


def _words_of(error: PyinferError | OSError) -> str | None:
    """What there is to say of an error; None if it is a mistake of pyinfer's own."""
    if isinstance(error, PyinferError):
        return str(error)
    if error.filename is None:
        return error.strerror if error.errno in _FULL else None
    return f"{error.filename}: {error.strerror}"


def _colour() -> bool | None:
    """Whether to colour: what the environment says, or (None) only on a terminal."""
    if "NO_COLOR" in os.environ:
        return False
    return True if "FORCE_COLOR" in os.environ else None


if __name__ == "__main__":
    sys.exit(main())
