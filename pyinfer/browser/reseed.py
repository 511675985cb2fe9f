"""Chance, anew: what a Python does first that was restored from a snapshot of its memory."""

from __future__ import annotations

import os
import sys

__all__ = ["reseed"]

#: 32-bit words in the state of NumPy's global generator.
_STATE_SIZE = 624


def reseed() -> None:
    """Give each generator of random numbers that is loaded a state of its own, and look at folders again.

    Without it all restored Pythons would draw the same numbers and choose the same temporary names. What asks
    the operating system each time (``secrets``, ``uuid4``, ``numpy.random.default_rng()``) doesn't need it.
    The hash seed can't be changed: strings hash as they did when the snapshot was taken, and so sets of them
    keep one order, as under a fixed ``PYTHONHASHSEED``. ``time.tzname`` stays, too: Pyodide has no ``tzset``;
    ``localtime`` asks the browser each time. Generators that a program made itself are left alone.
    """
    if "random" in sys.modules:
        sys.modules["random"].seed()
    if "numpy.random" in sys.modules:
        words = memoryview(os.urandom(4 * _STATE_SIZE)).cast("I")
        sys.modules["numpy.random"].seed(words.tolist())
    if "tempfile" in sys.modules:
        vars(sys.modules["tempfile"])["_name_sequence"] = None  # made when it is first asked for
    if "uuid" in sys.modules:
        vars(sys.modules["uuid"])["_node"] = None  # what stands for the machine; a browser's is random
    # Not `importlib.invalidate_caches`, which imports `importlib.metadata` with all that it needs.
    sys.path_importer_cache.clear()
