"""Serves what the benches' pages load, and opens these pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, Page, Worker

from pyinfer.host.places import node_modules
from pyinfer.host.serve import serving
from pyinfer.host.static_files import files_below

__all__ = ["bench_server", "blank_page", "evaluate", "open_worker"]

_HERE = Path(__file__).parent
_BLANK = b'<!doctype html><title>bench</title><link rel="icon" href="data:,">'


def _blank(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [_BLANK]


@contextmanager
def bench_server(
    folder: Path, made: Mapping[str, bytes], folders: Mapping[str, Path] | None = None
) -> Iterator[str]:
    """Serve a bundle and what the benches need, while the block runs.

    Parameters
    ----------
    folder : Path
        The bundle.
    made : mapping of str to bytes
        Files served below ``/made/``.
    folders : mapping of str to Path, optional
        More folders, each by the path it is served below.
    """
    with TemporaryDirectory() as written:
        for name, content in made.items():
            (Path(written) / name).write_bytes(content)
        served = {
            "/bench": _HERE,
            "/made": Path(written),
            "/node_modules": node_modules(),
            **(folders or {}),
        }
        extra: dict[str, Any] = {prefix: files_below(path) for prefix, path in served.items()}
        with serving(folder, extra={"/blank": _blank, **extra}) as url:
            yield url


@contextmanager
def blank_page(browser: Browser, url: str) -> Iterator[Page]:
    """An empty page of the server's origin, with nothing stored."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{url}/blank")
        yield page


def open_worker(page: Page, module: str) -> Worker:
    """Start one of the bench's JavaScript modules as a worker of a page."""
    with page.expect_worker() as opened:
        page.evaluate(f"globalThis.worker = new Worker('/bench/{module}', {{ type: 'module' }}), 0")
    return opened.value


def evaluate(place: Page | Worker, module: str, call: str) -> Any:
    """Call a function of one of the bench's JavaScript modules in a page or in its worker."""
    return place.evaluate(f"import('/bench/{module}').then((bench) => bench.{call})")
