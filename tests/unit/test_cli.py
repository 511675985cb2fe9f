"""The command: every verb is there, starts without loading the others, and fails with one line."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable

import pytest

import pyinfer
from pyinfer.errors import SetupError
from pyinfer.host import cli, doctor


def test_every_verb_says_what_it_does_and_how_it_is_called(capsys: pytest.CaptureFixture[str]) -> None:
    for name, verb in cli.VERBS.items():
        assert cli.main([name, "--help"]) == 0
        text = capsys.readouterr().out
        assert text.startswith(f"Usage: pyinfer {name} ")
        assert verb.help[1:] in " ".join(text.split())
        assert "--quiet" in text


def test_help_names_every_verb_and_status(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    text = capsys.readouterr().out
    assert all(name in text and verb.help in text for name, verb in cli.VERBS.items())
    assert all(f"\n    {status} " in text for status in (0, 1, 2, 3, 124, 130))


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"pyinfer {pyinfer.__version__}\n"


@pytest.mark.parametrize(
    ("argv", "hint"),
    [
        ([], "Commands:"),
        (["fly"], "No such command 'fly'"),
        (["buidl"], "Did you mean 'build'?"),
        (["build", "--ouput", "x"], "Did you mean '--output'?"),
        (["serve", "--port", "http"], "'http' is not a valid integer range"),
        (["run", "--timeout", "0", "x.py"], "'0' is not a number of seconds above 0"),
        (["run"], "Missing argument 'SCRIPT'"),
    ],
)
def test_wrong_command_line(argv: list[str], hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(argv) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Usage: pyinfer" in err
    assert hint in err


FAILURES = [
    (SetupError("npm is missing"), 1, "pyinfer: npm is missing\n"),
    (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), 1, "pyinfer: No space left on device\n"),
    (PermissionError(errno.EACCES, "Permission denied", "/x"), 1, "pyinfer: /x: Permission denied\n"),
    (KeyboardInterrupt(), 130, "pyinfer: interrupted\n"),
]


@pytest.fixture
def doctor_fails(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    def arrange(error: BaseException) -> None:
        def fail(**options: object) -> int:
            raise error

        monkeypatch.setattr(doctor.command, "callback", fail)

    return arrange


@pytest.mark.parametrize(("error", "status", "message"), FAILURES)
def test_failure_is_one_line_and_a_status(error, status, message, doctor_fails, capsys) -> None:
    doctor_fails(error)
    assert cli.main(["doctor"]) == status
    out, err = capsys.readouterr()
    assert (out, err.lstrip("\n")) == ("", message)


def test_traceback_is_shown_where_it_is_asked_for(doctor_fails, capsys) -> None:
    doctor_fails(SetupError("npm is missing"))
    assert cli.main(["doctor", "--traceback"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("Traceback (most recent call last)")
    assert err.endswith("pyinfer: npm is missing\n")


@pytest.mark.parametrize("error", [ZeroDivisionError(), ValueError("x"), OSError(errno.EIO, "I/O error")])
def test_own_mistakes_keep_their_traceback(error, doctor_fails) -> None:
    """An error that is not pyinfer's word to the user is a bug, and must be seen as one."""
    doctor_fails(error)
    with pytest.raises(type(error)):
        cli.main(["doctor"])


def test_a_reader_that_leaves_is_no_error() -> None:
    """`pyinfer --help | head -1`."""
    code = "from pyinfer.host.cli import main; import sys; sys.exit(main(['doctor']))"
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-u", "-c", code]
    ended = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (1, "")


def test_quiet_tells_results_only(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr("pyinfer.host.setup.setup", lambda progress, *, develop: progress.line("fetching"))
    assert cli.main(["setup"]) == 0
    assert "pyinfer: fetching\n" in capsys.readouterr().err
    assert cli.main(["setup", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_verbs_options_and_values(shell: str, monkeypatch, capsys) -> None:
    assert cli.main(["completion", shell]) == 0
    assert "_PYINFER_COMPLETE" in capsys.readouterr().out
    for words, wanted in (
        ("pyinfer s", {"serve", "setup"}),
        ("pyinfer build --out", {"--output"}),
        ("pyinfer completion z", {"zsh"}),
    ):
        monkeypatch.setenv("_PYINFER_COMPLETE", f"{shell}_complete")
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", words.split()[-1] if shell == "fish" else str(words.count(" ")))
        with pytest.raises(SystemExit):
            cli.main([])
        found = capsys.readouterr().out
        assert all(word in found for word in wanted)
        assert "doctor" not in found


def test_colours_are_only_for_those_who_see_them(tmp_path, monkeypatch, capsys) -> None:
    (tmp_path / "x.py").write_text("import os\n")
    for variables, coloured in (({}, False), ({"FORCE_COLOR": "1"}, True), ({"NO_COLOR": "1"}, False)):
        for name in ("NO_COLOR", "FORCE_COLOR"):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        cli.main(["check", "--offline", str(tmp_path)])
        assert ("\x1b[" in capsys.readouterr().out) is coloured


def test_cache_that_cannot_be_made_is_named(tmp_path, monkeypatch, capsys) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("PYINFER_CACHE", str(tmp_path / "file" / "x"))
    assert cli.main(["setup"]) == 1
    assert capsys.readouterr() == ("", f"pyinfer: {tmp_path}/file/x: Not a directory\n")


def test_the_command_itself_loads_no_verb() -> None:
    """`pyinfer run` starts fast: nothing heavy is imported before the verb is known."""
    heavy = {"httpx2", "numpy", "playwright", "tqdm"}
    code = f"import sys, pyinfer.host.cli; print(sorted({heavy} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout == "[]\n"


def test_doctor_tells_what_is_missing(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("PYINFER_CACHE", str(tmp_path))
    monkeypatch.setenv("PYINFER_CHROMIUM", str(tmp_path / "none"))
    assert cli.main(["doctor"]) == 1
    text = capsys.readouterr().out
    assert text.count("run `pyinfer setup`") >= 2
    assert "PYINFER_CHROMIUM names no file" in text
