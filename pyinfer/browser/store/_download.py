"""Bringing a model's files here: in parts, several pieces at a time, on from where it broke off."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from pyinfer.browser.bridge import get_bridge
from pyinfer.errors import ModelDownloadError, ModelHashError

from ._answer import Answer
from ._progress import Progress, Unfinished, sha256_of
from ._records import Part, StoredFile
from ._wanted import Request, Source, Wanted, WantedFile

__all__ = ["Downloaded", "download"]

#: Browsers limit one stored value (127 MiB in a private Chromium profile), and hold several copies of it
#: while they store it.
_PART_BYTES = 16 << 20

#: Seconds before the next try, unless the server names some.
_PAUSES = (0.5, 1.0, 2.0, 4.0)
_LONGEST_PAUSE = 60.0

_AT_A_TIME = 4

_streams = itertools.count(1)

#: Keeps what has been written to the model's folder.
Save = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Downloaded:
    """A model's files, and the server's name for this version of the first."""

    files: tuple[StoredFile, ...]
    validator: str


class _Passing(Exception):
    """It may go better after a while."""

    def __init__(self, words: str, pause: float | None = None) -> None:
        super().__init__(words)
        self.pause = pause


class _Unreachable(_Passing):
    """There is no answer at all."""


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
        self._sources = [source for file in wanted.files for source in file.sources]
        self._arrived = Unfinished(folder, (source.stem for source in self._sources))

    async def run(self) -> Downloaded:
        get_bridge().storage.expect(self._wanted.name, self._arrived.size, self._wanted.size or 0)
        tasks = [asyncio.ensure_future(self._fetch(source)) for source in self._sources]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        files = tuple(self._stored(file) for file in self._wanted.files)
        self._arrived.finish()
        return Downloaded(files, self._arrived[self._sources[0].stem].validator)

    def _stored(self, file: WantedFile) -> StoredFile:
        pieces = [self._arrived[source.stem] for source in file.sources]
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
                    digest = await self._fetch_digest(source, url)
                except _Refused as error:
                    if is_last:
                        raise ModelDownloadError(self._words(url, error)) from None
                    continue
                if source.sha256 in (None, digest):
                    return
                if is_last:
                    assert source.sha256
                    raise self._wrong(url, source.sha256, digest)

    async def _fetch_digest(self, source: Source, url: str) -> str:
        """The digest of what an address delivers; bytes that are not the pinned ones are discarded."""
        progress, digest = await self._fetch_patiently(source, url)
        if source.sha256 in (None, digest):
            return digest
        self._discard(source)
        if progress.is_joined:  # each of the answers may have been good
            progress, digest = await self._fetch_patiently(source, url)
            if digest != source.sha256:
                self._discard(source)
        return digest

    async def _fetch_patiently(self, source: Source, url: str) -> tuple[Progress, str]:
        tries = 0
        while True:
            before = self._arrived[source.stem].size
            try:
                await self._fetch_once(source, url)
            except _Passing as error:
                if self._arrived[source.stem].size > before:
                    tries = 0  # it gets on
                if tries == len(_PAUSES):
                    if not await self._sends_only_the_whole(source, url, error):
                        raise _Refused(str(error)) from None
                    self._discard(source)
                    tries = 0
                pause = (
                    error.pause if error.pause is not None else _PAUSES[tries] * random.uniform(0.75, 1.25)
                )
                tries += 1
                await asyncio.sleep(min(pause, _LONGEST_PAUSE))
            else:
                progress = self._arrived[source.stem]
                return progress, progress.hash.hexdigest()

    async def _sends_only_the_whole(self, source: Source, url: str, error: _Passing) -> bool:
        """Whether a server answers, but not if it is asked for a part.

        Then the browser has refused its answer (a part that is compressed), or the question (some
        browsers have servers of other origins asked before).
        """
        if not isinstance(error, _Unreachable) or not self._arrived[source.stem].size:
            return False
        try:
            await get_bridge().storage.validator(
                url, json.dumps(dict(self._request.headers)), self._request.credentials
            )
        except Exception:
            return False
        return True

    async def _fetch_once(self, source: Source, url: str) -> None:
        """One request, for what is still missing."""
        progress = self._arrived[source.stem]
        if _is_complete(source, progress):
            return
        storage = get_bridge().storage
        stream = next(_streams)
        try:
            answer = await self._ask(stream, url, _offset(source, progress))
            progress = self._begin(answer, source)
            await self._read_parts(stream, source, progress)
        finally:
            storage.close(stream)
        total = progress.total if source.size is None else source.size
        if total is not None and progress.size != total:
            words = f"{progress.size} bytes arrived of {total}"
            if progress.size < total:
                raise _Passing(words)
            self._discard(source)
            raise _Refused(words)

    async def _ask(self, stream: int, url: str, offset: int) -> Answer:
        headers = json.dumps(dict(self._request.headers))
        try:
            answer = await get_bridge().storage.open(
                stream, self._wanted.name, url, offset, headers, self._request.credentials
            )
        except Exception as error:
            raise _Unreachable(_words_of(error)) from error
        return Answer.of(url, answer)

    def _begin(self, answer: Answer, source: Source) -> Progress:
        """What the bytes that come are to be added to."""
        progress = self._arrived[source.stem]
        if answer.may_pass:
            raise _Passing(str(answer), answer.retry_after)
        if answer.is_whole:
            if answer.is_page:
                raise _Refused("the server sent a web page (HTML), as many do for an address they don't know")
            if progress.size:
                progress = self._discard(source)
            progress.url, progress.validator, progress.total = answer.url, answer.validator, answer.total
            return progress
        if progress.size and answer.continues(progress, source):
            progress.is_joined = True
            progress.total = answer.total if progress.total is None else progress.total
            return progress
        if progress.size and answer.status in (206, 416):
            self._discard(source)
            raise _Passing(f"{answer}, which does not continue what had arrived", 0.0)
        raise _Refused(str(answer))

    async def _read_parts(self, stream: int, source: Source, progress: Progress) -> None:
        storage = get_bridge().storage
        while True:
            name = f"{source.stem}.{len(progress.parts):03d}"
            outcome = json.loads(await storage.readPart(stream, str(self._folder / name), _PART_BYTES))
            if outcome["size"]:
                progress.add(Part(name, outcome["size"]))
                self._arrived.save()
                await self._save()
            if outcome["failure"]:
                raise _Passing(f"the connection broke: {outcome['failure']}")
            if outcome["done"]:
                return

    def _discard(self, source: Source) -> Progress:
        """Begin a source anew."""
        size = self._arrived.discard(source.stem)
        get_bridge().storage.expect(self._wanted.name, -size, self._wanted.size or 0)
        return self._arrived[source.stem]

    def _wrong(self, where: str, expected: str, digest: str) -> ModelHashError:
        return ModelHashError(
            f"model {self._wanted.name!r}, {where}: expected sha256 {expected}, got {digest}; it was "
            "discarded. Was the file replaced on the server, or is the manifest of another version?"
        )

    def _words(self, url: str, error: Exception) -> str:
        return f"model {self._wanted.name!r} could not be downloaded from {url}: {error}"


def _is_complete(source: Source, progress: Progress) -> bool:
    if source.size is not None:
        return bool(progress.parts) and progress.size == source.size
    return progress.hash.hexdigest() == source.sha256


def _offset(source: Source, progress: Progress) -> int:
    """Where to go on; at the beginning, if nothing would show that it is the same version."""
    return progress.size if source.sha256 or progress.validator else 0


def _words_of(error: Exception) -> str:
    return str(error).removeprefix("Error: ")
