"""What tests run in a page: JavaScript that loads pyinfer, Python that counts handles."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

__all__ = ["HANDLES", "LOAD", "blank_page"]

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
loaded = {name: part for name, part in names.items() if hasattr(pyinfer_js, part)}
{**live_handle_counts(), **{name: getattr(bridge, part).liveCount() for name, part in loaded.items()}}
"""

BLANK = b"<!doctype html><meta charset=utf-8><title>test</title><link rel=icon href=data:,>"


def blank_page(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """An empty page of the bundle's own origin."""
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [BLANK]
