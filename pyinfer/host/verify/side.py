"""What comes of one of the two runs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pyinfer.errors import RunError

__all__ = ["Ended", "Script", "SideError", "missing_module"]

_MISSING = re.compile(r"ModuleNotFoundError: No module named '([\w.]+)'")


class SideError(RunError):
    """One side could not be run to its end.

    Parameters
    ----------
    side : str
        ``natively`` or ``in the browser``.
    reason : str
    """

    def __init__(self, side: str, reason: str) -> None:
        super().__init__(f"{side} the script could not be run: {reason}")
        self.side = side


@dataclass(frozen=True)
class Script:
    """What both sides run.

    Attributes
    ----------
    target : str
        The script, or the module's name.
    arguments : sequence of str
    module : bool
        Whether ``target`` names a module.
    folder : str
        The working folder.
    environment : mapping of str to str
        Environment variables for both sides.
    variables : sequence of str
        Names of what is written down at the end.
    values : str
        Where to.
    stdin : bytes
    timeout : float or None
        Seconds that each side may take.
    """

    target: str
    arguments: Sequence[str]
    module: bool
    folder: str
    environment: Mapping[str, str]
    variables: Sequence[str]
    values: str
    stdin: bytes = b""
    timeout: float | None = None


@dataclass(frozen=True)
class Ended:
    """How a run ended.

    Attributes
    ----------
    status : int
        As a shell counts it: 128 and the signal's number for a process that one ended.
    stdout, stderr : bytes
    seconds : float
        From the script's first line to its last; natively with the interpreter's start.
    versions : mapping of str to str
        What it ran on, by name.
    """

    status: int
    stdout: bytes
    stderr: bytes
    seconds: float
    versions: Mapping[str, str] = field(default_factory=dict)

    def last_words(self) -> str:
        """The last line of standard error."""
        lines = self.stderr.decode(errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")


def missing_module(ended: Ended) -> str | None:
    """The module for want of which a script ended, if that is what it says last."""
    found = _MISSING.match(ended.last_words()) if ended.status else None
    return found[1] if found else None
