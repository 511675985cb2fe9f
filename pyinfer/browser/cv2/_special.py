"""Functions that no row can describe."""

from __future__ import annotations

__all__: list[str] = []
