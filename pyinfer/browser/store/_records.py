"""What is stored: a record for each model, in a small mount of their own.

A record is written when all of a model's bytes are in IndexedDB, so that a model is there whole or
not at all, and can be read without bringing the model into memory.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from pyinfer.browser.bridge import get_bridge

from ._tab_lock import tab_lock
from ._wanted import mounts_of

__all__ = ["Part", "Record", "Records", "StoredFile", "StoredModel"]

#: Of records that say other things than these: what they describe is fetched again.
_FORMAT = 3


@dataclass(frozen=True)
class Part:
    """A file of IndexedDB's: a run of a model file's bytes."""

    name: str
    size: int


@dataclass(frozen=True)
class StoredFile:
    """A model's file, as its parts joined in order."""

    path: str
    sha256: str
    parts: tuple[Part, ...]

    @property
    def size(self) -> int:
        return sum(part.size for part in self.parts)


@dataclass(frozen=True)
class Record:
    """A stored model.

    Attributes
    ----------
    identity, name, address : str
        What it is known by on this machine, what the app calls it, where it came from.
    mount : str
        The one of its mounts in which it lies.
    files : tuple of StoredFile
        The model itself first, then its files of weights.
    validator : str
        The server's name for this version of the bytes (ETag, or date); empty if it gave none.
    kept : bool
        It is not to be evicted when room is needed.
    fetched, used : float
        Seconds since 1970, by the clock of this machine.
    """

    identity: str
    name: str
    address: str
    mount: str
    files: tuple[StoredFile, ...]
    validator: str = ""
    kept: bool = False
    fetched: float = field(default_factory=time.time)
    used: float = field(default_factory=time.time)

    @property
    def sha256(self) -> str:
        return self.files[0].sha256

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)

    @property
    def mounts(self) -> tuple[str, ...]:
        """Where bytes of it may lie."""
        return mounts_of(self.identity)

    def to_json(self) -> dict[str, Any]:
        return {"format": _FORMAT, **asdict(self)}

    @classmethod
    def from_json(cls, value: Any) -> Record:
        """The opposite of :meth:`to_json`.

        Raises
        ------
        ValueError
            It is no record, or one of another version's.
        """
        try:
            fields = dict(value)
            if fields.pop("format") != _FORMAT:
                raise ValueError("a record of another version")
            files = tuple(
                StoredFile(str(f["path"]), str(f["sha256"]), tuple(Part(**part) for part in f["parts"]))
                for f in fields.pop("files")
            )
            record = cls(files=files, **fields)
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"no record: {error}") from error
        if not record.files or not all(isinstance(p.size, int) for f in record.files for p in f.parts):
            raise ValueError("no record: its parts have no sizes")
        return record


@dataclass(frozen=True)
class StoredModel:
    """A model on this machine.

    Attributes
    ----------
    identity : str
        Names it among models of the same name, address or bytes.
    name, url : str
        What the app calls it, where it came from.
    sha256 : str
        Of the model file's bytes.
    size : int
        Bytes, files of weights included.
    kept : bool
        It is not evicted when room is needed.
    fetched, used : float
        Seconds since 1970.
    """

    identity: str
    name: str
    url: str
    sha256: str
    size: int
    kept: bool
    fetched: float
    used: float

    @classmethod
    def of(cls, record: Record) -> StoredModel:
        return cls(
            record.identity,
            record.name,
            record.address,
            record.sha256,
            record.size,
            record.kept,
            record.fetched,
            record.used,
        )


class Records:
    """The records of one app.

    Parameters
    ----------
    folder : Path
        Of their mount.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._is_mounted = False
        self._turn = asyncio.Lock()
        self._notes: set[asyncio.Task[None]] = set()

    @property
    def mount(self) -> str:
        """The name of their mount."""
        return self._folder.name

    async def all(self) -> list[Record]:
        """Every record, the one least recently used first."""
        if self._notes:
            await asyncio.wait(self._notes)
        async with self._up_to_date():
            found = [self._read(path) for path in self._folder.glob("*.json")]
        return sorted(filter(None, found), key=lambda record: record.used)

    async def get(self, identity: str) -> Record | None:
        """The record of a model; None if there is none, or none that can be read."""
        async with self._up_to_date():
            return self._read(self._path(identity))

    async def put(self, record: Record) -> None:
        """Keep a record, in place of the one before it."""
        async with self._up_to_date():
            await self._write(record)

    async def change(self, identity: str, **fields: Any) -> None:
        """Change fields of a model's record, if it is known; what others change meanwhile stays."""
        async with self._up_to_date():
            record = self._read(self._path(identity))
            if record is not None:
                await self._write(replace(record, **fields))

    def note_use(self, identity: str) -> None:
        """Say in a model's record that it is used now: soon, since who uses it is not to wait for that."""
        note = asyncio.ensure_future(self._note_use(identity, time.time()))
        self._notes.add(note)
        note.add_done_callback(self._notes.discard)

    async def _note_use(self, identity: str, now: float) -> None:
        with suppress(Exception):  # no room even for that
            await self.change(identity, used=now)

    async def remove(self, identity: str) -> None:
        """Forget a model, if it is known."""
        async with self._up_to_date():
            self._path(identity).unlink(missing_ok=True)
            await get_bridge().storage.persist(str(self._folder))

    def _path(self, identity: str) -> Path:
        return self._folder / f"{identity}.json"

    async def _write(self, record: Record) -> None:
        self._path(record.identity).write_text(json.dumps(record.to_json()))
        await get_bridge().storage.persist(str(self._folder))

    def _read(self, path: Path) -> Record | None:
        try:
            return Record.from_json(json.loads(path.read_text()))
        except (OSError, ValueError):
            return None

    @asynccontextmanager
    async def _up_to_date(self) -> AsyncIterator[None]:
        """The records as other tabs have left them, who wait until this one is done."""
        storage = get_bridge().storage
        async with self._turn, tab_lock(self._folder):  # not every browser has locks among tabs
            if self._is_mounted:
                await storage.refresh(str(self._folder))
            else:
                await storage.mount(str(self._folder))
                self._is_mounted = True
            yield
