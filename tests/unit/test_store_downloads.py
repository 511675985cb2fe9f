"""A model is fetched once, is the right bytes, and goes on where it broke off if that is safe."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from pyinfer.browser.store import _download
from pyinfer.errors import ModelDownloadError, ModelHashError
from pyinfer.manifest import AppManifest, ModelFile
from tests.unit.fake_bridge.storage import Answer
from tests.unit.machine import BYTES, MIRROR, SHA256, URL, Machine, digest, sharded, spec


def test_callers_at_the_same_time_share_one_download(machine: Machine) -> None:
    machine.storage.web[URL] = BYTES
    store = machine.visit()

    async def ten() -> list[str]:
        return await asyncio.gather(*(store.fetch("net") for _ in range(10)))

    assert len(set(asyncio.run(ten()))) == 1
    assert machine.storage.requests == [(URL, 0)]


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


def test_a_connection_that_breaks_again_and_again_is_continued_while_it_gets_on(machine: Machine) -> None:
    machine.storage.web[URL] = [*(Answer(BYTES, breaks_after=100) for _ in range(8)), Answer(BYTES)]
    assert machine.fetch() == BYTES
    assert machine.storage.requests == [(URL, offset) for offset in range(0, 900, 100)]


def test_parts_that_are_not_as_they_were_written_are_not_continued(machine: Machine) -> None:
    machine.storage.web[URL] = [Answer(BYTES, breaks_after=1000), Answer(status=403)]
    with pytest.raises(ModelDownloadError):
        machine.fetch()
    machine.mount_of()["0-000.000"] = BYTES[:999]
    machine.storage.requests.clear()
    machine.storage.web[URL] = Answer(BYTES)
    assert machine.fetch() == BYTES
    assert machine.storage.requests == [(URL, 0)]


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


@pytest.mark.parametrize("pinned", [True, False])
def test_a_server_that_names_no_version_is_continued_only_if_the_hash_will_tell(
    machine: Machine, pinned: bool
) -> None:
    machine.storage.web[URL] = [Answer(BYTES, validator="", breaks_after=1000), Answer(BYTES, validator="")]
    assert machine.fetch(URL, sha256=SHA256 if pinned else None) == BYTES
    assert machine.storage.requests == [(URL, 0), (URL, 1000 if pinned else 0)]


@pytest.mark.parametrize("pinned", [True, False])
@pytest.mark.parametrize(
    "answer",
    [
        Answer(BYTES, validator='"2"'),
        Answer(BYTES, ranges=False),
        Answer(BYTES, starts_off=1),
        Answer(BYTES, starts_off=-1),
        Answer(BYTES, total=len(BYTES) + 1),
        Answer(BYTES, is_encoded=True),
        Answer(BYTES[:900]),  # 416
    ],
)
def test_what_does_not_continue_is_not_joined(machine: Machine, answer: Answer, pinned: bool) -> None:
    machine.storage.web[URL] = [Answer(BYTES, breaks_after=1000), answer, Answer(BYTES)]
    assert machine.fetch(URL, sha256=SHA256 if pinned else None) == BYTES
    begun_anew = [(URL, 0)] if answer.ranges else []  # 200 is the whole already
    assert machine.storage.requests == [(URL, 0), (URL, 1000), *begun_anew]


def test_another_version_on_the_server_is_not_joined_to_the_first(machine: Machine) -> None:
    changed = BYTES[::-1]
    machine.storage.web[URL] = [Answer(BYTES, breaks_after=1000), Answer(changed, validator='"2"')]
    assert machine.fetch(URL) == changed


@pytest.mark.parametrize("pinned", [True, False])
def test_where_an_answer_begins_must_be_shown_unless_the_hash_tells(machine: Machine, pinned: bool) -> None:
    machine.storage.web[URL] = [Answer(BYTES, breaks_after=1000), Answer(BYTES, tells_range=False)]
    assert machine.fetch(URL, sha256=SHA256 if pinned else None) == BYTES
    assert machine.storage.requests == [(URL, 0), (URL, 1000), (URL, 0)][: 2 if pinned else 3]


def test_answers_that_together_are_wrong_are_fetched_again_as_one(machine: Machine) -> None:
    machine.storage.web[URL] = [
        Answer(bytes(1000), breaks_after=1000, total=len(BYTES)),
        Answer(BYTES),
        Answer(BYTES),
    ]
    assert machine.fetch() == BYTES
    assert machine.storage.requests == [(URL, 0), (URL, 1000), (URL, 0)]


def test_an_answer_that_ends_too_early_is_continued(machine: Machine) -> None:
    machine.storage.web[URL] = [Answer(BYTES[:1000], total=len(BYTES)), Answer(BYTES)]
    assert machine.fetch(URL) == BYTES
    assert machine.storage.requests == [(URL, 0), (URL, 1000)]


def test_a_server_whose_parts_do_not_come_through_is_asked_for_the_whole(machine: Machine) -> None:
    machine.storage.web[URL] = [Answer(BYTES, breaks_after=1000), Answer(BYTES, reaches_parts=False)]
    assert machine.fetch() == BYTES
    assert machine.storage.requests == [(URL, 0), *[(URL, 1000)] * 3, (URL, 0)]


def test_a_network_that_is_gone_does_not_cost_what_has_arrived(machine: Machine) -> None:
    machine.storage.web[URL] = [Answer(BYTES, breaks_after=1000), Answer(status=403)]
    with pytest.raises(ModelDownloadError):
        machine.fetch()
    machine.storage.offline = True
    with pytest.raises(ModelDownloadError):
        machine.fetch()
    machine.storage.offline = False
    machine.storage.requests.clear()
    machine.storage.web[URL] = Answer(BYTES)
    assert machine.fetch() == BYTES
    assert machine.storage.requests == [(URL, 1000)]


def test_a_part_that_nobody_asked_for_is_refused(machine: Machine) -> None:
    machine.storage.web[URL] = Answer(BYTES, status=206)
    with pytest.raises(ModelDownloadError, match="206"):
        machine.fetch(URL)


def test_all_bytes_of_an_unknown_length_are_not_asked_for_again(machine: Machine) -> None:
    machine.storage.web[URL] = [Answer(BYTES + b"x", breaks_after=len(BYTES)), Answer(BYTES)]
    assert machine.fetch(URL, sha256=SHA256) == BYTES
    assert machine.storage.requests == [(URL, 0)]


def test_a_server_that_is_busy_is_asked_again(machine: Machine) -> None:
    machine.storage.web[URL] = [Answer(status=503, retry_after=0.0), Answer(status=429), Answer(BYTES)]
    assert machine.fetch() == BYTES


@pytest.mark.timeout(10)
def test_a_server_that_says_when_is_asked_then(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_download, "_PAUSES", (1000.0,))
    machine.storage.web[URL] = [Answer(status=503, retry_after=0.0), Answer(BYTES)]
    assert machine.fetch() == BYTES


def test_a_server_that_is_busy_for_good_is_left(machine: Machine) -> None:
    machine.storage.web[URL] = Answer(status=503)
    with pytest.raises(ModelDownloadError, match="503"):
        machine.fetch()
    assert len(machine.storage.requests) == 4


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


def test_shards_are_joined_in_order(machine: Machine) -> None:
    model, web = sharded()
    machine.storage.web |= web
    assert machine.fetch(app=AppManifest(name="demo", models=(model,))) == BYTES


def test_four_shards_arrive_at_a_time(machine: Machine) -> None:
    model, web = sharded()
    machine.storage.web |= web
    machine.fetch(app=AppManifest(name="demo", models=(model,)))
    assert machine.storage.most_streams == 4


def test_a_mirror_continues_what_the_first_server_began(machine: Machine) -> None:
    app = AppManifest(name="demo", models=(spec(mirrors=(MIRROR,)),))
    machine.storage.web[URL] = [Answer(BYTES, breaks_after=1000), Answer(status=403)]
    machine.storage.web[MIRROR] = Answer(BYTES, validator='"a name of its own"')
    assert machine.fetch(app=app) == BYTES
    assert machine.storage.requests == [(URL, 0), (URL, 1000), (MIRROR, 1000)]


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


def test_progress_is_reported_in_bytes_of_the_whole_model(machine: Machine) -> None:
    model, web = sharded()
    machine.storage.web |= web
    said: list[tuple[int, int]] = []
    machine.fetch(
        app=AppManifest(name="demo", models=(model,)), on_progress=lambda *numbers: said.append(numbers)
    )
    assert said[0] == (0, len(BYTES)) and said[-1] == (len(BYTES), len(BYTES))
    assert said == sorted(said)


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
