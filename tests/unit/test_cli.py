"""The command: every verb is there, starts without loading the others, and fails with one line."""

from __future__ import annotations

import argparse
import errno
import importlib
import os
import subprocess
import sys

import pytest

import pyinfer
from pyinfer.errors import SetupError
from pyinfer.host import cli, doctor


def test_every_verb_has_its_module() -> None:
    for verb in cli.VERBS.values():
        module = importlib.import_module(f"pyinfer.host.{verb.module}")
        module.add_arguments(argparse.ArgumentParser())
        assert callable(module.main)


def test_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    assert all(name in text and verb.help in text for name, verb in cli.VERBS.items())


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"pyinfer {pyinfer.__version__}\n"


@pytest.mark.parametrize("argv", [[], ["fly"], ["setup", "--fly"]])
def test_wrong_command_line(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(argv)
    assert caught.value.code == 2
    assert "usage: pyinfer" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (SetupError("npm is missing"), 1, "pyinfer: npm is missing\n"),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), 1, "pyinfer: No space left on device\n"),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), 1, "pyinfer: /x: Permission denied\n"),
        (KeyboardInterrupt(), 130, "pyinfer: interrupted\n"),
    ],
)
def test_failure_is_one_line_and_a_status(error, status, message, monkeypatch, capsys) -> None:
    def fail(args: argparse.Namespace) -> int:
        raise error

    monkeypatch.setattr(doctor, "main", fail)
    assert cli.main(["doctor"]) == status
    assert capsys.readouterr() == ("", message)


@pytest.mark.parametrize("error", [ZeroDivisionError(), ValueError("x"), OSError(errno.EPIPE, "Broken pipe")])
def test_own_mistakes_keep_their_traceback(error, monkeypatch) -> None:
    """An error that is not pyinfer's word to the user is a bug, and must be seen as one."""

    def fail(args: argparse.Namespace) -> int:
        raise error

    monkeypatch.setattr(doctor, "main", fail)
    with pytest.raises(type(error)):
        cli.main(["doctor"])


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
