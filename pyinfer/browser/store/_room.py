"""Room on the visitor's disk: what there is, and what goes to make some."""

from __future__ import annotations

import json
from collections.abc import Container
from dataclasses import dataclass

from pyinfer.browser.bridge import get_bridge

from ._records import Records

__all__ = ["Usage", "evict_oldest", "make_room", "usage"]

#: Besides the model itself: its record, the database's own books, others who write meanwhile.
_MARGIN = 4 << 20


@dataclass(frozen=True)
class Usage:
    """What the browser says of this origin's storage.

    Attributes
    ----------
    used, quota : int
        Bytes, as the browser estimates them: of everything that the origin stores.
    models : int
        Bytes of the app's stored models.
    persisted : bool
        The browser does not clear it when its disk is full.
    """

    used: int
    quota: int
    models: int
    persisted: bool


async def usage(records: Records) -> Usage:
    """What is used, and how much there may be."""
    estimate = json.loads(await get_bridge().storage.estimate())
    models = sum(record.size for record in await records.all())
    return Usage(estimate["usage"], estimate["quota"], models, estimate["persisted"])


async def make_room(size: int, records: Records, root: str, in_use: Container[str]) -> bool:
    """Evict models until the browser says that there is room for ``size`` bytes: whether it does.

    Chromium names ten gigabytes to everybody, so that nobody is known by the size of their disk: then
    only its refusal tells, see :func:`evict_oldest`.
    """
    estimate = json.loads(await get_bridge().storage.estimate())
    missing = size + _MARGIN - (estimate["quota"] - estimate["usage"])
    while missing > 0:
        freed = await evict_oldest(missing, records, root, in_use)
        if not freed:
            return False
        missing -= freed
    return True


async def evict_oldest(missing: int, records: Records, root: str, in_use: Container[str]) -> int:
    """Evict the model least recently used, of those that are not kept or ``in_use``: its bytes.

    None goes in vain: 0 if all of them together are less than ``missing``.
    """
    candidates = [r for r in await records.all() if not r.kept and r.identity not in in_use]
    if not candidates or sum(record.size for record in candidates) < missing:
        return 0
    oldest = candidates[0]
    await records.remove(oldest.identity)
    for mount in oldest.mounts:
        await get_bridge().storage.erase(f"{root}/{mount}")
    return oldest.size
