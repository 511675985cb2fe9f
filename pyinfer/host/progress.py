"""Notes and progress bars while the command works: on standard error, none with ``--quiet``."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import TextIO

from tqdm import tqdm

from pyinfer.host.verbosity import is_quiet

__all__ = ["Progress", "note"]


def note(text: str) -> None:
    """Tell in one line what is going on."""
    if not is_quiet():
        print(f"pyinfer: {text}", file=sys.stderr, flush=True)


class Progress:
    """Tells what is being fetched or made: bars on a terminal, one plain line each otherwise.

    Parameters
    ----------
    stream : TextIO, optional
        Where to write; standard error by default.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._quiet = is_quiet()

    def line(self, text: str) -> None:
        """Write one line."""
        if not self._quiet:
            print(f"pyinfer: {text}", file=self._stream, flush=True)

    @contextlib.contextmanager
    def bar(
        self, name: str, total: int | None, initial: int = 0, *, doing: str = "fetching"
    ) -> Iterator[Callable[[int], object]]:
        """Show how far work on `total` bytes is, of which `initial` are done already; yields its step."""
        terminal = self._stream.isatty()
        if not terminal:
            size = "" if total is None else f" ({total / 1e6:.1f} MB)"
            resumed = f", from byte {initial:,} on" if initial else ""
            self.line(f"{doing} {name}{size}{resumed}")
        with tqdm(
            desc=name,
            total=total,
            initial=initial,
            unit="B",
            unit_scale=True,
            file=self._stream,
            disable=self._quiet or not terminal,
        ) as bar:
            yield bar.update

    @contextlib.contextmanager
    def steps(self, name: str) -> Iterator[Callable[[int, int], None]]:
        """Show how many steps of how many are done, as a bar or a line each tenth; yields what takes both."""
        terminal = self._stream.isatty()
        told = -1
        with tqdm(desc=name, unit="file", file=self._stream, disable=self._quiet or not terminal) as bar:

            def show(done: int, total: int) -> None:
                nonlocal told
                bar.total = total
                bar.update(done - bar.n)
                if not terminal and done * 10 // total > told:
                    told = done * 10 // total
                    self.line(f"{name}: {done} of {total} files")

            yield show

    @contextlib.contextmanager
    def count(self, name: str, unit: str) -> Iterator[Callable[[], None]]:
        """Show how much is done where the whole is unknown, or a line each hundred; yields what adds one."""
        terminal = self._stream.isatty()
        done = 0
        if not terminal:
            self.line(name)
        with tqdm(desc=name, unit=unit, file=self._stream, disable=self._quiet or not terminal) as bar:

            def add() -> None:
                nonlocal done
                done += 1
                bar.update()
                if not terminal and done % 100 == 0:
                    self.line(f"{name}: {done} {unit}s")

            yield add
