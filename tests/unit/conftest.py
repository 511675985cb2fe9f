"""Unit tests: plain CPython, the fake bridge, seconds."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from pyinfer.browser.bridge import live_handle_counts, set_bridge
from tests.unit.fake_bridge import FakeBridge


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
