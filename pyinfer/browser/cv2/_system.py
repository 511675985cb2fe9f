"""Clock, version and threads: what native asks of the machine rather than of an image."""

from __future__ import annotations

import time
from functools import cache

from ._call import call_by_name
from ._engine_tables import is_full
from ._table import VERSION

__all__ = [
    "TickMeter",
    "checkHardwareSupport",
    "getCPUTickCount",
    "getDefaultAlgorithmHint",
    "getNumThreads",
    "getNumberOfCPUs",
    "getThreadNum",
    "getTickCount",
    "getTickFrequency",
    "getVersionMajor",
    "getVersionMinor",
    "getVersionRevision",
    "getVersionString",
    "setNumThreads",
    "setUseOptimized",
    "useOptimized",
]

_TICKS_PER_SECOND = 1_000_000_000

#: AlgorithmHint, modules/core/include/opencv2/core/base.hpp.
_ACCURATE = 1
_MAJOR, _MINOR, _REVISION = (int(part) for part in VERSION.split(".")[:3])

_optimized = True


def getTickCount() -> int:
    """Ticks since some moment; `getTickFrequency` says how many make a second.

    A browser's clock moves in steps of 5 microseconds in an isolated page, of 100 elsewhere.
    """
    return time.perf_counter_ns()


def getTickFrequency() -> float:
    """Ticks in a second: a tick is a nanosecond, as native has it on Linux."""
    return float(_TICKS_PER_SECOND)


def getCPUTickCount() -> int:
    """The same as `getTickCount`: no page can read the processor's own counter."""
    return getTickCount()


class TickMeter:
    """A stopwatch: sums up the times between `start` and `stop`, and counts them."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget what was measured."""
        self._began = self._last = self._sum = self._count = 0

    def start(self) -> None:
        """Begin to measure; again, if it had begun already."""
        self._began = getTickCount()

    def stop(self) -> None:
        """End what `start` began; without it nothing happens."""
        if self._began:
            self._last = getTickCount() - self._began
            self._sum += self._last
            self._count += 1
            self._began = 0

    def getTimeTicks(self) -> int:
        """The sum in ticks."""
        return self._sum

    def getTimeMicro(self) -> float:
        """The sum in microseconds."""
        return self.getTimeMilli() * 1e3

    def getTimeMilli(self) -> float:
        """The sum in milliseconds."""
        return self.getTimeSec() * 1e3

    def getTimeSec(self) -> float:
        """The sum in seconds."""
        return self._sum / _TICKS_PER_SECOND

    def getLastTimeTicks(self) -> int:
        """The last measurement in ticks."""
        return self._last

    def getLastTimeMicro(self) -> float:
        """The last measurement in microseconds."""
        return self.getLastTimeMilli() * 1e3

    def getLastTimeMilli(self) -> float:
        """The last measurement in milliseconds."""
        return self.getLastTimeSec() * 1e3

    def getLastTimeSec(self) -> float:
        """The last measurement in seconds."""
        return self._last / _TICKS_PER_SECOND

    def getCounter(self) -> int:
        """How many measurements there were."""
        return self._count

    def getFPS(self) -> float:
        """Measurements in a second of measured time; 0.0 before the first."""
        seconds = self.getAvgTimeSec()
        return 1 / seconds if seconds else 0.0

    def getAvgTimeSec(self) -> float:
        """The mean measurement in seconds; 0.0 before the first."""
        return self.getTimeSec() / self._count if self._count else 0.0

    def getAvgTimeMilli(self) -> float:
        """The mean measurement in milliseconds; 0.0 before the first."""
        return self.getAvgTimeSec() * 1e3


TickMeter.__module__ = "cv2"


@cache
def _most_threads() -> int:
    """As many as have started with the engine: OpenCV would wait for ever for one that starts later."""
    return _of_engine("getNumThreads", 1)


def _of_engine(name: str, otherwise: int) -> int:
    """What a function of our own build says; npm's has no threads."""
    return int(call_by_name(name)) if is_full() else otherwise


def getNumThreads() -> int:
    """How many threads OpenCV uses: one, except for our own build with threads, in an isolated page."""
    return _of_engine("getNumThreads", 1)


def setNumThreads(nthreads: int) -> None:
    """Ask for threads: 0 or 1 for none beside the one that calls, a negative number for as many as there are.

    There are never more than have started with the engine.
    """
    if not is_full():
        return
    most = _most_threads()
    call_by_name("setNumThreads", nthreads)
    if call_by_name("getNumThreads") > most:
        call_by_name("setNumThreads", most)


def getThreadNum() -> int:
    """The number of the thread that asks, from 0."""
    return _of_engine("getThreadNum", 0)


def getNumberOfCPUs() -> int:
    """How many processors OpenCV can use: one where it has no threads, see `getNumThreads`."""
    return _of_engine("getNumberOfCPUs", 1)


def setUseOptimized(onoff: bool) -> None:
    """Ask for optimised code or plain; opencv.js has one kind, so that only `useOptimized` changes."""
    global _optimized
    _optimized = bool(onoff)


def useOptimized() -> bool:
    """What `setUseOptimized` was last given."""
    return _optimized


def getCudaEnabledDeviceCount() -> int:
    """``cv2.cuda.getCudaEnabledDeviceCount``: none, by which programs choose their way without CUDA."""
    return 0


getCudaEnabledDeviceCount.__module__ = "cv2.cuda"


def checkHardwareSupport(feature: int) -> bool:
    """Whether the processor has ``CPU_...``: none of them, WebAssembly is what there is."""
    return False


def getDefaultAlgorithmHint() -> int:
    """Which results functions that take a ``hint`` strive for: ``ALGO_HINT_ACCURATE``, as natively."""
    return _ACCURATE


def getVersionMajor() -> int:
    """The first number of the version."""
    return _MAJOR


def getVersionMinor() -> int:
    """The second number of the version."""
    return _MINOR


def getVersionRevision() -> int:
    """The third number of the version."""
    return _REVISION


def getVersionString() -> str:
    """The version, without what the Python packages add to theirs."""
    return VERSION
