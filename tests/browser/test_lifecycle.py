"""Loading, aborting, dying, closing, and the other ways to load."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from playwright.sync_api import BrowserContext, Page, Route

from pyinfer.host.opencv.choice import chosen_engine


def test_progress_covers_every_download_and_phase(page: Page) -> None:
    progress = page.evaluate(
        """async () => {
          const { loadPyinfer } = await import("/pyinfer.js");
          const seen = [];
          await new Promise((resolve) => {
            const onProgress = (progress) => {
              seen.push(progress);
              if (progress.phase === "ready") { resolve(); }
            };
            globalThis.loading = loadPyinfer({ onProgress });
          });
          await (await loading).close();
          return seen;
        }"""
    )
    phases = [item["phase"] for item in progress]
    assert set(phases) == {"download", "start", "app", "ready"}
    assert phases[-1] == "ready"
    last = {item["name"]: item for item in progress if item["phase"] == "download"}
    names = " ".join(last)
    for part in ("pyodide.asm.wasm", "standard.zip", "opencv.", "ort-wasm", "numpy", "pyinfer-web"):
        assert part in names
    assert "rest" not in names, "what no start reads is not downloaded"
    for item in last.values():
        assert item["loaded"] == item["total"] > 0, item
    assert {item["name"] for item in progress if item["phase"] == "start"} == {
        "Python",
        "Python's files",
        "Python's packages",
        "NumPy",
        "OpenCV",
        "ONNX Runtime",
        *(["JPEG codec"] if chosen_engine() is None else []),
    }
    shares = [item["share"] for item in progress]
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] == 1
    assert all(item["words"] for item in progress)


def test_the_timeline_of_a_start_stands_in_the_page(page: Page) -> None:
    spans = page.evaluate(
        """async () => {
          const { loadPyinfer } = await import("/pyinfer.js");
          await new Promise((resolve) => {
            const onProgress = ({ phase }) => phase === "ready" && resolve();
            globalThis.loading = loadPyinfer({ onProgress });
          });
          await (await loading).close();
          return performance.getEntriesByType("measure").map(({ name, startTime, duration }) =>
            [name, startTime, startTime + duration, performance.now()]);
        }"""
    )
    names = {name for name, *_ in spans}
    assert {"pyinfer: Python", "pyinfer: OpenCV", "pyinfer: ONNX Runtime", "pyinfer: NumPy"} <= names
    for _, begin, end, now in spans:
        assert 0 < begin <= end <= now


def test_a_listener_that_fails_does_no_harm(page: Page) -> None:
    value = page.evaluate(
        """async () => {
          const { loadPyinfer } = await import("/pyinfer.js");
          const runtime = await loadPyinfer({
            onProgress() { throw new Error("of the page's own"); },
          });
          const value = await runtime.runPythonAsync("6 * 7");
          const offline = await runtime.offline; // which begins when the start has ended
          await runtime.close();
          return [value, offline];
        }"""
    )
    assert value == [42, False]


def test_loading_can_be_aborted_and_tried_again(page: Page) -> None:
    assert page.evaluate(
        """async () => {
          const { loadPyinfer } = await import("/pyinfer.js");
          const controller = new AbortController();
          const loading = loadPyinfer({
            signal: controller.signal,
            onProgress: ({ phase }) => { if (phase === "download") controller.abort(); },
          });
          const name = await loading.catch((error) => error.name);
          const runtime = await loadPyinfer();
          return [name, await runtime.runPythonAsync("6 * 7")];
        }"""
    ) == ["AbortError", 42]


def test_a_worker_that_dies_rejects_what_was_in_flight_and_can_be_started_again(page: Page) -> None:
    assert page.evaluate(
        """async () => {
          const { loadPyinfer } = await import("/pyinfer.js");
          const runtime = await loadPyinfer();
          let reason;
          const closed = new Promise((resolve) => {
            runtime.addEventListener("close", (event) => { reason = event.detail; resolve(); });
          });
          const forever = runtime.runPythonAsync("import asyncio; await asyncio.Event().wait()");
          const dying = runtime.runPythonAsync("from js import self; self.close()");
          const names = (await Promise.allSettled([forever, dying])).map(({ reason }) => reason?.name);
          await closed;
          const after = await runtime.runPythonAsync("1").catch((error) => error.message);
          const next = await loadPyinfer();
          return { forever: names[0], reason, after, next: await next.runPythonAsync("1 + 1") };
        }"""
    ) == {
        "forever": "WorkerEndedError",
        "reason": "the worker ended unexpectedly",
        "after": "the worker ended unexpectedly",
        "next": 2,
    }


def test_closing_rejects_what_is_in_flight(page: Page) -> None:
    assert (
        page.evaluate(
            """async () => {
          const { loadPyinfer } = await import("/pyinfer.js");
          const runtime = await loadPyinfer();
          const waiting = runtime.runPythonAsync("import asyncio; await asyncio.Event().wait()")
            .catch((error) => error.message);
          await runtime.close();
          return await waiting;
        }"""
        )
        == "closed by close()"
    )


def test_a_bundle_that_is_not_there_is_an_error_in_words(page: Page) -> None:
    message = page.evaluate(
        """async () => {
          const { loadPyinfer } = await import("/pyinfer.js");
          return loadPyinfer({ bundleURL: "/nowhere/" }).catch((error) => error.message);
        }"""
    )
    assert "/nowhere/pyinfer.json: the server answered 404" in message


MAIN_THREAD = """async (numThreads) => {
  const { loadPyinfer } = await import("/pyinfer.js");
  const pyodide = await loadPyinfer({ thread: "main", numThreads });
  pyodide.FS.writeFile("/tmp/net.onnx", new Uint8Array(await (await fetch("/net.onnx")).arrayBuffer()));
  pyodide.runPython(`
import cv2, numpy as np, onnxruntime
session = onnxruntime.InferenceSession("/tmp/net.onnx")
def shrink(image):
    return cv2.resize(image, (2, 1))
def infer(image):
    return session.run(None, {session.get_inputs()[0].name: image})[0]
`);
  const { shape, dtype } = await pyodide.call("__main__:shrink", new ImageData(8, 4));
  const error = await pyodide.call("__main__:shrink", "no image").catch((error) => error.type);
  const data = Float32Array.from({ length: 4096 }, (_, index) => index % 251);
  const output = await pyodide.call("__main__:infer", { data, shape: [1, 1, 64, 64] }, { transfer: true });
  const result = { version: pyodide.version, shape, dtype, error, output: [...output.data] };
  await pyodide.close();
  return result;
}"""


@pytest.mark.parametrize("url", ["runtime_url", "bare_url"])
def test_main_thread_mode_is_the_real_pyodide_with_synchronous_shims(
    context: BrowserContext, url: str, request: pytest.FixtureRequest
) -> None:
    model = Path(__file__).parents[1] / "data" / "network_64.onnx"
    page = context.new_page()
    page.route("**/net.onnx", lambda route: route.fulfill(path=model))
    page.goto(request.getfixturevalue(url) + "/blank")
    result = page.evaluate(MAIN_THREAD, 2)
    assert result["version"] == "314.0.7"
    assert (result["shape"], result["dtype"]) == ([1, 2, 4], "uint8")
    assert result["error"] == "cv2.error"
    session = onnxruntime.InferenceSession(model)
    image = (np.arange(4096) % 251).astype(np.float32).reshape(1, 1, 64, 64)
    expected = session.run(None, {session.get_inputs()[0].name: image})[0]
    # A sum of many products: exact to 1e-5 of what the largest output is made of.
    np.testing.assert_allclose(result["output"], expected.ravel(), rtol=0, atol=1e-5 * np.abs(expected).max())


def test_who_wraps_fetch_while_python_starts_in_the_page_may_load_again(page: Page) -> None:
    assert (
        page.evaluate(
            """async () => {
          const { loadPyinfer } = await import("/pyinfer.js");
          const wrap = ({ phase }) => {
            if (phase === "download" && !globalThis.wrapped) {
              globalThis.wrapped = globalThis.fetch;
              globalThis.fetch = (...args) => wrapped(...args);
            }
          };
          await (await loadPyinfer({ thread: "main", onProgress: wrap })).close();
          const pyodide = await loadPyinfer({ thread: "main" });
          const value = pyodide.runPython("6 * 7");
          await pyodide.close();
          return value;
        }"""
        )
        == 42
    )


#: The parts of a WebAssembly module: a memory, exported as `own`.
OWN_MODULE = b"\0asm\x01\0\0\0" + b"\x05\x03\x01\x00\x01" + b"\x07\x07\x01\x03own\x02\x00"


def test_a_page_s_own_webassembly_is_its_own_while_python_starts_in_it(page: Page) -> None:
    """Python's start replaces `instantiateStreaming` for one call; the page calls it at that very moment."""
    answer = page.evaluate(
        """async (bytes) => {
          const { loadPyinfer } = await import("/pyinfer.js");
          const headers = { "Content-Type": "application/wasm" };
          const response = () => new Response(new Uint8Array(bytes), { headers });
          const own = () => WebAssembly.instantiateStreaming(response());
          const { instantiateStreaming } = WebAssembly;
          let current = instantiateStreaming;
          const asked = [];
          Object.defineProperty(WebAssembly, "instantiateStreaming", {
            get: () => current,
            set(value) {
              current = value;
              asked.push(own());
            },
          });
          const pyodide = await loadPyinfer({ thread: "main" });
          const modules = await Promise.all(asked);
          const value = pyodide.runPython("6 * 7");
          await pyodide.close();
          return {
            exports: modules.map(({ instance }) => Object.keys(instance.exports)),
            isBack: current === instantiateStreaming,
            value,
          };
        }""",
        list(OWN_MODULE),
    )
    assert answer == {"exports": [["own"], ["own"]], "isBack": True, "value": 42}


