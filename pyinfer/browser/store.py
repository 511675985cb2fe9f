"""ModelStore: models fetched once and kept in IDBFS.

One mount a model, named by the app and by what the bytes are (their SHA-256) or, where no hash is
pinned, by where they come from. A model's files lie beside a record that is written last: without
the record there is no model, so an interrupted download leaves nothing that could be taken for one.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyinfer.browser.bridge import get_bridge
from pyinfer.errors import ModelDownloadError, ModelHashError, ModelStoreError
from pyinfer.manifest import AppManifest

__all__ = ["ModelStore"]

_ROOT = Path("/pyinfer/models")
_RECORD = "record.json"
_CHUNK = 1 << 20


@dataclass(frozen=True)
class _Wanted:
    """A model as it is asked for: from the manifest, whole, or by address, perhaps without a pin."""

    name: str
    urls: tuple[str, ...]
    sha256: str | None
    size: int | None

    @property
    def identity(self) -> str:
        """What names the mount: the bytes' hash, or else the address."""
        return self.sha256 or "url-" + hashlib.sha256(self.urls[0].encode()).hexdigest()


class ModelStore:
    """The models of one app on this machine.

    Parameters
    ----------
    app : AppManifest
        Its name keeps apps of one origin apart; its models can be fetched by name.
    root : Path, optional
        The folder of the mounts, which also names the databases in IndexedDB.
    """

    def __init__(self, app: AppManifest, root: Path = _ROOT) -> None:
        self._app = app
        self._root = root / re.sub(r"[^A-Za-z0-9._-]", "_", app.name)
        self._mounted: set[Path] = set()
        self._locks: dict[Path, asyncio.Lock] = {}

    async def fetch(self, name_or_url: str, *, sha256: str | None = None, size: int | None = None) -> str:
        """Path of a model, downloaded first unless it is stored already.

        Parameters
        ----------
        name_or_url : str
            A model of the app's manifest, or an address.
        sha256 : str, optional
            What the bytes must be; for a model of the manifest its own pin is used.
        size : int, optional
            Bytes, for progress reports.

        Returns
        -------
        str
            A path for ``open`` and ``InferenceSession``.

        Raises
        ------
        ModelDownloadError
            The server did not deliver it.
        ModelHashError
            The bytes are not the pinned ones; they were discarded.
        ModelStoreError
            IndexedDB could not be used.
        ManifestError
            The app has no model of that name.
        """
        wanted = self._wanted(name_or_url, sha256, size)
        folder = self._root / wanted.identity
        # Several callers may ask for the same model: the first one fetches it for all.
        async with self._locks.setdefault(folder, asyncio.Lock()):
            await self._mount(folder)
            record = _read_record(folder)
            if record is None:
                record = await self._download(wanted, folder)
            return str(_joined(folder, record))

    def _wanted(self, name_or_url: str, sha256: str | None, size: int | None) -> _Wanted:
        if "/" in name_or_url:
            name = name_or_url.rstrip("/").rsplit("/", 1)[-1]
            return _Wanted(name, (name_or_url,), sha256 and sha256.lower(), size)
        model = self._app.model(name_or_url)
        urls = tuple(shard.url for shard in model.shards) or (model.url,)
        return _Wanted(model.name, urls, model.sha256, model.size)

    async def _mount(self, folder: Path) -> None:
        if folder in self._mounted:
            return
        try:
            await get_bridge().storage.mount(str(folder))
        except Exception as error:
            raise ModelStoreError(f"the model store cannot be opened: {_words(error)}") from error
        self._mounted.add(folder)

    async def _download(self, wanted: _Wanted, folder: Path) -> dict[str, Any]:
        _clear(folder)
        files = await self._download_files(wanted, folder)
        digest = _sha256(files)
        if wanted.sha256 and digest != wanted.sha256:
            _clear(folder)
            raise ModelHashError(
                f"model {wanted.name!r} from {wanted.urls[0]}: expected sha256 {wanted.sha256}, "
                f"got {digest}; it was discarded"
            )
        record = {"name": wanted.name, "sha256": digest, "files": [file.name for file in files]}
        storage = get_bridge().storage
        try:
            await storage.persist(str(folder))
            (folder / _RECORD).write_text(json.dumps(record))
            await storage.persist(str(folder))
        except Exception as error:
            raise ModelStoreError(f"model {wanted.name!r} could not be kept: {_words(error)}") from error
        return record

    async def _download_files(self, wanted: _Wanted, folder: Path) -> list[Path]:
        storage = get_bridge().storage
        files: list[Path] = []
        for index, url in enumerate(wanted.urls):
            stem = folder / f"{index:03d}"
            try:
                count = await storage.download(url, str(stem), wanted.name, wanted.size or 0)
            except Exception as error:
                _clear(folder)
                raise ModelDownloadError(
                    f"model {wanted.name!r} could not be downloaded: {_words(error)}"
                ) from error
            files += [folder / f"{stem.name}.{part:03d}" for part in range(int(count))]
        return files


def _words(error: Exception) -> str:
    return str(error).removeprefix("Error: ")


def _read_record(folder: Path) -> dict[str, Any] | None:
    """The record, if it is there and every file it names is."""
    try:
        record: dict[str, Any] = json.loads((folder / _RECORD).read_text())
        complete = all((folder / name).is_file() for name in record["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return record if complete else None


def _clear(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()


def _sha256(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    return digest.hexdigest()


def _joined(folder: Path, record: dict[str, Any]) -> Path:
    """One file with the model's bytes: the stored one, or several joined in memory."""
    files = [folder / str(name) for name in record["files"]]
    if len(files) == 1:
        return files[0]
    whole = Path("/tmp") / f"{folder.name}.model"
    if not whole.exists():
        unfinished = whole.with_suffix(".part")
        with unfinished.open("wb") as target:
            for file in files:
                target.write(file.read_bytes())
        unfinished.replace(whole)
    return whole
