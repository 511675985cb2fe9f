"""`pyinfer opencv build`: from the pinned sources to an engine in the cache that bundles carry."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from filelock import FileLock, Timeout

from pyinfer.host.pins import read_pins
from pyinfer.host.progress import Progress

from .check import check_engine
from .engine import (
    DEFAULT_VARIANT,
    Engine,
    build_folder,
    describe_engine,
    engine_folder,
    files_of,
    read_engine,
)
from .libraries import compile_libraries
from .link import link_engine
from .recipe import VARIANTS
from .sources import unpack_sources
from .toolchain import prepare_toolchain

__all__ = ["build_engine", "command"]

_EXAMPLES = """\
\b
Examples:
  pyinfer opencv build
  pyinfer opencv build --variant threads    up to another half an hour

\b
The variants, among which each page takes the one that fits its browser:
  simd      for nearly all; it is always built
  threads   for pages that are cross-origin isolated
  baseline  for browsers without SIMD
"""


@click.command(epilog=_EXAMPLES)
@click.option(
    "--variant",
    "variants",
    type=click.Choice(list(VARIANTS)),
    multiple=True,
    help="Build this variant, and simd; may be given more than once. By default simd alone.",
)
def command(*, variants: tuple[str, ...]) -> None:
    """On Debian it installs the compilers that are missing. Interrupted, it goes on where it was.

    From then on `pyinfer build`, `run` and all other verbs take it, unless `--opencv npm` says otherwise.
    """
    engine = build_engine(variants, Progress())
    for name, files in engine.variants.items():
        print(f"{name:<9} {files['wasm'].path.stat().st_size / 1e6:5.1f} MB")
    print(f"OpenCV {engine.version} is in {engine_folder()}")


def build_engine(variants: Collection[str], progress: Progress) -> Engine:
    """Build the engine and put it into the cache, in place of an earlier one: as a whole or not at all.

    Parameters
    ----------
    variants : collection of str
        Names of `VARIANTS`; the default one is always built.
    progress : Progress

    Raises
    ------
    SetupError
        A compiler or the sources are missing and can't be had.
    BuildError
        Something did not compile or link, or does not work.
    """
    folder = build_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with _only_one(folder, progress):
        toolchain = prepare_toolchain(folder, progress)
        sources = unpack_sources(folder, progress)
        wanted = [VARIANTS[name] for name in VARIANTS if name in {DEFAULT_VARIANT, *variants}]
        linked = {}
        for variant in wanted:
            libraries = folder / variant.name
            compile_libraries(sources, libraries, variant, toolchain, progress)
            linked[variant.name] = link_engine(sources, libraries, variant, toolchain, progress)
            check_engine(linked[variant.name], variant)
        with _replacing(engine_folder()) as new:
            for name, made in linked.items():
                (new / name).mkdir()
                for file in files_of(VARIANTS[name]).values():
                    shutil.copyfile(made / file, new / name / file)
            describe_engine(new, read_pins().opencv_sources.version.rpartition(".")[0], linked)
        return read_engine(engine_folder())


@contextmanager
def _only_one(folder: Path, progress: Progress) -> Iterator[None]:
    """Keep a second process out of the folder until this one has done."""
    lock = FileLock(folder / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        progress.line("another process is building opencv.js; waiting for it")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _replacing(target: Path) -> Iterator[Path]:
    """A new folder that takes the target's place when the block has ended well."""
    new, old = (target.with_name(f"{target.name}.{state}") for state in ("unfinished", "old"))
    for leftover in (new, old):  # of a run that was killed
        shutil.rmtree(leftover, ignore_errors=True)
    new.mkdir()
    try:
        yield new
        if target.exists():
            target.rename(old)
        new.rename(target)
    finally:
        for leftover in (new, old):
            shutil.rmtree(leftover, ignore_errors=True)
