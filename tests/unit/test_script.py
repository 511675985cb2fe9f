"""A script run by ``pyinfer.browser.script`` is told apart by nothing from one run by the interpreter."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest

_DRIVER = """
import sys
from pyinfer.browser import script
module = sys.argv[1] == "-m"
arguments = sys.argv[2:] if module else sys.argv[1:]
sys.path.pop(0)
script.open_standard_streams()
status = script.run(arguments, module=module)
import os
os._exit(status)
"""

_SCRIPTS = {
    "arguments": """
        import sys
        print(sys.argv, sys.path[0], __file__, __name__, __spec__, __package__, type(__loader__).__name__)
        print(sys.modules["__main__"].__dict__ is globals(), __builtins__)
    """,
    "input": """
        import sys
        name = input("name? ")
        print("hello", name)
        print([line for line in sys.stdin])
        try:
            input()
        except EOFError as error:
            print("end:", error)
    """,
    "bytes": r"""
        import sys
        sys.stdout.buffer.write(bytes(range(256)))
        sys.stdout.flush()
        print("é\u20ac", file=sys.stderr)
        print("\udcff", file=sys.stderr)
    """,
    "names": """
        import sys
        for stream in (sys.stdin, sys.stdout, sys.stderr):
            print(stream.name, stream.mode, stream.isatty(), stream.fileno(), stream.line_buffering)
    """,
    "raises": """
        def inner(value):
            return 1 / value

        def outer():
            try:
                inner(0)
            except ZeroDivisionError as error:
                raise ValueError("no number") from error

        print("before")
        outer()
    """,
    "syntax error": "print('fine')\nif True print(1)\n",
    "exit status": "import sys; print('out'); sys.exit(7)",
    "exit nothing": "import sys; sys.exit()",
    "exit negative": "import sys; sys.exit(-1)",
    "exit 256": "import sys; sys.exit(256 + 3)",
    "exit huge": "import sys; sys.exit(1 << 80)",
    "exit message": "import sys; print('out'); sys.exit('a message')",
    "exit tuple": "raise SystemExit((1, 2))",
    "base exception": "class Own(BaseException): pass\nraise Own('x')",
    "exit functions": """
        import atexit, sys
        atexit.register(print, "first registered")
        @atexit.register
        def last():
            print("globals are alive:", CONSTANT)
            print("last to be registered")
        CONSTANT = 5
        sys.exit(3)
    """,
    "thread": """
        import threading, time
        def work():
            time.sleep(0.2)
            print("thread done")
        threading.Thread(target=work).start()
        print("main done")
    """,
    "own hook": """
        import sys
        sys.excepthook = lambda kind, error, tb: print("hook:", kind.__name__, error, tb.tb_lineno)
        raise ValueError("x")
    """,
    "hook fails": """
        import sys
        def hook(kind, error, tb):
            raise KeyError("hook")
        sys.excepthook = hook
        raise ValueError("x")
    """,
    "hook leaves": """
        import sys
        def hook(kind, error, tb):
            sys.exit(9)
        sys.excepthook = hook
        raise ValueError("x")
    """,
    "closed output": "import sys; print('x'); sys.stdout.close()",
    "order": """
        import sys
        for index in range(3):
            print("out", index, flush=True)
            print("err", index, file=sys.stderr)
    """,
    "pickle": """
        import pickle
        class Own:
            pass
        print(type(pickle.loads(pickle.dumps(Own()))) is Own)
    """,
}


def _environment() -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return environment | {"PYTHONPATH": str(Path(__file__).parents[2])}


def _run(command: list[str], folder: Path) -> tuple[int, bytes, bytes]:
    done = subprocess.run(
        [sys.executable, "-u", *command],
        cwd=folder,
        env=_environment(),
        input=b"W\xc3\xb6rld\nsecond\nthird without end",
        capture_output=True,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


def _assert_same(arguments: list[str], folder: Path) -> None:
    native = _run(arguments, folder)
    assert _run(["-c", _DRIVER, *arguments], folder) == native


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text))


@pytest.mark.parametrize("name", _SCRIPTS)
def test_script_like_the_interpreter(name: str, tmp_path: Path) -> None:
    _write(tmp_path / "sub" / "script.py", _SCRIPTS[name])
    _assert_same([str(Path("sub", "script.py")), "one", "--two"], tmp_path)


def test_script_behind_a_link_imports_its_neighbours(tmp_path: Path) -> None:
    _write(tmp_path / "real" / "script.py", "import neighbour, sys; print(__file__, sys.path[0])")
    _write(tmp_path / "real" / "neighbour.py", "")
    (tmp_path / "link.py").symlink_to(tmp_path / "real" / "script.py")
    _assert_same(["link.py"], tmp_path)


def test_missing_script(tmp_path: Path) -> None:
    status, output, errors = _run(["-c", _DRIVER, "nothing.py"], tmp_path)
    assert (status, output) == (2, b"")
    assert errors == _run(["nothing.py"], tmp_path)[2]


@pytest.mark.parametrize(
    "module",
    ["package", "package.part", "package.raises", "package.nothing", "nothing", "empty", "empty.nothing"],
)
def test_module_like_the_interpreter(module: str, tmp_path: Path) -> None:
    show = "import sys\nprint(__name__, __package__, __spec__.name, sys.argv, sys.path[0], __file__)\n"
    _write(tmp_path / "package" / "__init__.py", "")
    _write(tmp_path / "package" / "__main__.py", show)
    _write(tmp_path / "package" / "part.py", show + "from . import raises")
    _write(tmp_path / "package" / "raises.py", "import json\njson.loads('no')\n")
    _write(tmp_path / "empty" / "__init__.py", "")
    _assert_same(["-m", module, "x"], tmp_path)


def test_folder_and_archive_with_a_main(tmp_path: Path) -> None:
    _write(
        tmp_path / "folder" / "__main__.py",
        "import sys, beside; print(sys.argv, sys.path[0], __file__, __package__)",
    )
    _write(tmp_path / "folder" / "beside.py", "")
    with zipfile.ZipFile(tmp_path / "archive.pyz", "w") as archive:
        for part in (tmp_path / "folder").glob("*.py"):
            archive.write(part, part.name)
    (tmp_path / "bare").mkdir()
    for target in ("folder", "archive.pyz", "bare"):
        _assert_same([target, "x"], tmp_path)


def test_interrupt_ends_with_130(tmp_path: Path) -> None:
    _write(tmp_path / "script.py", "print('before')\nraise KeyboardInterrupt\n")
    status, output, errors = _run(["-c", _DRIVER, "script.py"], tmp_path)
    assert (status, output) == (130, b"before\n")
    assert errors == _run(["script.py"], tmp_path)[2]


def test_unfinished_lines_are_handed_on_at_once() -> None:
    reader, writer = os.pipe()
    code = (
        "import os; from pyinfer.browser import script\n"
        "script.open_standard_streams(); print('a line'); print('\\r50 %', end=''); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code], env=_environment(), stdout=writer, check=True, timeout=60)
    os.close(writer)
    with os.fdopen(reader, "rb") as output:
        assert output.read() == b"a line\n\r50 %"
