"""The sources of an app: those in its wheel, and the text of its pages."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from pyinfer.host.app import AppSource
from pyinfer.host.runtime import name_of_wheel
from pyinfer.host.start import Program

__all__ = ["app_program"]

_PAGES = frozenset({".html", ".ipynb", ".js", ".jsx", ".mjs", ".py", ".svelte", ".ts", ".tsx", ".vue"})
_SKIPPED = frozenset({"__pycache__", "build", "dist", "node_modules"})


def app_program(source: AppSource, wheel: Path | None) -> Program:
    """Read an app.

    Parameters
    ----------
    source : AppSource
        What its pyproject.toml says.
    wheel : Path or None
        Its own wheel, if it is a package.
    """
    pages = {str(path): path.read_text("utf-8", errors="replace") for path in _pages(source)}
    if wheel is None:
        return Program(pages=pages)
    with zipfile.ZipFile(wheel) as archive:
        modules = [name for name in archive.namelist() if name.endswith(".py")]
        sources = {name: archive.read(name).decode("utf-8", errors="replace") for name in modules}
    has_models = bool(source.local_models or source.remote_models)
    return Program(name_of_wheel(wheel), sources, pages, has_models, source.entry)


def _pages(source: AppSource) -> Iterator[Path]:
    for path in sorted(source.folder.rglob("*")):
        folders = path.relative_to(source.folder).parts[:-1]
        hidden = any(name.startswith(".") or name in _SKIPPED for name in folders)
        if path.suffix in _PAGES and path.is_file() and not hidden:
            yield path
