"""Our own build of opencv.js: all of OpenCV that a browser can have, with SIMD and codecs."""

from __future__ import annotations
