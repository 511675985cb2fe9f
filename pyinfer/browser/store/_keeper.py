"""Keeping what is downloaded: in IndexedDB as far as that goes, else in memory this once."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Container
from pathlib import Path

from pyinfer.browser.bridge import get_bridge

from ._download import Downloaded
from ._records import Record, Records
from ._room import evict_oldest, make_room
from ._wanted import Wanted

__all__ = ["Keeper", "erase_others", "say", "words_of"]


class Keeper:
    """Writes one model's parts to IndexedDB while they arrive, and its record at the end.

    Whatever IndexedDB refuses (no room, blocked, deleted meanwhile) costs only that the model is
    downloaded again next time: it stays in memory, and the visitor is told.

    Parameters
    ----------
    folder : Path
        The mount to which the parts are written.
    stored : Record or None
        The version that this one is to replace, which stays until then.
    root : Path
        The folder of all mounts.
    in_use : container of str
        Identities of models that must not go to make room.
    """

    def __init__(
        self,
        wanted: Wanted,
        folder: Path,
        stored: Record | None,
        records: Records,
        root: Path,
        in_use: Container[str],
    ) -> None:
        self._wanted = wanted
        self._folder = folder
        self._stored = stored
        self._records = records
        self._root = root
        self._in_use = in_use
        self._keeps = False

    async def begin(self) -> None:
        """Mount the folder, with what an earlier try has left in it, if there is room for the model."""
        storage = get_bridge().storage
        try:
            await storage.mount(str(self._folder))
            size = self._wanted.size or 0
            self._keeps = await make_room(size, self._records, str(self._root), self._in_use)
        except Exception as error:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._give_up(words_of(error))
            return
        if not self._keeps:
            self._give_up("the browser has no more room for this site: delete models, or other data of it")

    async def save(self) -> None:
        """Write what is new in the folder; other models go if there is no room."""
        if not self._keeps:
            return
        try:
            await self._with_room(lambda: get_bridge().storage.persist(str(self._folder)))
        except Exception as error:
            await self._abandon(error)

    async def _with_room(self, write: Callable[[], Awaitable[None]]) -> None:
        missing = self._wanted.size or 1
        while True:
            try:
                return await write()
            except Exception:
                freed = await evict_oldest(missing, self._records, str(self._root), self._in_use)
                if not freed:
                    raise
                missing = max(1, missing - freed)

    async def commit(self, downloaded: Downloaded) -> None:
        """Write the record: from now on the model is stored."""
        await self.save()
        if not self._keeps:
            return
        wanted = self._wanted
        record = Record(
            wanted.identity,
            wanted.name,
            wanted.address,
            self._folder.name,
            downloaded.files,
            downloaded.validator,
            self._stored is not None and self._stored.kept,
        )
        try:
            await self._with_room(lambda: self._records.put(record))
        except Exception as error:
            await self._abandon(error)
            return
        await erase_others(record, self._root)

    async def _abandon(self, error: Exception) -> None:
        if not self._keeps:
            return  # another piece was first
        self._give_up(words_of(error))
        try:
            await get_bridge().storage.erase(str(self._folder))
        except Exception as second:  # IndexedDB is gone altogether
            self._give_up(words_of(second))

    def _give_up(self, reason: str) -> None:
        self._keeps = False
        say(f"{self._wanted.name} is used from memory this once and not kept: {reason}")


async def erase_others(record: Record, root: Path) -> None:
    """Delete the version before a stored one, or what has arrived of one after it."""
    with contextlib.suppress(Exception):  # it is tried again when the model is used again
        for mount in record.mounts:
            if mount != record.mount:
                await get_bridge().storage.erase(str(root / mount))


def say(words: str) -> None:
    """Tell the visitor."""
    get_bridge().storage.notice(words)


def words_of(error: BaseException) -> str:
    """What JavaScript said."""
    return str(error).removeprefix("Error: ")
