"""ModelStore: models fetched once and kept in IDBFS.

One mount a model, named by the app and by what the bytes are (their SHA-256) or, where no hash is
pinned, by where they come from. A model's files lie beside a record that is written last: without
the record there is no model, so an interrupted download leaves nothing that could be taken for one.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from pyinfer.browser.bridge import get_bridge
from pyinfer.errors import ModelDownloadError, ModelHashError, ModelStoreError
from pyinfer.manifest import AppManifest, ModelSpec

__all__ = ["ModelStore"]

_ROOT = Path("/pyinfer/models")
_RECORD = "record.json"
_CHUNK = 1 << 20


class ModelStore:
    """The models of one app on this machine.

    Parameters
    ----------
    app : AppManifest
        Its name keeps apps of one origin apart; its models can be fetched by name.
    """

    def __init__(self, app: AppManifest) -> None:
        self._app = app
        self._mounted: set[Path] = set()

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
        """
        spec = self._specification(name_or_url, sha256, size)
        folder = _ROOT / _safe(self._app.name or "app") / _identity(spec)
        await self._mount(folder)
        record = _read_record(folder)
        if record is None:
            record = await self._download(spec, folder)
        return str(_joined(folder, record))

    def _specification(self, name_or_url: str, sha256: str | None, size: int | None) -> ModelSpec:
        for model in self._app.models:
            if model.name == name_or_url:
                return model
        if "/" not in name_or_url:
            known = ", ".join(model.name for model in self._app.models) or "none"
            raise ModelStoreError(f"the app has no model named {name_or_url!r}; its models: {known}")
        name = name_or_url.rsplit("/", 1)[-1] or name_or_url
        return ModelSpec(name=name, url=name_or_url, sha256=sha256, size=size)

    async def _mount(self, folder: Path) -> None:
        if folder in self._mounted:
            return
        try:
            await get_bridge().storage.mount(str(folder))
        except Exception as error:
            raise ModelStoreError(f"the model store cannot be opened: {_words(error)}") from error
        self._mounted.add(folder)

    async def _download(self, spec: ModelSpec, folder: Path) -> dict[str, Any]:
        storage = get_bridge().storage
        _clear(folder)
        try:
            parts = await storage.download(spec.url, str(folder / "model"), spec.name, spec.size or 0)
        except Exception as error:
            _clear(folder)
            raise ModelDownloadError(f"model {spec.name!r} could not be downloaded: {_words(error)}") from error
        files = [folder / f"model.{index:03d}" for index in range(int(parts))]
        digest = _sha256(files)
        if spec.sha256 and digest != spec.sha256:
            _clear(folder)
            raise ModelHashError(
                f"model {spec.name!r} from {spec.url}: expected sha256 {spec.sha256}, got {digest}; "
                "it was discarded"
            )
        record = {"name": spec.name, "url": spec.url, "sha256": digest, "files": [file.name for file in files]}
        try:
            await storage.persist(str(folder))
            (folder / _RECORD).write_text(json.dumps(record))
            await storage.persist(str(folder))
        except Exception as error:
            raise ModelStoreError(f"model {spec.name!r} could not be kept: {_words(error)}") from error
        return record


def _identity(spec: ModelSpec) -> str:
    return spec.sha256 or "url-" + hashlib.sha256(spec.url.encode()).hexdigest()


def _safe(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "_", name)


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
    files = [folder / name for name in record["files"]]
    if len(files) == 1:
        return files[0]
    whole = Path("/tmp") / f"{folder.name}.model"
    if not whole.exists():
        with whole.open("wb") as target:
            for file in files:
                target.write(file.read_bytes())
    return whole
