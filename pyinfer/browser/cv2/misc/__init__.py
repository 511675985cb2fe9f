"""What is left over: native's ``cv2.misc``."""

from __future__ import annotations

from .version import get_ocv_version

__all__ = ["get_ocv_version"]
