"""The Python of doctor's first inference, and its model."""

from __future__ import annotations

import base64

__all__ = ["MODEL", "SOURCE"]

#: One node, ``y = Add(x, x)``, on 1x4 floats: ONNX's own serialisation of it; a test makes it anew.
MODEL = base64.b64decode(
    "CAg6QgoOCgF4CgF4EgF5IgNBZGQSBmRvY3RvcloTCgF4Eg4KDAgBEggKAggBCgIIBGITCgF5Eg4KDAgBEggKAggBCgIIBEIECgAQEQ=="
)

SOURCE = f"""
import base64, cv2, numpy, onnxruntime
from pyinfer.browser.bridge import get_bridge
picture = cv2.resize(numpy.full((4, 4), 3, numpy.uint8), (2, 2)).reshape(1, 4).astype(numpy.float32)
session = onnxruntime.InferenceSession(base64.b64decode("{base64.b64encode(MODEL).decode()}"))
answer = session.run(None, {{"x": picture}})[0].tolist()
del session
{{"answer": answer, "threads": get_bridge().onnxruntime.threadCount()}}
"""
