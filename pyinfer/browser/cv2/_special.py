"""Functions that no row can describe."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ._call import call_by_name, call_function
from ._spec import FunctionSpec, parse_row

__all__ = ["boxPoints", "divide"]

_BOX_POINTS = FunctionSpec(
    "boxPoints",
    (parse_row("boxPoints(RotatedRect box) -> Point2f p0, Point2f p1, Point2f p2, Point2f p3"),),
    takes_arrays=True,
    label="boxPoints",
)


def boxPoints(box: Any, points: npt.NDArray[np.float32] | None = None) -> npt.NDArray[np.float32]:
    """The four corners of a rotated rectangle.

    Parameters
    ----------
    box : ((x, y), (width, height), angle)
    points : (4, 2) float32, optional
        Filled in if it fits.

    Returns
    -------
    ndarray of float32, (4, 2)
    """
    corners = np.array(call_function(_BOX_POINTS, (box,), {}), np.float32)
    if points is not None and points.shape == corners.shape and points.dtype == corners.dtype:
        points[...] = corners
        return points
    return corners


def divide(*args: Any, **kwargs: Any) -> Any:
    """divide(src1, src2[, dst[, scale[, dtype]]]) or divide(scale, src2[, dst[, dtype]]).

    Division of integers by zero gives zero. In opencv.js it gives the largest value when a number is
    divided by an array: the quotient, infinity, saturates in WebAssembly and wraps on a PC.
    """
    quotient = call_by_name("divide", *args, **kwargs)
    divisor = args[1] if len(args) > 1 else kwargs["src2"]
    dividend = args[0] if args else kwargs.get("src1", kwargs.get("scale"))
    if not isinstance(dividend, np.ndarray) and quotient.dtype.kind in "iu":
        quotient[divisor == 0] = 0
    return quotient
