"""Windows, which are canvases of the page: modules/highgui/src/window.cpp, precomp.hpp and window_gtk.cpp.

A window needs a page that shows it, else UnsupportedInBrowser is raised: by a script that runs under
``pyinfer run``, on a page without ``<canvas data-cv2-window>`` and without a listener to ``imshow``.
Where windows stand, and how large, is the page's business.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pyinfer.browser.bridge import get_bridge
from pyinfer.browser.bridge.codec import write_from
from pyinfer.errors import UnsupportedInBrowser

from .._call import call_by_name
from .._errors import failed_assertion, opencv_error
from .._table import CONSTANTS

__all__ = [
    "currentUIFramework",
    "destroyAllWindows",
    "destroyWindow",
    "getWindowImageRect",
    "getWindowProperty",
    "imshow",
    "moveWindow",
    "namedWindow",
    "pollKey",
    "resizeWindow",
    "setWindowProperty",
    "setWindowTitle",
    "startWindowThread",
    "waitKey",
    "waitKeyEx",
]

Array = npt.NDArray[Any]

_CODES = {
    name: int(value)
    for name, _, value in (pair.partition("=") for pair in CONSTANTS.split())
    if name.startswith(("COLOR_", "WINDOW_", "WND_PROP_"))
}
_WINDOW_CPP = "highgui/src/window.cpp"
_NULL_POINTER = -27
_NO_KEY = -1


@dataclass
class _Window:
    flags: int
    width: int = 0
    height: int = 0


_windows: dict[str, _Window] = {}


def _open(function: str, name: str, flags: int) -> _Window:
    if not get_bridge().windows.displays(name):
        raise UnsupportedInBrowser(
            f"cv2.{function}",
            f"the page has no place for the window {name!r}",
            '<canvas data-cv2-window> in the page, or a listener to the event "imshow" of what loadPyinfer '
            "gives; without a page (pyinfer run), cv2.imwrite",
        )
    return _windows.setdefault(name, _Window(flags))


def _change(name: str | None, **change: Any) -> None:
    get_bridge().windows.change(json.dumps({"name": name, **change}))


def namedWindow(winname: str, flags: int) -> None:
    """Open a window. Nothing is seen of it before an image is."""
    if not winname:
        raise failed_assertion("!winname.empty()", "namedWindow", f"{_WINDOW_CPP}:446")
    _open("namedWindow", winname, flags)


def imshow(winname: str, mat: Array | None) -> None:
    """Show an image in a window, which is opened if need be."""
    height, width = (1, 1) if mat is None else (*mat.shape, 1, 1)[:2]
    if mat is None or not width or not height:
        raise failed_assertion("size.width>0 && size.height>0", "imshow", f"{_WINDOW_CPP}:951")
    window = _open("imshow", winname, _CODES["WINDOW_AUTOSIZE"])
    pixels = _rgba(_as_bytes(mat))
    window.height, window.width = pixels.shape[:2]
    windows = get_bridge().windows
    write_from(windows.stage(winname, window.width, window.height), pixels)
    windows.show()


def _as_bytes(image: Array) -> Array:
    """Grey levels of 8 bits; of floats those between 0 and 1 are seen."""
    dtype = image.dtype.name
    if dtype in ("float16", "int32"):
        raise failed_assertion(
            "src_depth != CV_16F && src_depth != CV_32S", "convertToShow", "highgui/src/precomp.hpp:182"
        )
    if dtype == "uint8":
        return image
    if dtype in ("float32", "float64"):
        scaled: Array = call_by_name("convertScaleAbs", np.fmax(image, 0), alpha=255)
    elif dtype == "uint16":
        scaled = call_by_name("convertScaleAbs", image, alpha=1 / 255)
    elif dtype in ("int8", "int16"):
        scaled = call_by_name("convertScaleAbs", image, alpha=1 if dtype == "int8" else 1 / 255, beta=127)
    else:
        scaled = np.empty((0, 0), np.uint8)  # what native makes of these, and fails with in cvtColor
    return scaled


def _rgba(image: Array) -> Array:
    """The colours for a canvas; an image's own fourth channel does not count."""
    channels = image.shape[2] if image.ndim == 3 else 1
    names = {1: "COLOR_GRAY2RGBA", 4: "COLOR_BGRA2RGBA"}
    pixels: Array = call_by_name("cvtColor", image, _CODES[names.get(channels, "COLOR_BGR2RGBA")])
    if channels == 4:
        pixels[..., 3] = 255
    return pixels


