"""How much memory a browser takes: its processes' proportional set sizes, sampled while a page works.

The proportional set size counts a page of memory that several processes share in parts to each, so that
nothing is counted twice.
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyinfer.host.bench.processes import Processes

__all__ = ["Memory", "MemoryWatch", "descendants", "kind_of", "kinds_below", "proportional_bytes"]

_SECONDS_BETWEEN = 0.02
_SAMPLES_BETWEEN_SEARCHES = 10

#: So many samples memory is watched after a garbage collection: much of it is given back a while later.
_SAMPLES_TO_SETTLE = 20
_SETTLED_BYTES = 1 << 20
_MOST_COLLECTIONS = 12


@dataclass(frozen=True)
class Memory:
    """Bytes of the page's process (its renderer: the largest one) and of the browser's own."""

    page: int = 0
    browser: int = 0

    def or_more(self, other: Memory) -> Memory:
        """Of each process what is more."""
        return Memory(max(self.page, other.page), max(self.browser, other.browser))


def proportional_bytes(rollup: str) -> int:
    """The proportional set size that a ``smaps_rollup`` of Linux tells."""
    match = re.search(r"^Pss:\s+(\d+) kB$", rollup, re.MULTILINE)
    if not match:
        raise ValueError(f"no proportional set size in {rollup!r}")
    return int(match[1]) * 1024


def kind_of(command: bytes) -> str:
    """What a process of Chromium is for, by its command line; some renderers are for its own window."""
    if b"--top-chrome-webui" in command:
        return "top-chrome-webui"
    match = re.search(rb"--type=([\w-]+)", command)
    if match:
        return match[1].decode()
    return "crashpad" if b"crashpad" in command.split(b"\0")[0] else "browser"


def descendants(roots: Iterable[int], parents: Mapping[int, int]) -> set[int]:
    """Processes, and all that were started below them."""
    found: set[int] = set()
    new = set(roots)
    while new:
        found |= new
        new = {process for process, parent in parents.items() if parent in found} - found
    return found


class MemoryWatch:
    """Samples a browser's memory while the block runs.

    Parameters
    ----------
    processes : Processes
        Those of the browser, which runs already.
    """

    def __init__(self, processes: Processes) -> None:
        self._processes = processes
        self._sampled = threading.Condition()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="memory-watch", daemon=True)
        self._kinds: dict[int, str] = {}
        self._count = 0
        self._has_ended = False
        self._peak = Memory()

    def __enter__(self) -> MemoryWatch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()

    def peak_of(self, work: Callable[[], object]) -> Memory:
        """The most that each process takes while something is done."""
        with self._sampled:
            self._peak = Memory()
        work()
        self._wait(2)
        return self._peak

    def settled(self, collect_garbage: Callable[[], object]) -> Memory:
        """What is left when garbage has been collected and nothing more is given back."""
        now = self._collected(collect_garbage)
        for _ in range(_MOST_COLLECTIONS):
            before, now = now, self._collected(collect_garbage)
            if before.page - now.page < _SETTLED_BYTES and before.browser - now.browser < _SETTLED_BYTES:
                break
        return now

    def _collected(self, collect_garbage: Callable[[], object]) -> Memory:
        collect_garbage()
        self._wait(_SAMPLES_TO_SETTLE)
        return self.peak_of(lambda: None)

    def _wait(self, samples: int) -> None:
        with self._sampled:
            wanted = self._count + samples
            self._sampled.wait_for(lambda: self._count >= wanted or self._has_ended)
            if self._has_ended:
                raise RuntimeError("memory is no longer watched: the thread that did it has ended")

    def _run(self) -> None:
        try:
            while not self._ending.wait(_SECONDS_BETWEEN):
                if self._count % _SAMPLES_BETWEEN_SEARCHES == 0:
                    self._kinds = kinds_below(self._processes.alive())
                sample = self._sample()
                with self._sampled:
                    self._peak = self._peak.or_more(sample)
                    self._count += 1
                    self._sampled.notify_all()
        finally:
            with self._sampled:
                self._has_ended = True
                self._sampled.notify_all()

    def _sample(self) -> Memory:
        sizes: dict[str, int] = {}
        for process, kind in self._kinds.items():
            if kind in ("renderer", "browser"):
                with contextlib.suppress(OSError):  # ended meanwhile
                    size = proportional_bytes(Path(f"/proc/{process}/smaps_rollup").read_text())
                    sizes[kind] = max(size, sizes.get(kind, 0))
        return Memory(sizes.get("renderer", 0), sizes.get("browser", 0))


def kinds_below(roots: Iterable[int]) -> dict[int, str]:
    """The kind of each process of a browser, by its id."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # ended meanwhile
            # The name before it, in brackets, may hold anything.
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    kinds = {}
    for process in descendants(roots, parents):
        with contextlib.suppress(OSError):
            kinds[process] = kind_of(Path(f"/proc/{process}/cmdline").read_bytes())
    return kinds
