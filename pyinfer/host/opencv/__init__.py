"""Our own build of opencv.js: all of OpenCV that a browser can have, with SIMD, codecs and no dynamic code."""

from __future__ import annotations
