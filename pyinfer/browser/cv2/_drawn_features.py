"""Key points and matches in random colours: modules/features/src/draw.cpp.

A colour that is not given is made of three random numbers, all in the arguments of one call. C++ leaves it
to the compiler which is drawn first: native's begins with red, that of opencv.js with blue. So the channels
are exchanged before the engine draws, and again afterwards.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ._bind import bind
from ._call import call_by_name, spec_of
from ._convert_arrays import is_sequence, length_of
from ._errors import Mismatch
from ._umat import call_with_arrays, has_umat

__all__ = ["drawKeypoints", "drawMatches", "drawMatchesKnn"]

Array = npt.NDArray[Any]


def drawKeypoints(*args: Any, **kwargs: Any) -> Any:
    """drawKeypoints(image, keypoints, outImage[, color[, flags]])"""
    return _drawn("drawKeypoints", args, kwargs)


def drawMatches(*args: Any, **kwargs: Any) -> Any:
    """drawMatches(img1, keypoints1, img2, keypoints2, matches1to2, outImg[, matchColor[, singlePointColor[,
    matchesMask[, flags]]]]), or the same with matchesThickness behind outImg
    """
    return _drawn("drawMatches", args, kwargs)


def drawMatchesKnn(*args: Any, **kwargs: Any) -> Any:
    """drawMatchesKnn(img1, keypoints1, img2, keypoints2, matches1to2, outImg[, matchColor[,
    singlePointColor[, matchesMask[, flags]]]])
    """
    return _drawn("drawMatchesKnn", args, kwargs)


def _drawn(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    spec = spec_of(name)
    if has_umat(args, kwargs):
        return call_with_arrays(lambda *a, **k: _drawn(name, a, k), spec, args, kwargs)
    for overload in spec.overloads:
        try:
            values = bind(spec.label, overload, args, kwargs)
        except Mismatch:
            continue
        parameters = overload.parameters
        given = {parameter.name: value for parameter, value in zip(parameters, values, strict=True)}
        colours = {p.name: given[p.name] for p in parameters if p.kind == "Scalar"}
        if not any(map(_is_random, colours.values())):
            break
        target = given.get("outImage", given.get("outImg"))
        for parameter in parameters:
            if parameter.kind in ("Mat", "Scalar"):
                given[parameter.name] = _exchanged(given[parameter.name])
        result = _exchanged(call_by_name(name, **given))
        if isinstance(target, np.ndarray) and (target.shape, target.dtype) == (result.shape, result.dtype):
            target[...] = result
            return target
        return result
    return call_by_name(name, *args, **kwargs)


def _exchanged(value: Any) -> Any:
    """An image, or a colour, with its first three channels the other way round."""
    if isinstance(value, np.ndarray) and value.ndim == 3 and value.shape[2] in (3, 4):
        return np.ascontiguousarray(value[..., [2, 1, 0, 3][: value.shape[2]]])
    if isinstance(value, (tuple, list)) and len(value) in (3, 4) and all(map(_is_number, value)):
        return (*value[2::-1], *value[3:])
    return value


def _is_random(colour: Any) -> bool:
    """Whether a colour is not given, or as if it were not: Scalar::all(-1)."""
    return colour is None or (is_sequence(colour) and length_of(colour) == 4 and all(c == -1 for c in colour))


def _is_number(item: Any) -> bool:
    return isinstance(item, (int, float))
