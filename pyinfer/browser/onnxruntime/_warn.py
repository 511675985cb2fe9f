"""Warnings that name the script's line, however deep below it they arise."""

from __future__ import annotations

import sys
import warnings

__all__ = ["warn_script"]


def warn_script(message: str) -> None:
    """Warn on behalf of the nearest caller outside this package."""
    level, frame = 1, sys._getframe()
    while frame.f_back and f"{frame.f_globals['__name__']}.".startswith(f"{__package__}."):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, stacklevel=level)
