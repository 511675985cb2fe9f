"""Runs a script as ``python SCRIPT ARGS...`` runs it: same names, same streams, same traceback, same status.

``pyinfer run`` calls :func:`run` inside the browser's Python. Nothing here needs a browser, so the
unit tests compare it with the interpreter they run on.
"""

from __future__ import annotations

import atexit
import importlib.machinery
import io
import os
import runpy
import sys
import threading
import time
import traceback
import types
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TextIO

from pyinfer.browser.bridge import get_bridge

__all__ = ["EXIT_INTERRUPTED", "open_standard_streams", "run", "run_here"]

#: Status of a script that an unhandled KeyboardInterrupt ended, as shells count it.
EXIT_INTERRUPTED = 130
_EXIT_UNFLUSHED = 120


def run(arguments: Sequence[str], *, module: bool = False) -> int:
    """Run a script, or a module as ``python -m`` does, to its end.

    ``sys.argv``, ``sys.path[0]`` and ``__main__`` are what the interpreter would make them. Threads
    are waited for, ``atexit`` functions run, standard output and standard error are flushed.

    Parameters
    ----------
    arguments : sequence of str
        The script (a file, or a folder or zip archive with a ``__main__.py``) or the module's name,
        then the script's own arguments.
    module : bool
        Whether ``arguments[0]`` names a module.

    Returns
    -------
    int
        The exit status, 0 to 255.
    """
    target = arguments[0]
    sys.argv = ["-m" if module else target, *arguments[1:]]
    main = types.ModuleType("__main__")
    vars(main)["__builtins__"] = sys.modules["builtins"]
    sys.modules["__main__"] = main
    try:
        return _finish(_run_target(target, main, module=module))
    except _ImmediateExit as leaving:
        return leaving.status & 0xFF


def _run_target(target: str, main: types.ModuleType, *, module: bool) -> int:
    if module:
        sys.path.insert(0, os.getcwd())  # noqa: PTH109 (here and below: what CPython calls)
        return _status_of(lambda: _run_module(target, alter_argv=True))
    if os.path.isdir(target) or _is_zip(target):  # noqa: PTH112
        sys.path.insert(0, os.path.abspath(target))  # noqa: PTH100
        return _status_of(lambda: _run_module("__main__", alter_argv=False))
    sys.path.insert(0, os.path.dirname(os.path.realpath(target)))  # noqa: PTH120
    return _status_of(lambda: _run_file(target, main))


def run_here(arguments: list[str], module: bool, folder: str) -> int:
    """Be the whole Python process of a script in the browser: :func:`run`, with all that comes before.

    Parameters
    ----------
    arguments, module
        As in :func:`run`.
    folder : str
        The working folder.
    """
    os.chdir(folder)
    sys.path = [path for path in sys.path if path]  # an interactive session's working folder
    sys.dont_write_bytecode = True
    time.sleep = _sleep  # type: ignore[assignment]
    os._exit = _exit_immediately
    open_standard_streams()
    return run(arguments, module=module)


class _ImmediateExit(BaseException):
    """``os._exit`` where there is no process to end: the real one leaves Pyodide in ruins."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def _exit_immediately(status: int) -> NoReturn:
    """``os._exit``: no exit functions, no waiting for threads."""
    raise _ImmediateExit(status)


def _sleep(seconds: float) -> None:
    """``time.sleep``, in a thread of its own: Pyodide's goes through the event loop, deaf to Ctrl-C."""
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    get_bridge().sleep(seconds)


def open_standard_streams() -> None:
    """Make ``sys.stdin``, ``sys.stdout`` and ``sys.stderr`` anew over file descriptors 0, 1 and 2.

    Nothing that is written is held back, as with ``python -u``: whoever reads it sees unfinished lines too.
    """
    reader = io.BufferedReader(_descriptor(0, "r"))
    sys.stdin = sys.__stdin__ = _text(reader, "r", "strict", None)  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = _text(_descriptor(1, "w"), "w", "strict", "\n")  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _text(_descriptor(2, "w"), "w", "backslashreplace", "\n")  # type: ignore[misc]


