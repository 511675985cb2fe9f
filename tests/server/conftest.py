"""The same made-up bundle behind two servers: `pyinfer serve` and a real nginx with our configuration."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pyinfer.host.bundle import Bundle
from pyinfer.host.compress import compress_folder
from pyinfer.host.opencv.choice import choosing
from pyinfer.host.serve import headers_of_app, serving
from tests.server.app import build
from tests.server.servers import ORIGINS, WASM, Site, brotli_module, nginx

#: Does what the engines do.
WORKER = b"""
onmessage = async ({ data: wasm }) => {
  const { instance } = await WebAssembly.instantiateStreaming(fetch(wasm));
  postMessage({
    isolated: crossOriginIsolated,
    made: new Function("return 7")(),
    text: new TextDecoder().decode(new Uint8Array(instance.exports.memory.buffer, 0, 7)),
    transferred: performance.getEntriesByName(new URL(wasm, location).href)[0].encodedBodySize,
  });
};
"""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("bundle")
    bundle = Bundle(folder)
    text = b"/* the same words again and again */\n" * 50
    site = Site(folder)
    worker = WORKER + text
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
    bundle.add_page(".git/config", b"hidden")
    bundle.add_page(".well-known/security.txt", b"shown")
    bundle.add_page("empty/below/file.txt", b"found by name only")
    threads = bundle.add_folder("pyinfer/onnxruntime", {"ort-wasm-simd-threaded.mjs": text})
    site.hashed["threads"] = f"/{threads}ort-wasm-simd-threaded.mjs"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYINFER_CACHE", str(tmp_path_factory.mktemp("cache")))
        compress_folder(folder)
    yield site


@pytest.fixture(scope="session", params=["pyinfer serve", "nginx"])
def server_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def server(server_kind: str, site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Base URL of the made-up bundle; ``https://reader.example`` may load from there."""
    if server_kind == "nginx":
        with nginx(site.root, tmp_path_factory.mktemp("nginx"), ORIGINS) as url:
            yield url
    else:
        headers = headers_of_app(site.root, allowed_origins=("https://reader.example",))
        with serving(site.root, headers) as url:
            yield url


@pytest.fixture(scope="session")
def best_encoding(server_kind: str) -> str:
    """What a browser that accepts everything gets: nginx needs a module for Brotli."""
    return "gzip" if server_kind == "nginx" and brotli_module() is None else "br"


@pytest.fixture(scope="session")
def built_app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real app, as `pyinfer build` writes it with npm's opencv.js; test_own_opencv.py has one with ours."""
    with choosing("npm"):
        return build(tmp_path_factory.mktemp("app"))
