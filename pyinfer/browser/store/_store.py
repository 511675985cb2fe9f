"""ModelStore: what scripts and pages ask for models."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import shutil
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyinfer.browser.bridge import get_bridge
from pyinfer.errors import ModelDownloadError, ModelStoreError
from pyinfer.manifest import AppManifest

from ._download import download
from ._keeper import Keeper, erase_others, say, words_of
from ._progress import is_under_way, sha256_of
from ._records import Record, Records, StoredFile, StoredModel
from ._room import Usage, leftovers, usage
from ._tab_lock import tab_lock
from ._wanted import Request, Wanted, mounts_of

__all__ = ["ModelStore", "app_models", "set_app_models"]

_ROOT = Path("/pyinfer/models")
_OPENED = Path("/pyinfer/opened")

#: Seconds that a server has to say which version of a stored model it has.
_PATIENCE = 10.0


@dataclass(frozen=True)
class _Opened:
    """A model in memory: the path that callers have, the mount, and what lies there."""

    path: Path
    folder: Path
    files: tuple[StoredFile, ...]


class ModelStore:
    """The models of one app on this machine.

    Each lies in a mount of its own, named by the app and by what the bytes are (their SHA-256) or, where
    no hash is pinned, by where they come from; so only those that are open take memory. Without a pin a
    new version takes the place of the one before when it has arrived, and not earlier.

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
        self._open: dict[str, _Opened] = {}
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
            without a pin is asked for again, and downloaded anew if the server has another; if that
            fails, the stored one is used, and the visitor told.
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
            opened = self._open.get(wanted.identity)
            if opened is not None:
                return str(opened.path)
            if on_progress is not None:
                storage.listen(wanted.name, on_progress)
            failure = ""
            try:
                opened = await self._fetched(wanted, request)
            except BaseException as error:
                failure = words_of(error) or "it was stopped"
                raise
            finally:
                storage.end(wanted.name, failure)
            self._open[wanted.identity] = opened
            return str(opened.path)

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
            It is not stored, or another tab has replaced it while it is open here.
        """
        async with self._turn_of(name_or_url) as record:
            opened = self._open.get(record.identity)
            folder = self._root / record.mount
            is_mounted = opened is not None and opened.folder == folder
            if opened is not None and is_mounted and opened.files != record.files:
                raise ModelStoreError(f"{record.name} was replaced by another tab: unmount the one open here")
            if not is_mounted:
                await get_bridge().storage.mount(str(folder))
            try:
                is_good = all(_is_good(folder, file) for file in record.files)
            finally:
                if not is_mounted:
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
        async with self._turn_of(name_or_url) as record:
            await self._forget(record.identity)

    async def keep(self, name_or_url: str, kept: bool = True) -> None:
        """Keep a model when room is needed for others, or let it go again.

        Raises
        ------
        ModelStoreError
            It is not stored.
        """
        record = await self._record_of(name_or_url)
        await self._records.change(record.identity, kept=kept)

    async def clear(self) -> None:
        """Delete all models of the app from this machine, and what has arrived of others."""
        stored = {record.identity for record in await self._records.all()}
        begun = await leftovers(self._records, self._root)
        for identity in stored.union(begun.values()):
            async with self._turn(identity):
                await self._forget(identity)

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
            if str(opened.path) == path:
                del self._open[identity]
                await self._close(identity, opened.folder)
                return
        raise ModelStoreError(f"{path} is no open model")

    # ------------------------------------------------------------ how

    async def _fetched(self, wanted: Wanted, request: Request) -> _Opened:
        record = await self._record(wanted)
        if record is not None and await self._is_current(wanted, record, request):
            opened = await self._stored(record)
            if opened is not None:
                return opened
            record = None
        try:
            return await self._downloaded(wanted, record, request)
        except ModelDownloadError as error:
            opened = await self._stored(record) if record else None
            if opened is None:
                raise
            say(f"{wanted.name} could not be renewed, so the version stored before is used: {error}")
            return opened

    async def _record(self, wanted: Wanted) -> Record | None:
        try:
            return await self._records.get(wanted.identity)
        except Exception as error:
            say(f"what is stored cannot be read ({words_of(error)}), so the model is downloaded")
            return None

    async def _is_current(self, wanted: Wanted, record: Record, request: Request) -> bool:
        """Without a pin the server decides; if it can't be asked, what is stored will do."""
        if wanted.sha256:
            return True
        question = get_bridge().storage.validator(
            wanted.address, json.dumps(dict(request.headers)), request.credentials
        )
        try:
            validator = await asyncio.wait_for(question, _PATIENCE)
        except Exception as error:
            reason = words_of(error) or f"no answer within {_PATIENCE:g} s"
            say(f"{wanted.name} is used as it is stored; nobody said whether there is a newer one: {reason}")
            return True
        is_current = validator in ("", record.validator)
        if is_current:
            await erase_others(record, self._root)
        return is_current

    async def _stored(self, record: Record) -> _Opened | None:
        """Open a stored model, if all of it is there."""
        folder = self._root / record.mount
        await get_bridge().storage.mount(str(folder))
        if not all(_is_whole(folder, file) for file in record.files):
            say(f"{record.name} was damaged on this machine, so it must be downloaded again")
            await get_bridge().storage.unmount(str(folder))
            await self._forget(record.identity)
            return None
        self._records.note_use(record.identity)
        return self._joined(record.identity, folder, record.files)

    async def _downloaded(self, wanted: Wanted, stored: Record | None, request: Request) -> _Opened:
        mount = next(m for m in mounts_of(wanted.identity) if stored is None or m != stored.mount)
        folder = self._root / mount
        in_use = {*self._open, *(identity for identity, turn in self._turns.items() if turn.locked())}
        keeper = Keeper(wanted, folder, stored, self._records, self._root, in_use)
        await keeper.begin()
        try:
            downloaded = await download(wanted, folder, request, keeper.save)
            await keeper.commit(downloaded)
            return self._joined(wanted.identity, folder, downloaded.files)
        except BaseException as error:
            if isinstance(error, Exception) and is_under_way(folder):
                await keeper.save()  # what may be continued stays, what was wrong goes
            await self._close(wanted.identity, folder)
            raise

    def _joined(self, identity: str, folder: Path, files: tuple[StoredFile, ...]) -> _Opened:
        """Lay a model's files where callers know them, without a copy."""
        below = self._opened / identity
        for file in files:
            path = below / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            parts = [str(folder / part.name) for part in file.parts]
            get_bridge().storage.join(str(path), json.dumps(parts))
        return _Opened(below / files[0].path, folder, files)

    async def _close(self, identity: str, folder: Path) -> None:
        shutil.rmtree(self._opened / identity, ignore_errors=True)
        await get_bridge().storage.unmount(str(folder))

    async def _forget(self, identity: str) -> None:
        await self._records.remove(identity)
        for mount in mounts_of(identity):
            await get_bridge().storage.erase(str(self._root / mount))

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

    @contextlib.asynccontextmanager
    async def _turn_of(self, name_or_url: str) -> AsyncIterator[Record]:
        """The record of a stored model, which nobody else changes meanwhile."""
        found = await self._record_of(name_or_url)
        async with self._turn(found.identity):
            record = await self._records.get(found.identity)
            if record is None:
                raise ModelStoreError(f"{name_or_url} is not stored")
            yield record

    @contextlib.asynccontextmanager
    async def _turn(self, identity: str) -> AsyncIterator[None]:
        """One caller of this page, and one tab, at a time."""
        async with self._turns.setdefault(identity, asyncio.Lock()), tab_lock(self._root / identity):
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
