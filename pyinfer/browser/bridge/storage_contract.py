"""What the model store uses of JavaScript: a part of :mod:`.contract`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

__all__ = ["Storage"]


class Storage(Protocol):
    """IDBFS, the network and the browser's locks, as the model store uses them."""

    async def lock(self, name: str, ticket: int) -> None:
        """Wait until no other tab holds the lock."""

    def unlock(self, ticket: int) -> None:
        """Give a lock back, or the wait for it up."""

    async def mount(self, path: str) -> None:
        """Mount IDBFS at ``path`` and read what IndexedDB holds for it."""

    async def refresh(self, path: str) -> None:
        """Read again what IndexedDB holds for the mount at ``path``."""

    async def persist(self, path: str) -> None:
        """Write what has changed below the mount at ``path`` to IndexedDB."""

    async def unmount(self, path: str) -> None:
        """Take the mount or folder at ``path`` away with its files; IndexedDB keeps those it has."""

    async def erase(self, path: str) -> None:
        """Delete what IndexedDB holds for ``path``, mounted or not, without reading it."""

    def join(self, path: str, parts: str) -> None:
        """Make ``path`` a file that reads as the files of a JSON list do one after the other: no copy."""

    async def open(
        self,
        stream: int,
        name: str,
        url: str,
        offset: int,
        headers: str,
        credentials: str,
    ) -> str:
        """Ask for the bytes of ``url`` from ``offset`` on, past the browser's own cache.

        ``stream`` is to be closed, also if this fails; ``name`` is the model's, for reports of progress;
        ``headers`` a JSON object. The answer as JSON: ``status``, ``reason``, ``type``, ``validator``,
        ``retryAfter`` (seconds, or null), ``length`` (bytes that come, or null), ``isEncoded``,
        ``contentRange``.
        """

    async def readPart(self, stream: int, path: str, limit: int) -> str:
        """Write the next bytes, at most ``limit``, to a file, if there are any.

        As JSON: ``size``, ``done``, and ``failure``: why no more come, or the empty string.
        """

    def close(self, stream: int) -> None:
        """Let go of a stream, whether it has been read to its end, is being read, or never came."""

    async def validator(self, url: str, headers: str, credentials: str) -> str:
        """The server's name for the bytes that it has now (ETag, or date); empty if it gives none."""

    def expect(self, name: str, arrived: int, size: int) -> None:
        """Add to what is known to have arrived of a model, and say how large it is (0: unknown)."""

    def listen(self, name: str, callback: Callable[[int, int], object]) -> None:
        """Report the progress of a model to ``callback``, too."""

    def end(self, name: str, failure: str) -> None:
        """Tell the page how a model's fetch ended (empty: well), and whoever listens no more."""

    def notice(self, words: str) -> None:
        """Tell the page something that its visitor should know."""

    async def estimate(self) -> str:
        """``usage`` and ``quota`` in bytes and ``persisted``, as JSON."""

    async def askToPersist(self) -> bool:
        """Ask the browser to keep the site's data when its disk is full: whether it does."""

    def liveCount(self) -> int:
        """How many streams and locks are held."""
