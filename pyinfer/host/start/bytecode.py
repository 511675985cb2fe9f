"""Compiles Python sources to the bytecode of the browser's Python, so that no start has to."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from pyinfer.host.bundle import content_hash
from pyinfer.host.places import cache_dir
from pyinfer.host.whole_file import write_whole

from .pyodide_in_node import pyodide_version, run_with_pyodide

__all__ = ["compile_sources"]

_SCRIPT = Path(__file__).with_suffix(".mjs")


def compile_sources(sources: Mapping[str, bytes]) -> dict[str, bytes]:
    """The contents of the ``.pyc`` files of some sources.

    A source is compiled once a machine. Docstrings stay. No source is asked for when the bytecode is
    loaded, and so no time or hash of it stands there.

    Parameters
    ----------
    sources : mapping of str to bytes
        By the paths that they would have in the browser: those that stand in tracebacks.

    Returns
    -------
    dict
        Bytecode by the same paths.

    Raises
    ------
    SetupError
        Node or Pyodide is not there.
    BuildError
        One of them can't be compiled.
    """
    folder = cache_dir() / "bytecode" / pyodide_version()
    folder.mkdir(parents=True, exist_ok=True)
    kept = {
        place: folder / f"{content_hash(_SCRIPT.read_bytes(), place.encode(), source)}.pyc"
        for place, source in sources.items()
    }
    missing = sorted(place for place, path in kept.items() if not path.is_file())
    if missing:
        with tempfile.TemporaryDirectory() as temporary:
            for number, place in enumerate(missing):
                Path(temporary, f"{number}.py").write_bytes(sources[place])
            run_with_pyodide(_SCRIPT, {"folder": temporary, "places": missing})
            for number, place in enumerate(missing):
                write_whole(kept[place], Path(temporary, f"{number}.pyc").read_bytes())
    return {place: path.read_bytes() for place, path in kept.items()}
