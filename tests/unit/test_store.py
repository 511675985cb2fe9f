"""A model is fetched once, is the right bytes, and is there whole or not at all."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pyinfer.browser.store import ModelStore, _download
from pyinfer.errors import ManifestError, ModelDownloadError, ModelHashError, ModelStoreError
from pyinfer.manifest import AppManifest, ModelFile, ModelPiece, ModelSpec
from tests.unit.fake_bridge import FakeBridge
from tests.unit.fake_bridge.storage import Answer, FakeStorage

URL = "https://models.example/net.onnx"
MIRROR = "https://mirror.example/net.onnx"
BYTES = bytes(range(256)) * 10


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


SHA256 = digest(BYTES)


def spec(name: str = "net", content: bytes = BYTES, url: str = URL, **more: Any) -> ModelSpec:
    return ModelSpec(name=name, url=url, sha256=digest(content), size=len(content), **more)


APP = AppManifest(name="demo", models=(spec(),))


class Machine:
    """A visitor's browser: pages come and go, what IndexedDB holds stays."""

    def __init__(self, storage: FakeStorage, folder: Path) -> None:
        self.storage = storage
        self.root = folder / "models"
        self.opened = folder / "opened"

    def visit(self, app: AppManifest = APP) -> ModelStore:
        """A new page: its memory is empty."""
        for path in [*self.storage.mounted]:
            self.storage.forget_memory(path)
        return ModelStore(app, self.root, self.opened)

    def fetch(self, name: str = "net", app: AppManifest = APP, **options: Any) -> bytes:
        return Path(asyncio.run(self.visit(app).fetch(name, **options))).read_bytes()

    def mount_of(self, identity: str = SHA256, app: str = "demo") -> dict[str, bytes]:
        return self.storage.database[str(self.root / app / identity)]

    def record_of(self, identity: str = SHA256) -> str:
        return str(self.root / "demo" / "records"), f"{identity}.json"  # type: ignore[return-value]


