"""What `pyinfer check` says of the standard library, tried out in the browser's own Python."""

from __future__ import annotations

import json
from pathlib import Path

from pyinfer.check.conditions import BROWSER_VERSION
from pyinfer.check.standard_library import ABSENT_MODULES, judge_call
from pyinfer.check.verdict import MISSING

from .run_command import PYINFER, run, write

#: Calls as programs make them; whether each ends well in a page.
CALLS = {
    "subprocess.run": ("(['ls'])", False),
    "subprocess.check_output": ("(['ls'])", False),
    "subprocess.getoutput": ("('ls')", False),
    "os.popen": ("('ls')", False),
    "os.fork": ("()", False),
    "os.execv": ("('/bin/ls', ['ls'])", False),
    "os.spawnl": ("(os.P_WAIT, '/bin/ls', 'ls')", False),
    "os.sched_getaffinity": ("(0)", False),
    "os.get_terminal_size": ("()", False),
    "os.cpu_count": ("()", True),
    "threading.Thread": ("(target=print).start()", False),
    "threading.Timer": ("(1, print).start()", False),
    "threading.Lock": ("()", True),
    "threading.Event": ("()", True),
    "concurrent.futures.ThreadPoolExecutor": ("().submit(print)", False),
    "concurrent.futures.ProcessPoolExecutor": ("().submit(print)", False),
    "multiprocessing.Pool": ("(2)", False),
    "multiprocessing.Process": ("(target=print).start()", False),
    "multiprocessing.Queue": ("()", False),
    "multiprocessing.pool.ThreadPool": ("(2)", False),
    "multiprocessing.cpu_count": ("()", True),
    "multiprocessing.current_process": ("()", True),
    "socket.gethostname": ("()", True),
    "socket.create_server": ("(('127.0.0.1', 8093))", False),
    "http.server.HTTPServer": ("(('127.0.0.1', 8094), None)", False),
    "signal.alarm": ("(1)", False),
    "signal.setitimer": ("(signal.ITIMER_REAL, 1)", False),
    "ctypes.CDLL": ("('libc.so.6')", False),
    "webbrowser.open": ("('about:blank')", False),
    "time.sleep": ("(0)", True),
    "tempfile.mkdtemp": ("()", True),
    "sqlite3.connect": ("(':memory:')", True),
    "zlib.compress": ("(b'')", True),
}
SCRIPT = """
    import importlib, json, sys

    def outcome(action):
        try:
            action()
        except (Exception, SystemExit):
            return False
        return True

    def call(name):
        module, _, function = name.rpartition(".")
        owner = importlib.import_module(module)
        names = {"os": __import__("os"), "signal": __import__("signal"), "f": getattr(owner, function)}
        eval("f" + CALLS[name][0], names)

    CALLS, MODULES = json.loads(sys.argv[1])
    print(json.dumps({
        "version": sys.version_info[:2],
        "modules": [name for name in MODULES if outcome(lambda: importlib.import_module(name))],
        "calls": {name: outcome(lambda: call(name)) for name in CALLS},
    }))
"""


def test_the_standard_library_is_as_it_is_told(tmp_path: Path) -> None:
    write(tmp_path / "script.py", SCRIPT)
    modules = [name for _, _, names in ABSENT_MODULES for name in names.split()]
    result = run(PYINFER, ["script.py", json.dumps([CALLS, modules])], tmp_path)
    assert result.status == 0, result.errors
    found = json.loads(result.output)
    assert tuple(found["version"]) == BROWSER_VERSION[:2]
    assert found["modules"] == []
    assert found["calls"] == {name: works for name, (_, works) in CALLS.items()}
    told = {name: verdict.status for name in CALLS if (verdict := judge_call(name))}
    assert told == {name: MISSING for name, (_, works) in CALLS.items() if not works}
