"""Which OpenCV this is, as native's ``cv2.version`` says it."""

from __future__ import annotations

from ._table import VERSION

__all__ = ["ci_build", "contrib", "headless", "opencv_version", "rolling"]

opencv_version = VERSION
contrib = False
headless = True
rolling = False
ci_build = False
