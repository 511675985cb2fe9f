"""A visitor's machine, for the tests of the model store; and what is fetched there."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from pyinfer.browser.store import ModelStore
from pyinfer.manifest import AppManifest, ModelPiece, ModelSpec
from tests.unit.fake_bridge.storage import FakeStorage

__all__ = ["BYTES", "MIRROR", "SHA256", "URL", "Machine", "digest", "many", "sharded", "spec"]

URL = "https://models.example/net.onnx"
MIRROR = "https://mirror.example/net.onnx"
BYTES = bytes(range(256)) * 10


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


SHA256 = digest(BYTES)


def spec(name: str = "net", content: bytes = BYTES, url: str = URL, **more: Any) -> ModelSpec:
    return ModelSpec(name=name, url=url, sha256=digest(content), size=len(content), **more)


APP = AppManifest(name="demo", models=(spec(),))


class Machine:
    """A visitor's browser: pages come and go, what IndexedDB holds stays."""

    def __init__(self, storage: FakeStorage, folder: Path) -> None:
        self.storage = storage
        self.root = folder / "models"
        self.opened = folder / "opened"

    def visit(self, app: AppManifest = APP) -> ModelStore:
        """A new page: its memory is empty."""
        for path in [*self.storage.mounted]:
            self.storage.forget_memory(path)
        return ModelStore(app, self.root, self.opened)

    def fetch(self, name: str = "net", app: AppManifest = APP, **options: Any) -> bytes:
        return Path(asyncio.run(_staying(self.visit(app).fetch(name, **options)))).read_bytes()

    def mount_of(self, identity: str = SHA256, app: str = "demo") -> dict[str, bytes]:
        return self.storage.database[str(self.root / app / identity)]

    def mounts_in_use(self) -> int:
        """How many mounts of models hold something in IndexedDB."""
        return sum(
            bool(held) and not path.endswith("records") for path, held in self.storage.database.items()
        )

    def record_of(self, identity: str = SHA256) -> tuple[str, str]:
        return str(self.root / "demo" / "records"), f"{identity}.json"


def sharded(count: int = 5) -> tuple[ModelSpec, dict[str, bytes]]:
    step = len(BYTES) // count
    web = {f"https://models.example/{i}": BYTES[i * step : (i + 1) * step] for i in range(count)}
    shards = tuple(ModelPiece(url=u, sha256=digest(c), size=len(c)) for u, c in web.items())
    return spec(shards=shards), web


def many(count: int) -> tuple[AppManifest, dict[str, bytes]]:
    contents = [bytes([i]) * 1000 for i in range(count)]
    urls = [f"https://models.example/{i}.onnx" for i in range(count)]
    models = tuple(spec(f"net{i}", contents[i], urls[i]) for i in range(count))
    return AppManifest(name="demo", models=models), dict(zip(urls, contents, strict=True))


async def _staying(visit: Coroutine[Any, Any, str]) -> str:
    """A page is not left before all that it has begun is done."""
    path = await visit
    await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})
    return path
