"""The service worker of an app's bundle: which files a browser keeps, to start without the server."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pyinfer.host.app_module import APP_MODULE_NAME
from pyinfer.host.bundle import MANIFEST_NAME, Bundle, content_hash
from pyinfer.host.javascript import bundle_script
from pyinfer.host.opencv.carried import variant_files
from pyinfer.host.places import resource
from pyinfer.host.start import ENGINES

__all__ = ["NPM_FOLDER", "SERVICE_WORKER_NAME", "add_service_worker", "urls_on_use"]

#: It lies beside the pages, since a service worker has no say about what lies above it.
SERVICE_WORKER_NAME = "pyinfer.service-worker.js"

#: Holds what pages refer to in npm packages.
NPM_FOLDER = "node_modules"

_SCRIPTS = ("pyinfer.js", "pyinfer.classic.js")


def add_service_worker(bundle: Bundle, manifest: Mapping[str, Any]) -> None:
    """Write the service worker, when everything else has been written.

    Models are not among its files: those that are used are in the model store. The build of ONNX Runtime
    for other providers than the CPU is kept once a session has asked for it, a whole wheel once something
    has been installed with it, and what pages refer to in npm packages once one has fetched it. Of the
    variants of our own opencv.js the page stores the one that it has chosen (`offline.js`).

    Parameters
    ----------
    bundle : Bundle
        Where to.
    manifest : mapping
        The content of pyinfer.json.
    """
    models = {model["url"] for model in manifest["app"]["models"]}
    on_use = urls_on_use(manifest) | variant_files(manifest)
    if manifest["opencv"]["build"] == "npm":
        # The decoder is small, and a picture may turn out to be a JPEG when there is no server.
        on_use -= set(manifest["jpeg"].values())
    pages = sorted(path.relative_to(bundle.root).as_posix() for path in bundle.root.glob("*.html"))
    scripts = [*_SCRIPTS, *(name for name in [APP_MODULE_NAME] if (bundle.root / name).exists())]
    named = [*pages, *scripts, MANIFEST_NAME]
    hashed = [url for url in manifest["sizes"] if url not in models | on_use]
    offline = {
        "build": manifest["build"],
        "stored": [_entry(bundle, url, named=True) for url in named]
        + [_entry(bundle, url, named=False) for url in hashed],
        "storedOnUse": sorted(on_use),
    }
    script = bundle_script(resource("js_bridge") / "service_worker.js")
    text = json.dumps(offline, separators=(",", ":"))
    bundle.add_page(SERVICE_WORKER_NAME, f"self.pyinferOffline={text};\n".encode() + script)


def urls_on_use(manifest: Mapping[str, Any]) -> set[str]:
    """What no first visit fetches, the models apart."""
    wheels = manifest["pyodide"]["packageBaseUrl"]
    unused = sorted(set(ENGINES) - set(manifest["start"]["engines"]))
    return {
        *manifest["onnxruntime"]["accelerated"].values(),
        *(manifest[name][kind] for name in unused for kind in ("module", "wasm")),
        *(url for url in manifest["sizes"] if url.startswith((wheels, f"{NPM_FOLDER}/"))),
    }


def _entry(bundle: Bundle, url: str, *, named: bool) -> dict[str, str | None]:
    """As Workbox wants it: of a file with a hash in its name there is but one revision."""
    content = (bundle.root / url).read_bytes()
    integrity = base64.b64encode(hashlib.sha256(content).digest()).decode()
    return {
        "url": url,
        "revision": content_hash(content) if named else None,
        "integrity": f"sha256-{integrity}",
    }
