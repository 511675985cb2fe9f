"""Models are stored once, found again, renewed when the server has another, and deleted when wished."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.model_server import ModelServer, Served
from tests.browser.model_visitor import BYTES, MEGABYTE, SHA256, ModelVisitor, content_of, digest

DATA = Path(__file__).parents[1] / "data"
NEWER = content_of(9)
BROKEN = 300_000


def test_a_model_comes_from_this_machine_after_the_first_visit(
    visitor: ModelVisitor, model_server: ModelServer
) -> None:
    model_server.served["net.onnx"] = Served(BYTES)
    room = visitor.visit()
    assert room.read(room.fetch(sha256=SHA256)) == SHA256
    room = visitor.come_back()
    assert room.read(room.fetch(sha256=SHA256)) == SHA256
    assert model_server.requests == [("GET", "net.onnx", "")]


def test_what_is_stored_is_listed_kept_verified_and_deleted(
    visitor: ModelVisitor, model_server: ModelServer
) -> None:
    model_server.served["net.onnx"] = Served(BYTES)
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


def test_a_session_outlives_the_path_it_was_made_of(visitor: ModelVisitor, model_server: ModelServer) -> None:
    model_server.served["net.onnx"] = Served((DATA / "add_fixed.onnx").read_bytes())
    room = visitor.visit()
    found = room.run(f"""
import os
import numpy as np
import onnxruntime as ort
from pyinfer.browser.store import app_models
path = await app_models().fetch({room.address("net.onnx")!r})
session = ort.InferenceSession(path)
await app_models().unmount(path)
feed = {{i.name: np.ones(i.shape, np.float32) for i in session.get_inputs()}}
found = [os.path.exists(path), session.run(None, feed)[0].ravel().tolist()]
del session, feed
found""")
    assert found[0] is False and set(found[1]) == {2.0}


def test_a_model_in_several_parts_is_read_as_one_file(
    visitor: ModelVisitor, model_server: ModelServer
) -> None:
    content = content_of(2, 33 * MEGABYTE)
    model_server.served["large.onnx"] = Served(content)
    room = visitor.visit()
    for _ in range(2):
        path = room.fetch_anew("large.onnx", sha256=digest(content), size=len(content))
        assert room.read(path) == digest(content)
        found = room.run(f"""
with open({path!r}, "rb") as file:
    file.seek({16 * MEGABYTE - 3})
    piece = file.read(6)
    size = file.seek(0, 2)
[list(piece), size]""")
        assert found == [list(content[16 * MEGABYTE - 3 :][:6]), len(content)]
    assert len(model_server.downloads()) == 1


@pytest.mark.parametrize("takes_head", [True, False])
def test_without_a_pin_the_server_is_asked_whether_it_has_another(
    visitor: ModelVisitor, model_server: ModelServer, takes_head: bool
) -> None:
    model_server.served["net.onnx"] = Served(BYTES, takes_head=takes_head)
    room = visitor.visit()
    assert room.read(room.fetch()) == SHA256
    assert room.read(room.fetch_anew()) == SHA256
    questions = [("HEAD", "net.onnx", "")] + ([] if takes_head else [("GET", "net.onnx", "")])
    assert model_server.requests == [("GET", "net.onnx", ""), *questions]
    model_server.served["net.onnx"] = Served(NEWER, tag='"2"')
    for _ in range(2):
        assert room.read(room.fetch_anew()) == digest(NEWER)
    assert room.notices() == []
    assert [model["sha256"] for model in room.ask("list")] == [digest(NEWER)]


@pytest.mark.parametrize(
    ("served", "words"),
    [
        (Served(status="404 Not Found"), "the server answered 404"),
        (Served(b"<html>", type="text/html", tag='"2"'), "web page"),
    ],
    ids=["404", "web page"],
)
def test_what_is_no_newer_version_leaves_the_stored_one(
    visitor: ModelVisitor, model_server: ModelServer, served: Served, words: str
) -> None:
    model_server.served["net.onnx"] = Served(BYTES)
    room = visitor.visit()
    room.fetch()
    model_server.served["net.onnx"] = served
    assert room.read(room.fetch_anew()) == SHA256
    (notice,) = room.notices()
    assert "stored" in notice and words in notice


def test_a_newer_version_that_breaks_off_leaves_the_stored_one_and_goes_on(
    visitor: ModelVisitor, model_server: ModelServer
) -> None:
    model_server.served["net.onnx"] = Served(BYTES)
    room = visitor.visit()
    room.ask("unmount", room.fetch())
    first = Served(NEWER, tag='"2"', breaks_after=BROKEN)
    model_server.served["net.onnx"] = [first, Served(status="403 Forbidden")]
    assert room.read(room.fetch_with_a_break(first)) == SHA256
    (notice,) = room.notices()
    assert "the version stored before is used" in notice and "403" in notice
    room = visitor.come_back()
    model_server.served["net.onnx"] = Served(NEWER, tag='"2"')
    assert room.read(room.fetch()) == digest(NEWER)
    assert model_server.downloads()[-1] == ("net.onnx", f"bytes={BROKEN}-")
    assert [model["sha256"] for model in room.ask("list")] == [digest(NEWER)]
    assert room.notices() == []


def test_a_page_that_ends_while_it_renews_a_model_leaves_the_stored_one(
    visitor: ModelVisitor, model_server: ModelServer
) -> None:
    model_server.served["net.onnx"] = Served(BYTES)
    room = visitor.visit()
    room.ask("unmount", room.fetch())
    first = Served(NEWER, tag='"2"', breaks_after=BROKEN)
    model_server.served["net.onnx"] = first
    room.begin_fetch()
    room.wait_for_bytes(BROKEN)
    room.page.close()
    first.go_on.set()
    room = visitor.visit()
    with room.offline():
        assert room.read(room.fetch()) == SHA256
    assert "Failed to fetch" in room.notices()[0]


def test_what_is_open_stays_the_version_that_it_is(visitor: ModelVisitor, model_server: ModelServer) -> None:
    model_server.served["net.onnx"] = Served(BYTES)
    room = visitor.visit()
    path = room.fetch()
    tab = visitor.open()
    for content, tag in ((NEWER, '"2"'), (content_of(10), '"3"')):
        model_server.served["net.onnx"] = Served(content, tag=tag)
        assert tab.read(tab.fetch_anew()) == digest(content)
        assert room.read(room.fetch()) == SHA256
    error = room.ask("verify", room.address("net.onnx"))
    assert "replaced by another tab" in error["message"]
    assert tab.ask("verify", tab.address("net.onnx"))
    room.ask("unmount", path)
    assert room.read(room.fetch()) == digest(content_of(10))
    tab.tidy()
    tab.leave()


def test_two_tabs_share_one_download_and_may_evict(visitor: ModelVisitor, model_server: ModelServer) -> None:
    model_server.served["net.onnx"] = Served(BYTES)
    rooms = [visitor.visit(), visitor.open()]
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
        room.page.evaluate(begin, [room.address("net.onnx"), SHA256])
    for room in rooms:
        assert room.page.evaluate("() => work") == "done"
        assert not [words for words in room.notices() if "damaged" not in words]
    rooms[1].leave()
