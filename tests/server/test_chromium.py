"""What the headers are for, asked of a real Chromium."""

from __future__ import annotations

from pyinfer.host.serve import serving
from tests.server.chromium import evaluate
from tests.server.servers import WASM, Site


def test_a_page_is_isolated_and_compiles_while_it_streams(server: str, site: Site) -> None:
    script = """async ({ wasm, worker }) => {
      const { instance } = await WebAssembly.instantiateStreaming(fetch(wasm));
      const bytes = new Uint8Array(instance.exports.memory.buffer, 0, 7);
      const isolatedWorker = await new Promise((resolve, reject) => {
        const started = new Worker(worker, { type: "module" });
        started.onerror = () => reject(new Error("the worker did not start"));
        started.onmessage = ({ data }) => resolve(data);
        started.postMessage("");
      });
      return {
        isolated: [crossOriginIsolated, isolatedWorker],
        shared: new SharedArrayBuffer(8).byteLength,
        text: new TextDecoder().decode(bytes),
        transferred: performance.getEntriesByName(new URL(wasm, location).href)[0].encodedBodySize,
      };
    }"""
    found = evaluate(
        f"{server}/", script, {"wasm": site.hashed["engine.wasm"], "worker": site.hashed["worker.js"]}
    )
    assert found["isolated"] == [True, True]
    assert found["shared"] == 8
    assert found["text"] == "pyinfer"
    assert found["transferred"] < len(WASM) / 4, "the compressed variant was not used"


def test_without_isolation_the_page_still_works(site: Site) -> None:
    with serving(site.root, isolated=False) as url:
        script = "async (wasm) => [crossOriginIsolated, !!await WebAssembly.compileStreaming(fetch(wasm))]"
        assert evaluate(f"{url}/", script, site.hashed["engine.wasm"]) == [False, True]


def test_an_isolated_page_elsewhere_may_load_the_runtime_from_here(server: str, site: Site) -> None:
    with serving(site.root) as elsewhere:
        script = """async (url) => [
          crossOriginIsolated, (await (await fetch(url)).arrayBuffer()).byteLength, !!await import(url)]"""
        found = evaluate(f"{elsewhere}/", script, server + site.hashed["worker.js"])
        assert found == [True, (site.root / site.hashed["worker.js"][1:]).stat().st_size, True]