def destroyWindow(winname: str) -> None:
    """Close a window: its canvas is cleared."""
    if _windows.pop(winname, None):
        _change(winname, closed=True)


def destroyAllWindows() -> None:
    """Close all windows."""
    if _windows:
        _windows.clear()
        _change(None, closed=True)


def waitKeyEx(delay: int, function: str = "waitKeyEx") -> int:
    """The code of the next key, waiting ``delay`` milliseconds at most, or -1; 0 waits for ever.

    Keys that are no characters have X11's numbers; modifiers count by what they do to characters.
    On the page's own thread nothing can be waited for.
    """
    windows = get_bridge().windows
    if delay > 0:
        return windows.nextKey(delay)
    if windows.hearsKeys():
        return windows.nextKey(-1) if _windows else _NO_KEY
    key = windows.nextKey(0)
    if key == _NO_KEY and _windows:
        raise UnsupportedInBrowser(
            f"cv2.{function} without an end",
            "Python hears of keys while it waits only in the worker of an isolated page",
            "the headers COOP and COEP for the page, or a delay",
        )
    return key


def waitKey(delay: int) -> int:
    """The lowest 8 bits of what `waitKeyEx` gives, or -1."""
    key = waitKeyEx(delay, "waitKey")
    return key if key == _NO_KEY else key & 0xFF


def pollKey() -> int:
    """What `waitKey` gives, without waiting."""
    return get_bridge().windows.nextKey(0)


def resizeWindow(winname: str, width: int = 0, height: int = 0, size: tuple[int, int] | None = None) -> None:
    """Give a window's canvas another size, in CSS pixels; the image is scaled to it."""
    window = _windows.get(winname)
    if window:
        window.width, window.height = size or (width, height)
        _change(winname, size={"width": window.width, "height": window.height})


def moveWindow(winname: str, x: int, y: int) -> None:
    """Do nothing: the page says where its canvases stand."""


def setWindowTitle(winname: str, title: str) -> None:
    """Give a window's canvas a title, which is seen when the mouse rests on it."""
    _open("setWindowTitle", winname, _CODES["WINDOW_AUTOSIZE"])
    _change(winname, title=title)


def getWindowProperty(winname: str, prop_id: int) -> float:
    """A property; -1 for those that no canvas has."""
    if not winname:
        raise failed_assertion("!name.empty()", "getWindowProperty", f"{_WINDOW_CPP}:277")
    window = _windows.get(winname)
    if prop_id == _CODES["WND_PROP_VISIBLE"]:
        return float(window is not None)
    if window and prop_id == _CODES["WND_PROP_AUTOSIZE"]:
        return float(window.flags & _CODES["WINDOW_AUTOSIZE"])
    if window and prop_id == _CODES["WND_PROP_FULLSCREEN"]:
        return float(_CODES["WINDOW_NORMAL"])
    return -1.0


def setWindowProperty(winname: str, prop_id: int, prop_value: float) -> None:
    """Set a property; no canvas has those that native's windows have."""
    if not winname:
        raise failed_assertion("!name.empty()", "setWindowProperty", f"{_WINDOW_CPP}:193")
    if prop_id == _CODES["WND_PROP_FULLSCREEN"] and prop_value == _CODES["WINDOW_FULLSCREEN"]:
        raise UnsupportedInBrowser(
            "cv2.setWindowProperty",
            "a page goes to full screen only in JavaScript that a click has started",
            "canvas.requestFullscreen()",
        )


def getWindowImageRect(winname: str) -> tuple[int, int, int, int]:
    """The size of a window, as a rectangle at (0, 0): where it stands is the page's business."""
    if not winname:
        raise failed_assertion("!winname.empty()", "getWindowImageRect", f"{_WINDOW_CPP}:402")
    window = _windows.get(winname)
    if window is None:
        place = "highgui/src/window_gtk.cpp:714"
        raise opencv_error(_NULL_POINTER, "Null pointer", "NULL window", "cvGetWindowRect_GTK", place)
    return 0, 0, window.width, window.height


def startWindowThread() -> int:
    """Do nothing, and say so: the page has a thread of its own."""
    return 0


def currentUIFramework() -> str:
    """What windows are made of here."""
    return "CANVAS"
