"""The compilers: Debian's packages, a package of npm's, and how Emscripten is told to use them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from pyinfer.errors import SetupError
from pyinfer.host.progress import Progress

from .recipe import APT_PACKAGES, CLANG, LLVM, NPM_PACKAGES

__all__ = ["Toolchain", "prepare_toolchain"]

_TOOLS = (
    "emcc",
    "emcmake",
    "cmake",
    "ninja",
    "ccache",
    "patch",
    f"clang++-{CLANG}",
    f"wasm-ld-{LLVM}",
    f"llvm-ar-{LLVM}",
)
_VERSIONS = {"LLVM_ADD_VERSION": LLVM, "CLANG_ADD_VERSION": CLANG}


@dataclass(frozen=True)
class Toolchain:
    """The environment that the compilers run in.

    Attributes
    ----------
    environment : dict of str to str
    include : Path
        Emscripten's own headers.
    """

    environment: dict[str, str]
    include: Path


def prepare_toolchain(folder: Path, progress: Progress) -> Toolchain:
    """Install what is missing, and configure Emscripten.

    Parameters
    ----------
    folder : Path
        Where the configuration and npm's package go; it exists.
    progress : Progress

    Raises
    ------
    SetupError
        A package is missing and can't be installed.
    """
    _install_system_packages(progress)
    modules = _install_npm_packages(folder, progress)
    root = Path(_output("em-config", "EMSCRIPTEN_ROOT"))
    configuration = folder / "emscripten.cfg"
    configuration.write_text(_configured((root / ".emscripten").read_text("utf-8")), "utf-8")
    environment = {**os.environ, "EM_CONFIG": str(configuration), "NODE_PATH": str(modules)}
    environment.pop("EM_CACHE", None)  # Debian's libraries are in the cache that it comes with
    return Toolchain(environment, root / "cache" / "sysroot" / "include")


def _install_system_packages(progress: Progress) -> None:
    missing = [tool for tool in _TOOLS if shutil.which(tool) is None]
    if not missing:
        return
    names = " ".join(APT_PACKAGES)
    apt = shutil.which("apt-get")
    if apt is None:
        raise SetupError(
            f"{', '.join(missing)} missing: install Debian's {names}, or what corresponds to them"
        )
    if os.geteuid() != 0:
        raise SetupError(f"{', '.join(missing)} missing: run `sudo apt-get install {names}`")
    progress.line(f"installing {names}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", *APT_PACKAGES]):
        done = subprocess.run([apt, "-qq", *command], env=environment, capture_output=True, text=True)
        if done.returncode:
            raise SetupError(f"apt-get {command[0]} failed: {(done.stderr or done.stdout).strip()}")


def _install_npm_packages(folder: Path, progress: Progress) -> Path:
    modules = folder / "node_modules"
    if all((modules / name.rpartition("@")[0]).is_dir() for name in NPM_PACKAGES):
        return modules
    npm = shutil.which("npm")
    if npm is None:
        raise SetupError("npm is missing: install Node.js with npm, or let `make setup` do it")
    progress.line(f"fetching {', '.join(NPM_PACKAGES)}")
    quiet = ["--no-audit", "--no-fund", "--no-save", "--ignore-scripts", "--loglevel=error"]
    done = subprocess.run(
        [npm, "install", "--prefix", str(folder), *quiet, *NPM_PACKAGES], capture_output=True, text=True
    )
    if done.returncode:
        raise SetupError(f"npm install failed: {done.stderr.strip()}")
    return modules


def _configured(text: str) -> str:
    for name, version in _VERSIONS.items():
        text, found = re.subn(rf"(?m)^{name} = .*$", f"{name} = '{version}'", text)
        if not found:
            raise SetupError(f"Emscripten's configuration has no {name}: it is not Debian's 3.1.6")
    return text


def _output(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SetupError(f"{command[0]} failed: {done.stderr.strip()}")
    return done.stdout.strip()
