"""The only door to JavaScript.

:func:`get_bridge` hands out the bridge in use: the Pyodide one, made on first need, unless
another was set with :func:`set_bridge` (the unit tests set a fake).
"""

from __future__ import annotations

from .contract import Bridge
from .handles import HandleScope, JsHandle, live_handle_counts

__all__ = ["Bridge", "HandleScope", "JsHandle", "get_bridge", "live_handle_counts", "set_bridge"]

_bridge: Bridge | None = None


def get_bridge() -> Bridge:
    """The bridge in use.

    Raises
    ------
    ImportError
        Outside Pyodide, where no bridge has been set, and where no engines have been started.
    """
    global _bridge
    if _bridge is None:
        try:
            from .pyodide_bridge import PyodideBridge

            bridge = PyodideBridge()
        except ModuleNotFoundError as error:
            if error.name not in ("pyodide", "pyinfer_js"):
                raise
            reason = (
                "cv2 and onnxruntime have no engines here yet: `await pyinfer.start(address)` brings them"
            )
            raise ImportError(f"{reason}; address is that of a folder written by `pyinfer build`") from error
        _bridge = bridge
    return _bridge


def set_bridge(bridge: Bridge | None) -> Bridge | None:
    """Use ``bridge`` from now on (None: the default again); return the one used before."""
    global _bridge
    previous, _bridge = _bridge, bridge
    return previous
