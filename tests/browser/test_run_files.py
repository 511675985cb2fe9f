"""What `pyinfer run` takes into the browser and brings back from it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from .run_command import PYINFER, run, write


def test_files_come_back_when_asked_for_and_only_then(tmp_path: Path) -> None:
    write(tmp_path / "results" / "old.txt", "old")
    write(tmp_path / "results" / "same.txt", "same")
    write(tmp_path / "results" / "tool.sh", "#!/bin/sh\n")
    (tmp_path / "results" / "tool.sh").chmod(0o755)
    untouched = (tmp_path / "results" / "same.txt").stat()
    write(
        tmp_path / "script.py",
        """
        import os, pathlib, sys
        results = pathlib.Path(sys.argv[1])
        (results / "new" / "deep").mkdir(parents=True)
        (results / "new" / "deep" / "b.bin").write_bytes(bytes(range(256)) * 5000)
        (results / "ünïcode name.txt").write_text("text")
        (results / "old.txt").write_text("")
        with open(results / "tool.sh", "a") as file:
            file.write("exit 0\\n")
        (results / "same.txt").read_text()
        os.rename(results / "ünïcode name.txt", results / "renamed #1?.txt")
        pathlib.Path("single.txt").write_text("one file")
        pathlib.Path("left.txt").write_text("stays in the browser")
        raise SystemExit(3)
        """,
    )
    outs = ["--out", "results", "--out", "single.txt", "--out", "never.txt"]
    result = run(PYINFER, [*outs, "script.py", "results"], tmp_path)
    assert (result.status, result.output) == (3, b"")
    assert result.errors.splitlines() == [
        f"pyinfer: --out {tmp_path}/never.txt: the script did not write it",
        f"pyinfer: written in the browser only, --out brings it back: {tmp_path}/left.txt",
    ]
    results = tmp_path / "results"
    assert (results / "new" / "deep" / "b.bin").read_bytes() == bytes(range(256)) * 5000
    assert (results / "old.txt").read_text() == ""
    assert (results / "renamed #1?.txt").read_text() == "text"
    assert (results / "tool.sh").read_text() == "#!/bin/sh\nexit 0\n"
    assert (results / "tool.sh").stat().st_mode & 0o777 == 0o755
    assert (results / "same.txt").stat().st_mtime_ns == untouched.st_mtime_ns
    assert (tmp_path / "single.txt").read_text() == "one file"
    found = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert found == {
        "script.py",
        "single.txt",
        "results/new/deep/b.bin",
        "results/old.txt",
        "results/renamed #1?.txt",
        "results/same.txt",
        "results/tool.sh",
    }


def test_only_what_was_named_is_there(tmp_path: Path) -> None:
    work = tmp_path / "work"
    write(tmp_path / "mounted" / "text.txt", "mounted")
    write(tmp_path / "named.txt", "named")
    write(tmp_path / "secret.txt", "secret")
    write(
        work / "script.py",
        """
        import os, sys
        print(open("../mounted/text.txt").read(), open(sys.argv[1].partition("=")[2]).read())
        print(sorted(os.listdir("..")), os.path.exists("../secret.txt"))
        print(os.environ.get("CHOSEN"), os.environ.get("GIVEN"), os.environ.get("UNCHOSEN"))
        """,
    )
    options = ["--mount", "../mounted", "--env", "CHOSEN", "--env", "GIVEN=a=b"]
    result = run(
        PYINFER,
        [*options, "script.py", "--input=../named.txt"],
        work,
        variables={"CHOSEN": "yes", "UNCHOSEN": "no"},
    )
    assert result == (
        0,
        b"mounted named\n['mounted', 'named.txt', 'work'] False\nyes a=b None\n",
        "",
    )


def pure_wheel(folder: Path) -> Path:
    """A wheel whose author knows nothing of browsers: it requires OpenCV and a compiled package."""
    path = folder / "shrinker-1.0-py3-none-any.whl"
    info = "shrinker-1.0.dist-info"
    metadata = (
        "Metadata-Version: 2.1\nName: shrinker\nVersion: 1.0\n"
        "Requires-Dist: opencv-python>=4\nRequires-Dist: regex>=2024\n"
        "Requires-Dist: no-such-distribution; sys_platform == 'win32'\n"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "shrinker.py", "import cv2, regex\ndef half(a): return cv2.resize(a, None, fx=0.5, fy=0.5)\n"
        )
        archive.writestr(f"{info}/METADATA", metadata)
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


def test_packages_are_installed(tmp_path: Path) -> None:
    wheel = pure_wheel(tmp_path)
    write(
        tmp_path / "script.py",
        """
        import importlib.metadata, numpy, regex, shrinker
        print(shrinker.half(numpy.zeros((8, 6), numpy.uint8)).shape, regex.findall(r"\\p{Lu}", "aBÇ"))
        print(importlib.metadata.version("shrinker"), importlib.metadata.requires("shrinker")[0])
        """,
    )
    result = run(PYINFER, ["--with", wheel.name, "--with", "onnxruntime", "script.py"], tmp_path)
    assert (result.status, result.output) == (0, "(4, 3) ['B', 'Ç']\n1.0 opencv-python>=4\n".encode())


RESERVED = "the browser's Python keeps its own files there"


@pytest.mark.parametrize(
    ("command", "status", "message"),
    [
        ("missing.py", 2, "can't open file '{folder}/missing.py': [Errno 2] No such file or directory"),
        ("--mount no/where script.py", 1, "--mount no/where: no such file or folder"),
        ("--mount /proc script.py", 1, f"--mount /proc: {RESERVED}"),
        ("--out /lib/x script.py", 1, f"--out /lib/x: {RESERVED}"),
        ("--env NO_SUCH script.py", 1, "--env NO_SUCH: there is no such variable here; write --env NO_SUCH="),
        ("--with a=b script.py", 1, "--with: a=b: neither a wheel file nor a requirement: "),
        ("--with no.whl script.py", 1, "--with: no.whl: no such file"),
        ("--with numpy==1.0 script.py", 1, "--with: numpy==1.0: the browser has numpy "),
        (
            "--timeout 0 script.py",
            2,
            "Error: Invalid value for '--timeout': '0' is not a number of seconds above 0",
        ),
        ("PYINFER_CHROMIUM=/no/browser script.py", 1, "PYINFER_CHROMIUM names no file: /no/browser"),
        ("PYINFER_CHROMIUM=/bin/false script.py", 1, "/bin/false does not start: "),
        ("PYINFER_CACHE=empty script.py", 1, "the npm packages are not there yet: run `pyinfer setup` first"),
    ],
)
def test_what_cannot_run_is_said_in_one_line(command: str, status: int, message: str, tmp_path: Path) -> None:
    write(tmp_path / "script.py", "print('must not run')\n")
    words = command.split()
    variables = dict([words.pop(0).split("=")]) if words[0].startswith("PYINFER_") else {}
    result = run(PYINFER, words, tmp_path, variables=variables)
    assert (result.status, result.output) == (status, b"")
    lines = [line for line in result.errors.splitlines() if line and not line.startswith(("Usage:", "Try "))]
    assert len(lines) == 1
    assert lines[0].removeprefix("pyinfer: ").startswith(message.format(folder=tmp_path))
