"""The desk that a pasted script works at: its folder, and the figures that it leaves open."""

from __future__ import annotations

import importlib
import io
import os
import sys
import warnings
from pathlib import Path
from typing import Any

FOLDER = Path.cwd()
MOST_FILES = 200

# Matplotlib draws into memory here; `figures` gives what it drew.
os.environ.setdefault("MPLBACKEND", "Agg")
warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")


def listing() -> list[dict[str, Any]]:
    """The files in the folder and below: ``name``, from the folder on, and ``size`` in bytes."""
    found = []
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            found.append({"name": path.relative_to(FOLDER).as_posix(), "size": path.stat().st_size})
            if len(found) == MOST_FILES:
                break
    return found


def remove(name: str) -> None:
    """Delete a file of the folder; it may be gone."""
    (FOLDER / name).unlink(missing_ok=True)


def path_of(name: str) -> str:
    """The absolute path of a file of the folder."""
    return str(FOLDER / name)


def renew(name: str) -> None:
    """Have a module that was written anew be imported anew."""
    module = Path(name).stem
    if name.endswith(".py") and getattr(sys.modules.get(module), "__file__", None) == path_of(name):
        del sys.modules[module]
    importlib.invalidate_caches()


def figures() -> list[bytes]:
    """Matplotlib's open figures as PNG files; they are closed."""
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    drawn = []
    for number in pyplot.get_fignums() if pyplot else []:
        file = io.BytesIO()
        pyplot.figure(number).savefig(file, format="png")
        pyplot.close(number)
        drawn.append(file.getvalue())
    return drawn
