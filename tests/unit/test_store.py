"""What is stored of models: whole or not at all, listed, verified, renewed, evicted."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from pyinfer.browser.store import _store
from pyinfer.errors import ManifestError, ModelDownloadError, ModelStoreError
from pyinfer.manifest import AppManifest
from tests.unit.fake_bridge.storage import Answer
from tests.unit.machine import BYTES, MIRROR, SHA256, URL, Machine, many


def test_a_model_is_found_after_a_reload_without_a_request(machine: Machine) -> None:
    machine.storage.web[URL] = BYTES
    assert machine.fetch() == machine.fetch() == BYTES
    assert machine.storage.requests == [(URL, 0)]


def test_models_are_fetched_at_the_same_time_without_locks_too(machine: Machine) -> None:
    machine.storage.has_locks = False
    app, web = many(3)
    machine.storage.web |= web
    store = machine.visit(app)

    async def three() -> list[str]:
        return await asyncio.gather(*(store.fetch(model.name) for model in app.models))

    contents = [Path(path).read_bytes() for path in asyncio.run(three())]
    assert contents == [*web.values()]
    assert not machine.storage.notices


def test_the_path_ends_as_the_file_is_named(machine: Machine) -> None:
    machine.storage.web[URL] = machine.storage.web[f"{URL}?x=1"] = BYTES
    assert asyncio.run(machine.visit().fetch("net")).endswith("/net.onnx")
    assert asyncio.run(machine.visit().fetch(f"{URL}?x=1")).endswith("/net.onnx")


def test_without_the_record_there_is_no_model(machine: Machine) -> None:
    machine.storage.web[URL] = BYTES
    machine.fetch()
    records, name = machine.record_of()
    del machine.storage.database[records][name]
    machine.mount_of().update({"0-000.000": BYTES[:100]})
    assert machine.fetch() == BYTES
    assert len(machine.storage.requests) == 2


@pytest.mark.parametrize("damage", [b"no JSON", b'{"format": 1, "name": "net"}', b"[]"])
def test_a_record_that_cannot_be_read_is_written_anew(machine: Machine, damage: bytes) -> None:
    machine.storage.web[URL] = BYTES
    machine.fetch()
    records, name = machine.record_of()
    machine.storage.database[records][name] = damage
    assert machine.fetch() == BYTES
    assert json.loads(machine.storage.database[records][name])["identity"] == SHA256


@pytest.mark.parametrize("damage", ["shorter", "gone"])
def test_bytes_that_are_not_all_there_are_fetched_again_and_said(machine: Machine, damage: str) -> None:
    machine.storage.web[URL] = BYTES
    machine.fetch()
    held = machine.mount_of()
    held.clear() if damage == "gone" else held.update({"0-000.000": BYTES[:-1]})
    assert machine.fetch() == machine.fetch() == BYTES
    assert "damaged" in machine.storage.notices[0]
    assert len(machine.storage.requests) == 2


def test_changed_bytes_are_found_by_verify(machine: Machine) -> None:
    machine.storage.web[URL] = BYTES
    machine.fetch()
    assert asyncio.run(machine.visit().verify("net"))
    machine.mount_of()["0-000.000"] = bytes(len(BYTES))
    assert not asyncio.run(machine.visit().verify("net"))
    assert machine.fetch() == BYTES


def test_a_full_disk_leaves_the_model_in_memory_and_is_said(machine: Machine) -> None:
    machine.storage.web[URL] = BYTES
    machine.storage.room = 100
    assert machine.fetch() == BYTES
    assert "from memory this once" in machine.storage.notices[0]
    assert str(machine.root / "demo" / SHA256) not in machine.storage.database
    machine.storage.room = 1 << 20
    assert machine.fetch() == machine.fetch() == BYTES
    assert len(machine.storage.requests) == 2


def test_a_disk_that_fills_up_meanwhile_is_a_full_disk(machine: Machine) -> None:
    machine.storage.web[URL] = BYTES
    machine.storage.room = 2000  # of an unknown size nobody knows before that it is too large
    assert machine.fetch(URL) == BYTES
    assert "QuotaExceededError" in machine.storage.notices[0]
    assert machine.fetch(URL) == BYTES


def test_blocked_databases_leave_the_model_in_memory(machine: Machine) -> None:
    machine.storage.web[URL] = BYTES
    machine.storage.blocked = True
    assert machine.fetch() == BYTES
    assert any("from memory this once" in words for words in machine.storage.notices)


@pytest.mark.parametrize("tells_all_the_same", [False, True])
def test_the_model_least_recently_used_makes_room(machine: Machine, tells_all_the_same: bool) -> None:
    machine.storage.tells_all_the_same = tells_all_the_same
    app, web = many(4)
    machine.storage.web |= web
    machine.storage.room = 5000  # three models and their records
    for name in ("net0", "net1", "net2", "net0"):
        machine.fetch(name, app)
    asyncio.run(machine.visit(app).keep("net1"))
    machine.fetch("net3", app)
    names = {model.name for model in asyncio.run(machine.visit(app).list())}
    assert names == {"net0", "net1", "net3"}
    assert not machine.storage.notices


def test_open_models_take_memory_and_others_do_not(machine: Machine) -> None:
    app, web = many(5)
    machine.storage.web |= web
    for name in (model.name for model in app.models):
        machine.fetch(name, app)
    store = machine.visit(app)
    path = asyncio.run(store.fetch("net2"))
    assert machine.storage.mounted == {
        str(machine.root / "demo" / "records"),
        str(machine.root / "demo" / app.model("net2").sha256),
    }
    asyncio.run(store.unmount(path))
    assert machine.storage.mounted == {str(machine.root / "demo" / "records")}
    assert not Path(path).exists()
    assert Path(asyncio.run(store.fetch("net2"))).is_file()
    with pytest.raises(ModelStoreError, match="no open model"):
        asyncio.run(store.unmount("/nowhere"))


def test_models_are_listed_evicted_and_cleared(machine: Machine) -> None:
    app, web = many(3)
    machine.storage.web |= web
    for name in ("net0", "net1", "net2"):
        machine.fetch(name, app)
    store = machine.visit(app)

    async def script() -> None:
        first = await store.info("net0")
        assert first and (first.name, first.size, first.kept) == ("net0", 1000, False)
        assert (await store.usage()).models == 3000
        await store.evict("net0")
        assert await store.info("net0") is None
        with pytest.raises(ModelStoreError, match="not stored"):
            await store.evict("net0")
        await store.clear()
        assert await store.list() == []
        assert await store.persist()

    asyncio.run(script())
    assert not any(machine.storage.database[path] for path in machine.storage.database)


def test_without_a_pin_the_server_is_asked_whether_it_has_another(machine: Machine) -> None:
    machine.storage.web[URL] = Answer(BYTES, validator='"1"')
    assert machine.fetch(URL) == machine.fetch(URL) == BYTES
    assert len(machine.storage.requests) == 1
    machine.storage.web[URL] = Answer(b"another", validator='"2"')
    assert machine.fetch(URL) == machine.fetch(URL) == b"another"
    assert len(machine.storage.requests) == 2
    assert not machine.storage.notices


@pytest.mark.parametrize(
    ("answer", "offline", "words"),
    [
        (Answer(b"another" * 100, validator='"2"', breaks_after=0), False, "network error"),
        (Answer(status=403, validator='"2"'), False, "403"),
        (Answer(b"<html>", type="text/html", validator='"2"'), False, "web page"),
        (Answer(status=404), False, "404"),
        (Answer(BYTES), True, "Failed to fetch"),
    ],
)
def test_a_new_version_that_does_not_come_leaves_the_stored_one(
    machine: Machine, answer: Answer, offline: bool, words: str
) -> None:
    machine.storage.web[URL] = BYTES
    machine.fetch(URL)
    machine.storage.web[URL] = answer
    machine.storage.offline = offline
    assert machine.fetch(URL) == BYTES
    (notice,) = machine.storage.notices
    assert words in notice and "stored" in notice
    machine.storage.offline = False
    machine.storage.web[URL] = Answer(b"another" * 100, validator='"2"')
    assert machine.fetch(URL) == machine.fetch(URL) == b"another" * 100
    assert machine.mounts_in_use() == 1


def test_a_new_version_that_broke_off_is_continued_at_the_next_visit(machine: Machine) -> None:
    another = BYTES[::-1]
    machine.storage.web[URL] = BYTES
    machine.fetch(URL)
    machine.storage.web[URL] = [Answer(another, validator='"2"', breaks_after=1000), Answer(status=403)]
    assert machine.fetch(URL) == BYTES
    assert machine.mounts_in_use() == 2
    machine.storage.requests.clear()
    machine.storage.web[URL] = Answer(another, validator='"2"')
    assert machine.fetch(URL) == another
    assert machine.storage.requests == [(URL, 1000)]
    assert machine.mounts_in_use() == 1


def test_what_a_replacement_has_left_goes_when_the_server_is_back_at_the_old(
    machine: Machine,
) -> None:
    machine.storage.web[URL] = BYTES
    machine.fetch(URL)
    machine.storage.web[URL] = [Answer(b"new", validator='"2"', breaks_after=1), Answer(status=403)]
    machine.fetch(URL)
    assert machine.mounts_in_use() == 2
    machine.storage.web[URL] = BYTES
    assert machine.fetch(URL) == BYTES
    assert machine.mounts_in_use() == 1


def test_a_server_that_does_not_say_what_it_has_is_not_waited_for(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_store, "_PATIENCE", 0.01)
    machine.storage.web[URL] = BYTES
    machine.fetch(URL)
    machine.storage.seconds_to_answer = 1000
    assert machine.fetch(URL) == BYTES
    assert "no answer within 0.01 s" in machine.storage.notices[0]


def test_a_server_that_begins_to_name_versions_is_believed(machine: Machine) -> None:
    machine.storage.web[URL] = Answer(BYTES, validator="")
    assert machine.fetch(URL) == machine.fetch(URL) == BYTES
    assert len(machine.storage.requests) == 1
    machine.storage.web[URL] = Answer(b"another", validator='"2"')
    assert machine.fetch(URL) == b"another"


def test_a_model_that_is_kept_is_kept_in_its_next_version(machine: Machine) -> None:
    machine.storage.web[URL] = BYTES
    machine.fetch(URL)
    asyncio.run(machine.visit().keep(URL))
    machine.storage.web[URL] = Answer(b"another", validator='"2"')
    machine.fetch(URL)
    (model,) = asyncio.run(machine.visit().list())
    assert (model.size, model.kept) == (7, True)
    asyncio.run(machine.visit().evict(URL))
    assert machine.mounts_in_use() == 0


def test_a_new_version_makes_room_like_another(machine: Machine) -> None:
    machine.storage.web |= {URL: BYTES, MIRROR: bytes(3000)}
    machine.fetch(URL)
    machine.storage.web[URL] = Answer(BYTES[::-1], validator='"2"')
    machine.fetch(URL)
    machine.storage.room = 5000
    machine.fetch(MIRROR)
    assert [model.size for model in asyncio.run(machine.visit().list())] == [3000]
    assert machine.mounts_in_use() == 1


def test_a_new_version_for_which_there_is_no_room_does_not_cost_the_stored_one(machine: Machine) -> None:
    machine.storage.web[URL] = BYTES
    machine.fetch(URL)
    machine.storage.web[URL] = Answer(BYTES[::-1], validator='"2"')
    machine.storage.room = 4000
    assert machine.fetch(URL) == BYTES[::-1]
    assert "from memory this once" in machine.storage.notices[0]
    machine.storage.offline = True
    assert machine.fetch(URL) == BYTES


def test_a_disk_that_is_full_costs_no_stored_model(machine: Machine) -> None:
    machine.storage.web[URL] = BYTES
    machine.fetch()
    machine.storage.room = 0
    assert machine.fetch() == BYTES
    assert len(machine.storage.requests) == 1


def test_what_another_tab_has_replaced_is_not_compared_with_what_is_open(machine: Machine) -> None:
    machine.storage.web[URL] = BYTES
    store = machine.visit()
    asyncio.run(store.fetch("net"))
    records, name = machine.record_of()
    held = machine.storage.database[records]
    held[name] = held[name].replace(SHA256.encode() + b'", "parts', b'another", "parts')
    with pytest.raises(ModelStoreError, match="replaced by another tab"):
        asyncio.run(store.verify("net"))
    assert asyncio.run(store.list())


def test_an_address_needs_no_manifest_and_two_apps_share_nothing(machine: Machine) -> None:
    machine.storage.web[URL] = BYTES
    assert machine.fetch(URL, AppManifest(name="one")) == BYTES
    assert machine.fetch(URL, AppManifest(name="two"), sha256=SHA256.upper()) == BYTES
    assert len(machine.storage.requests) == 2


def test_the_page_hears_how_a_download_ended(machine: Machine) -> None:
    machine.storage.web[URL] = Answer(BYTES, status=403)
    with pytest.raises(ModelDownloadError):
        machine.fetch("net")
    machine.storage.web[URL] = BYTES
    for _ in range(2):
        machine.fetch("net")
    (name, failure), *others = machine.storage.endings
    assert name == "net" and "403" in failure
    assert others == [("net", "")], "what is stored needs no download"


def test_models_of_the_same_name_and_bytes_are_told_apart_by_their_identity(machine: Machine) -> None:
    machine.storage.web[URL] = BYTES

    async def script(position: int) -> None:
        store = machine.visit()
        for path in [await store.fetch(URL), await store.fetch(URL, sha256=SHA256)]:
            await store.unmount(path)
        both = [model.identity for model in await store.list()]
        await store.evict(both.pop(position))
        assert [model.identity for model in await store.list()] == both

    for position in (0, 1):
        asyncio.run(script(position))


def test_an_unknown_name_lists_the_known_ones(machine: Machine) -> None:
    with pytest.raises(ManifestError, match="net"):
        machine.fetch("other")
