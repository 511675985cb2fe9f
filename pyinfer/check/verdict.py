"""What can be said of a name, an import or a line: whether a browser can do it, and what to take instead."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ABSENT", "DIFFERS", "MISSING", "ORDER", "UNCLEAR", "WORKS", "Finding", "Verdict"]

WORKS = "works"
DIFFERS = "differs"
MISSING = "not in a browser"
ABSENT = "no such name"
UNCLEAR = "not known"

#: Worst first.
ORDER = (ABSENT, MISSING, UNCLEAR, DIFFERS, WORKS)


@dataclass(frozen=True)
class Verdict:
    """One judgement.

    Attributes
    ----------
    status : str
        One of the constants above.
    why : str
        How it differs, or why it can't be.
    instead : str
        The nearest alternative, empty if there is none.
    """

    status: str
    why: str = ""
    instead: str = ""


@dataclass(frozen=True)
class Finding:
    """A verdict with its place.

    Attributes
    ----------
    file : str
        As it is shown; of a requirement the file that states it.
    line, column : int
        Counted from 1.
    kind : str
        ``"opencv"``, ``"onnxruntime"``, ``"python"`` (the standard library), ``"package"``, ``"path"``,
        ``"loop"`` or ``"syntax"``.
    name : str
    verdict : Verdict
    harmless : str
        Why the program runs although this does not; empty if it stops here.
    """

    file: str
    line: int
    column: int
    kind: str
    name: str
    verdict: Verdict
    harmless: str = ""

    @property
    def stops(self) -> bool:
        """Whether a browser can't get past it."""
        return self.verdict.status in (MISSING, ABSENT) and not self.harmless
