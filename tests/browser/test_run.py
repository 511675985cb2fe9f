"""`pyinfer run SCRIPT` does what `python SCRIPT` does: same output, same errors, same status."""

from __future__ import annotations

import hashlib
import os
import pty
import re
import select
import signal
import subprocess
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from .run_command import (
    PYINFER,
    PYTHON,
    ROOT,
    SECONDS,
    environment,
    run,
    run_both,
    start,
    without_markers,
    write,
)

REFERENCE = ROOT.parent / "shared" / "reference-ct"


def test_arguments_files_and_streams_are_the_same(tmp_path: Path) -> None:
    work = tmp_path / "work"
    write(work / "scripts" / "neighbour.py", "NAME = 'beside the script'\n")
    write(tmp_path / "data" / "deep" / "text.txt", "hällo\n")
    (tmp_path / "data" / "link").symlink_to("deep")
    write(work / "beside.txt", "in the working folder\n")
    write(
        work / "scripts" / "script.py",
        """
        import asyncio, atexit, os, pathlib, sys, time
        import neighbour

        print(sys.argv, __file__, sys.path[0], os.getcwd(), __name__)
        print(neighbour.NAME, open("beside.txt").read())
        data = pathlib.Path(sys.argv[1])
        for folder, folders, files in sorted(os.walk(data)):
            print(folder, sorted(folders), files)
        text = data / "link" / "text.txt"
        print(text.read_text(encoding="utf-8"), text.stat().st_size, text.resolve())
        print(int(text.stat().st_mtime * 1000))
        print(os.path.exists(data / "nothing"), os.path.exists("/no/such/folder"))
        print("your name? ", end="")
        print(repr(input()), repr(sys.stdin.readline()))
        print(list(sys.stdin))
        print("\\rhalf", end="\\r", file=sys.stderr)

        async def answer():
            await asyncio.sleep(0.01)
            return 42

        print(asyncio.run(answer()))
        began = time.monotonic()
        time.sleep(0.2)
        print(time.monotonic() - began >= 0.2)
        atexit.register(print, "the end")
        sys.exit(7)
        """,
    )
    stdin = "Jürgen\nsecond\nthird\nlast without end".encode()
    arguments = ["scripts/script.py", "../data", "--option", "--", "-x", "ü"]
    browser, native = run_both(arguments, work, stdin=stdin)
    assert browser == native
    assert native.status == 7


@pytest.mark.parametrize(
    ("name", "script"),
    [
        (
            "raises",
            """
            def inner(value):
                return 1 / value

            def outer():
                try:
                    return inner(0)
                except ZeroDivisionError as error:
                    raise ValueError("no number") from error

            print("before")
            outer()
            """,
        ),
        ("syntax", "print('not run')\nif True print(1)\n"),
        ("message", "import sys\nprint('out')\nsys.exit('a message')\n"),
    ],
)
def test_errors_are_pythons_own(name: str, script: str, tmp_path: Path) -> None:
    write(tmp_path / f"{name}.py", script)
    browser, native = run_both([f"{name}.py"], tmp_path)
    assert (browser.status, browser.output) == (native.status, native.output)
    assert without_markers(browser.errors) == without_markers(native.errors)
    assert native.status == 1


def test_modules_and_folders_run(tmp_path: Path) -> None:
    show = "import sys\nprint(__name__, __package__, sys.argv, sys.path[0])\n"
    write(tmp_path / "package" / "__init__.py", "")
    write(tmp_path / "package" / "part.py", show + "print(1 / len(sys.argv[2:]))\n")
    write(tmp_path / "package" / "__main__.py", show)
    for arguments in (["-m", "package.part", "-x"], ["package", "-m"]):
        browser, native = run_both(arguments, tmp_path)
        assert (browser.status, browser.output) == (native.status, native.output)
        # The numbers of the lines in runpy differ between Python versions.
        lines = r"<frozen runpy>\", line \d+"
        assert re.sub(lines, "", without_markers(browser.errors)) == re.sub(
            lines, "", without_markers(native.errors)
        )


def test_heart_is_found_in_the_reference_slices() -> None:
    if not REFERENCE.is_dir():
        message = "../shared/reference-ct is not beside this checkout"
        assert "CI" not in os.environ, message
        pytest.skip(message)
    arguments = ["tests/browser/scripts/heart_ct.py", os.path.relpath(REFERENCE, ROOT)]
    browser, native = run_both(arguments, ROOT)
    assert browser.errors == "" and browser.status == 0
    assert browser.output == native.output
    readme = (REFERENCE / "README.md").read_text("utf-8")
    table = [line for line in readme.splitlines() if line.startswith("|")]
    assert browser.output.decode().splitlines() == table


