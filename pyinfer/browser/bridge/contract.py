"""Every JavaScript capability that Python may use, on one page.

``js_bridge/python_module.js`` mirrors this module name by name. Two classes implement it: the
Pyodide bridge (the real engines) and the fake one of the unit tests (native cv2 and onnxruntime
behind the same calls, so that marshalling is checked by numbers on plain CPython).

Values that cross are numbers, strings, None and :class:`~.codec.HeapView`; things that must be
given back cross as integer identifiers, which Python wraps in :class:`~.handles.JsHandle`.
"""

from __future__ import annotations

from typing import Protocol

__all__ = ["Bridge", "OnnxRuntimeEngine", "OpenCVEngine", "Storage"]


class OpenCVEngine(Protocol):
    """opencv.js, as the cv2 shim uses it."""


class OnnxRuntimeEngine(Protocol):
    """onnxruntime-web's WebAssembly module, as the onnxruntime shim uses it."""


class Storage(Protocol):
    """IDBFS and the network, as the model store uses them."""


class Bridge(Protocol):
    """The door to JavaScript."""

    @property
    def opencv(self) -> OpenCVEngine: ...

    @property
    def onnxruntime(self) -> OnnxRuntimeEngine: ...

    @property
    def storage(self) -> Storage: ...
