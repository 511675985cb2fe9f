"""The page's windows, as dictionaries of images."""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np

from .page import ArrayView

__all__ = ["FakeWindows"]


class FakeWindows:
    """What ``js_bridge/windows.js`` is."""

    def __init__(self) -> None:
        self.names: set[str] = set()  # that the page shows; an empty one stands for any
        self.images: dict[str, np.ndarray[Any, Any]] = {}
        self.changes: list[dict[str, Any]] = []
        self.keys: list[int] = []
        self.is_isolated = True
        self._staged: tuple[str, np.ndarray[Any, Any]] | None = None

    def displays(self, name: str) -> bool:
        return name in self.names or "" in self.names

    def stage(self, name: str, width: int, height: int) -> ArrayView:
        self._staged = name, np.zeros((height, width, 4), np.uint8)
        return ArrayView(self._staged[1].reshape(-1))

    def show(self) -> None:
        assert self._staged
        name, image = self._staged
        self.images[name] = image
        self._staged = None

    def change(self, change: str) -> None:
        self.changes.append(json.loads(change))

    def hearsKeys(self) -> bool:
        return self.is_isolated

    def nextKey(self, milliseconds: float) -> int:
        if self.keys:
            return self.keys.pop(0)
        assert milliseconds >= 0, "the test would wait for ever"
        time.sleep(milliseconds / 1000)
        return -1
