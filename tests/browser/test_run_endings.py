"""What ends `pyinfer run` from outside: time limits, signals, readers that go, a browser that dies."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from pyinfer.host.places import chromium

from .run_command import PYINFER, SECONDS, run, start, write


def test_timeout_stops_a_script_that_loops_for_ever(tmp_path: Path) -> None:
    write(
        tmp_path / "script.py",
        """
        with open("kept.txt", "w") as file:
            file.write("as far as it got")
        print("begun")
        while True:
            pass
        """,
    )
    result = run(PYINFER, ["--timeout", "1.5", "--out", "kept.txt", "script.py"], tmp_path)
    assert result == (124, b"begun\n", "pyinfer: the script ran longer than 1.5 s and was stopped\n")
    assert (tmp_path / "kept.txt").read_text() == "as far as it got"


@pytest.mark.parametrize("doing", ["while True: pass", "time.sleep(300)", "input()"])
def test_interrupt_reaches_the_script(doing: str, tmp_path: Path) -> None:
    write(
        tmp_path / "script.py",
        f"""
        import time
        print("begun")
        try:
            {doing}
        finally:
            time.sleep(0.1)
            print("cleaned up")
        """,
    )
    with start(tmp_path) as process:
        assert process.stdout and process.stderr
        assert process.stdout.readline() == b"begun\n"
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == b"cleaned up\n"
        errors = process.stderr.read().decode()
        assert process.wait(SECONDS) == 130
    assert errors.startswith("Traceback (most recent call last):\n")
    assert errors.endswith("KeyboardInterrupt\n")
    assert "site-packages" not in errors


def test_termination_ends_browser_and_run(tmp_path: Path) -> None:
    write(tmp_path / "script.py", "print('begun')\nwhile True: pass\n")
    with start(tmp_path) as process:
        assert process.stdout and process.stderr
        assert process.stdout.readline() == b"begun\n"
        os.killpg(process.pid, signal.SIGTERM)
        # The browser has the pipe, too: that it ends here means that all of it is gone.
        assert process.stderr.read() == b""
        assert process.wait(SECONDS) == 128 + signal.SIGTERM


def test_reader_that_goes_away_ends_the_run_quietly(tmp_path: Path) -> None:
    write(tmp_path / "script.py", "while True: print('x' * 1000)\n")
    with start(tmp_path) as process:
        assert process.stdout and process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(SECONDS) == 128 + signal.SIGPIPE
        assert process.stderr.read() == b""


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_time_limit_holds_where_nobody_reads(stream: str, tmp_path: Path) -> None:
    write(tmp_path / "script.py", f"import sys\nwhile True: print('x' * 1000, file=sys.{stream})\n")
    with start(tmp_path, ["--timeout", "1.5", "script.py"]) as process:
        assert process.wait(SECONDS) == 124
        assert process.stdout and process.stderr
        if stream == "stdout":
            assert process.stderr.read() == b"pyinfer: the script ran longer than 1.5 s and was stopped\n"
        else:
            assert process.stdout.read() == b""


def test_interrupt_is_heard_where_nobody_reads(tmp_path: Path) -> None:
    write(
        tmp_path / "script.py",
        """
        import sys
        try:
            while True:
                print('x' * 1000)
        except KeyboardInterrupt:
            print("interrupted", file=sys.stderr)
        """,
    )
    with start(tmp_path) as process:
        assert process.stdout and process.stderr
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.stdout.read().rstrip(b"x\n") == b""
        assert process.stderr.read() == b"interrupted\n"
        assert process.wait(SECONDS) == 0


def test_hanging_up_leaves_what_ignores_it_running(tmp_path: Path) -> None:
    write(tmp_path / "script.py", "print('begun', flush=True)\nprint(input())\n")
    with start(tmp_path, ignored=signal.SIGHUP) as process:
        assert process.stdin and process.stdout
        assert process.stdout.readline() == b"begun\n"
        os.killpg(process.pid, signal.SIGHUP)
        process.stdin.write(b"still here\n")
        process.stdin.close()
        assert process.stdout.read() == b"still here\n"
        assert process.wait(SECONDS) == 0


@pytest.mark.parametrize("moment", ["browser started", "script begins"])
@pytest.mark.parametrize("victim", ["browser", "driver"])
def test_browser_that_dies_is_said_in_one_line(victim: str, moment: str, tmp_path: Path) -> None:
    browser = write(
        tmp_path / "browser",
        f"""\
        #!/bin/sh
        echo "browser=$$ driver=$PPID" > "{tmp_path}/processes"
        exec {chromium()} "$@"
        """,
    )
    Path(browser).chmod(0o755)
    write(tmp_path / "script.py", "print('script begins')\nwhile True: pass\n")
    with start(tmp_path, ["--verbose", "script.py"], variables={"PYINFER_CHROMIUM": browser}) as process:
        assert process.stdout and process.stderr
        said = process.stderr if moment == "browser started" else process.stdout
        assert any(moment.encode() in line for line in said)
        processes = dict(item.split("=") for item in (tmp_path / "processes").read_text().split())
        os.kill(int(processes[victim]), signal.SIGKILL)
        errors = process.stderr.read().decode().splitlines()
        assert process.wait(SECONDS) == 1
    messages = [line for line in errors if " s  " not in line]
    assert len(messages) == 1
    assert messages[0].startswith("pyinfer: the browser ")
