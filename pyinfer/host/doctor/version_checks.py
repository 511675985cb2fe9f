"""Whether all parts are of one build, and of which versions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyinfer
from pyinfer.host.opencv.carried import words_for

from .deployment import Deployment
from .findings import Finding, fault, note, ok

__all__ = ["check_versions"]

_ITEM = "versions"


def check_versions(deployment: Deployment, offline: dict[str, Any] | None) -> Iterator[Finding]:
    """Findings about the build.

    Parameters
    ----------
    deployment : Deployment
    offline : dict or None
        What the service worker keeps, as from `offline_files`.
    """
    manifest = deployment.manifest
    built, build = manifest["pyinfer"], manifest["build"]
    engines = ", ".join(
        f"{name} {manifest[key]['version']}"
        for name, key in (("Pyodide", "pyodide"), ("onnxruntime-web", "onnxruntime"))
    )
    engines += f", OpenCV {words_for(manifest)}"
    yield ok(_ITEM, f"build {build} by pyinfer {built}, with {engines}")
    if built != pyinfer.__version__:
        yield note(
            _ITEM, f"built by pyinfer {built}; this is {pyinfer.__version__}: build anew to have it", "older"
        )
    if not manifest.get("serviceWorker"):
        yield note("service worker", "there is none: this bundle was built without an app")
    elif offline is None:
        yield fault(
            "service worker", "no-service-worker", f"{manifest['serviceWorker']} is not what was built"
        )
    elif offline["build"] != build:
        yield fault(
            _ITEM,
            "mixed-builds",
            f"pyinfer.json is of build {build}, the service worker of {offline['build']}",
            [manifest["serviceWorker"]],
        )
