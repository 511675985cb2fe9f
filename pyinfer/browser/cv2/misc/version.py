"""The version as a function, as native's ``cv2.misc.version`` has it."""

from __future__ import annotations

from .._table import VERSION  # noqa: TID252 - in the browser this is the top-level `cv2`

__all__ = ["get_ocv_version"]


def get_ocv_version() -> str:
    """``cv2.__version__``."""
    return VERSION
