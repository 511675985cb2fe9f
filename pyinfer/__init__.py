"""pyinfer: an unedited NumPy + cv2 + onnxruntime script, running in a web page.

Imports on bare CPython and in Pyodide alike, and imports nothing but the standard library.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyinfer.browser.store import ModelStore

__all__ = ["__version__", "load_engines", "start"]

__version__ = "0.1.0"


async def start(
    base_url: str,
    *,
    num_threads: int | None = None,
    on_progress: Callable[[str, str, int, int], object] | None = None,
) -> ModelStore:
    """Bring the engines into a Pyodide that runs already, so that cv2 and onnxruntime can be imported.

    For pages that load Pyodide themselves, and for PyScript and JupyterLite; ``loadPyinfer`` of JavaScript
    does this by itself. The wheel that has this function comes from the bundle, too, which says in
    pyinfer.json under ``wheel`` what it is called::

        await micropip.install(f"{base_url}/pyinfer_web-0.1.0-py3-none-any.whl")
        import pyinfer
        models = await pyinfer.start(base_url)
        import cv2, onnxruntime

    Called again, it gives the same and does nothing.

    Parameters
    ----------
    base_url : str
        Address of the folder that ``pyinfer build`` wrote; its server may be another one than the page's.
    num_threads : int, optional
        Threads of ONNX Runtime; more than one needs a cross-origin isolated page.
    on_progress : callable, optional
        Told phase, name, how much of it is there and how much there is to be, as ``onProgress`` of
        ``loadPyinfer``.

    Returns
    -------
    ModelStore
        Models kept on this machine: ``await models.fetch(name_or_url)`` gives a path. If the bundle has an
        app, that app's models go by name.

    Raises
    ------
    StartError
        There is no bundle at that address, it can't be read from this page, it is for another version of
        Pyodide, or other engines run here already.
    """
    from pyinfer.browser.attachment import start

    return await start(base_url, num_threads, on_progress)


async def load_engines(*names: str) -> None:
    """Load engines that a page has not needed yet.

    A page loads the engines that the app's sources name. Others are loaded when they are first used, where
    Python can wait for that: not below a call that the page made synchronously, and in no browser without
    JSPI. This is for programs that import cv2 or onnxruntime by other means than an ``import`` statement::

        await pyinfer.load_engines("cv2", "jpeg")
        importlib.import_module("cv2").imread("photo.jpg")

    An engine that is there already takes no time.

    Parameters
    ----------
    *names : str
        ``"cv2"``, ``"onnxruntime"``, or ``"jpeg"``, which :func:`cv2.imread` and its like need for JPEG
        files; these three if none is named. ``"cv2.dnn"`` is what OpenCV's own neural networks are computed
        with: a second part of our own opencv.js, and nothing where npm's is used, which is one.

    Raises
    ------
    EngineError
        One could not be downloaded or started.
    ValueError
        There is no engine of that name.
    ImportError
        There are no engines here: :func:`start` brings them.
    """
    from pyinfer.browser.engines import load_engines

    await load_engines(*names)
