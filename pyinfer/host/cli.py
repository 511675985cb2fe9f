"""The ``pyinfer`` command: a verb a module, imported only when it is called."""

from __future__ import annotations

import argparse
import errno
import importlib
import sys
from collections.abc import Sequence
from typing import NamedTuple

from pyinfer import __version__
from pyinfer.errors import PyinferError

__all__ = ["main"]


class _Verb(NamedTuple):
    module: str
    help: str


VERBS = {
    "setup": _Verb("setup", "bring the pinned parts into the cache folder"),
    "build": _Verb("build", "write a static, hashed and compressed folder from an app"),
    "serve": _Verb("serve", "serve a built folder with the headers it needs"),
    "demo": _Verb("demo", "build the demo site and serve it"),
    "run": _Verb("run", "run a Python script in a headless browser"),
    "check": _Verb("check", "say what of a program a browser can run, by reading it"),
    "generate": _Verb("generate", "write the generated tables of the shims anew"),
    "doctor": _Verb("doctor", "say what is there and what is missing"),
}
"""Each module of `pyinfer.host` named here has ``add_arguments(parser)`` and ``main(args) -> int``."""

# A write that fails for these names no file.
_FULL = (errno.ENOSPC, errno.EDQUOT)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb.

    Parameters
    ----------
    argv : sequence of str, optional
        The command line without the program's name; that of the process by default.

    Returns
    -------
    int
        The exit status: the verb's own, 1 after a `PyinferError` or where a file cannot be read or written
        (one line on standard error), 130 after Ctrl-C. A wrong command line leaves by `SystemExit` with
        status 2, as argparse does.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(
        prog="pyinfer", description="Unedited NumPy + cv2 + onnxruntime scripts in a web page."
    )
    parser.add_argument("--version", action="version", version=f"pyinfer {__version__}")
    subparsers = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    called = next((argument for argument in arguments if not argument.startswith("-")), None)
    module = None
    for name, verb in VERBS.items():
        subparser = subparsers.add_parser(name, help=verb.help, description=f"{verb.help.capitalize()}.")
        if name == called:
            module = importlib.import_module(f"pyinfer.host.{verb.module}")
            module.add_arguments(subparser)
    args = parser.parse_args(arguments)
    assert module is not None  # parse_args has refused every other name
    try:
        return int(module.main(args))
    except PyinferError as error:
        print(f"pyinfer: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        if error.filename is None and error.errno not in _FULL:
            raise
        where = "" if error.filename is None else f"{error.filename}: "
        print(f"pyinfer: {where}{error.strerror}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("pyinfer: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
