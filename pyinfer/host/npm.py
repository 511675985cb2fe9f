"""The npm packages: installed once for each content of the lock file, whole or not at all."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from pyinfer.errors import SetupError
from pyinfer.host.places import npm_dir, resource
from pyinfer.host.progress import Progress

__all__ = ["install_npm_packages"]

_INPUTS = ("package.json", "package-lock.json", ".npmrc")


def install_npm_packages(progress: Progress) -> Path:
    """Bring the packages that ``js_bridge/package-lock.json`` pins into the cache.

    npm verifies each package against the lock's integrity hash. No package's install script is run.

    Parameters
    ----------
    progress : Progress
        Told when npm is started; nothing is said when the packages are there already.

    Returns
    -------
    Path
        The ``node_modules`` folder.

    Raises
    ------
    SetupError
        npm is missing, or failed; the message has npm's own reason.
    """
    folder = npm_dir()
    if folder.is_dir():
        return folder / "node_modules"
    npm = shutil.which("npm")
    if npm is None:
        raise SetupError("npm is missing: install Node.js with npm, or let `make setup` do it")
    unfinished = folder.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)  # of a run that was killed
    unfinished.mkdir(parents=True)
    try:
        for name in _INPUTS:
            shutil.copyfile(resource(f"js_bridge/{name}"), unfinished / name)
        progress.line("fetching the npm packages")
        _run_npm_ci(npm, unfinished)
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder / "node_modules"


def _run_npm_ci(npm: str, folder: Path) -> None:
    # The lock's hashes decide, so npm's own cache is as good as the network; and without either, npm's
    # default retries would keep the user waiting for minutes.
    patience = ["--prefer-offline", "--fetch-retries=1", "--fetch-retry-mintimeout=1000"]
    quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
    # All are for development: a production setting of the user's environment would leave them out.
    command = [npm, "ci", "--include=dev", "--ignore-scripts", *quiet, *patience]
    result = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if result.returncode:
        raise SetupError(f"npm ci failed: {_reason(result.stderr) or f'exit status {result.returncode}'}")


def _reason(stderr: str) -> str:
    """npm's error lines as one, without the pointers to its log files."""
    lines = [
        line.removeprefix("npm error").strip() for line in stderr.splitlines() if line.startswith("npm error")
    ]
    return "; ".join(
        line for line in lines if line and "complete log of this run" not in line and "-debug-" not in line
    )
