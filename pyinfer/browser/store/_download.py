"""Bringing a model's files here: in parts, several pieces at a time, on from where it broke off."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pyinfer.browser.bridge import get_bridge
from pyinfer.errors import ModelDownloadError, ModelHashError

from ._records import Part, StoredFile
from ._wanted import Request, Source, Wanted, WantedFile

__all__ = ["Downloaded", "download", "is_under_way", "sha256_of"]

#: Browsers limit one stored value (127 MiB in a private Chromium profile), and hold several copies of it
#: while they store it.
_PART_BYTES = 16 << 20

#: Seconds before the next try, unless the server names some.
_PAUSES = (0.5, 1.0, 2.0, 4.0)
_LONGEST_PAUSE = 60.0

_PASSING_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
_AT_A_TIME = 4
_UNFINISHED = "unfinished.json"
_CHUNK = 1 << 20

_streams = itertools.count(1)

#: Keeps what has been written to the model's folder.
Save = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Downloaded:
    """A model's files, and the server's name for this version of the first."""

    files: tuple[StoredFile, ...]
    validator: str


class _Progress:
    """What has arrived of a source, and may be continued.

    Attributes
    ----------
    hash : hashlib's SHA-256
        Of the parts so far.
    """

    def __init__(self, folder: Path, validator: str = "", parts: Iterable[Part] = ()) -> None:
        self._folder = folder
        self.validator = validator
        self.parts: list[Part] = []
        self.hash = hashlib.sha256()
        for part in parts:
            self.add(part)

    @property
    def size(self) -> int:
        return sum(part.size for part in self.parts)

    def add(self, part: Part) -> None:
        _update(self.hash, self._folder / part.name)
        self.parts.append(part)

    def to_json(self) -> dict[str, Any]:
        return {"validator": self.validator, "parts": [asdict(part) for part in self.parts]}


class _Passing(Exception):
    """It may go better after a while."""

    def __init__(self, words: str, pause: float | None = None) -> None:
        super().__init__(words)
        self.pause = pause


class _Refused(Exception):
    """This address will not do."""


async def download(wanted: Wanted, folder: Path, request: Request, save: Save) -> Downloaded:
    """Download a model into a folder.

    Parameters
    ----------
    save : callable
        Called when a part is complete.

    Raises
    ------
    ModelDownloadError
        No address delivered it. What has arrived stays, for the next try.
    ModelHashError
        No address delivered the pinned bytes.
    """
    return await _Download(wanted, folder, request, save).run()


class _Download:
    def __init__(self, wanted: Wanted, folder: Path, request: Request, save: Save) -> None:
        self._wanted = wanted
        self._folder = folder
        self._request = request
        self._save = save
        self._turns = asyncio.Semaphore(_AT_A_TIME)
        self._progress = self._unfinished()
        for file in wanted.files:
            for source in file.sources:
                self._progress.setdefault(source.stem, _Progress(folder))

    def _unfinished(self) -> dict[str, _Progress]:
        """What an earlier try has left, by source; everything else in the folder goes."""
        found: dict[str, _Progress] = {}
        try:
            saved = json.loads((self._folder / _UNFINISHED).read_text())
            for stem, progress in saved.items():
                parts = [Part(**part) for part in progress["parts"]]
                if all((self._folder / part.name).stat().st_size == part.size for part in parts):
                    found[stem] = _Progress(self._folder, str(progress["validator"]), parts)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            found.clear()
        known = {part.name for progress in found.values() for part in progress.parts}
        for path in self._folder.iterdir():
            if path.name not in known:
                path.unlink()
        return found

    async def run(self) -> Downloaded:
        sources = [source for file in self._wanted.files for source in file.sources]
        arrived = sum(progress.size for progress in self._progress.values())
        get_bridge().storage.expect(self._wanted.name, arrived, self._wanted.size or 0)
        tasks = [asyncio.ensure_future(self._fetch(source)) for source in sources]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        files = tuple(self._stored(file) for file in self._wanted.files)
        (self._folder / _UNFINISHED).unlink(missing_ok=True)
        return Downloaded(files, self._progress[sources[0].stem].validator)

    def _stored(self, file: WantedFile) -> StoredFile:
        pieces = [self._progress[source.stem] for source in file.sources]
        parts = tuple(part for piece in pieces for part in piece.parts)
        if len(pieces) == 1:
            return StoredFile(file.path, pieces[0].hash.hexdigest(), parts)
        digest = sha256_of(self._folder / part.name for part in parts)
        if file.sha256 and digest != file.sha256:
            for source in file.sources:
                self._discard(source)
            raise self._wrong(f"the {len(pieces)} shards of {file.path}", file.sha256, digest)
        return StoredFile(file.path, digest, parts)

    async def _fetch(self, source: Source) -> None:
        """Download a source from whichever address delivers it."""
        async with self._turns:
            for index, url in enumerate(source.urls):
                is_last = index == len(source.urls) - 1
                try:
                    await self._fetch_patiently(source, url)
                except _Refused as error:
                    if is_last:
                        raise ModelDownloadError(self._words(url, error)) from None
                    continue
                digest = self._progress[source.stem].hash.hexdigest()
                if source.sha256 in (None, digest):
                    return
                self._discard(source)
                if is_last:
                    assert source.sha256
                    raise self._wrong(url, source.sha256, digest)

    async def _fetch_patiently(self, source: Source, url: str) -> None:
        tries = 0
        while True:
            before = self._progress[source.stem].size
            try:
                return await self._fetch_once(source, url)
            except _Passing as error:
                if self._progress[source.stem].size > before:
                    tries = 0  # it gets on
                if tries == len(_PAUSES):
                    raise _Refused(str(error)) from None
                pause = (
                    error.pause if error.pause is not None else _PAUSES[tries] * random.uniform(0.75, 1.25)
                )
                tries += 1
                await asyncio.sleep(min(pause, _LONGEST_PAUSE))

    async def _fetch_once(self, source: Source, url: str) -> None:
        """One request, for what is still missing."""
        progress = self._progress[source.stem]
        if source.size is not None and progress.size == source.size and progress.parts:
            return
        storage = get_bridge().storage
        stream = next(_streams)
        try:
            answer = await self._ask(stream, url, progress)
            self._check_answer(answer, source)
            if progress.size and answer["status"] != 206:
                progress = self._discard(source)
            progress.validator = answer["validator"]
            await self._read_parts(stream, source, progress)
        finally:
            storage.close(stream)
        if source.size is not None and progress.size != source.size:
            words = f"{progress.size} bytes arrived of {source.size}"
            if progress.size < source.size:
                raise _Passing(words)
            self._discard(source)
            raise _Refused(words)

    async def _ask(self, stream: int, url: str, progress: _Progress) -> dict[str, Any]:
        headers = json.dumps(dict(self._request.headers))
        try:
            answer: dict[str, Any] = json.loads(
                await get_bridge().storage.open(
                    stream,
                    self._wanted.name,
                    url,
                    progress.size,
                    progress.validator,
                    headers,
                    self._request.credentials,
                )
            )
        except Exception as error:
            raise _Passing(_words_of(error)) from error
        return answer

    def _check_answer(self, answer: dict[str, Any], source: Source) -> None:
        status = answer["status"]
        words = f"the server answered {status} {answer['reason']}".strip()
        if status in _PASSING_STATUSES:
            raise _Passing(words, answer["retryAfter"])
        if status == 416:
            self._discard(source)
            raise _Passing(words, 0.0)
        if not 200 <= status < 300:
            raise _Refused(words)
        if "html" in answer["type"] and not source.urls[0].lower().endswith((".html", ".htm")):
            raise _Refused("the server sent a web page (HTML), as many do for an address they don't know")

    async def _read_parts(self, stream: int, source: Source, progress: _Progress) -> None:
        storage = get_bridge().storage
        while True:
            name = f"{source.stem}.{len(progress.parts):03d}"
            outcome = json.loads(await storage.readPart(stream, str(self._folder / name), _PART_BYTES))
            if outcome["size"]:
                progress.add(Part(name, outcome["size"]))
                self._write_progress()
                await self._save()
            if outcome["failure"]:
                raise _Passing(f"the connection broke: {outcome['failure']}")
            if outcome["done"]:
                return

    def _write_progress(self) -> None:
        progress = {stem: progress.to_json() for stem, progress in self._progress.items()}
        (self._folder / _UNFINISHED).write_text(json.dumps(progress))

    def _discard(self, source: Source) -> _Progress:
        """Begin a source anew."""
        before = self._progress[source.stem]
        get_bridge().storage.expect(self._wanted.name, -before.size, self._wanted.size or 0)
        for part in before.parts:
            (self._folder / part.name).unlink()
        self._progress[source.stem] = after = _Progress(self._folder)
        self._write_progress()
        return after

    def _wrong(self, where: str, expected: str, digest: str) -> ModelHashError:
        return ModelHashError(
            f"model {self._wanted.name!r}, {where}: expected sha256 {expected}, got {digest}; it was "
            "discarded. Was the file replaced on the server, or is the manifest of another version?"
        )

    def _words(self, url: str, error: Exception) -> str:
        return f"model {self._wanted.name!r} could not be downloaded from {url}: {error}"


def is_under_way(folder: Path) -> bool:
    """Whether something of a model has arrived that is not stored yet."""
    return (folder / _UNFINISHED).exists()


def sha256_of(paths: Iterable[Path]) -> str:
    """The digest of files, one after the other."""
    digest = hashlib.sha256()
    for path in paths:
        _update(digest, path)
    return digest.hexdigest()


def _update(digest: Any, path: Path) -> None:
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)


def _words_of(error: Exception) -> str:
    return str(error).removeprefix("Error: ")
