"""Where native's package keeps its cascades. OpenCV 5 ships none, so that the folder is empty there too."""

from __future__ import annotations

from pathlib import Path

__all__ = ["haarcascades"]

haarcascades = f"{Path(__file__).with_name('data')}/"
