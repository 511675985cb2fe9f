"""Live handles of a page in which something else may still be under way."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["handles_at_rest"]

SECONDS = 30


def handles_at_rest(count: Callable[[], dict[str, int]]) -> dict[str, int]:
    """Live handles by kind, once the only call under way is the one that counts, and the store is at rest.

    A page shows an answer, or asks for the next one, while the call before is still ending; and the model
    store writes when a model was used while its user goes on.
    """
    end = time.monotonic() + SECONDS
    while _busy(counts := count()) and time.monotonic() < end:
        pass
    return counts


def _busy(counts: dict[str, int]) -> bool:
    return counts["calls"] > 1 or counts["the model store"] > 0
