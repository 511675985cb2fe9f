"""Whether an opencv.js that was just linked works."""

from __future__ import annotations

import subprocess
from pathlib import Path

from pyinfer.errors import BuildError
from pyinfer.host.javascript import node

from .engine import files_of
from .recipe import Variant

__all__ = ["check_engine"]

_PROGRAM = Path(__file__).with_name("check_engine.mjs")


def check_engine(folder: Path, variant: Variant) -> None:
    """Load it in Node, compute something that is known, and make a call fail.

    Parameters
    ----------
    folder : Path
        Has the files that `files_of` names.
    variant : Variant
        One with threads is not loaded: its threads are workers, as pages have them.

    Raises
    ------
    BuildError
        A file is missing, or it does not work.
    SetupError
        Node is missing.
    """
    files = [folder / name for name in files_of(variant).values()]
    for file in files:
        if not file.is_file():
            raise BuildError(f"linking made no {file}")
    if variant.threads:
        return
    done = subprocess.run([node(), str(_PROGRAM), *map(str, files)], capture_output=True, text=True)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "Error" in line] or [done.stderr.strip()]
        raise BuildError(f"the opencv.js in {folder} does not work: {said[0]}")
