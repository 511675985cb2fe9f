"""The page's buffers, as plain byte arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["ArrayView", "FakePageBuffers"]


class ArrayView:
    """A HeapView over a NumPy array."""

    def __init__(self, data: np.ndarray[Any, Any]) -> None:
        self.data = data

    def assign(self, source: Any) -> None:
        self.data[:] = np.frombuffer(source, np.uint8)

    def assign_to(self, target: Any) -> None:
        memoryview(target).cast("B")[:] = self.data.tobytes()


class FakePageBuffers:
    """What ``js_bridge/page_buffers.js`` is."""

    def __init__(self) -> None:
        self.arguments: dict[int, list[bytes]] = {}
        self.results: dict[int, list[np.ndarray[Any, Any]]] = {}

    def incoming(self, call: int, index: int) -> ArrayView:
        return ArrayView(np.frombuffer(self.arguments[call][index], np.uint8))

    def outgoing(self, call: int, size: int) -> ArrayView:
        data = np.zeros(size, np.uint8)
        self.results.setdefault(call, []).append(data)
        return ArrayView(data)

    def liveCount(self) -> int:
        return len(self.arguments)
