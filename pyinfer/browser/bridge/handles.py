"""Ownership of things that live in JavaScript and that Python must give back.

A JavaScript object that Python holds is invisible to Python's garbage collector as memory: an
OpenCV ``Mat`` or an inference session must be released by hand. Every such thing is wrapped in a
:class:`JsHandle`, which is counted from birth to release, so that a test can compare
:func:`live_handle_counts` before and after.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from types import TracebackType

__all__ = ["HandleScope", "JsHandle", "live_handle_counts"]

_live: Counter[str] = Counter()


class JsHandle:
    """One thing in JavaScript that Python owns.

    Parameters
    ----------
    kind : str
        What it is, in the engine's own word (``"Mat"``, ``"InferenceSession"``, ...).
    identifier : int
        The number by which JavaScript knows it.
    release : callable
        Called once with the identifier when the handle ends.
    """

    __slots__ = ("_release", "identifier", "kind")

    def __init__(self, kind: str, identifier: int, release: Callable[[int], object]) -> None:
        self.kind = kind
        self.identifier = identifier
        self._release: Callable[[int], object] | None = release
        _live[kind] += 1

    @property
    def released(self) -> bool:
        """Whether :meth:`release` has run."""
        return self._release is None

    def release(self) -> None:
        """Give the thing back. Doing it twice is harmless."""
        release, self._release = self._release, None
        if release is not None:
            _live[self.kind] -= 1
            release(self.identifier)

    def __del__(self) -> None:
        self.release()


class HandleScope:
    """Releases every handle that was added to it, last first, also when the block raises."""

    __slots__ = ("_handles",)

    def __init__(self) -> None:
        self._handles: list[JsHandle] = []

    def add(self, handle: JsHandle) -> JsHandle:
        """Take over ``handle`` and return it."""
        self._handles.append(handle)
        return handle

    def __enter__(self) -> HandleScope:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        while self._handles:
            self._handles.pop().release()


def live_handle_counts() -> dict[str, int]:
    """How many handles of each kind Python holds now; kinds with none are left out."""
    return {kind: count for kind, count in _live.items() if count}
