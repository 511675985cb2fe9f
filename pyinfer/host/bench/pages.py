"""Serves what the benches' pages load, and opens these pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, Page

from pyinfer.host.places import node_modules
from pyinfer.host.serve import serving
from pyinfer.host.static_files import files_below

__all__ = ["bench_server", "blank_page", "evaluate"]

_HERE = Path(__file__).parent
_BLANK = b'<!doctype html><title>bench</title><link rel="icon" href="data:,">'


def _blank(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [_BLANK]


@contextmanager
def bench_server(folder: Path, models: Mapping[str, bytes]) -> Iterator[str]:
    """Serve a bundle and what the benches need, while the block runs.

    Parameters
    ----------
    folder : Path
        The bundle.
    models : mapping of str to bytes
        Served below ``/made/``.
    """
    with TemporaryDirectory() as made:
        for name, content in models.items():
            (Path(made) / name).write_bytes(content)
        folders = {
            "/bench": _HERE,
            "/made": Path(made),
            "/node_modules": node_modules(),
        }
        extra: dict[str, Any] = {prefix: files_below(path) for prefix, path in folders.items()}
        with serving(folder, extra={"/blank": _blank, **extra}) as url:
            yield url


@contextmanager
def blank_page(browser: Browser, url: str) -> Iterator[Page]:
    """An empty page of the server's origin, with nothing stored."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{url}/blank")
        yield page


def evaluate(page: Page, module: str, call: str) -> Any:
    """Call a function of one of the bench's JavaScript modules."""
    return page.evaluate(f"import('/bench/{module}').then((bench) => bench.{call})")