def test_the_classic_script_offers_the_same(page: Page) -> None:
    page.add_script_tag(url="/pyinfer.classic.js")
    assert page.evaluate("pyinfer.loadPyinfer().then((runtime) => runtime.runPythonAsync('2 + 2'))") == 4


def test_a_model_is_found_after_a_reload_without_a_request(page: Page, runtime_url: str) -> None:
    requests: list[str] = []

    def deliver(route: Route) -> None:
        requests.append(route.request.url)
        route.fulfill(body=b"model bytes", content_type="application/octet-stream")

    page.context.route("**/models/net.onnx", deliver)
    fetch = """async (sha256) => {
      const { loadPyinfer } = await import("/pyinfer.js");
      const runtime = await loadPyinfer();
      const path = await runtime.models.fetch(new URL("/models/net.onnx", location).href, { sha256 });
      return runtime.runPythonAsync(`open(${JSON.stringify(path)}, "rb").read().decode()`);
    }"""
    sha256 = hashlib.sha256(b"model bytes").hexdigest()
    assert page.evaluate(fetch, sha256) == "model bytes"
    assert requests == [f"{runtime_url}/models/net.onnx"]
    page.reload()
    assert page.evaluate(fetch, sha256) == "model bytes"
    assert len(requests) == 1


def test_a_model_with_wrong_bytes_is_refused_and_the_right_one_taken_next(page: Page) -> None:
    page.context.route("**/models/net.onnx", lambda route: route.fulfill(body=b"<html>"))
    load = """async () => {
      const { loadPyinfer } = await import("/pyinfer.js");
      globalThis.runtime = await loadPyinfer();
    }"""
    fetch = """(sha256) => runtime.models.fetch(new URL("/models/net.onnx", location).href, { sha256 })
      .catch((error) => [error.type, error.message])"""
    sha256 = hashlib.sha256(b"model bytes").hexdigest()
    page.evaluate(load)
    kind, message = page.evaluate(fetch, sha256)
    assert kind == "pyinfer.errors.ModelHashError"
    assert sha256 in message
    assert hashlib.sha256(b"<html>").hexdigest() in message
    page.context.unroute("**/models/net.onnx")
    page.context.route("**/models/net.onnx", lambda route: route.fulfill(body=b"model bytes"))
    assert page.evaluate(fetch, sha256).endswith(f"{sha256}/net.onnx")
