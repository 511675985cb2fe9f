"""What :func:`pyinfer.load_engines` does: engines before they are first used."""

from __future__ import annotations

import asyncio

from pyinfer.browser.bridge import get_bridge

__all__ = ["load_engines"]

#: As users call them, and the bridge.
_ENGINES = {"cv2": "opencv", "cv2.dnn": "networks", "onnxruntime": "onnxruntime", "jpeg": "jpeg"}

#: As large as all of the others, and seldom used.
_ON_USE = "cv2.dnn"


async def load_engines(*names: str) -> None:
    """See :func:`pyinfer.load_engines`."""
    unknown = sorted({*names} - {*_ENGINES})
    if unknown:
        raise ValueError(f"no engine is called {', '.join(unknown)}; there are {', '.join(_ENGINES)}")
    bridge = get_bridge()
    await asyncio.gather(*(bridge.load_engine(_ENGINES[name]) for name in names or {*_ENGINES} - {_ON_USE}))
