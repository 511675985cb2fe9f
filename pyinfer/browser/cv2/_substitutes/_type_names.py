"""How messages name element types: modules/core/src/check.cpp."""

from __future__ import annotations

from .._table import CHANNEL_SHIFT

__all__ = ["depth_name", "type_name"]

_DEPTHS = ("8U", "8S", "16U", "16S", "32S", "32F", "64F", "16F", "16BF", "Bool", "64U", "64S", "32U")


def depth_name(depth: int) -> str:
    """``CV_8U`` for 0."""
    return f"CV_{_DEPTHS[depth]}" if 0 <= depth < len(_DEPTHS) else "<invalid depth>"


def type_name(code: int) -> str:
    """``CV_8UC3`` for 64."""
    return f"{depth_name(code & (1 << CHANNEL_SHIFT) - 1)}C{(code >> CHANNEL_SHIFT) + 1}"
