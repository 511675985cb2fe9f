"""ModelStore: what scripts and pages ask for models."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import re
import shutil
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pyinfer.browser.bridge import get_bridge
from pyinfer.errors import ModelStoreError
from pyinfer.manifest import AppManifest

from ._download import download, is_under_way, sha256_of
from ._keeper import Keeper, say, words_of
from ._records import Record, Records, StoredFile
from ._room import Usage, usage
from ._tab_lock import tab_lock
from ._wanted import Request, Wanted

__all__ = ["ModelStore", "StoredModel", "app_models", "set_app_models"]

_ROOT = Path("/pyinfer/models")
_OPENED = Path("/pyinfer/opened")


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


class ModelStore:
    """The models of one app on this machine.

    Each lies in a mount of its own, named by the app and by what the bytes are (their SHA-256) or, where
    no hash is pinned, by where they come from; so only those that are open take memory.

    Parameters
    ----------
    app : AppManifest
        Its name keeps apps of one origin apart; its models can be fetched by name.
    root, opened : Path, optional
        The folder of the mounts, which also names the databases in IndexedDB, and that of the files
        which callers get.
    """

    def __init__(self, app: AppManifest, root: Path = _ROOT, opened: Path = _OPENED) -> None:
        self._app = app
        folder = re.sub(r"[^A-Za-z0-9._-]", "_", app.name)
        self._root = root / folder
        self._opened = opened / folder
        self._records = Records(self._root / "records")
        self._open: dict[str, Path] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    async def fetch(
        self,
        name_or_url: str,
        *,
        sha256: str | None = None,
        size: int | None = None,
        headers: Mapping[str, str] | None = None,
        credentials: str = "same-origin",
        on_progress: Callable[[int, int], object] | None = None,
    ) -> str:
        """Path of a model, downloaded first unless it is stored already.

        Parameters
        ----------
        name_or_url : str
            A model of the app's manifest, or an address.
        sha256 : str, optional
            What the bytes must be; for a model of the manifest its own pin is used. A stored model
            without a pin is asked for again, and downloaded anew if the server has another.
        size : int, optional
            Bytes, for progress reports and to make room.
        headers : mapping of str to str, optional
            Sent along, such as ``Authorization``.
        credentials : str, optional
            Whether cookies are: ``"same-origin"``, ``"include"`` or ``"omit"``, as for ``fetch``.
        on_progress : callable, optional
            Called with the bytes that are here and all of them (0: not known).

        Returns
        -------
        str
            A path for ``open`` and ``InferenceSession``, until :meth:`unmount`.

        Raises
        ------
        ModelDownloadError
            No server delivered it. The next try goes on where this one broke off.
        ModelHashError
            The bytes are not the pinned ones; they were discarded.
        ManifestError
            The app has no model of that name.
        """
        wanted = Wanted.of(self._app, name_or_url, sha256, size)
        request = Request(dict(headers or {}), credentials)
        storage = get_bridge().storage
        async with self._turn(wanted.identity):
            path = self._open.get(wanted.identity)
            if path is not None:
                return str(path)
            if on_progress is not None:
                storage.listen(wanted.name, on_progress)
            failure = ""
            try:
                path = await self._stored(wanted, request) or await self._downloaded(wanted, request)
            except BaseException as error:
                failure = words_of(error) or "it was stopped"
                raise
            finally:
                storage.end(wanted.name, failure)
            self._open[wanted.identity] = path
            return str(path)

    async def list(self) -> list[StoredModel]:
        """The models on this machine, the one least recently used first."""
        return [StoredModel.of(record) for record in await self._records.all()]

    async def info(self, name_or_url: str) -> StoredModel | None:
        """What is stored of a model; None if it is not there."""
        record = await self._found(name_or_url)
        return StoredModel.of(record) if record else None

    async def verify(self, name_or_url: str) -> bool:
        """Read a stored model's bytes again: whether they are still what they were.

        A model that has changed is forgotten, so that the next :meth:`fetch` downloads it.

        Raises
        ------
        ModelStoreError
            It is not stored.
        """
        record = await self._record_of(name_or_url)
        async with self._turn(record.identity):
            was_open = record.identity in self._open
            folder = self._folder(record.identity)
            if not was_open:
                await get_bridge().storage.mount(str(folder))
            try:
                is_good = all(_is_good(folder, file) for file in record.files)
            finally:
                if not was_open:
                    await get_bridge().storage.unmount(str(folder))
            if not is_good:
                await self._forget(record.identity)
            return is_good

    async def evict(self, name_or_url: str) -> None:
        """Delete a model from this machine. Paths that are open stay good until :meth:`unmount`.

        Raises
        ------
        ModelStoreError
            It is not stored.
        """
        record = await self._record_of(name_or_url)
        async with self._turn(record.identity):
            await self._forget(record.identity)

    async def keep(self, name_or_url: str, kept: bool = True) -> None:
        """Keep a model when room is needed for others, or let it go again.

        Raises
        ------
        ModelStoreError
            It is not stored.
        """
        record = await self._record_of(name_or_url)
        await self._records.put(dataclasses.replace(record, kept=kept))

    async def clear(self) -> None:
        """Delete all models of the app from this machine."""
        for record in await self._records.all():
            async with self._turn(record.identity):
                await self._forget(record.identity)

    async def usage(self) -> Usage:
        """Bytes that are used, and how many there may be."""
        return await usage(self._records)

    async def persist(self) -> bool:
        """Ask the browser not to clear its storage when the disk is full; whether it agrees."""
        return bool(await get_bridge().storage.askToPersist())

    async def unmount(self, path: str) -> None:
        """Give a model's memory back; its path is no longer good, sessions made of it are.

        Raises
        ------
        ModelStoreError
            It is no path of an open model.
        """
        for identity, opened in self._open.items():
            if str(opened) == path:
                del self._open[identity]
                await self._close(identity)
                return
        raise ModelStoreError(f"{path} is no open model")

    # ------------------------------------------------------------ how

    async def _stored(self, wanted: Wanted, request: Request) -> Path | None:
        """Open the stored model, if it is there and the server has no other."""
        try:
            record = await self._records.get(wanted.identity)
        except Exception as error:
            say(f"what is stored cannot be read ({words_of(error)}), so the model is downloaded")
            return None
        if record is None or not await self._is_current(wanted, record, request):
            return None
        folder = self._folder(wanted.identity)
        await get_bridge().storage.mount(str(folder))
        if not all(_is_whole(folder, file) for file in record.files):
            say(f"{wanted.name} was damaged on this machine, so it is downloaded again")
            await get_bridge().storage.unmount(str(folder))
            await self._forget(wanted.identity)
            return None
        await self._records.put(dataclasses.replace(record, used=time.time()))
        return self._joined(wanted.identity, record.files)

    async def _is_current(self, wanted: Wanted, record: Record, request: Request) -> bool:
        """Without a pin the server decides; if it can't be asked, what is stored will do."""
        if wanted.sha256 or not record.validator:
            return True
        try:
            validator = await get_bridge().storage.validator(
                wanted.address, json.dumps(dict(request.headers)), request.credentials
            )
        except Exception:
            return True  # offline
        return validator in ("", record.validator)

    async def _downloaded(self, wanted: Wanted, request: Request) -> Path:
        folder = self._folder(wanted.identity)
        keeper = Keeper(wanted, folder, self._records, self._root, self._open)
        await keeper.begin()
        try:
            downloaded = await download(wanted, folder, request, keeper.save)
            await keeper.commit(downloaded)
            return self._joined(wanted.identity, downloaded.files)
        except BaseException as error:
            if isinstance(error, Exception) and is_under_way(folder):
                await keeper.save()  # what may be continued stays, what was wrong goes
            await self._close(wanted.identity)
            raise

    def _joined(self, identity: str, files: Sequence[StoredFile]) -> Path:
        """The folder in which a model's files lie as callers know them, without a copy."""
        folder = self._opened / identity
        for file in files:
            path = folder / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            parts = [str(self._folder(identity) / part.name) for part in file.parts]
            get_bridge().storage.join(str(path), json.dumps(parts))
        return folder / files[0].path

    async def _close(self, identity: str) -> None:
        shutil.rmtree(self._opened / identity, ignore_errors=True)
        await get_bridge().storage.unmount(str(self._folder(identity)))

    async def _forget(self, identity: str) -> None:
        await self._records.remove(identity)
        await get_bridge().storage.erase(str(self._folder(identity)))

    async def _record_of(self, name_or_url: str) -> Record:
        record = await self._found(name_or_url)
        if record is None:
            raise ModelStoreError(f"{name_or_url} is not stored")
        return record

    async def _found(self, name_or_url: str) -> Record | None:
        records = await self._records.all()
        for record in records:
            if name_or_url == record.identity:
                return record
        return next((r for r in records if name_or_url in (r.name, r.address, r.sha256)), None)

    def _folder(self, identity: str) -> Path:
        return self._root / identity

    @asynccontextmanager
    async def _turn(self, identity: str) -> AsyncIterator[None]:
        """One caller of this page, and one tab, at a time."""
        async with self._turns.setdefault(identity, asyncio.Lock()), tab_lock(self._folder(identity)):
            yield


_app_models: list[ModelStore] = []


def set_app_models(store: ModelStore) -> None:
    """Make a store the one of the app that runs here."""
    _app_models[:] = [store]


def app_models() -> ModelStore:
    """The store of the app that runs in this page, which is ``pyodide.models`` in JavaScript.

    Raises
    ------
    ModelStoreError
        No app runs here.
    """
    if not _app_models:
        raise ModelStoreError("no app of pyinfer runs here: loadPyinfer starts one")
    return _app_models[0]


def _is_whole(folder: Path, file: StoredFile) -> bool:
    try:
        return all((folder / part.name).stat().st_size == part.size for part in file.parts)
    except OSError:
        return False


def _is_good(folder: Path, file: StoredFile) -> bool:
    return _is_whole(folder, file) and sha256_of(folder / p.name for p in file.parts) == file.sha256
