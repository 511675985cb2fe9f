"""The same made-up bundle behind two servers: `pyinfer serve` and a real nginx with our configuration."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from pyinfer.host.bundle import Bundle
from pyinfer.host.compress import compress_folder
from pyinfer.host.serve import serving
from tests.server.servers import WASM, Site, brotli_module, nginx


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("bundle")
    bundle = Bundle(folder)
    text = b"/* the same words again and again */\n" * 50
    site = Site(folder)
    worker = b"onmessage = () => postMessage(crossOriginIsolated);\n" + text
    files = {"worker.js": worker, "page.css": text, "engine.wasm": WASM, "noise.onnx": os.urandom(2000)}
    for name, content in files.items():
        site.hashed[name] = f"/{bundle.add(f'pyinfer/{name}', content)}"
    wheel = bundle.add_below_hash("pyinfer/wheels", "numpy-2.4.3-py3-none-any.whl", text)
    site.hashed["wheel"] = f"/{wheel}"
    site.hashed["module"] = f"/{bundle.add_folder('pyinfer/pyodide', {'pyodide.mjs': text})}pyodide.mjs"
    bundle.add_page("index.html", b"<!doctype html><link rel=icon href=data:,><title>made up</title>" + text)
    bundle.add_page("sub/index.html", b"<!doctype html><title>below</title>")
    bundle.add_page("pyinfer.js", text)
    bundle.add_page("pyinfer.json", b'{"pyinfer": "0.1.0"}')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYINFER_CACHE", str(tmp_path_factory.mktemp("cache")))
        compress_folder(folder)
    yield site


@pytest.fixture(scope="session", params=["pyinfer serve", "nginx"])
def server_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def server(server_kind: str, site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Base URL of the made-up bundle."""
    if server_kind == "nginx":
        with nginx(site.root, tmp_path_factory.mktemp("nginx")) as url:
            yield url
    else:
        with serving(site.root) as url:
            yield url


@pytest.fixture(scope="session")
def best_encoding(server_kind: str) -> str:
    """What a browser that accepts everything gets: nginx needs a module for Brotli."""
    return "gzip" if server_kind == "nginx" and brotli_module() is None else "br"
