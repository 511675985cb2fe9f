"""Every JavaScript capability that Python may use, on one page.

``js_bridge/python_module.js`` mirrors this module name by name. Two classes implement it: the
Pyodide bridge (the real engines) and the fake one of the unit tests (native cv2 and onnxruntime
behind the same calls, so that marshalling is checked by numbers on plain CPython).

Values that cross are numbers, strings, None and :class:`~.codec.HeapView`; things that must be
given back cross as integer identifiers, which Python wraps in :class:`~.handles.JsHandle`.
"""

from __future__ import annotations

from typing import Any, Protocol

from .codec import HeapView

__all__ = ["Bridge", "JpegCodec", "OnnxRuntimeEngine", "OpenCVEngine", "PageBuffers", "Storage"]


class OpenCVEngine(Protocol):
    """opencv.js, as the cv2 shim uses it."""


class OnnxRuntimeEngine(Protocol):
    """onnxruntime-web's WebAssembly module, as the onnxruntime shim uses it."""


class JpegCodec(Protocol):
    """libjpeg-turbo, as the cv2 shim's image reading uses it."""


class Storage(Protocol):
    """IDBFS and the network, as the model store uses them."""

    async def mount(self, path: str) -> None:
        """Mount IDBFS at ``path`` and read what IndexedDB holds for it."""

    async def persist(self, path: str) -> None:
        """Write what has changed below the mount at ``path`` to IndexedDB."""

    def unmount(self, path: str) -> None:
        """Take the mount at ``path`` away; IndexedDB keeps its files."""

    async def download(self, url: str, path: str, name: str, size: int) -> int:
        """Stream ``url`` into ``<path>.000``, ``<path>.001``, ... (64 MiB each); how many there are.

        ``name`` and ``size`` (0: unknown) are for progress reports.
        """


class PageBuffers(Protocol):
    """The byte buffers of the values that are crossing between the page and Python."""

    def incoming(self, call: int, index: int) -> HeapView:
        """Bytes of one argument of a call."""

    def outgoing(self, call: int, size: int) -> HeapView:
        """A new buffer of ``size`` bytes that a call's result takes along."""


class Bridge(Protocol):
    """The door to JavaScript."""

    @property
    def opencv(self) -> OpenCVEngine: ...

    @property
    def onnxruntime(self) -> OnnxRuntimeEngine: ...

    @property
    def jpeg(self) -> JpegCodec: ...

    @property
    def storage(self) -> Storage: ...

    @property
    def page(self) -> PageBuffers: ...

    async def evaluate(self, source: str, namespace: dict[str, Any], filename: str) -> object:
        """Run source with top-level ``await``; the value of its last expression."""

    async def load_package(self, name: str) -> None:
        """Load a package of the bundle's lock file."""
