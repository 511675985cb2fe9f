"""Our own build of opencv.js: all of OpenCV that a browser can have, with SIMD and codecs.

It makes no code at run time, so that pages' workers need no ``unsafe-eval``.
"""

from __future__ import annotations

from pyinfer.host.verbs import Verb, Verbs

__all__ = ["VERBS", "command"]

VERBS = {
    "build": Verb("build", "compile OpenCV for the browser, and keep it in the cache folder"),
    "pack": Verb("pack", "write the npm package of what was built"),
}

_EPILOG = """\
\b
Examples:
  pyinfer opencv build
  pyinfer build my-app                      takes it
  pyinfer opencv pack -o .
"""

command = Verbs(verbs=VERBS, package="pyinfer.host.opencv", epilog=_EPILOG)
