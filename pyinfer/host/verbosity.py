"""How much the command tells: what ``--quiet`` and ``--traceback`` ask for."""

from __future__ import annotations

from dataclasses import dataclass

import click

__all__ = ["Verbosity", "is_quiet", "is_traceback_wanted"]


@dataclass
class Verbosity:
    """What this command line asks for.

    Attributes
    ----------
    quiet : bool
        Tell nothing but results and errors.
    traceback : bool
        Show where in pyinfer an error arose.
    """

    quiet: bool = False
    traceback: bool = False


def is_quiet() -> bool:
    """Whether the command line that is being carried out wants nothing but results and errors."""
    context = click.get_current_context(silent=True)
    verbosity = context.find_object(Verbosity) if context else None
    return verbosity is not None and verbosity.quiet


def is_traceback_wanted() -> bool:
    """Whether the command line that is being carried out wants to know where an error arose."""
    context = click.get_current_context(silent=True)
    verbosity = context.find_object(Verbosity) if context else None
    return verbosity is not None and verbosity.traceback
