"""Locks that hold among the tabs of an origin."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pyinfer.browser.bridge import get_bridge

__all__ = ["tab_lock"]

_tickets = itertools.count(1)


@asynccontextmanager
async def tab_lock(path: Path) -> AsyncIterator[None]:
    """Nobody else, in this tab or another, is inside at the same time with the same path."""
    storage = get_bridge().storage
    ticket = next(_tickets)
    try:
        await storage.lock(str(path), ticket)
        yield
    finally:
        storage.unlock(ticket)  # whoever is cancelled while waiting does not wait any more
