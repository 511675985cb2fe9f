"""A model is fetched once, is the right bytes, and is there whole or not at all."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import pytest

from pyinfer.browser.store import ModelStore
from pyinfer.errors import ManifestError, ModelDownloadError, ModelHashError, ModelStoreError
from pyinfer.manifest import AppManifest, ModelShard, ModelSpec
from tests.unit.fake_bridge import FakeBridge

URL = "https://models.example/net.onnx"
BYTES = bytes(range(256)) * 10
SHA256 = hashlib.sha256(BYTES).hexdigest()
APP = AppManifest(name="demo", models=(ModelSpec("net", URL, SHA256, len(BYTES)),))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "models"


def fetch(store: ModelStore, name: str, **options: str) -> Path:
    return Path(asyncio.run(store.fetch(name, **options)))


def reload(fake_bridge: FakeBridge, root: Path) -> None:
    """What a page reload does: memory is gone, IndexedDB stays."""
    for path in list(fake_bridge.storage.database):
        if Path(path).exists():
            fake_bridge.storage.unmount(path)


def test_a_model_is_found_after_a_reload_without_a_request(fake_bridge: FakeBridge, root: Path) -> None:
    fake_bridge.storage.web[URL] = BYTES
    assert fetch(ModelStore(APP, root), "net").read_bytes() == BYTES
    reload(fake_bridge, root)
    assert fetch(ModelStore(APP, root), "net").read_bytes() == BYTES
    assert fake_bridge.storage.requests == [URL]


def test_callers_at_the_same_time_share_one_download(fake_bridge: FakeBridge, root: Path) -> None:
    fake_bridge.storage.web[URL] = BYTES
    store = ModelStore(APP, root)

    async def both() -> list[str]:
        return await asyncio.gather(store.fetch("net"), store.fetch("net"))

    first, second = asyncio.run(both())
    assert first == second
    assert fake_bridge.storage.requests == [URL]


def test_wrong_bytes_are_discarded_and_both_hashes_named(fake_bridge: FakeBridge, root: Path) -> None:
    fake_bridge.storage.web[URL] = b"<html>not found</html>"
    store = ModelStore(APP, root)
    with pytest.raises(ModelHashError) as caught:
        fetch(store, "net")
    assert SHA256 in str(caught.value)
    assert hashlib.sha256(b"<html>not found</html>").hexdigest() in str(caught.value)
    assert not any(path.is_file() for path in root.rglob("*"))
    fake_bridge.storage.web[URL] = BYTES
    assert fetch(store, "net").read_bytes() == BYTES


def test_a_download_that_fails_leaves_nothing(fake_bridge: FakeBridge, root: Path) -> None:
    with pytest.raises(ModelDownloadError, match="404"):
        fetch(ModelStore(APP, root), "net")
    assert not any(path.is_file() for path in root.rglob("*"))


def test_without_the_record_there_is_no_model(fake_bridge: FakeBridge, root: Path) -> None:
    fake_bridge.storage.web[URL] = BYTES
    path = fetch(ModelStore(APP, root), "net")
    database = fake_bridge.storage.database[str(path.parent)]
    del database["record.json"]
    database["000.000"] = BYTES[:100]
    reload(fake_bridge, root)
    assert fetch(ModelStore(APP, root), "net").read_bytes() == BYTES
    assert len(fake_bridge.storage.requests) == 2


def test_a_full_disk_is_said_and_no_model_is_recorded(fake_bridge: FakeBridge, root: Path) -> None:
    fake_bridge.storage.web[URL] = BYTES
    fake_bridge.storage.full_disk = True
    with pytest.raises(ModelStoreError, match="could not be kept"):
        fetch(ModelStore(APP, root), "net")
    assert fake_bridge.storage.database == {}


def test_a_model_larger_than_one_file_is_joined(fake_bridge: FakeBridge, root: Path) -> None:
    fake_bridge.storage.web[URL] = BYTES
    fake_bridge.storage.part_bytes = 1000
    path = fetch(ModelStore(APP, root), "net")
    try:
        assert path.read_bytes() == BYTES
    finally:
        path.unlink()


def test_shards_are_joined_in_order(fake_bridge: FakeBridge, root: Path) -> None:
    pieces = [BYTES[:700], BYTES[700:]]
    urls = ["https://models.example/net.1", "https://models.example/net.2"]
    fake_bridge.storage.web |= dict(zip(urls, pieces, strict=True))
    shards = tuple(
        ModelShard(url, hashlib.sha256(piece).hexdigest(), len(piece))
        for url, piece in zip(urls, pieces, strict=True)
    )
    app = AppManifest(name="demo", models=(ModelSpec("net", URL, SHA256, len(BYTES), shards),))
    path = fetch(ModelStore(app, root), "net")
    try:
        assert path.read_bytes() == BYTES
    finally:
        path.unlink()


def test_an_address_needs_no_manifest_and_two_apps_share_nothing(fake_bridge: FakeBridge, root: Path) -> None:
    fake_bridge.storage.web[URL] = BYTES
    first = fetch(ModelStore(AppManifest(name="one"), root), URL)
    second = fetch(ModelStore(AppManifest(name="two"), root), URL, sha256=SHA256)
    assert first != second
    assert first.read_bytes() == second.read_bytes() == BYTES


def test_an_unknown_name_lists_the_known_ones(root: Path) -> None:
    with pytest.raises(ManifestError, match="net"):
        fetch(ModelStore(APP, root), "other")
