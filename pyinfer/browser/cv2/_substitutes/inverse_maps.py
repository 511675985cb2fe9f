"""Maps that undo a rectification: modules/imgproc/src/undistort.dispatch.cpp."""

from __future__ import annotations

import numpy as np

from .._call import call_by_name
from .._errors import failed_assertion
from ._arrays import Array, present, size_of
from ._distortion import undistorted
from .undistortion import undistortPoints

__all__ = ["initInverseRectificationMap"]

_SOURCE = "imgproc/src/undistort.dispatch.cpp"
_CV_32FC1, _CV_16SC2, _CV_32FC2 = 5, 35, 37
_ROUNDS = (1, 5, 0.01)
_COEFFICIENTS = (4, 5, 8, 12, 14)


def initInverseRectificationMap(
    cameraMatrix: Array | None,
    distCoeffs: Array | None,
    R: Array | None,
    newCameraMatrix: Array | None,
    size: tuple[int, int],
    m1type: int,
    map2: Array | None,
) -> tuple[Array, Array | None]:
    """Where each pixel of a distorted image lies in the rectified one.

    Returns
    -------
    map1 : (h, w) float32, or (h, w, 2) float32 or int16
    map2 : ndarray or None
        (h, w) float32 beside a ``map1`` of one channel. Beside int16 it is (h, w) uint16 of which natively
        nothing is ever set: a given array is left as it is, and a new one is full of zeros.

    Raises
    ------
    cv2.error
        Another type of map; a matrix of another shape; no size.
    """
    m1type = _CV_16SC2 if m1type <= 0 else m1type
    _assert(
        m1type in (_CV_16SC2, _CV_32FC1, _CV_32FC2),
        "m1type == CV_16SC2 || m1type == CV_32FC1 || m1type == CV_32FC2",
        157,
    )
    camera, coefficients, rotation = present(cameraMatrix), present(distCoeffs), present(R)
    new_camera = present(newCameraMatrix)
    _assert(size_of(camera) == (3, 3), "A.size() == Size(3,3)", 177)
    if not new_camera.size:
        new_camera = _centred(camera, size)
    _assert(size_of(new_camera) in ((3, 3), (3, 4)), "Ar.size() == Size(3,3) || Ar.size() == Size(4, 3)", 178)
    _assert(not rotation.size or size_of(rotation) == (3, 3), "Size(3,3) == R.size()", 187)
    if coefficients.size:
        _check_coefficients(coefficients)
    height, width = size[1], size[0]
    y, x = np.mgrid[:height, :width]
    pixels = np.stack([x, y], axis=-1).reshape(-1, 1, 2).astype(np.float32)
    straight = undistortPoints(
        pixels if pixels.size else None, None, camera, distCoeffs, np.eye(3), np.eye(3), _ROUNDS
    )
    turn = rotation.astype(np.float64) if rotation.size else np.eye(3)
    turned = call_by_name("perspectiveTransform", straight, turn).reshape(-1, 2)
    # Natively with a lens that distorts nothing, which still costs the points their last digits.
    places = undistorted(turned, np.eye(3), np.zeros((1, 4)), np.eye(3), new_camera, _ROUNDS)
    with np.errstate(over="ignore"):
        map1 = places.astype(np.float32).reshape(height, width, 2)
    if m1type == _CV_32FC2:
        return map1, None
    if m1type == _CV_32FC1:
        return np.ascontiguousarray(map1[..., 0]), np.ascontiguousarray(map1[..., 1])
    if map2 is None or map2.dtype != np.uint16 or map2.shape != (height, width):
        map2 = np.zeros((height, width), np.uint16)
    return _saturated(map1), map2


def _assert(holds: bool, condition: str, line: int) -> None:
    if not holds:
        raise failed_assertion(condition, "initInverseRectificationMap", f"{_SOURCE}:{line}")


def _check_coefficients(coefficients: Array) -> None:
    rows, columns = size_of(coefficients)
    choices = " || ".join(
        f"distCoeffs.size() == Size(1, {n}) || distCoeffs.size() == Size({n}, 1)" for n in _COEFFICIENTS
    )
    holds = 1 in (rows, columns) and rows * columns in _COEFFICIENTS
    _assert(holds, f"distCoeffs.empty() || {choices}", 200)


def _centred(camera: Array, size: tuple[int, int]) -> Array:
    """The camera matrix with its centre in the middle of the image."""
    matrix = camera.astype(np.float64)
    matrix[:2, 2] = (np.array(size) - 1) * 0.5
    return matrix


def _saturated(map1: Array) -> Array:
    """To the nearest int16; what is no integer of 32 bits is the least one."""
    fits = np.abs(map1) < 2.0**31
    rounded = np.where(fits, np.rint(np.where(fits, map1, 0)), -(2.0**31))
    return np.clip(rounded, -(2**15), 2**15 - 1).astype(np.int16)
