"""OpenCV is configured and compiled by real processes, which tell how far they are and why they end."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from pyinfer.errors import BuildError
from pyinfer.host.opencv.libraries import compile_libraries
from pyinfer.host.opencv.recipe import VARIANTS
from pyinfer.host.opencv.toolchain import Toolchain
from pyinfer.host.progress import Progress

_CHECKS = "".join(
    f"-- Looking for header{number}.h\n-- Looking for header{number}.h - found\n" for number in range(250)
)
_STEPS = "".join(f"[{number}/20] compiling {number}\n" for number in range(1, 21))


class Tools:
    """Programs by the names of CMake's and Ninja's, which say what they are told to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "tools"
        self.folder.mkdir()
        self.sources, self.made = folder / "sources", folder / "made"
        self.say("emcmake", _CHECKS)
        self.say("ninja", _STEPS)

    def say(self, name: str, words: str, status: int = 0) -> None:
        text = self.folder / f"{name}.txt"
        text.write_text(words, "utf-8")
        program = self.folder / name
        program.write_text(f"#!/bin/sh\ncat '{text}'\nexit {status}\n", "utf-8")
        program.chmod(0o755)

    def compile(self) -> list[str]:
        """What was told of the progress."""
        path = f"{self.folder}{os.pathsep}{os.environ['PATH']}"
        toolchain = Toolchain({**os.environ, "PATH": path}, self.folder)
        stream = io.StringIO()
        compile_libraries(self.sources, self.made, VARIANTS["simd"], toolchain, Progress(stream))
        return stream.getvalue().splitlines()


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tools:
    tools = Tools(tmp_path)
    monkeypatch.setenv("PATH", f"{tools.folder}{os.pathsep}{os.environ['PATH']}")
    return tools


def test_both_tell_how_far_they_are(tools: Tools) -> None:
    told = tools.compile()
    assert told[:3] == [
        "pyinfer: configuring OpenCV (simd)",
        "pyinfer: configuring OpenCV (simd): 100 checks",
        "pyinfer: configuring OpenCV (simd): 200 checks",
    ]
    assert told[3:] == [f"pyinfer: OpenCV (simd): {done} of 20 files" for done in (1, *range(2, 21, 2))]
    assert (tools.made / "configure.log").read_text("utf-8") == _CHECKS


def test_what_is_configured_stays_so(tools: Tools) -> None:
    tools.compile()
    tools.say("emcmake", "", status=1)
    assert "configuring" not in " ".join(tools.compile())


@pytest.mark.parametrize(
    ("name", "words"),
    [("emcmake", r"could not be configured \(status 3\)"), ("ninja", r"did not compile \(status 3\)")],
)
def test_what_went_wrong_lies_in_a_log(tools: Tools, name: str, words: str) -> None:
    tools.say(name, "error: no such header\n", status=3)
    with pytest.raises(BuildError, match=words) as caught:
        tools.compile()
    log = Path(str(caught.value).split()[-1])
    assert log.read_text("utf-8") == "error: no such header\n"
