"""Unit tests: plain CPython, the fake bridge, seconds."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from pyinfer.browser.bridge import live_handle_counts, set_bridge
from pyinfer.browser.store import _download
from tests.unit.fake_bridge import FakeBridge
from tests.unit.machine import Machine


@pytest.fixture(autouse=True)
def fake_bridge() -> Iterator[FakeBridge]:
    """A fake bridge, in use during the test; afterwards nothing of it may still be held."""
    bridge = FakeBridge()
    before = live_handle_counts()
    previous = set_bridge(bridge)
    try:
        yield bridge
        if live_handle_counts() != before or bridge.live_counts():
            # A full collection takes a quarter of a second: too long for each of a thousand tests.
            gc.collect()
        assert live_handle_counts() == before, "the test left live JavaScript handles behind"
        assert bridge.live_counts() == {}, "the fake engine still holds what Python should have released"
    finally:
        set_bridge(previous)


@pytest.fixture
def machine(fake_bridge: FakeBridge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """A visitor's machine with nothing stored, and with no patience for busy servers."""
    monkeypatch.setattr(_download, "_PAUSES", (0.0, 0.0, 0.0))
    yield Machine(fake_bridge.storage, tmp_path)
    assert fake_bridge.storage.liveCount() == 0
