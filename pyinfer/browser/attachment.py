"""What :func:`pyinfer.start` does: engines for a Python that somebody else started in a browser."""

from __future__ import annotations

import asyncio
import importlib.metadata
import json
import sys
import sysconfig
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from pyinfer.errors import StartError
from pyinfer.manifest import AppManifest

if TYPE_CHECKING:
    from pyinfer.browser.store import ModelStore

__all__ = ["start"]

_NEEDED = {"engineRoom", "packages", "pyinfer", "pyodide", "wheel"}

#: Where the engines come from, and what will be the store when they are there.
_started: tuple[str, asyncio.Task[ModelStore]] | None = None


async def start(
    base_url: str,
    num_threads: int | None = None,
    on_progress: Callable[[str, str, int, int], object] | None = None,
) -> ModelStore:
    """See :func:`pyinfer.start`."""
    global _started
    if sys.platform != "emscripten":
        raise StartError("pyinfer.start is for Python in a browser; here cv2 and onnxruntime are native ones")
    if "pyinfer.browser.runtime" in sys.modules:
        from pyinfer.browser.store import app_models

        return app_models()  # loadPyinfer has started everything
    from pyinfer.browser.pyodide_attachment import absolute

    base = absolute(base_url)
    if _started is None:
        _started = base, asyncio.ensure_future(_attach(base, num_threads, on_progress or _ignore))
    elif _started[0] != base:
        raise StartError(f"the engines of {_started[0]} run here already: one Python has one set of them")
    task = _started[1]
    try:
        return await asyncio.shield(task)  # others may wait for it, too
    except Exception:
        if _started is not None and _started[1] is task:
            _started = None  # what is mended can be tried again
        raise


async def _attach(
    base: str, num_threads: int | None, report: Callable[[str, str, int, int], object]
) -> ModelStore:
    from pyinfer.browser.pyodide_attachment import load_engines, read_text

    address = urljoin(base, "pyinfer.json")
    text = await read_text(address)
    manifest = _parse(text, address)
    _check(manifest, base)
    missing = [name for name in manifest["packages"] if not _is_installed(name)]
    room = urljoin(address, manifest["engineRoom"])
    app = await load_engines(room, address, text, missing, num_threads, report)
    importlib.invalidate_caches()

    # It needs NumPy, which may have come only now.
    from pyinfer.browser.store import ModelStore, set_app_models

    models = ModelStore(AppManifest.from_json(json.loads(app)))
    set_app_models(models)
    return models


def _parse(text: str, address: str) -> dict[str, Any]:
    try:
        manifest = json.loads(text)
    except ValueError:
        manifest = None
    if not isinstance(manifest, dict) or not manifest.keys() >= _NEEDED:
        raise StartError(f"{address} is not what pyinfer build writes: is this a bundle's address?")
    return manifest


def _check(manifest: dict[str, Any], base: str) -> None:
    """The engines read Python's memory, so both must be of the same making."""
    from pyinfer.browser.pyodide_attachment import pyodide_version

    wanted, found = manifest["pyodide"]["abi"], sysconfig.get_config_var("PYODIDE_ABI_VERSION")
    if wanted != found:
        raise StartError(
            f"this is Pyodide {pyodide_version()} (ABI {found}), and the bundle at {base} is for "
            f"Pyodide {manifest['pyodide']['version']} (ABI {wanted}): load a Pyodide of that ABI"
        )
    version = importlib.metadata.version("pyinfer-web")
    if manifest["pyinfer"] != version:
        raise StartError(
            f"this is pyinfer {version}, and the bundle at {base} is of "
            f"{manifest['pyinfer']}: install {urljoin(base, manifest['wheel'])}"
        )


def _is_installed(name: str) -> bool:
    try:
        importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _ignore(phase: str, name: str, loaded: int, total: int) -> None:
    """Progress that nobody asked for."""
