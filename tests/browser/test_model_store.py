"""Models arrive whole, survive what happens to pages, servers and disks, and go when they must.

Each fault is a real one: of a real server, in a real browser's real databases.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from pyinfer.host.build import runtime_bundle
from pyinfer.host.places import chromium
from pyinfer.host.serve import serving
from tests.browser.conftest import CHROMIUM_FLAGS, HANDLES, LOAD, blank_page
from tests.browser.model_server import ModelServer, Served

MEGABYTE = 1 << 20
DATA = Path(__file__).parents[1] / "data"


def content_of(seed: int, size: int = MEGABYTE) -> bytes:
    return hashlib.shake_128(seed.to_bytes(4, "big")).digest(size)


BYTES = content_of(1)
SHA256 = hashlib.sha256(BYTES).hexdigest()


@pytest.fixture(scope="module")
def server() -> ModelServer:
    return ModelServer()


@pytest.fixture(scope="module")
def url(server: ModelServer) -> Iterator[str]:
    extra: dict[str, Any] = {"/blank": blank_page, "/served": server}
    with serving(runtime_bundle(), extra=extra) as url:
        yield url


@pytest.fixture
def visitor(browser: Browser, url: str, server: ModelServer) -> Iterator[Visitor]:
    server.served.clear()
    server.requests.clear()
    server.headers.clear()
    with browser.new_context() as context:
        yield Visitor(context, url)


class Visitor:
    """A browser with empty databases; its pages come and go."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context = context
        self.url = url

    def visit(self, app: dict[str, Any] | None = None) -> Room:
        """A new page in which Python runs."""
        page = self.context.new_page()
        page.goto(f"{self.url}/blank")
        page.evaluate(LOAD, {"app": {"name": "test", **(app or {})}})
        return Room(page, self.url)


class Room:
    """A page; leaving it, nothing of JavaScript's may be held that was not before."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.before = self.handles()

    def handles(self) -> Any:
        return self.page.evaluate("(code) => runtime.runPythonAsync(code)", HANDLES)

    def leave(self) -> None:
        assert self.handles() == self.before, "live JavaScript handles are left behind"
        self.page.close()

    def ask(self, method: str, *args: Any) -> Any:
        """A method of ``runtime.models``; an error as its type and message."""
        return self.page.evaluate(
            """([method, args]) => runtime.models[method](...args)
              .catch((error) => ({ type: error.type, message: error.message }))""",
            [method, list(args)],
        )

    def fetch(self, name: str = "net.onnx", **options: Any) -> Any:
        return self.ask("fetch", f"{self.url}/served/{name}" if "." in name else name, options)

    def begin_fetch(self, name: str, **options: Any) -> None:
        self.page.evaluate(
            """([url, options]) => {
              globalThis.arrived = 0;
              const onProgress = (loaded) => { globalThis.arrived = loaded; };
              globalThis.fetching = runtime.models.fetch(url, { ...options, onProgress })
                .catch((error) => ({ type: error.type, message: error.message }));
            }""",
            [f"{self.url}/served/{name}", options],
        )

    def wait_for_bytes(self, count: int) -> None:
        self.page.wait_for_function("(count) => arrived >= count", arg=count)

    def end_fetch(self) -> Any:
        return self.page.evaluate("() => fetching")

    def read(self, path: str) -> str:
        """The digest of the file's bytes, as Python reads them."""
        code = f"import hashlib\nhashlib.sha256(open({path!r}, 'rb').read()).hexdigest()"
        digest: str = self.page.evaluate("(code) => runtime.runPythonAsync(code)", code)
        return digest

    def notices(self) -> list[str]:
        found: list[str] = self.page.evaluate("() => notices")
        return found


def test_a_model_comes_from_this_machine_after_the_first_visit(visitor: Visitor, server: ModelServer) -> None:
    server.served["net.onnx"] = Served(BYTES)
    for _ in range(2):
        room = visitor.visit()
        assert room.read(room.fetch(sha256=SHA256)) == SHA256
        room.leave()
    assert server.downloads() == [("net.onnx", "")]


def test_a_server_that_stops_in_the_middle_is_continued(visitor: Visitor, server: ModelServer) -> None:
    served = server.served["net.onnx"] = Served(BYTES, breaks_after=300_000)
    room = visitor.visit()
    room.begin_fetch("net.onnx", sha256=SHA256, size=len(BYTES))
    room.wait_for_bytes(300_000)
    served.breaks_after = None
    served.go_on.set()
    assert room.read(room.end_fetch()) == SHA256
    assert server.downloads() == [("net.onnx", ""), ("net.onnx", "bytes=300000-")]
    room.leave()


