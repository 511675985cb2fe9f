"""The model store in Firefox and WebKitGTK: stored, continued, verified, and whole after what happens there.

Chromium, which more can be done to from outside, has tests of its own for each fault.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pyinfer.host.serve import serving
from tests.browser.conftest import Engines
from tests.browser.engines import Engine
from tests.browser.firefox import FirefoxEngine
from tests.browser.handles import handles_at_rest
from tests.browser.model_server import ModelServer, Served
from tests.browser.model_visitor import BYTES, SHA256, content_of, digest
from tests.browser.page_scripts import HANDLES, LOAD
from tests.browser.webkit import WebKitEngine

MODEL = (Path(__file__).parents[1] / "data" / "add_fixed.onnx").read_bytes()
OTHER = content_of(9)
BROKEN = 300_000

pytestmark = pytest.mark.timeout(400)

#: Has the worker say that it is writing to IndexedDB, and stop right there.
STOP_WHILE_WRITING = """
import js
js.eval('''
const { put } = IDBObjectStore.prototype;
IDBObjectStore.prototype.put = function (...args) {
  put.apply(this, args);
  const request = new XMLHttpRequest();
  request.open("GET", "ADDRESS", false);
  request.send();
};
''')
"null" """

DELETE = """(name) => new Promise((resolve, reject) => {
  const deleting = indexedDB.deleteDatabase(name);
  deleting.onsuccess = () => resolve();
  deleting.onerror = reject;
  deleting.onblocked = () => reject(new Error("somebody has it open"));
})"""

INFER = """
import json
import numpy as np
import onnxruntime as ort
session = ort.InferenceSession(PATH)
feed = {i.name: np.ones(i.shape, np.float32) for i in session.get_inputs()}
found = session.run(None, feed)[0].ravel().tolist()
del session, feed
json.dumps(found)"""

#: What two interpreters of a page, which share no memory, do with one model at the same time.
TAKE_TURNS = """async (url, sha256) => {
  const { loadPyinfer } = await import("/pyinfer.js");
  const worker = await loadPyinfer({ app: { name: "test" } });
  const code = `
import hashlib
from pyinfer.browser.store import app_models
from pyinfer.errors import ModelStoreError
for _ in range(3):
    path = await app_models().fetch(${JSON.stringify(url)}, sha256="${sha256}")
    with open(path, "rb") as file:
        assert hashlib.sha256(file.read()).hexdigest() == "${sha256}"
    await app_models().unmount(path)
    try:
        await app_models().evict("${sha256}")
    except ModelStoreError as error:
        assert "not stored" in str(error), error
"done"`;
  const done = await Promise.all([runtime.runPythonAsync(code), worker.runPythonAsync(code)]);
  await worker.close();
  return done;
}"""


class Machine:
    """A browser that keeps what it stores when its page, or all of it, is killed."""

    def __init__(self, name: str, profile: Path) -> None:
        self.name = name
        self._profile = profile
        self._room: Room | None = None
        self.engine = self._start()

    def _start(self) -> Engine:
        # WebKitGTK keeps nothing of a browser that is driven.
        return FirefoxEngine(profile=self._profile) if self.name == "Firefox" else WebKitEngine()

    def visit(self, url: str) -> Room:
        """The page that is open, or else a new one."""
        if self._room is None:
            self.engine.open(f"{url}/blank")
            self.engine.evaluate(LOAD, {"app": {"name": "test"}})
            self.engine.evaluate("() => { notices.length = 0; }")  # what WebKitGTK lacks
            self._room = Room(self.engine, url)
        return self._room

    def kill(self, url: str) -> None:
        """End the browser, or, where nothing would be left then, the page with its worker."""
        self._room = None
        if self.name == "Firefox":
            self.engine.close()
            self.engine = self._start()
        else:
            self.engine.open(f"{url}/blank")


class Room:
    """A page with Python in its worker."""

    def __init__(self, engine: Engine, url: str) -> None:
        self.engine = engine
        self._url = url
        self._opened: set[str] = set()

    def run(self, code: str) -> Any:
        """The value of Python source, which is JSON."""
        return json.loads(self.engine.evaluate("(code) => runtime.runPythonAsync(code)", code))

    def handles(self) -> Any:
        head, _, last = HANDLES.strip().rpartition("\n")
        return handles_at_rest(lambda: self.run(f"{head}\nimport json\njson.dumps({last})"))

    def address(self, name: str) -> str:
        return name if "/" in name else f"{self._url}/served/{name}"

    def begin_fetch(self, name: str = "net.onnx", **options: Any) -> None:
        self.engine.evaluate(
            """(url, options) => {
              globalThis.arrived = 0;
              const onProgress = (loaded) => { globalThis.arrived = loaded; };
              globalThis.fetching = runtime.models.fetch(url, { ...options, onProgress })
                .catch((error) => ({ type: error.type, message: error.message }));
            }""",
            self.address(name),
            options,
        )

    def wait_for_bytes(self, count: int) -> None:
        self.engine.evaluate(
            """(count) => new Promise((resolve) => {
              const look = () => globalThis.arrived >= count ? resolve() : setTimeout(look, 10);
              look();
            })""",
            count,
        )

    def end_fetch(self) -> Any:
        path = self.engine.evaluate("() => fetching")
        if isinstance(path, str):
            self._opened.add(path)
        return path

    def fetch(self, name: str = "net.onnx", **options: Any) -> Any:
        self.begin_fetch(name, **options)
        return self.end_fetch()

    def read(self, path: str) -> str:
        assert isinstance(path, str), path
        code = f"import hashlib, json\njson.dumps(hashlib.sha256(open({path!r}, 'rb').read()).hexdigest())"
        found: str = self.run(code)
        return found

    def infer(self, path: str) -> set[float]:
        assert isinstance(path, str), path
        return set(self.run(INFER.replace("PATH", repr(path))))

    def stored(self) -> set[str]:
        return {model["name"] for model in self.engine.evaluate("() => runtime.models.list()")}

    def clear(self) -> None:
        """Nothing is open or stored any more."""
        for path in self._opened:
            self.engine.evaluate("(path) => runtime.models.unmount(path)", path)
        self._opened.clear()
        self.engine.evaluate("() => runtime.models.clear()")

    def notices(self) -> list[str]:
        found: list[str] = self.engine.evaluate("() => notices")
        return found


@pytest.fixture(scope="module", params=["Firefox", "WebKitGTK"])
def machine(
    request: pytest.FixtureRequest, engines: Engines, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Machine]:
    engines.close()  # each takes hundreds of megabytes
    machine = Machine(request.param, tmp_path_factory.mktemp("profile"))
    yield machine
    machine.engine.close()


@pytest.fixture
def room(machine: Machine, model_url: str, model_server: ModelServer) -> Iterator[Room]:
    """The page that is open; afterwards nothing is stored, and nothing may be held."""
    room = machine.visit(model_url)
    before = room.handles()
    yield room
    model_server.reset()
    room = machine.visit(model_url)
    room.clear()
    assert room.handles() == before, "live JavaScript handles are left behind"


@pytest.mark.parametrize("pinned", [True, False])
def test_a_download_that_breaks_off_is_continued(room: Room, model_server: ModelServer, pinned: bool) -> None:
    first = Served(BYTES, breaks_after=BROKEN)
    model_server.served["net.onnx"] = [first, Served(BYTES)]
    room.begin_fetch(**{"sha256": SHA256} if pinned else {})
    room.wait_for_bytes(BROKEN)
    first.go_on.set()
    assert room.read(room.end_fetch()) == SHA256
    assert model_server.downloads() == [("net.onnx", ""), ("net.onnx", f"bytes={BROKEN}-")]


def test_what_is_not_the_model_is_refused_and_the_next_try_succeeds(
    room: Room, model_server: ModelServer
) -> None:
    model_server.served["net.onnx"] = Served(OTHER)
    error = room.fetch(sha256=SHA256)
    assert error["type"] == "pyinfer.errors.ModelHashError" and digest(OTHER) in error["message"]
    model_server.served["net.onnx"] = Served(b"<html>", "404 Not Found", "text/html")
    assert "404" in room.fetch(sha256=SHA256)["message"]
    assert room.stored() == set()
    model_server.served["net.onnx"] = Served(BYTES)
    assert room.read(room.fetch(sha256=SHA256)) == SHA256


def test_two_interpreters_share_one_database_and_may_evict(room: Room, model_server: ModelServer) -> None:
    model_server.served["net.onnx"] = Served(BYTES)
    done = room.engine.evaluate(TAKE_TURNS, room.address("net.onnx"), SHA256)
    assert done == ["done", "done"]


def test_what_was_stored_outlives_a_browser_that_is_killed_while_it_writes(
    room: Room, machine: Machine, model_server: ModelServer, model_url: str, tmp_path: Path
) -> None:
    pins = {"net.onnx": digest(MODEL), "other.onnx": digest(OTHER)}
    elsewhere = Served(MODEL, headers={"Access-Control-Allow-Origin": model_url})
    model_server.served |= {"net.onnx": elsewhere, "other.onnx": Served(OTHER)}
    with serving(tmp_path, extra={"/served": model_server}) as url:
        address = f"{url}/served/net.onnx"
        assert room.infer(room.fetch(address, sha256=pins["net.onnx"])) == {2.0}
    room.fetch("other.onnx", sha256=pins["other.onnx"])
    model_server.served["late.onnx"] = Served(BYTES)
    writing = model_server.served["writing"] = Served(b"nobody waits for this", breaks_after=0)
    room.run(STOP_WHILE_WRITING.replace("ADDRESS", room.address("writing")))
    room.begin_fetch("late.onnx", sha256=SHA256)
    assert writing.asked.wait(60)
    machine.kill(model_url)
    writing.go_on.set()

    room = machine.visit(model_url)
    assert room.stored() == {"net.onnx", "other.onnx"}
    assert room.infer(room.fetch(address, sha256=pins["net.onnx"])) == {2.0}, "its server is gone"
    assert room.read(room.fetch("late.onnx", sha256=SHA256)) == SHA256
    assert room.notices() == []
    room.engine.evaluate(DELETE, f"/pyinfer/models/test/{pins['other.onnx']}")
    assert room.read(room.fetch("other.onnx", sha256=pins["other.onnx"])) == pins["other.onnx"]
    assert "damaged" in room.notices()[0]


def test_blocked_databases_cost_a_download_at_each_visit(
    engines: Engines, model_url: str, model_server: ModelServer
) -> None:
    engines.close()
    firefox = FirefoxEngine({"network.cookie.cookieBehavior": 2})
    model_server.served["net.onnx"] = Served(BYTES)
    try:
        firefox.open(f"{model_url}/blank")
        firefox.evaluate(LOAD, {"app": {"name": "test"}})
        room = Room(firefox, model_url)
        before = room.handles()
        assert room.read(room.fetch(sha256=SHA256)) == SHA256
        assert any("from memory this once" in words for words in room.notices())
        assert room.handles() == before
    finally:
        firefox.close()
        model_server.reset()
