"""Calls come in order, are cancelled one at a time, and are shared out among workers."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from playwright.sync_api import Browser, Page

from pyinfer.host.places import chromium
from tests.browser.conftest import Engines, PyinferPage
from tests.browser.engines import CHROMIUM_FLAGS
from tests.browser.model_server import ModelServer, Served
from tests.browser.model_visitor import digest
from tests.browser.page_scripts import HANDLES, LOAD

MODEL = Path(__file__).parents[1] / "data" / "network_64.onnx"
WORKERS = 3

pytestmark = pytest.mark.timeout(400)

#: Functions that the page calls. ``log`` has what began and ended, in that order.
FUNCTIONS = """
import asyncio

log = []
kept = "kept"

async def wait(name, seconds):
    log.append(f"{name} begins")
    await asyncio.sleep(seconds)
    log.append(f"{name} ends")
    return name

async def forever():
    print("begun", flush=True)
    await asyncio.Event().wait()

def spin():
    print("begun", flush=True)
    while True:
        pass
"""

#: What each worker of a pool is asked; ``worker`` names it.
INFER = """
import uuid
worker = str(uuid.uuid4())

def infer(path):
    import numpy as np, onnxruntime
    session = onnxruntime.InferenceSession(path)
    image = np.ones((1, 1, 64, 64), np.float32)
    return [worker, float(session.run(None, {session.get_inputs()[0].name: image})[0].sum())]

def transferred():
    from pyodide.code import run_js
    return run_js(TRANSFERRED)().to_py()

def read(path):
    return open(path).read()

def die():
    from js import self
    self.close()
"""

#: The WebAssembly that came over the line for whoever asks, the page or a worker.
TRANSFERRED = """() => performance.getEntriesByType("resource")
  .filter(({ name, transferSize }) => transferSize > 0 && name.endsWith(".wasm"))
  .map(({ name }) => name)"""

#: What becomes of calls when one that runs, and one that waits, are aborted.
CANCEL = """async () => {
  const abortWhenBegun = async (entry) => {
    const [running, waiting] = [new AbortController(), new AbortController()];
    const begun = new Promise((resolve) => runtime.addEventListener("stdout", resolve, { once: true }));
    const other = runtime.runPythonAsync("await wait('other', 0.3)");
    const reason = new Error("no longer wanted");
    const outcomes = Promise.all([
      runtime.call(entry, { signal: running.signal }).catch((error) => error === reason),
      runtime.call("__main__:wait", "dropped", 0, { signal: waiting.signal }).catch((error) => error.name),
      runtime.call("__main__:wait", "after", 0).catch((error) => error.message),
      other.catch((error) => error.name),
    ]);
    await begun;
    waiting.abort();
    running.abort(reason);
    return [await outcomes, await runtime.runPythonAsync("globals().get('kept')")];
  };
  return [await abortWhenBegun("__main__:forever"), await abortWhenBegun("__main__:spin")];
}"""


def test_a_call_waits_for_the_one_before_and_other_code_runs_meanwhile(python: PyinferPage) -> None:
    python.run(FUNCTIONS)
    answers, log = python.page.evaluate(
        """async () => {
          const answers = await Promise.all([
            runtime.call("builtins:len", new Blob(["abc"])),
            runtime.call("__main__:wait", "first", 0.1),
            runtime.call("__main__:wait", "second", 0),
            runtime.call("builtins:int", "no number").catch((error) => error.type),
            runtime.call("__main__:wait", "third", 0),
            runtime.runPythonAsync("log.append('meanwhile')"),
          ]);
          return [answers, await runtime.runPythonAsync("log")];
        }"""
    )
    assert answers == [3, "first", "second", "ValueError", "third", None]
    assert [entry for entry in log if entry != "meanwhile"] == [
        f"{name} {event}" for name in ("first", "second", "third") for event in ("begins", "ends")
    ]
    assert log.index("meanwhile") < log.index("first ends")


@pytest.mark.parametrize(
    ("name", "url"), [("Chromium", "runtime_url"), ("Chromium", "bare_url"), ("Firefox", "runtime_url")]
)
def test_one_call_is_cancelled_and_the_others_go_on(
    name: str, url: str, engines: Engines, request: pytest.FixtureRequest
) -> None:
    engine = engines.get(name)
    engine.open(f"{request.getfixturevalue(url)}/blank")
    engine.evaluate(LOAD, {})
    prepare = "async (code) => { await runtime.runPythonAsync(code); }"
    engine.evaluate(prepare, FUNCTIONS)
    before = engine.evaluate("(code) => runtime.runPythonAsync(code)", HANDLES)
    awaiting, busy = engine.evaluate(CANCEL)
    assert awaiting == [[True, "AbortError", "after", "other"], "kept"]
    if url == "bare_url":  # there is no shared memory, so the worker was restarted
        (aborted, dropped, after, other), kept = busy
        assert (aborted, dropped, other, kept) == (True, "AbortError", "WorkerEndedError", None)
        assert "wait" in after  # the new worker does not know this function
    else:
        assert busy == [[True, "AbortError", "after", "other"], "kept"]
    assert engine.evaluate("(code) => runtime.runPythonAsync(code)", HANDLES) == before


class Pool:
    """A page with three workers."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.evaluate(LOAD, {"workers": WORKERS, "app": {"name": "pool"}})
        head, _, last = HANDLES.strip().rpartition("\n")
        page.evaluate(
            "async (code) => { await runtime.runPythonAsync(code); }",
            f"{FUNCTIONS}\ndef handles():\n{textwrap.indent(head, '    ')}\n    return {last}\n{INFER}"
            f"TRANSFERRED = {TRANSFERRED!r}",
        )

    def everywhere(self, entry: str, *arguments: Any) -> list[Any]:
        """What a function gives in each worker: as many calls at once as there are workers."""
        answers: list[Any] = self.page.evaluate(
            "([count, entry, ...given]) => "
            "Promise.all(Array.from({ length: count }, () => runtime.call(entry, ...given)))",
            [WORKERS, entry, *arguments],
        )
        return answers


