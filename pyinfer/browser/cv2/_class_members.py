"""What is written by hand of the engine's classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ._call import call_by_name, call_function
from ._errors import opencv_error
from ._spec import FunctionSpec, parse_row
from ._structures import DMatch
from ._substitutes._introsort import argsort_rows

__all__ = ["DEFAULTS", "REFINED", "WRAPPERS"]

Wrapper = Callable[[Callable[..., Any]], Callable[..., Any]]


def _predefined_dictionary() -> Any:
    return call_by_name("aruco.getPredefinedDictionary", 0)


def _blob_detector() -> Any:
    return call_function(FunctionSpec.of("create", [parse_row(_BLOB_DETECTOR)]), (), {})


_BLOB_DETECTOR = "new SimpleBlobDetector(SimpleBlobDetector.Params parameters=None) -> SimpleBlobDetector"

#: Class -> the object that C++ makes where an optional parameter is left out, if not a new one as such.
DEFAULTS: dict[str, Callable[[], Any]] = {
    "Feature2D": _blob_detector,
    "aruco.Dictionary": _predefined_dictionary,
}

#: By DescriptorMatcher::MatcherType, from 1.
_MATCHER_NAMES = (
    *("FlannBased", "BruteForce", "BruteForce-L1"),
    *("BruteForce-Hamming", "BruteForce-HammingLUT", "BruteForce-SL2"),
)


def _matcher_by_type(create: Callable[..., Any]) -> Callable[..., Any]:
    """opencv.js makes matchers by name only."""

    def function(*args: Any, **kwargs: Any) -> Any:
        given = [*args, *(kwargs[name] for name in kwargs if name == "matcherType")]
        if len(given) != 1 or not isinstance(given[0], (int, np.integer)) or isinstance(given[0], bool):
            return create(*args, **kwargs)
        if not 1 <= given[0] <= len(_MATCHER_NAMES):
            text = "Specified descriptor matcher type is not supported."
            raise opencv_error(-5, "Bad argument", text, "create", "features/src/matchers.cpp:1226")
        return create(_MATCHER_NAMES[given[0] - 1])

    return function


def _sorted_as_natively(match: Callable[..., Any]) -> Callable[..., Any]:
    """Native sorts by distance with GNU's std::sort: equal ones have another order in opencv.js."""

    def function(*args: Any, **kwargs: Any) -> Any:
        return tuple(map(_sorted, match(*args, **kwargs)))

    return function


def _sorted(matches: tuple[DMatch, ...]) -> tuple[DMatch, ...]:
    found = sorted(matches, key=lambda match: (match.imgIdx, match.trainIdx))
    distances = np.array([[match.distance for match in found]], np.float32)
    return tuple(found[index] for index in argsort_rows(distances)[0].tolist())


def _written_as_natively(process: Callable[..., Any]) -> Callable[..., Any]:
    """Native returns nothing, and writes to the arrays that it is given: but not to the one in the middle."""

    def middle_of(targets: Any) -> list[Any]:
        found = targets[len(targets) // 2 :][:1] if isinstance(targets, (list, tuple)) else ()
        return [target for target in found if isinstance(target, np.ndarray)]

    def function(*args: Any, **kwargs: Any) -> None:
        targets = kwargs.get("dst", args[2] if len(args) > 2 else ())
        kept = [target.copy() for target in middle_of(targets)]
        process(*args, **kwargs)
        for target, before in zip(middle_of(targets), kept, strict=True):
            target[...] = before

    return function


#: Method or static method -> what is put around the engine's.
WRAPPERS: dict[str, Wrapper] = {
    "AlignMTB.process": _written_as_natively,
    "DescriptorMatcher.create": _matcher_by_type,
    "DescriptorMatcher.radiusMatch": _sorted_as_natively,
}

#: Class -> the module here whose REFINERS derive one from it.
REFINED = {"FileNode": "_file_storage", "FileStorage": "_file_storage"}
