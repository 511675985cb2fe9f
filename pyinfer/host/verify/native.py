"""Runs a script with a native Python interpreter."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from pyinfer.browser import variables
from pyinfer.host.pins import read_pins

from .side import Ended, Script, SideError, missing_module

__all__ = ["NATIVE", "run_natively", "versions_of"]

NATIVE = "natively"

_START = Path(__file__).with_name("native_start.py")
_GRACE_SECONDS = 3
_VERSIONS = """
import importlib.metadata, json, platform
names = {
    "NumPy": ["numpy"],
    "OpenCV": ["opencv-python", "opencv-python-headless", "opencv-contrib-python",
               "opencv-contrib-python-headless"],
    "ONNX Runtime": ["onnxruntime", "onnxruntime-gpu", "onnxruntime-openvino", "onnxruntime-directml"],
    "Pillow": ["pillow"],
}
versions = {"Python": platform.python_version()}
for title, distributions in names.items():
    for distribution in distributions:
        try:
            versions[title] = importlib.metadata.version(distribution)
        except importlib.metadata.PackageNotFoundError:
            pass
print(json.dumps(versions))
"""
#: The module's distribution, where it has another name.
_DISTRIBUTIONS = {
    "PIL": "pillow",
    "cv2": "opencv-python-headless",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}


def versions_of(python: str) -> dict[str, str]:
    """What an interpreter is, and has, by title.

    Raises
    ------
    SideError
        It is no Python that runs.
    """
    try:
        done = subprocess.run([python, "-c", _VERSIONS], capture_output=True, text=True, timeout=60)
        if done.returncode == 0:
            versions: dict[str, str] = json.loads(done.stdout)
            return versions
        reason = f"it ended with status {done.returncode}: {done.stderr.strip()[-300:]}"
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        reason = str(error)
    raise SideError(NATIVE, f"{python} is no Python that works here: {reason}")


def run_natively(python: str, script: Script, versions: Mapping[str, str]) -> Ended:
    """Run a script to its end.

    Parameters
    ----------
    python : str
        The interpreter.
    script : Script
    versions : mapping of str to str
        As `versions_of` gives them.

    Raises
    ------
    SideError
        It took too long, or the interpreter lacks a module.
    """
    with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        stdin.write(script.stdin)
        stdin.seek(0)
        began = time.perf_counter()
        # A session of its own: Ctrl-C is for us, who end whatever the script may have started.
        process = subprocess.Popen(
            _command(python, script),
            cwd=script.folder,
            env=_environment(script),
            stdin=stdin,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        try:
            status = process.wait(script.timeout)
        except subprocess.TimeoutExpired:
            raise SideError(NATIVE, f"it took longer than {script.timeout:g} s and was stopped") from None
        finally:
            seconds = time.perf_counter() - began
            _end(process)
        ended = Ended(
            status if status >= 0 else 128 - status, _content(out), _content(err), seconds, versions
        )
    module = missing_module(ended)
    if module:
        raise SideError(NATIVE, f"{python} has no {module}. {_advice(python, module)}")
    return ended


def _command(python: str, script: Script) -> list[str]:
    if script.variables:
        kind = "module" if script.module else "file"
        names = json.dumps(list(script.variables))
        start = [str(_START), str(variables.__file__), names, script.values, kind, script.target]
    else:
        start = ["-m", script.target] if script.module else [script.target]
    return [python, *start, *script.arguments]


def _environment(script: Script) -> dict[str, str]:
    # As in the browser: UTF-8, and no compiled files beside the sources.
    own = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8"}
    return {**os.environ, **own, **script.environment}


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and what it has started, gently first."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        try:
            process.wait(_GRACE_SECONDS)
            break
        except subprocess.TimeoutExpired:
            continue
    process.wait()


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


def _advice(python: str, module: str) -> str:
    package = module.partition(".")[0]
    distribution = _DISTRIBUTIONS.get(package, package)
    version = read_pins().stand_ins.get(distribution)
    requirement = f"{distribution}=={version}" if version else distribution
    command = shlex.join([python, "-m", "pip", "install", requirement])
    return f"Install it with `{command}`, or name another interpreter with --python"
