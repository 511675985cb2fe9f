"""The ``pyinfer`` command: a verb a module, imported only when it is called."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Sequence

import click

from pyinfer import __version__
from pyinfer.errors import PyinferError
from pyinfer.host.verbosity import Verbosity
from pyinfer.host.verbs import Verb, Verbs

__all__ = ["VERBS", "main", "pyinfer"]


VERBS = {
    "check": Verb("check", "say what of a program a browser can run, without running it"),
    "run": Verb("run", "run a Python script in a headless browser"),
    "model": Verb("model", "convert, quantize, verify, split or describe a network"),
    "opencv": Verb("opencv", "build an opencv.js with SIMD that needs no unsafe-eval"),
    "verify": Verb("verify", "run a script natively and in a headless browser, and compare"),
    "build": Verb("build", "write a static, hashed and compressed folder from an app"),
    "serve": Verb("serve", "serve a built folder with the headers it needs"),
    "bench": Verb("bench", "measure how fast pyinfer, or an app, is on this machine"),
    "demo": Verb("demo", "build the demo site and serve it"),
    "setup": Verb("setup", "bring the pinned parts into the cache folder"),
    "doctor": Verb("doctor", "say what is wrong on this machine, or with a deployment"),
    "completion": Verb("completion", "print what makes a shell complete this command"),
    "generate": Verb("generate", "write the generated tables of the shims anew"),
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


@click.group(
    cls=Verbs,
    verbs=VERBS,
    package="pyinfer.host",
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
