"""Cameras from views of known points: modules/calib/src/calibration.cpp."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from .._call import call_by_name

__all__ = ["calibrateCamera"]

Array = npt.NDArray[Any]


def calibrateCamera(
    objectPoints: list[Array],
    imagePoints: list[Array],
    imageSize: tuple[int, int],
    cameraMatrix: Array | None,
    distCoeffs: Array | None,
    flags: int,
    criteria: tuple[int, int, float],
) -> tuple[Any, ...]:
    """Error, camera matrix, coefficients, rotations and shifts: the first of what the extended one finds."""
    found: tuple[Any, ...] = call_by_name(
        "calibrateCameraExtended",
        objectPoints,
        imagePoints,
        imageSize,
        cameraMatrix,
        distCoeffs,
        flags=flags,
        criteria=criteria,
    )
    return found[:5]
