"""What doctor found, item by item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["FAULT", "NOTE", "OK", "Finding", "fault", "files_said", "note", "ok"]

OK, NOTE, FAULT = "ok", "note", "fault"


@dataclass(frozen=True)
class Finding:
    """One thing about a deployment.

    Attributes
    ----------
    item : str
        What was looked at, such as "caching".
    status : str
        ``ok``, ``note`` (told, not judged) or ``fault``.
    message : str
        What is so, in one sentence without a full stop.
    name : str
        Of a fault: what `pyinfer.host.doctor.advice` and tests know it by.
    files : tuple of str
        Which files it is about, relative to the deployment; empty if it is about all of it.
    """

    item: str
    status: str
    message: str
    name: str = ""
    files: tuple[str, ...] = ()


def ok(item: str, message: str) -> Finding:
    """What is right."""
    return Finding(item, OK, message)


def note(item: str, message: str, name: str = "") -> Finding:
    """What is good to know."""
    return Finding(item, NOTE, message, name)


def fault(item: str, name: str, message: str, files: Sequence[str] = ()) -> Finding:
    """What is wrong."""
    return Finding(item, FAULT, message, name, tuple(files))


def files_said(files: Sequence[str]) -> str:
    """Names of a few files, and how many more there are."""
    few = ", ".join(files[:2])
    return few if len(files) < 3 else f"{few} and {len(files) - 2} more"
