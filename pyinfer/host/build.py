"""`pyinfer build`: writes bundles."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable
from pathlib import Path

from filelock import FileLock

from pyinfer.host.bundle import MANIFEST_NAME, Bundle, content_hash, replacing
from pyinfer.host.places import cache_dir, npm_dir
from pyinfer.host.runtime import add_runtime, source_files, write_manifest

__all__ = ["build_runtime", "runtime_bundle"]

_KEEP_UNUSED_SECONDS = 24 * 3600


def build_runtime(destination: Path, *, compress: bool, packages: Iterable[str] = ()) -> Path:
    """Write a bundle with no app and no page: what any page needs to load pyinfer.

    Parameters
    ----------
    destination : Path
        The folder to write; an earlier bundle there is replaced, as a whole.
    compress : bool
        Whether to write ``.br`` and ``.gz`` variants.
    packages : iterable of str
        More packages of the Pyodide distribution to carry.

    Returns
    -------
    Path
        ``destination``.
    """
    with replacing(destination) as folder:
        bundle = Bundle(folder)
        write_manifest(bundle, add_runtime(bundle, packages))
    return destination


def runtime_bundle() -> Path:
    """An uncompressed runtime bundle in the cache, built again only if something it is made from changed.

    Bundles that nothing has asked for during a day are removed.
    """
    bundles = cache_dir() / "bundles"
    folder = bundles / _runtime_key()
    bundles.mkdir(parents=True, exist_ok=True)
    with FileLock(bundles / ".lock"):
        if not (folder / MANIFEST_NAME).is_file():
            build_runtime(folder, compress=False)
    os.utime(folder)
    for other in bundles.iterdir():
        if other.is_dir() and time.time() - other.stat().st_mtime > _KEEP_UNUSED_SECONDS:
            shutil.rmtree(other, ignore_errors=True)
    return folder


def _runtime_key() -> str:
    parts = [npm_dir().name.encode()]
    for path in source_files():
        parts += [str(path).encode(), path.read_bytes()]
    return content_hash(*parts)
