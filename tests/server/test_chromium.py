"""What the headers are for, asked of a real Chromium."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Error as PlaywrightError

from pyinfer.host.bundle import Bundle
from pyinfer.host.headers import ResponseHeaders
from pyinfer.host.pages import add_pages
from pyinfer.host.serve import serving
from tests.server.chromium import evaluate
from tests.server.servers import ORIGINS, WASM, Edit, Site, nginx


def test_the_worker_compiles_while_it_streams_and_its_page_may_not(server: str, site: Site) -> None:
    script = """async ({ wasm, worker }) => {
      const found = await new Promise((resolve, reject) => {
        const started = new Worker(worker, { type: "module" });
        started.onerror = ({ message }) => reject(new Error(message ?? "the worker did not start"));
        started.onmessage = ({ data }) => resolve(data);
        started.postMessage(new URL(wasm, location).href);
      });
      const name = async (work) => work().then(() => "allowed", (error) => error.name);
      return {
        worker: found,
        isolated: crossOriginIsolated,
        shared: new SharedArrayBuffer(8).byteLength,
        compiled: await name(() => WebAssembly.compileStreaming(fetch(wasm))),
        made: await name(async () => new Function("return 7")),
      };
    }"""
    found = evaluate(
        f"{server}/", script, {"wasm": site.hashed["engine.wasm"], "worker": site.hashed["worker.js"]}
    )
    transferred = found["worker"].pop("transferred")
    assert found == {
        "worker": {"isolated": True, "made": 7, "text": "pyinfer"},
        "isolated": True,
        "shared": 8,
        "compiled": "CompileError",
        "made": "EvalError",
    }
    assert transferred < len(WASM) / 4, "the compressed variant was not used"


def test_without_isolation_the_page_still_works(site: Site) -> None:
    with serving(site.root, ResponseHeaders(isolated=False)) as url:
        script = "async (wasm) => [crossOriginIsolated, !!await WebAssembly.compileStreaming(fetch(wasm))]"
        assert evaluate(f"{url}/", script, site.hashed["engine.wasm"]) == [False, True]


def test_an_isolated_page_elsewhere_may_load_the_runtime_if_it_is_named(
    server_kind: str, site: Site, tmp_path: Path
) -> None:
    script = """async (url) => [
      crossOriginIsolated, (await (await fetch(url)).arrayBuffer()).byteLength, !!await import(url)]"""
    # Their policy allows what is fetched; a page of another origin is asked here, not its own server.
    with serving(site.root) as elsewhere, serving(site.root) as stranger:
        named = Edit(ORIGINS.file, ORIGINS.old, f'{ORIGINS.old}"{elsewhere}" "read";\n')
        here = (
            nginx(site.root, tmp_path, named)
            if server_kind == "nginx"
            else serving(site.root, ResponseHeaders(allowed_origins=(elsewhere,)))
        )
        with here as url:
            worker = url + site.hashed["worker.js"]
            size = (site.root / site.hashed["worker.js"][1:]).stat().st_size
            assert evaluate(f"{elsewhere}/", script, worker) == [True, size, True]
            with pytest.raises(PlaywrightError, match="Failed to fetch"):
                evaluate(f"{stranger}/", script, worker)


def test_inline_code_of_a_page_runs_under_the_policy_once_it_is_built(tmp_path: Path) -> None:
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "index.html").write_text(
        "<!doctype html><link rel=icon href=data:,><style>p { width: 77px }</style><p>text</p>"
        "<script>globalThis.order = [document.querySelectorAll('p').length];</script>"
        "<script type=module>import { name } from './lib.js'; order.push(name);</script><p>more</p>"
    )
    (tmp_path / "page" / "lib.js").write_text("export const name = 'lib';\n")
    (tmp_path / "dist").mkdir()
    add_pages(Bundle(tmp_path / "dist"), tmp_path / "page")
    script = "() => [document.querySelector('p').offsetWidth, ...order]"
    with serving(tmp_path / "dist", ResponseHeaders(has_security_policy=True)) as url:
        assert evaluate(f"{url}/", script) == [77, 1, "lib"]


def test_script_in_a_subfolder_finds_the_runtime_beside_its_page(tmp_path: Path) -> None:
    scripts = {
        "index.html": '<link rel=icon href=data:,><script type="module" src="sub/main.js"></script>',
        "sub/main.js": "import { name } from '../runtime.js'; document.title = name;",
        "runtime.js": "export { name } from './pyinfer.js';",
    }
    for path, text in scripts.items():
        (tmp_path / "page" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "page" / path).write_text(text)
    (tmp_path / "dist").mkdir()
    add_pages(Bundle(tmp_path / "dist"), tmp_path / "page")
    (tmp_path / "dist" / "pyinfer.js").write_text("export const name = 'the runtime';")
    with serving(tmp_path / "dist", ResponseHeaders(has_security_policy=True)) as url:
        assert evaluate(f"{url}/", "() => document.title") == "the runtime"
