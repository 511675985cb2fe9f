"""IDBFS and the network, as folders and a dictionary of addresses.

What IndexedDB holds lies in ``database``; a mount's own files are the test's file system. Paths
below the store's root are moved into a temporary folder by the tests that use them.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Answer", "FakeStorage"]


@dataclass
class Answer:
    """What a server does with a request.

    Attributes
    ----------
    breaks_after : int or None
        Bytes after which the connection breaks.
    ranges : bool
        It sends the rest of a file, if asked.
    reaches_parts : bool
        The browser lets through what it sends then.
    starts_off : int
        By how much what it sends then begins too late.
    tells_range : bool
        It shows Content-Range.
    total : int, optional
        How many bytes it says there are.
    is_encoded : bool
        What it sends is compressed.
    """

    content: bytes = b""
    status: int = 200
    type: str = "application/octet-stream"
    validator: str = '"1"'
    retry_after: float | None = None
    breaks_after: int | None = None
    ranges: bool = True
    reaches_parts: bool = True
    starts_off: int = 0
    tells_range: bool = True
    total: int | None = None
    is_encoded: bool = False


@dataclass
class _Stream:
    name: str
    content: bytes
    breaks_after: int | None
    position: int = 0


@dataclass
class FakeStorage:
    """What ``js_bridge/storage.js`` is.

    Attributes
    ----------
    web : dict
        What is at an address: bytes, an Answer, or the answers to one request after the other.
    requests : list of (str, int)
        Address and offset of each request.
    database : dict
        What IndexedDB holds: files by mount.
    room : int
        Bytes that the database may have.
    tells_all_the_same : bool
        What the browser estimates says nothing of the room.
    has_locks : bool
        There are locks among tabs: false without TLS.
    blocked : bool
        IndexedDB can't be used.
    seconds_to_answer : float
        How long a server takes to say which version it has.
    most_streams : int
        How many downloads were under way at the same time.
    """

    part_bytes: int = 64 << 20
    web: dict[str, bytes | Answer | list[Answer]] = field(default_factory=dict)
    requests: list[tuple[str, int]] = field(default_factory=list)
    database: dict[str, dict[str, bytes]] = field(default_factory=dict)
    room: int = 1 << 40
    tells_all_the_same: bool = False
    has_locks: bool = True
    blocked: bool = False
    offline: bool = False
    seconds_to_answer: float = 0.0
    most_streams: int = 0
    notices: list[str] = field(default_factory=list)
    endings: list[tuple[str, str]] = field(default_factory=list)
    progress: dict[str, tuple[int, int]] = field(default_factory=dict)
    mounted: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._streams: dict[int, _Stream] = {}
        self._listeners: dict[str, Callable[[int, int], object]] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._tickets: dict[int, asyncio.Lock] = {}

    # ------------------------------------------------------------ IndexedDB

    async def lock(self, name: str, ticket: int) -> None:
        if not self.has_locks:
            return
        lock = self._locks.setdefault(name, asyncio.Lock())
        await lock.acquire()
        self._tickets[ticket] = lock

    def unlock(self, ticket: int) -> None:
        lock = self._tickets.pop(ticket, None)
        if lock:
            lock.release()

    async def mount(self, path: str) -> None:
        if self.blocked:
            raise OSError("Error: IndexedDB could not be used")
        if path in self.mounted:
            raise OSError("errno 10: mounted already")
        self.mounted.add(path)
        await self.refresh(path)

    async def refresh(self, path: str) -> None:
        await asyncio.sleep(0)
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        held = self.database.get(path, {})
        for file in folder.iterdir():
            if file.name not in held:
                file.unlink()
        for name, content in held.items():
            (folder / name).write_bytes(content)

    async def persist(self, path: str) -> None:
        await asyncio.sleep(0)
        files = {file.name: file.read_bytes() for file in Path(path).iterdir()}
        others = sum(len(c) for p, held in self.database.items() if p != path for c in held.values())
        if self.blocked or others + sum(map(len, files.values())) > self.room:
            raise OSError("Error: IndexedDB could not be used: QuotaExceededError")
        self.database[path] = files

    async def unmount(self, path: str) -> None:
        await asyncio.sleep(0)
        self.forget_memory(path)

    def forget_memory(self, path: str) -> None:
        """What a page's end does."""
        self.mounted.discard(path)
        shutil.rmtree(path, ignore_errors=True)

    async def erase(self, path: str) -> None:
        await asyncio.sleep(0)
        if self.blocked:
            raise OSError("Error: IndexedDB could not be used")
        self.database.pop(path, None)

    def join(self, path: str, parts: str) -> None:
        Path(path).write_bytes(b"".join(Path(part).read_bytes() for part in json.loads(parts)))

    async def estimate(self) -> str:
        used = sum(len(c) for held in self.database.values() for c in held.values())
        # The store keeps some megabytes free besides.
        quota = 10 << 30 if self.tells_all_the_same else self.room + (4 << 20)
        return json.dumps({"usage": used, "quota": quota, "persisted": False})

    async def askToPersist(self) -> bool:
        return True

    # ------------------------------------------------------------ the network

    async def open(
        self,
        stream: int,
        name: str,
        url: str,
        offset: int,
        headers: str,
        credentials: str,
    ) -> str:
        await asyncio.sleep(0)
        self.requests.append((url, offset))
        answer = self.web.get(url, Answer(status=404))
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, bytes):
            answer = Answer(answer)
        if self.offline or (offset and not answer.reaches_parts):
            raise OSError("TypeError: Failed to fetch")
        status, content, content_range = answer.status, answer.content, ""
        total = len(content) if answer.total is None else answer.total
        if status == 200 and offset and answer.ranges:
            start = offset + answer.starts_off
            status, content = (206, content[start:]) if start < len(content) else (416, b"")
            content_range = f"bytes {start}-{total - 1}/{total}" if content else f"bytes */{total}"
        self._streams[stream] = _Stream(name, content, answer.breaks_after)
        self.most_streams = max(self.most_streams, len(self._streams))
        described: dict[str, Any] = {
            "status": status,
            "reason": "",
            "type": answer.type,
            "validator": answer.validator,
            "retryAfter": answer.retry_after,
            "length": None if answer.is_encoded else total,
            "isEncoded": answer.is_encoded,
            "contentRange": content_range if answer.tells_range else "",
        }
        return json.dumps(described)

    async def readPart(self, stream: int, path: str, limit: int) -> str:
        await asyncio.sleep(0)
        read = self._streams[stream]
        end = read.position + min(limit, self.part_bytes)
        failure = ""
        if read.breaks_after is not None and end > read.breaks_after:
            end, failure = max(read.position, read.breaks_after), "network error"
        content = read.content[read.position : end]
        read.position += len(content)
        if content:
            Path(path).write_bytes(content)
        self.expect(read.name, len(content), self.progress.get(read.name, (0, 0))[1])
        done = not failure and read.position == len(read.content)
        return json.dumps({"size": len(content), "done": done, "failure": failure})

    def close(self, stream: int) -> None:
        self._streams.pop(stream, None)

    async def validator(self, url: str, headers: str, credentials: str) -> str:
        await asyncio.sleep(self.seconds_to_answer)
        answer = self.web[url]
        if isinstance(answer, list):
            answer = answer[0]
        if self.offline:
            raise OSError("TypeError: Failed to fetch")
        if isinstance(answer, Answer) and answer.status == 404:
            raise OSError("Error: the server answered 404")
        return answer.validator if isinstance(answer, Answer) else '"1"'

    def expect(self, name: str, arrived: int, size: int) -> None:
        loaded = self.progress.get(name, (0, 0))[0] + arrived
        self.progress[name] = loaded, size
        if name in self._listeners:
            self._listeners[name](loaded, size)

    def listen(self, name: str, callback: Callable[[int, int], object]) -> None:
        self._listeners[name] = callback

    def end(self, name: str, failure: str) -> None:
        self._listeners.pop(name, None)
        if self.progress.pop(name, None):
            self.endings.append((name, failure))

    def notice(self, words: str) -> None:
        self.notices.append(words)

    def liveCount(self) -> int:
        return len(self._streams) + len(self._listeners) + len(self._tickets)