@pytest.fixture
def machine(fake_bridge: FakeBridge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    monkeypatch.setattr(_download, "_PAUSES", (0.0, 0.0, 0.0))
    yield Machine(fake_bridge.storage, tmp_path)
    assert fake_bridge.storage.liveCount() == 0


def test_a_model_is_found_after_a_reload_without_a_request(machine: Machine) -> None:
    machine.storage.web[URL] = BYTES
    assert machine.fetch() == machine.fetch() == BYTES
    assert machine.storage.requests == [(URL, 0)]


def test_callers_at_the_same_time_share_one_download(machine: Machine) -> None:
    machine.storage.web[URL] = BYTES
    store = machine.visit()

    async def ten() -> list[str]:
        return await asyncio.gather(*(store.fetch("net") for _ in range(10)))

    assert len(set(asyncio.run(ten()))) == 1
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


def test_wrong_bytes_are_discarded_and_both_hashes_named(machine: Machine) -> None:
    wrong = bytes(len(BYTES))
    machine.storage.web[URL] = wrong
    store = machine.visit()
    with pytest.raises(ModelHashError) as caught:
        asyncio.run(store.fetch("net"))
    assert SHA256 in str(caught.value) and digest(wrong) in str(caught.value)
    machine.storage.web[URL] = BYTES
    assert Path(asyncio.run(store.fetch("net"))).read_bytes() == BYTES
    assert machine.fetch() == BYTES
    assert not machine.storage.notices


@pytest.mark.parametrize("answer", [Answer(status=404), Answer(b"<!doctype html>", type="text/html")])
def test_what_is_no_model_is_refused_at_once(machine: Machine, answer: Answer) -> None:
    machine.storage.web[URL] = answer
    with pytest.raises(ModelDownloadError, match=r"404|web page"):
        machine.fetch()
    assert len(machine.storage.requests) == 1
    machine.storage.web[URL] = BYTES
    assert machine.fetch() == BYTES


def test_a_wrong_length_is_refused(machine: Machine) -> None:
    machine.storage.web[URL] = BYTES + b"more"
    with pytest.raises(ModelDownloadError, match="2564 bytes arrived of 2560"):
        machine.fetch()


def test_a_broken_connection_is_continued_where_it_broke(machine: Machine) -> None:
    machine.storage.web[URL] = [Answer(BYTES, breaks_after=1000), Answer(BYTES)]
    assert machine.fetch() == BYTES
    assert machine.storage.requests == [(URL, 0), (URL, 1000)]


def test_a_download_that_failed_is_continued_at_the_next_visit(machine: Machine) -> None:
    machine.storage.part_bytes = 1000
    machine.storage.web[URL] = [Answer(BYTES, breaks_after=2000), Answer(status=403)]
    with pytest.raises(ModelDownloadError, match="403"):
        machine.fetch()
    machine.storage.web[URL] = BYTES
    machine.storage.requests.clear()
    machine.storage.web[URL] = Answer(BYTES)
    assert machine.fetch() == BYTES
    assert machine.storage.requests == [(URL, 2000)]


def test_another_version_on_the_server_is_not_joined_to_the_first(machine: Machine) -> None:
    changed = BYTES[::-1]
    machine.storage.web[URL] = [
        Answer(BYTES, breaks_after=1000),
        Answer(changed, validator='"2"'),
    ]
    app = AppManifest(name="demo", models=(spec(content=changed),))
    assert machine.fetch(app=app) == changed


def test_a_server_that_is_busy_is_asked_again(machine: Machine) -> None:
    machine.storage.web[URL] = [Answer(status=503, retry_after=0.0), Answer(status=429), Answer(BYTES)]
    assert machine.fetch() == BYTES


def test_a_server_that_stays_away_ends_in_an_error_that_says_so(machine: Machine) -> None:
    machine.storage.offline = True
    with pytest.raises(ModelDownloadError, match="Failed to fetch"):
        machine.fetch()


def test_mirrors_are_asked_in_turn(machine: Machine) -> None:
    app = AppManifest(name="demo", models=(spec(mirrors=(MIRROR,)),))
    machine.storage.web[URL] = bytes(len(BYTES))
    machine.storage.web[MIRROR] = BYTES
    assert machine.fetch(app=app) == BYTES
    assert machine.storage.requests == [(URL, 0), (MIRROR, 0)]


def sharded(count: int = 5) -> tuple[ModelSpec, dict[str, bytes]]:
    step = len(BYTES) // count
    web = {f"https://models.example/{i}": BYTES[i * step : (i + 1) * step] for i in range(count)}
    shards = tuple(ModelPiece(url=u, sha256=digest(c), size=len(c)) for u, c in web.items())
    return spec(shards=shards), web


def test_shards_are_joined_in_order(machine: Machine) -> None:
    model, web = sharded()
    machine.storage.web |= web
    assert machine.fetch(app=AppManifest(name="demo", models=(model,))) == BYTES


def test_shards_that_arrived_are_not_fetched_again(machine: Machine) -> None:
    model, web = sharded()
    app = AppManifest(name="demo", models=(model,))
    missing = model.shards[4].url
    machine.storage.web |= {**web, missing: Answer(status=403)}
    with pytest.raises(ModelDownloadError, match="403"):
        machine.fetch(app=app)
    machine.storage.requests.clear()
    machine.storage.web |= web
    assert machine.fetch(app=app) == BYTES
    assert machine.storage.requests == [(missing, 0)]


def test_files_of_weights_lie_beside_the_model(machine: Machine) -> None:
    weights = b"weights" * 100
    file = ModelFile(path="data/net.bin", url=MIRROR, sha256=digest(weights), size=len(weights))
    machine.storage.web |= {URL: BYTES, MIRROR: weights}
    app = AppManifest(name="demo", models=(spec(external_data=(file,)),))
    for _ in range(2):
        path = Path(asyncio.run(machine.visit(app).fetch("net")))
        assert path.read_bytes() == BYTES
        assert (path.parent / "data" / "net.bin").read_bytes() == weights


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
    assert json.loads(machine.storage.database[records][name])["sha256" if False else "identity"] == SHA256


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


def many(count: int) -> tuple[AppManifest, dict[str, bytes]]:
    contents = [bytes([i]) * 1000 for i in range(count)]
    urls = [f"https://models.example/{i}.onnx" for i in range(count)]
    models = tuple(spec(f"net{i}", contents[i], urls[i]) for i in range(count))
    return AppManifest(name="demo", models=models), dict(zip(urls, contents, strict=True))


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
    assert machine.fetch(URL) == b"another"
    machine.storage.offline = True
    assert machine.fetch(URL) == b"another"
    machine.storage.offline = False
    machine.storage.web[URL] = Answer(status=403, validator='"3"')
    with pytest.raises(ModelDownloadError, match="403"):
        machine.fetch(URL)
    machine.storage.offline = True
    assert machine.fetch(URL) == b"another", "a version that did not come has cost the one before"


def test_an_address_needs_no_manifest_and_two_apps_share_nothing(machine: Machine) -> None:
    machine.storage.web[URL] = BYTES
    assert machine.fetch(URL, AppManifest(name="one")) == BYTES
    assert machine.fetch(URL, AppManifest(name="two"), sha256=SHA256.upper()) == BYTES
    assert len(machine.storage.requests) == 2


def test_progress_is_reported_in_bytes_of_the_whole_model(machine: Machine) -> None:
    model, web = sharded()
    machine.storage.web |= web
    said: list[tuple[int, int]] = []
    machine.fetch(
        app=AppManifest(name="demo", models=(model,)), on_progress=lambda *numbers: said.append(numbers)
    )
    assert said[0] == (0, len(BYTES)) and said[-1] == (len(BYTES), len(BYTES))
    assert said == sorted(said)


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


def test_a_fetch_that_is_cancelled_holds_nothing_and_can_be_repeated(machine: Machine) -> None:
    machine.storage.part_bytes = 100
    machine.storage.web[URL] = BYTES

    async def script(steps: int) -> bytes:
        store = machine.visit()
        tasks = [asyncio.ensure_future(store.fetch("net")) for _ in range(2)]
        for _ in range(steps):
            await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert machine.storage.liveCount() == 0
        return Path(await store.fetch("net")).read_bytes()

    for steps in (1, 3, 6, 10, 20, 40):
        assert asyncio.run(script(steps)) == BYTES
        asyncio.run(machine.visit().clear())
