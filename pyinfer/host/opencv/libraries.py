"""Compiles OpenCV's modules to static libraries, a folder a variant. What is compiled stays compiled."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from pyinfer.errors import BuildError
from pyinfer.host.progress import Progress

from .recipe import CMAKE_OPTIONS, MODULES, Variant
from .toolchain import Toolchain

__all__ = ["compile_libraries"]

_CHECKED = re.compile(r"-- (?:Performing Test|Looking for|Check size of) .* - ")
_STEP = re.compile(r"\[(\d+)/(\d+)\] ")
_TARGETS = (*(f"opencv_{module}" for module in MODULES), "gen_opencv_js_source")

#: What native's messages say of the place in the sources.
_NATIVE_ROOT = "/io"


def compile_libraries(
    sources: Path, folder: Path, variant: Variant, toolchain: Toolchain, progress: Progress
) -> None:
    """Configure and compile; a second run goes on where the first ended.

    Parameters
    ----------
    sources : Path
        The folder that has ``opencv``.
    folder : Path
        Where the libraries go.

    Raises
    ------
    BuildError
        It did not compile; the whole output is in ``build.log`` in the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _configure(sources, folder, variant, toolchain, progress)
    _compile(folder, variant, toolchain, progress)


def _configure(
    sources: Path, folder: Path, variant: Variant, toolchain: Toolchain, progress: Progress
) -> None:
    flags = " ".join((*variant.flags(), f"-ffile-prefix-map={sources}={_NATIVE_ROOT}"))
    options = {
        **CMAKE_OPTIONS,
        **variant.cmake_options(),
        "CMAKE_C_FLAGS": flags,
        "CMAKE_CXX_FLAGS": flags,
    }
    wanted = "\n".join(f"{name}={value}" for name, value in options.items())
    done = folder / "configured.txt"
    if done.is_file() and done.read_text("utf-8") == wanted:
        return
    definitions = [f"-D{name}={value}" for name, value in options.items()]
    whitelist = sources / "opencv" / "platforms" / "js" / "opencv_js.config.py"
    log = folder / "configure.log"
    with progress.count(f"configuring OpenCV ({variant.name})", "check") as add:
        status = _run(
            [
                "emcmake",
                "cmake",
                "-G",
                "Ninja",
                "-S",
                str(sources / "opencv"),
                "-B",
                str(folder),
                *definitions,
            ],
            folder,
            {**toolchain.environment, "OPENCV_JS_WHITELIST": str(whitelist)},
            log,
            lambda line: add() if _CHECKED.match(line) else None,
        )
    if status:
        raise BuildError(f"OpenCV could not be configured (status {status}); what CMake said is {log}")
    done.write_text(wanted, "utf-8")


def _run(
    command: list[str], folder: Path, environment: dict[str, str], log: Path, hear: Callable[[str], object]
) -> int:
    """Run a command to its end, write down and hear each line of what it says, and give its status."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    assert process.stdout is not None
    try:
        with log.open("w", encoding="utf-8") as output:
            for line in process.stdout:
                output.write(line)
                hear(line)
    finally:
        if process.poll() is None:
            process.terminate()
        status = process.wait()
    return status


def _compile(folder: Path, variant: Variant, toolchain: Toolchain, progress: Progress) -> None:
    log = folder / "build.log"
    with progress.steps(f"OpenCV ({variant.name})") as show:

        def hear(line: str) -> None:
            if match := _STEP.match(line):
                show(int(match[1]), int(match[2]))

        status = _run(["nice", "ninja", *_TARGETS], folder, toolchain.environment, log, hear)
    if status:
        raise BuildError(f"OpenCV did not compile (status {status}); the compiler's output is {log}")
