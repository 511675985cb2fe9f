"""What tests run in a page: JavaScript that loads pyinfer, Python that counts handles."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

__all__ = ["ENGINE_USES", "HANDLES", "LOAD", "blank_page"]

LOAD = """async (options) => {
  const { loadPyinfer } = await import("/pyinfer.js");
  globalThis.output = "";
  globalThis.notices = [];
  globalThis.runtime = await loadPyinfer({
    stdout: (text) => { globalThis.output += text; },
    stderr: (text) => { globalThis.output += text; },
    onProgress: ({ phase, name }) => { if (phase === "notice") notices.push(name); },
    ...options,
  });
}"""

HANDLES = """
import gc
gc.collect()
import pyinfer_js
from pyinfer.browser.bridge import get_bridge, live_handle_counts
bridge = get_bridge()
names = {
    "opencv.js": "opencv", "onnxruntime-web": "onnxruntime", "the JPEG codec": "jpeg", "calls": "page",
    "the model store": "storage"
}
def count(part):  # an engine that is still to come holds nothing, and is not waited for
    return getattr(bridge, part).liveCount() if hasattr(pyinfer_js, part) else 0
{**live_handle_counts(), **{name: count(part) for name, part in names.items()}}
"""

_IDENTITY = (Path(__file__).parents[1] / "data" / "identity_int32.onnx").read_bytes()

#: What uses an engine, and the value of it.
ENGINE_USES = {
    "opencv": ("import cv2, numpy as np\nint(cv2.resize(np.full((4, 4), 7, np.uint8), (2, 2)).sum())", 28),
    "onnxruntime": (
        "import onnxruntime as ort, numpy as np\n"
        f"session = ort.InferenceSession({_IDENTITY!r})\n"
        "(out,) = session.run(None, {session.get_inputs()[0].name: np.full((2, 3), 7, np.int32)})\n"
        "del session\nint(out.sum())",
        42,
    ),
}

BLANK = b"<!doctype html><meta charset=utf-8><title>test</title><link rel=icon href=data:,>"


def blank_page(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """An empty page of the bundle's own origin."""
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [BLANK]