def test_a_download_that_was_given_up_goes_on_at_the_next_visit(
    visitor: Visitor, server: ModelServer
) -> None:
    served = server.served["net.onnx"] = Served(BYTES, breaks_after=300_000)
    room = visitor.visit()
    room.begin_fetch("net.onnx", sha256=SHA256, size=len(BYTES))
    room.wait_for_bytes(300_000)
    served.status = "403 Forbidden"
    served.go_on.set()
    error = room.end_fetch()
    assert error["type"] == "pyinfer.errors.ModelDownloadError"
    assert "403" in error["message"]
    room.leave()
    server.served["net.onnx"] = Served(BYTES)
    server.requests.clear()
    room = visitor.visit()
    assert room.read(room.fetch(sha256=SHA256, size=len(BYTES))) == SHA256
    assert server.downloads() == [("net.onnx", "bytes=300000-")]
    room.leave()


@pytest.mark.parametrize(
    ("served", "options", "kind", "words"),
    [
        (Served(b"other bytes"), {"sha256": SHA256}, "ModelHashError", "expected sha256"),
        (Served(BYTES), {"size": 10}, "ModelDownloadError", "1048576 bytes arrived of 10"),
        (Served(b"<html>", type="text/html"), {}, "ModelDownloadError", "web page"),
        (Served(b"<html>", status="404 Not Found", type="text/html"), {}, "ModelDownloadError", "404"),
    ],
)
def test_what_is_not_the_model_is_refused_and_the_next_try_succeeds(
    visitor: Visitor, server: ModelServer, served: Served, options: dict[str, Any], kind: str, words: str
) -> None:
    server.served["net.onnx"] = served
    room = visitor.visit()
    error = room.fetch(**options)
    assert error["type"] == f"pyinfer.errors.{kind}" and words in error["message"]
    assert room.ask("list") == []
    server.served["net.onnx"] = Served(BYTES)
    assert room.read(room.fetch(sha256=SHA256)) == SHA256
    assert room.notices() == []
    room.leave()


def test_two_tabs_share_one_download_and_may_evict(visitor: Visitor, server: ModelServer) -> None:
    server.served["net.onnx"] = Served(BYTES)
    rooms = [visitor.visit(), visitor.visit()]
    begin = """([url, sha256]) => {
      globalThis.work = (async () => {
        for (let round = 0; round < 5; round += 1) {
          const path = await runtime.models.fetch(url, { sha256 });
          const bytes = await runtime.files.read(path);
          const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
          if (digest.toHex() !== sha256) throw new Error("other bytes");
          await runtime.models.unmount(path);
          await runtime.models.evict(url).catch((error) => {
            if (!error.message.includes("not stored")) throw error;
          });
        }
        return "done";
      })();
    }"""
    for room in rooms:
        room.page.evaluate(begin, [f"{visitor.url}/served/net.onnx", SHA256])
    for room in rooms:
        assert room.page.evaluate("() => work") == "done"
        assert not [words for words in room.notices() if "damaged" not in words]
        room.leave()


