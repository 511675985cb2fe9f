"""What `pyinfer run --with` adds to the bundle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Packages", "add_packages"]


@dataclass
class Packages:
    """Packages beside the bundle's own.

    Attributes
    ----------
    names : list of str
        What to load at start; all are in the lock file.
    wheels : mapping of str to Path
        Their wheels, by file name.
    bundle : mapping of str to bytes
        ``pyinfer.json`` and the lock file to use in place of the bundle's own; empty if nothing is added.
    """

    names: list[str] = field(default_factory=list)
    wheels: Mapping[str, Path] = field(default_factory=dict)
    bundle: Mapping[str, bytes] = field(default_factory=dict)


def add_packages(folder: Path, requirements: Sequence[str]) -> Packages:
    if not requirements:
        return Packages()
    raise NotImplementedError