def _descriptor(number: int, mode: str) -> io.FileIO:
    raw = io.FileIO(number, mode, closefd=False)
    vars(raw)["name"] = ("<stdin>", "<stdout>", "<stderr>")[number]
    return raw


def _text(binary: Any, mode: str, errors: str, newline: str | None) -> io.TextIOWrapper:
    stream = io.TextIOWrapper(binary, "utf-8", errors, newline, write_through=mode == "w")
    vars(stream)["mode"] = mode
    return stream


def _is_zip(path: str) -> bool:
    # Importing zipimport's own check would import it for every script.
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            if file.read(2) != b"PK":
                return False
    except OSError:
        return False
    import zipfile

    return zipfile.is_zipfile(path)


def _run_module(name: str, *, alter_argv: bool) -> int:
    # What `python -m`, `python FOLDER` and `python ARCHIVE` call, so that messages and tracebacks agree.
    runpy._run_module_as_main(name, alter_argv)  # type: ignore[attr-defined]
    return 0


def _run_file(path: str, main: types.ModuleType) -> int:
    absolute = os.path.abspath(path)  # noqa: PTH100
    try:
        with io.open_code(absolute) as file:
            source = file.read()
    except OSError as error:
        reason = f"[Errno {error.errno}] {error.strerror}"
        sys.stderr.write(f"{sys.executable or 'python'}: can't open file {absolute!r}: {reason}\n")
        return 2
    namespace = vars(main)
    namespace["__file__"] = absolute
    namespace["__cached__"] = None
    namespace["__loader__"] = importlib.machinery.SourceFileLoader("__main__", absolute)
    exec(compile(source, absolute, "exec", dont_inherit=True), namespace)
    return 0


def _status_of(action: Callable[[], int]) -> int:
    """Do ``action``; what it raises becomes a status, and on stderr what the interpreter would write."""
    try:
        return action()
    except SystemExit as leaving:
        return _status_of_exit(leaving)
    except _ImmediateExit:
        raise
    except BaseException as error:
        _forget_own_frames(error)
        return _report(error)


def _status_of_exit(leaving: SystemExit) -> int:
    code = leaving.code
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF if -(2**63) <= code < 2**63 else 0xFF
    _flush(sys.stdout)
    sys.stderr.write(f"{code}\n")
    return 1


def _report(error: BaseException) -> int:
    """Show an unhandled exception through ``sys.excepthook`` and return the status it means."""
    sys.last_exc = error  # type: ignore[attr-defined]
    sys.last_type, sys.last_value, sys.last_traceback = type(error), error, error.__traceback__
    _flush(sys.stdout)
    try:
        sys.excepthook(type(error), error, error.__traceback__)
    except SystemExit as leaving:
        return _status_of_exit(leaving)
    except BaseException as hook_error:
        _forget_own_frames(hook_error)
        sys.stderr.write("Error in sys.excepthook:\n")
        traceback.print_exception(hook_error, chain=False)
        sys.stderr.write("\nOriginal exception was:\n")
        traceback.print_exception(error)
    return EXIT_INTERRUPTED if isinstance(error, KeyboardInterrupt) else 1


def _forget_own_frames(error: BaseException) -> None:
    """Leave out what led to the script, and what stands in for a built-in function below it."""
    entry = error.__traceback__
    while entry is not None and _is_own(entry):
        entry = entry.tb_next
    error.__traceback__ = entry
    while entry is not None:
        if entry.tb_next is not None and _is_own(entry.tb_next):
            entry.tb_next = None
        entry = entry.tb_next


def _is_own(entry: types.TracebackType) -> bool:
    return entry.tb_frame.f_globals is globals()


def _finish(status: int) -> int:
    """Do what the interpreter does after the last line of the script, and return the status."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    flushed = [_flush(sys.stdout), _flush(sys.stderr)]
    return status or (0 if all(flushed) else _EXIT_UNFLUSHED)


def _flush(stream: TextIO | None) -> bool:
    """Flush a standard stream; one that the script closed or took away has nothing to lose."""
    if stream is None or getattr(stream, "closed", False):
        return True
    try:
        stream.flush()
    except (OSError, ValueError):
        return False
    return True