def test_a_quota_that_is_too_small_leaves_the_model_in_memory(visitor: Visitor, server: ModelServer) -> None:
    server.served["net.onnx"] = Served(BYTES)
    room = visitor.visit()
    session = visitor.context.new_cdp_session(room.page)
    session.send("Storage.overrideQuotaForOrigin", {"origin": visitor.url, "quotaSize": MEGABYTE // 2})
    assert room.read(room.fetch(sha256=SHA256, size=len(BYTES))) == SHA256
    assert "from memory this once" in room.notices()[0]
    assert room.ask("list") == []
    session.send("Storage.overrideQuotaForOrigin", {"origin": visitor.url})
    room.leave()
    room = visitor.visit()
    assert room.read(room.fetch(sha256=SHA256, size=len(BYTES))) == SHA256
    assert [model["name"] for model in room.ask("list")] == ["net.onnx"]
    room.leave()


def test_a_quota_that_is_reached_costs_the_model_least_recently_used(
    visitor: Visitor, server: ModelServer
) -> None:
    room = visitor.visit()
    session = visitor.context.new_cdp_session(room.page)
    session.send("Storage.overrideQuotaForOrigin", {"origin": visitor.url, "quotaSize": 5 * MEGABYTE // 2})
    for seed, name in enumerate(("a.onnx", "b.onnx", "c.onnx")):
        server.served[name] = Served(content_of(seed))
        room.ask("unmount", room.fetch(name))
    assert [model["name"] for model in room.ask("list")] == ["b.onnx", "c.onnx"]
    assert room.notices() == []
    room.leave()


def test_databases_that_are_deleted_under_us_are_filled_again(visitor: Visitor, server: ModelServer) -> None:
    server.served["net.onnx"] = Served(BYTES)
    room = visitor.visit()
    path = room.fetch(sha256=SHA256)
    session = visitor.context.new_cdp_session(room.page)
    session.send("Storage.clearDataForOrigin", {"origin": visitor.url, "storageTypes": "indexeddb"})
    assert room.read(path) == SHA256, "what is open stays good"
    room.leave()
    room = visitor.visit()
    assert room.ask("list") == []
    assert room.read(room.fetch(sha256=SHA256)) == SHA256
    room.leave()


def test_what_is_stored_is_listed_kept_verified_and_deleted(visitor: Visitor, server: ModelServer) -> None:
    server.served["net.onnx"] = Served(BYTES)
    room = visitor.visit()
    room.ask("unmount", room.fetch(sha256=SHA256))
    (model,) = room.ask("list")
    assert (model["name"], model["size"], model["sha256"]) == ("net.onnx", len(BYTES), SHA256)
    room.ask("keep", SHA256)
    assert room.ask("info", SHA256)["kept"]
    assert room.ask("verify", SHA256)
    usage = room.ask("usage")
    assert usage["models"] == len(BYTES) and usage["quota"] > usage["used"] > 0
    room.ask("clear")
    assert room.ask("list") == []
    assert room.ask("evict", SHA256)["type"] == "pyinfer.errors.ModelStoreError"
    room.leave()


def test_headers_go_to_the_server(visitor: Visitor, server: ModelServer) -> None:
    server.served["net.onnx"] = Served(BYTES)
    room = visitor.visit()
    assert room.read(room.fetch(headers={"Authorization": "Bearer word"})) == SHA256
    assert server.headers[0]["HTTP_AUTHORIZATION"] == "Bearer word"
    room.leave()


def test_a_fetch_that_is_interrupted_holds_nothing_and_can_be_repeated(
    visitor: Visitor, server: ModelServer
) -> None:
    served = server.served["net.onnx"] = Served(BYTES, breaks_after=300_000)
    room = visitor.visit()
    room.begin_fetch("net.onnx", sha256=SHA256, size=len(BYTES))
    room.wait_for_bytes(300_000)
    assert room.page.evaluate("() => runtime.interrupt()") == "interrupted"
    assert room.end_fetch()["type"] == "KeyboardInterrupt"
    served.breaks_after = None
    served.go_on.set()
    assert room.read(room.fetch(sha256=SHA256, size=len(BYTES))) == SHA256
    room.leave()


def test_progress_reaches_the_caller_and_the_page(visitor: Visitor, server: ModelServer) -> None:
    server.served["net.onnx"] = Served(BYTES)
    room = visitor.visit()
    said = room.page.evaluate(
        """async (url) => {
          const said = [];
          await runtime.models.fetch(url, { onProgress: (loaded, total) => said.push([loaded, total]) });
          await new Promise((resolve) => setTimeout(resolve));
          return said;
        }""",
        f"{visitor.url}/served/net.onnx",
    )
    assert said[-1] == [len(BYTES), len(BYTES)] and said == sorted(said)
    room.leave()


def test_a_session_outlives_the_path_it_was_made_of(visitor: Visitor, server: ModelServer) -> None:
    server.served["net.onnx"] = Served((DATA / "add_fixed.onnx").read_bytes())
    room = visitor.visit()
    code = """
import onnxruntime as ort
from pyinfer.browser.store import app_models
path = await app_models().fetch(URL)
session = ort.InferenceSession(path)
await app_models().unmount(path)
import os
feed = {i.name: np.ones(i.shape, np.float32) for i in session.get_inputs()}
found = [os.path.exists(path), session.run(None, feed)[0].ravel().tolist()]
del session, feed
found"""
    code = code.replace("URL", repr(f"{visitor.url}/served/net.onnx"))
    found = room.page.evaluate("(code) => runtime.runPythonAsync('import numpy as np\\n' + code)", code)
    assert found[0] is False and set(found[1]) == {2.0}
    room.leave()


def test_a_model_in_several_parts_is_read_as_one_file(visitor: Visitor, server: ModelServer) -> None:
    content = content_of(2, 33 * MEGABYTE)
    digest = hashlib.sha256(content).hexdigest()
    server.served["large.onnx"] = Served(content)
    for _ in range(2):
        room = visitor.visit()
        path = room.fetch("large.onnx", sha256=digest, size=len(content))
        assert room.read(path) == digest
        code = f"""
with open({path!r}, "rb") as file:
    file.seek({16 * MEGABYTE - 3})
    piece = file.read(6)
    size = file.seek(0, 2)
[list(piece), size]"""
        found = room.page.evaluate("(code) => runtime.runPythonAsync(code)", code)
        assert found == [list(content[16 * MEGABYTE - 3 :][:6]), len(content)]
        room.leave()
    assert len(server.downloads()) == 1


def test_a_tab_that_dies_while_it_writes_leaves_no_part_of_a_model(
    visitor: Visitor, server: ModelServer
) -> None:
    server.served["net.onnx"] = Served(BYTES)
    server.served["other.onnx"] = Served(content_of(3))
    room = visitor.visit()
    other = room.read(room.fetch("other.onnx"))
    room.page.workers[0].evaluate(
        """() => {
          const { put } = IDBObjectStore.prototype;
          IDBObjectStore.prototype.put = function (...args) {
            put.apply(this, args);
            console.log("writing");
            for (;;);
          };
        }"""
    )
    with room.page.expect_console_message(lambda message: message.text == "writing"):
        room.page.evaluate(
            "(url) => { runtime.models.fetch(url).catch(() => {}); }", f"{visitor.url}/served/net.onnx"
        )
    room.page.close()
    room = visitor.visit()
    assert [model["name"] for model in room.ask("list")] == ["other.onnx"]
    assert room.read(room.fetch(sha256=SHA256)) == SHA256
    assert room.read(room.fetch("other.onnx")) == other
    assert server.downloads().count(("other.onnx", "")) == 1
    room.leave()


def test_a_clock_that_moves_loses_nothing(visitor: Visitor, server: ModelServer) -> None:
    server.served["net.onnx"] = Served(BYTES)
    room = visitor.visit()
    room.ask("unmount", room.fetch(sha256=SHA256))
    for years in (-5, 10):
        room.page.workers[0].evaluate(
            "(years) => { const { now } = Date; Date.now = () => now() + years * 3.2e10; }", years
        )
        room.ask("unmount", room.fetch(sha256=SHA256))
        room.ask("evict", SHA256)
        room.ask("unmount", room.fetch(sha256=SHA256))
        assert [model["sha256"] for model in room.ask("list")] == [SHA256]
    room.leave()
    room = visitor.visit()
    assert room.read(room.fetch(sha256=SHA256)) == SHA256
    assert len(server.downloads()) == 3
    room.leave()


PUT = """async ([path, files, version]) => {
  const opening = indexedDB.open(path, version);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("FILE_DATA").createIndex("timestamp", "timestamp", { unique: false });
  };
  const database = await new Promise((resolve, reject) => {
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = reject;
  });
  const work = database.transaction("FILE_DATA", "readwrite");
  for (const [name, text] of Object.entries(files)) {
    const contents = new TextEncoder().encode(text);
    const file = { timestamp: new Date(1), mode: 0o100644, contents };
    work.objectStore("FILE_DATA").put(file, `${path}/${name}`);
  }
  await new Promise((resolve) => { work.oncomplete = resolve; });
  database.close();
}"""
MOUNTS = "/pyinfer/models/test"


@pytest.mark.parametrize("record", ["no record", '{"format": 1, "name": "net.onnx"}'])
def test_a_corrupted_record_means_that_there_is_no_model(
    visitor: Visitor, server: ModelServer, record: str
) -> None:
    server.served["net.onnx"] = Served(BYTES)
    room = visitor.visit()
    room.fetch(sha256=SHA256)
    room.leave()
    room = visitor.visit()
    room.page.evaluate(PUT, [f"{MOUNTS}/records", {f"{SHA256}.json": record}, 21])
    assert room.ask("list") == []
    assert room.read(room.fetch(sha256=SHA256)) == SHA256
    assert len(server.downloads()) == 2
    assert [model["sha256"] for model in room.ask("list")] == [SHA256]
    room.leave()


def test_a_database_of_an_older_version_is_replaced(visitor: Visitor, server: ModelServer) -> None:
    server.served["net.onnx"] = Served(BYTES)
    room = visitor.visit()
    older = {"000.000": "bytes", "record.json": '{"name": "net", "files": ["000.000"]}'}
    room.page.evaluate(PUT, [f"{MOUNTS}/{SHA256}", older, 20])
    assert room.read(room.fetch(sha256=SHA256)) == SHA256
    room.leave()
    room = visitor.visit()
    assert room.read(room.fetch(sha256=SHA256)) == SHA256
    assert len(server.downloads()) == 1
    room.leave()


def test_blocked_databases_cost_a_download_at_each_visit(
    browser: Browser, url: str, server: ModelServer, tmp_path: Path
) -> None:
    server.served["net.onnx"] = Served(BYTES)
    preferences = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (tmp_path / "Default").mkdir()
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(preferences))
    with browser.browser_type.launch_persistent_context(
        tmp_path, executable_path=os.fspath(chromium()), args=CHROMIUM_FLAGS
    ) as context:
        room = Visitor(context, url).visit()
        assert room.read(room.fetch(sha256=SHA256)) == SHA256
        assert any("from memory this once" in words for words in room.notices())
        room.leave()
