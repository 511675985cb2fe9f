"""The real bridge. The one module that imports from JavaScript; loaded lazily, in Pyodide only."""

from __future__ import annotations

import pyinfer_js

from .contract import OnnxRuntimeEngine, OpenCVEngine, Storage


class PyodideBridge:
    """Hands out the engine objects that ``js_bridge/python_module.js`` registered."""

    def __init__(self) -> None:
        self.opencv: OpenCVEngine = pyinfer_js.opencv
        self.onnxruntime: OnnxRuntimeEngine = pyinfer_js.onnxruntime
        self.storage: Storage = pyinfer_js.storage