def test_what_engines_cannot_do_fails_as_it_does_natively(tmp_path: Path) -> None:
    (tmp_path / "no_image.png").write_bytes(b"this is no image")
    (tmp_path / "no_model.onnx").write_bytes(b"this is no model")
    write(
        tmp_path / "script.py",
        """
        import cv2, onnxruntime

        print(cv2.imread("no_image.png"), cv2.imread("missing.png"))
        for path in ("no_model.onnx", "missing.onnx"):
            try:
                onnxruntime.InferenceSession(path)
            except Exception as error:
                print(type(error).__module__.rpartition(".")[2], type(error).__name__)
        try:
            cv2.cvtColor(None, 0)
        except cv2.error as error:
            print(type(error), error.func, error.code)
        """,
    )
    browser, native = run_both(["script.py"], tmp_path)
    assert (browser.status, browser.output) == (native.status, native.output)
    write(tmp_path / "missing.py", "import cv2\nprint('before', flush=True)\ncv2.noSuchFunction(1)\n")
    browser, native = run_both(["missing.py"], tmp_path)
    assert (browser.status, browser.output) == (native.status, native.output)
    assert browser.errors.splitlines()[-1].startswith(native.errors.splitlines()[-1].rstrip("'"))


def test_fifty_megabytes_arrive_whole_and_in_order(tmp_path: Path) -> None:
    write(
        tmp_path / "script.py",
        """
        import sys
        sys.stdout.buffer.write(sys.stdin.buffer.read())
        line = "x" * 71
        for index in range(50 * 2**20 // 80):
            print(f"{index:8}{line}")
        for index in range(3000):
            print("out", index)
            print("err", index, file=sys.stderr)
        """,
    )
    digests = []
    for command in (PYINFER, [*PYTHON, "-u"]):
        done = subprocess.run(
            [*command, "script.py"],
            cwd=tmp_path,
            env=environment(),
            input=bytes(range(256)) * 10_000,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
        )
        assert done.returncode == 0
        digests.append((len(done.stdout), hashlib.sha256(done.stdout).hexdigest()))
    assert digests[0] == digests[1]


def test_output_and_input_are_live(tmp_path: Path) -> None:
    write(
        tmp_path / "script.py",
        """
        import sys
        print("unfinished", end="")
        print(input().upper(), end="\\r")
        print("two\\n" + input(), end="", file=sys.stderr)
        while sys.stdin.read(1):
            pass
        """,
    )
    with start(tmp_path) as process:
        assert process.stdin and process.stdout and process.stderr
        # Each piece is asked for before the script can go on: what is held back would block for ever.
        assert os.read(process.stdout.fileno(), 100) == b"unfinished"
        process.stdin.write(b"first\n")
        process.stdin.flush()
        expected = b"FIRST\r"
        while expected:
            piece = os.read(process.stdout.fileno(), 100)
            assert piece and expected.startswith(piece)
            expected = expected.removeprefix(piece)
        process.stdin.write(b"second\n")
        process.stdin.flush()
        assert os.read(process.stderr.fileno(), 100) == b"two\nsecond"
        process.stdin.close()
        assert process.wait(SECONDS) == 0


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Both ends of a terminal: what a person types and sees, and what a program is given."""
    person, program = pty.openpty()
    termios.tcsetwinsize(person, (33, 99))
    yield person, program
    os.close(person)


def read_until(descriptor: int, end: bytes) -> str:
    shown = b""
    while not shown.endswith(end):
        ready, _, _ = select.select([descriptor], [], [], SECONDS)
        assert ready, f"nothing came after {shown!r}"
        shown += os.read(descriptor, 1000)
    return shown.decode().replace("\r\n", "\n")


def test_terminal_is_seen(tmp_path: Path, terminal: tuple[int, int]) -> None:
    write(
        tmp_path / "script.py",
        """
        import os, sys
        print([stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)], *os.get_terminal_size())
        print("name:", input("who? "))
        try:
            input("and now? ")
        except KeyboardInterrupt:
            print("interrupted")
        """,
    )
    person, program = terminal
    with start(tmp_path, streams=program) as process:
        os.close(program)
        assert read_until(person, b"who? ") == "[True, True, True] 99 33\nwho? "
        os.write(person, b"me\n")
        assert read_until(person, b"now? ") == "me\nname: me\nand now? "
        process.send_signal(signal.SIGINT)
        assert "interrupted" in read_until(person, b"interrupted\r\n")
        assert process.wait(SECONDS) == 0


def test_processes_that_end_at_once(tmp_path: Path) -> None:
    write(
        tmp_path / "leave.py",
        """
        import atexit, os
        atexit.register(print, "not called")
        open("made.txt", "w").close()
        print("leaving")
        try:
            os._exit(3)
        except Exception:
            print("not reached")
        """,
    )
    result = run(PYINFER, ["--out", "made.txt", "leave.py"], tmp_path)
    assert result == (3, b"leaving\n", "")
    assert (tmp_path / "made.txt").read_bytes() == b""
    write(tmp_path / "abort.py", "import os\nprint('aborting')\nos.abort()\n")
    result = run(PYINFER, ["abort.py"], tmp_path)
    assert result.status == 1
    assert result.output.startswith(b"aborting\n")
    assert result.errors.splitlines()[-1].startswith("pyinfer: the browser's Python failed: ")
