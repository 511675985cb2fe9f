"""The C++ source of what OpenCV's own binding generator for JavaScript leaves out.

Each prototype that Python knows and that OpenCV's generator does not express becomes a function of embind's:
methods too, with the object first. Embind's names of the types are those by which the shim's tables match.
"""

from __future__ import annotations