@pytest.fixture(scope="module")
def shared_pool(browser: Browser, model_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """In a profile on disk, as visitors have it: what a private window caches in memory is small."""
    profile = tmp_path_factory.mktemp("profile")
    with browser.browser_type.launch_persistent_context(
        profile, executable_path=chromium(), args=CHROMIUM_FLAGS
    ) as context:
        page = context.new_page()
        page.goto(f"{model_url}/blank")
        yield Pool(page)


@pytest.fixture
def pool(shared_pool: Pool, model_server: ModelServer) -> Iterator[Pool]:
    """The same for all tests; afterwards nothing of JavaScript may still be held, in any worker."""
    before = shared_pool.everywhere("__main__:handles")
    yield shared_pool
    model_server.reset()
    assert shared_pool.everywhere("__main__:handles") == before


def test_what_one_worker_has_downloaded_all_have(pool: Pool, model_server: ModelServer) -> None:
    content = MODEL.read_bytes()
    model_server.served["net.onnx"] = Served(content)
    path = pool.page.evaluate(
        "(sha256) => runtime.models.fetch('/served/net.onnx', { sha256 })", digest(content)
    )
    session = onnxruntime.InferenceSession(MODEL)
    image = np.ones((1, 1, 64, 64), np.float32)
    native = session.run(None, {session.get_inputs()[0].name: image})[0].sum()
    found = pool.everywhere("__main__:infer", path)
    np.testing.assert_allclose([number for _, number in found], [native] * WORKERS, rtol=1e-4)
    assert len({worker for worker, _ in found}) == WORKERS
    assert model_server.downloads() == [("net.onnx", "")]
    # Whoever asked first, the page or a worker: all others took it from the browser's cache.
    asked = [pool.page.evaluate(TRANSFERRED), *pool.everywhere("__main__:transferred")]
    transferred = [name for names in asked for name in names]
    assert any("opencv" in name for name in transferred)
    assert len(transferred) == len(set(transferred))


def test_a_worker_that_dies_is_replaced_and_the_others_go_on(pool: Pool, model_server: ModelServer) -> None:
    model_server.served["other.onnx"] = Served(MODEL.read_bytes())
    pool.page.evaluate("() => runtime.files.write('/data/note.txt', 'written in each')")
    path = pool.page.evaluate("() => runtime.models.fetch('/served/other.onnx')")
    workers = {worker for worker, _ in pool.everywhere("__main__:infer", path)}
    died, went_on = pool.page.evaluate(
        """async () => {
          const replaced = new Promise((resolve) => {
            runtime.addEventListener("restart", resolve, { once: true });
          });
          const outcomes = await Promise.all([
            runtime.call("__main__:wait", "goes on", 0.5),
            runtime.call("__main__:die").catch((error) => error.name),
          ]);
          await replaced;
          return outcomes.reverse();
        }"""
    )
    assert (died, went_on) == ("WorkerEndedError", "goes on")
    after = {worker for worker, _ in pool.everywhere("__main__:infer", path)}
    assert (len(after), len(after & workers)) == (WORKERS, WORKERS - 1)
    assert pool.everywhere("__main__:read", "/data/note.txt") == ["written in each"] * WORKERS


def test_an_interrupt_stops_all_workers_and_closing_ends_them(pool: Pool) -> None:
    stopped = pool.page.evaluate(
        """async (count) => {
          let left = count;
          const begun = new Promise((resolve) => {
            const listen = () => {
              left -= 1;
              if (left === 0) { runtime.removeEventListener("stdout", listen); resolve(); }
            };
            runtime.addEventListener("stdout", listen);
          });
          const type = (error) => error.type;
          const busy = Array.from({ length: count }, () => runtime.call("__main__:spin").catch(type));
          const waiting = runtime.call("__main__:wait", "never", 0).catch(type);
          await begun;
          return [await runtime.interrupt({ patience: 60_000 }), await Promise.all([...busy, waiting])];
        }""",
        WORKERS,
    )
    assert stopped == ["interrupted", ["KeyboardInterrupt"] * (WORKERS + 1)]


def test_a_pool_that_is_closed_says_so(page: Page) -> None:
    assert page.evaluate(
        """async () => {
          const { loadPyinfer } = await import("/pyinfer.js");
          const wrong = await loadPyinfer({ workers: 0 }).catch((error) => error.message);
          const pool = await loadPyinfer({ workers: 2 });
          let reason;
          pool.addEventListener("close", ({ detail }) => { reason = detail; });
          const message = (error) => error.message;
          const waiting = [1, 2, 3].map(() => pool.call("asyncio:sleep", 1000).catch(message));
          await pool.close();
          const late = await pool.call("builtins:len", []).catch(message);
          return [wrong, reason, await Promise.all(waiting), late];
        }"""
    ) == [
        "workers must be a whole number from 1 on, not 0",
        "closed by close()",
        ["closed by close()"] * 3,
        "closed by close()",
    ]
