"""Precompressed variants: ``file.br`` and ``file.gz`` beside ``file``.

Brotli at its best setting takes more than a minute for the engines, so results are kept in the cache,
keyed by content: it is done once a machine.
"""

from __future__ import annotations

import gzip
import hashlib
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import brotli

from pyinfer.host.headers import media_type_of
from pyinfer.host.places import cache_dir
from pyinfer.host.progress import Progress
from pyinfer.host.whole_file import write_whole

__all__ = ["compress_folder"]

#: A variant must be this much smaller than the file, or it is not worth choosing.
_WORTHWHILE = 0.95
_WORKERS = 2  # both compressors work outside the interpreter's lock


def _brotli(content: bytes) -> bytes:
    return bytes(brotli.compress(content, quality=11, lgwin=24))


def _gzip(content: bytes) -> bytes:
    return gzip.compress(content, compresslevel=9, mtime=0)


_COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {"br": _brotli, "gz": _gzip}


def compress_folder(folder: Path) -> None:
    """Write the compressed variants of every file below ``folder`` whose kind compresses.

    The same file gives the same variants. Shows a progress bar on a terminal, else one line, while
    there is something that the cache has not yet.
    """
    cache = cache_dir() / "compressed"
    cache.mkdir(parents=True, exist_ok=True)
    files = [path for path in folder.rglob("*") if path.is_file() and media_type_of(path.name).compress]
    jobs = [(path, suffix, cache / f"{_digest(path)}.{suffix}") for path in files for suffix in _COMPRESSORS]
    missing = {kept: (path, suffix) for path, suffix, kept in jobs if not kept.is_file()}
    _fill_cache(missing)
    for path, suffix, kept in jobs:
        if kept.stat().st_size <= path.stat().st_size * _WORTHWHILE:
            shutil.copyfile(kept, path.with_name(f"{path.name}.{suffix}"))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fill_cache(missing: dict[Path, tuple[Path, str]]) -> None:
    """Compress, the largest files first so that the workers end together."""
    ordered = sorted(missing.items(), key=lambda item: item[1][0].stat().st_size, reverse=True)
    total = sum(path.stat().st_size for path, _ in missing.values())
    size = f"{len(missing)} files, once on this machine"
    with Progress().bar(size, total, doing="compressing") as step, ThreadPoolExecutor(_WORKERS) as pool:

        def compress(item: tuple[Path, tuple[Path, str]]) -> int:
            kept, (path, suffix) = item
            content = path.read_bytes()
            write_whole(kept, _COMPRESSORS[suffix](content))
            return len(content)

        for done in pool.map(compress, ordered):
            step(done)
