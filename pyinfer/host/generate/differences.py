"""Where the shim's results are not native's for a reason that no parity case states: told by hand.

What a case allows, and why, is read in the case (see evidence.py).
"""

from __future__ import annotations

__all__ = ["DIFFERENCES"]

_ONE_THREAD = "opencv.js has one thread, whatever is asked"
_WINDOWS = "a window is a canvas of the page; natively the headless package has none at all"

#: Name below ``cv2`` -> what is different, and why.
DIFFERENCES: dict[str, str] = {
    "getCPUTickCount": "counts nanoseconds: no page can read the processor's counter",
    "getTickCount": "a browser's clock moves in steps of 5 or 100 microseconds",
    "getNumThreads": f"1: {_ONE_THREAD}",
    "getNumberOfCPUs": f"1: {_ONE_THREAD}",
    "setNumThreads": f"takes effect on nothing: {_ONE_THREAD}",
    "checkHardwareSupport": "False for every feature: pages run WebAssembly",
    "getBuildInformation": "the text is of the opencv.js that is loaded",
    "getCPUFeaturesLine": "the processor is WebAssembly",
    "filterSpeckles": "what `buf` holds afterwards: natively it is memory that the work was done in",
    "initInverseRectificationMap": "the second map beside CV_16SC2 is zeros; natively nothing ever sets it",
    "solveP3P": "three points alone have their poses sorted by rounding errors, which are not native's",
    "solvePnPGeneric": "raises for SOLVEPNP_SQPNP: opencv.js gives only the first of its poses, by solvePnP",
    "dnn.Net.setPreferableTarget": "takes effect on nothing: opencv.js computes on the processor",
    "Tracker.update": "a TrackerMIL picks its features at random, in another order: the boxes are near",
    "boxFilter": "of negative integers CV_8U is 0: natively 255, in wide images",
    "erode": "a constant border counts in all four channels of floats: natively not in the fourth",
    "pow": "what exceeds an int is the largest uint16: natively 0",
    **dict.fromkeys(
        (
            *("currentUIFramework", "destroyAllWindows", "destroyWindow", "getWindowImageRect"),
            *("getWindowProperty", "imshow", "moveWindow", "namedWindow", "pollKey", "resizeWindow"),
            *("setWindowProperty", "setWindowTitle", "startWindowThread", "waitKey", "waitKeyEx"),
        ),
        _WINDOWS,
    ),
}
