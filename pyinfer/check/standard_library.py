"""What of Python's standard library a browser's Python lacks, or has in vain: tried out in Pyodide 314."""

from __future__ import annotations

import sys
from fnmatch import fnmatchcase

from .verdict import DIFFERS, MISSING, WORKS, Verdict

__all__ = ["ABSENT_MODULES", "CALLS", "is_standard", "judge_call", "judge_module"]

_REMOVED = "Python 3.13 and later have no such module"
_PROCESSES = "no page can start processes"
_THREADS = "a page's Python has one thread, and can't start another"
_SOCKETS = "no page can open sockets"
_FETCH = "pyodide.http.pyfetch, or the page's fetch; for models, models.fetch of the page"
_IN_TURN = "call the function itself, in turn; the engines have threads of their own"

#: Reason, nearest alternative, and modules whose import fails.
ABSENT_MODULES: tuple[tuple[str, str, str], ...] = (
    (
        "a page has no such windows",
        "the page's own HTML; cv2.imshow draws on a canvas",
        "tkinter turtle turtledemo _tkinter idlelib",
    ),
    ("a page has no terminal", "print, which the page shows", "curses readline _curses"),
    ("Pyodide is built without it", "sqlite3", "dbm"),
    ("Pyodide is built without it", "micropip, or `pyinfer run --with`", "ensurepip venv"),
    ("a page has no users, and no limits to ask for", "", "grp pwd resource syslog spwd nis"),
    ("only Windows has it", "", "msvcrt winreg winsound nt _winapi msilib"),
    (
        "Pyodide is built without it",
        "",
        "_multiprocessing _posixshmem multiprocessing.shared_memory multiprocessing.synchronize pydoc_data",
    ),
    (_REMOVED, "packaging, or setuptools of the package index", "distutils"),
    (_REMOVED, "importlib", "imp"),
    (_REMOVED, "Pillow's Image.open(path).format", "imghdr"),
    (_REMOVED, "asyncio", "asynchat asyncore smtpd"),
    (_REMOVED, "subprocess, where there are processes", "pipes"),
    (
        _REMOVED,
        "",
        "aifc audioop cgi cgitb chunk crypt lib2to3 mailcap nntplib ossaudiodev sndhdr sunau telnetlib uu "
        "xdrlib",
    ),
)

#: Status, reason, nearest alternative, and patterns of what can be imported but does nothing useful.
CALLS: tuple[tuple[str, str, str, str], ...] = (
    (
        WORKS,
        "",
        "",
        "multiprocessing.cpu_count multiprocessing.freeze_support multiprocessing.current_process",
    ),
    (
        MISSING,
        _PROCESSES,
        "what the program does, as a Python library or in the page's JavaScript",
        "subprocess.run subprocess.Popen subprocess.call subprocess.check_* subprocess.get*output "
        "os.system os.popen os.fork os.forkpty os.exec* os.spawn* os.posix_spawn* os.startfile "
        "pty.spawn asyncio.create_subprocess_* asyncio.subprocess.*",
    ),
    (
        MISSING,
        _PROCESSES,
        _IN_TURN,
        "multiprocessing.* concurrent.futures.ProcessPoolExecutor concurrent.futures.process.*",
    ),
    (
        MISSING,
        _THREADS,
        _IN_TURN,
        "threading.Thread threading.Timer _thread.start_new_thread concurrent.futures.ThreadPoolExecutor "
        "concurrent.futures.thread.*",
    ),
    (WORKS, "", "", "socket.gethostname socket.AF_* socket.SOCK_* socket.error socket.timeout"),
    (
        MISSING,
        _SOCKETS,
        _FETCH,
        "socket.* socketserver.* http.client.HTTP*Connection http.server.*Server urllib.request.urlopen "
        "urllib.request.urlretrieve urllib.request.build_opener ftplib.* smtplib.* imaplib.* poplib.* "
        "xmlrpc.client.* xmlrpc.server.* asyncio.open_connection asyncio.start_server ssl.wrap_socket",
    ),
    (
        MISSING,
        "a page's Python gets no alarms",
        "time.monotonic, looked at in the loop",
        "signal.alarm signal.setitimer",
    ),
    (
        MISSING,
        "a page loads no shared libraries",
        "",
        "ctypes.CDLL ctypes.cdll.LoadLibrary ctypes.PyDLL ctypes.WinDLL",
    ),
    (MISSING, "Pyodide is built without it", "os.cpu_count", "os.sched_getaffinity"),
    (MISSING, "a page has no terminal", "shutil.get_terminal_size", "os.get_terminal_size os.openpty"),
    (MISSING, "what a page opens is its own affair", "window.open in the page's JavaScript", "webbrowser.*"),
    (
        DIFFERS,
        "reads what the page gives with `stdin`, and without that there is nothing: EOFError",
        "an argument of the function that the page calls",
        "builtins.input",
    ),
)


def is_standard(module: str) -> bool:
    """Whether a module is of the standard library: of this Python's, or of an earlier one."""
    top = module.partition(".")[0]
    return top in sys.stdlib_module_names or any(top in names.split() for _, _, names in ABSENT_MODULES)


def judge_module(module: str) -> Verdict:
    """Whether a module of the standard library can be imported in a browser."""
    for why, instead, names in ABSENT_MODULES:
        if not {module, module.partition(".")[0]}.isdisjoint(names.split()):
            return Verdict(MISSING, why, instead)
    return Verdict(WORKS)


def judge_call(name: str) -> Verdict | None:
    """What is to be said of a function or class of the standard library; None if it simply works."""
    for status, why, instead, patterns in CALLS:
        if any(fnmatchcase(name, pattern) for pattern in patterns.split()):
            return None if status == WORKS else Verdict(status, why, instead)
    return None
