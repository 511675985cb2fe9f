"""IDBFS and the network, as folders and a dictionary of addresses.

What IndexedDB holds lies in ``database``; a mount's own files are the test's file system. Paths
below the store's root are moved into a temporary folder by the tests that use them.
"""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

__all__ = ["FakeStorage"]

_PART_BYTES = 64 * 1024 * 1024


class FakeStorage:
    """What ``js_bridge/storage.js`` is."""

    def __init__(self) -> None:
        self.part_bytes = _PART_BYTES
        self.web: dict[str, bytes] = {}
        self.requests: list[str] = []
        self.database: dict[str, dict[str, bytes]] = {}
        self.full_disk = False
        self.mounted: set[str] = set()

    async def mount(self, path: str) -> None:
        if path in self.mounted:
            raise OSError("errno 10: mounted already")
        self.mounted.add(path)
        await asyncio.sleep(0)
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.database.get(path, {}).items():
            (folder / name).write_bytes(content)

    async def persist(self, path: str) -> None:
        if self.full_disk:
            raise OSError("QuotaExceededError: the disk is full")
        self.database[path] = {file.name: file.read_bytes() for file in Path(path).iterdir()}

    def unmount(self, path: str) -> None:
        self.mounted.discard(path)
        shutil.rmtree(path)

    async def download(self, url: str, path: str, name: str, size: int) -> int:
        self.requests.append(url)
        content = self.web.get(url)
        if content is None:
            raise OSError(f"Error: {url}: the server answered 404 Not Found")
        pieces = [content[i : i + self.part_bytes] for i in range(0, len(content), self.part_bytes)] or [b""]
        for index, piece in enumerate(pieces):
            Path(f"{path}.{index:03d}").write_bytes(piece)
        return len(pieces)
