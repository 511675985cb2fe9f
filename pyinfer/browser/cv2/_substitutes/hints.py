"""How exact algorithms are to be: modules/core/src/system.cpp."""

from __future__ import annotations

__all__ = ["getDefaultAlgorithmHint"]

_ACCURATE = 1


def getDefaultAlgorithmHint() -> int:
    """``ALGO_HINT_ACCURATE``, as native is built."""
    return _ACCURATE
