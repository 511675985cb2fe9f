"""Models survive what happens to disks, databases, tabs and clocks.

Each fault is a real one, in a real browser's real databases.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext

from tests.browser.model_server import ModelServer, Served
from tests.browser.model_visitor import BYTES, MEGABYTE, SHA256, ModelVisitor, Room, content_of, digest

SIZE = len(BYTES)


@contextmanager
def quota_of(room: Room, size: int) -> Iterator[None]:
    """The site may store no more bytes than that."""
    session = room.devtools()
    session.send("Storage.overrideQuotaForOrigin", {"origin": room.url, "quotaSize": size})
    try:
        yield
    finally:
        session.send("Storage.overrideQuotaForOrigin", {"origin": room.url})


def test_a_quota_that_is_too_small_leaves_the_model_in_memory(
    visitor: ModelVisitor, model_server: ModelServer
) -> None:
    model_server.served["net.onnx"] = Served(BYTES)
    room = visitor.visit()
    with quota_of(room, MEGABYTE // 2):
        assert room.read(room.fetch(sha256=SHA256, size=SIZE)) == SHA256
        assert "from memory this once" in room.notices()[0]
        assert room.ask("list") == []
    assert room.read(room.fetch_anew(sha256=SHA256, size=SIZE)) == SHA256
    assert [model["name"] for model in room.ask("list")] == ["net.onnx"]


def test_a_quota_that_is_reached_costs_the_model_least_recently_used(
    browser: Browser, model_url: str, model_server: ModelServer
) -> None:
    # In a profile of its own: where another quota was lifted before, Chromium 156 enforced none.
    with browser.new_context() as context:
        room = ModelVisitor(context, model_url).visit()
        with quota_of(room, 5 * MEGABYTE // 2):
            for number, name in enumerate(("a.onnx", "b.onnx", "c.onnx")):
                model_server.served[name] = Served(content_of(number))
                room.fetch_anew(name)
            assert [model["name"] for model in room.ask("list")] == ["b.onnx", "c.onnx"]
        assert room.notices() == []
        room.tidy()
    model_server.reset()


def test_databases_that_are_deleted_under_us_are_filled_again(
    visitor: ModelVisitor, model_server: ModelServer
) -> None:
    model_server.served["net.onnx"] = Served(BYTES)
    room = visitor.visit()
    path = room.fetch(sha256=SHA256)
    room.devtools().send("Storage.clearDataForOrigin", {"origin": visitor.url, "storageTypes": "indexeddb"})
    assert room.read(path) == SHA256, "what is open stays good"
    room = visitor.come_back()
    assert room.ask("list") == []
    assert room.read(room.fetch(sha256=SHA256)) == SHA256


def test_a_tab_that_dies_while_it_writes_leaves_no_part_of_a_model(
    visitor: ModelVisitor, model_server: ModelServer
) -> None:
    model_server.served["net.onnx"] = Served(BYTES)
    model_server.served["other.onnx"] = Served(content_of(3))
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
        room.begin_fetch()
    room.page.close()
    room = visitor.visit()
    assert [model["name"] for model in room.ask("list")] == ["other.onnx"]
    assert room.read(room.fetch(sha256=SHA256)) == SHA256
    assert room.read(room.fetch("other.onnx")) == other
    assert model_server.downloads().count(("other.onnx", "")) == 1


def test_a_clock_that_moves_loses_nothing(visitor: ModelVisitor, model_server: ModelServer) -> None:
    model_server.served["net.onnx"] = Served(BYTES)
    room = visitor.visit()
    room.fetch(sha256=SHA256)
    for years in (-5, 10):
        room.page.workers[0].evaluate(
            "(years) => { const { now } = Date; Date.now = () => now() + years * 3.2e10; }", years
        )
        room.fetch_anew(sha256=SHA256)
        room.ask("evict", SHA256)
        room.fetch_anew(sha256=SHA256)
        assert [model["sha256"] for model in room.ask("list")] == [SHA256]
    room = visitor.come_back()
    assert room.read(room.fetch(sha256=SHA256)) == SHA256
    assert len(model_server.downloads()) == 3


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


def test_a_corrupted_record_means_that_there_is_no_model(
    visitor: ModelVisitor, model_server: ModelServer
) -> None:
    model_server.served["net.onnx"] = Served(BYTES)
    room = visitor.visit()
    room.fetch(sha256=SHA256)
    for count, record in enumerate(("no record", '{"format": 1, "name": "net.onnx"}'), 2):
        room.page.evaluate(PUT, [f"{MOUNTS}/records", {f"{SHA256}.json": record}, 21])
        assert room.ask("list") == []
        assert room.read(room.fetch_anew(sha256=SHA256)) == SHA256
        assert len(model_server.downloads()) == count
        assert [model["sha256"] for model in room.ask("list")] == [SHA256]


def test_a_database_of_an_older_version_is_replaced(visitor: ModelVisitor, model_server: ModelServer) -> None:
    content = content_of(4)  # of which there is no database yet
    sha256 = digest(content)
    model_server.served["net.onnx"] = Served(content)
    room = visitor.visit()
    older = {"000.000": "bytes", "record.json": '{"name": "net", "files": ["000.000"]}'}
    room.page.evaluate(PUT, [f"{MOUNTS}/{sha256}", older, 20])
    assert room.read(room.fetch(sha256=sha256)) == sha256
    room = visitor.come_back()
    assert room.read(room.fetch(sha256=sha256)) == sha256
    assert len(model_server.downloads()) == 1


def test_blocked_databases_cost_a_download_at_each_visit(
    blocked_context: BrowserContext, model_url: str, model_server: ModelServer
) -> None:
    model_server.served["net.onnx"] = Served(BYTES)
    room = ModelVisitor(blocked_context, model_url).visit()
    assert room.read(room.fetch(sha256=SHA256)) == SHA256
    assert any("from memory this once" in words for words in room.notices())
    room.leave()
    model_server.reset()
