"""Poses of a camera from points in space and where they are seen: modules/geometry/src/solvepnp.cpp."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pyinfer.errors import UnsupportedInBrowser

from .._call import call_by_name
from .._errors import error, failed_assertion, opencv_error
from ._arrays import Array, channels_of, present, type_of
from ._distortion import Criteria, rows_columns, undistorted
from ._linear import least_squares
from ._planar_poses import NoPlane, poses_of_plane, poses_of_square
from ._points import count_of
from ._three_points import algebraic_poses, poses_by_conics
from ._type_names import type_name

__all__ = ["solveP3P", "solvePnPGeneric", "solvePnPRefineVVS"]

Arrays = tuple[Array, ...]
Poses = list[tuple[Array, Array]]

_SOURCE = "geometry/src/solvepnp.cpp"
_ITERATIVE, _EPNP, _P3P, _AP3P, _IPPE, _IPPE_SQUARE, _SQPNP = range(7)
_FLOATS = (np.float32, np.float64)
_ROUNDS = (1, 5, 0.01)
_GENERIC = (
    "int cv::solvePnPGeneric(InputArray, InputArray, InputArray, InputArray, OutputArrayOfArrays, "
    "OutputArrayOfArrays, bool, int, InputArray, InputArray, OutputArray)"
)
_SMALL_ANGLE = 1e-8
_COLUMN = (3, 1)


def solvePnPGeneric(
    objectPoints: Array | None,
    imagePoints: Array | None,
    cameraMatrix: Array | None,
    distCoeffs: Array | None,
    useExtrinsicGuess: bool,
    flags: int,
    rvec: Array | None,
    tvec: Array | None,
    reprojectionError: Array | None,
) -> tuple[int, Arrays, Arrays, Array | None]:
    """All poses that a method finds.

    Returns
    -------
    retval : int
        How many there are.
    rvecs, tvecs : tuple of ndarray, (3, 1), float64
        Rotation vectors and shifts, the best first where the method compares them. A guess of that shape and
        dtype is written to, and is the result.
    reprojectionError : (k, 1)
        Root of the mean square, float32 unless points are float64; None without a pose.

    Raises
    ------
    cv2.error
        Points of other dtypes, too few or too many for the method; an unknown method; whatever solvePnP
        raises.
    UnsupportedInBrowser
        For SOLVEPNP_SQPNP, of whose poses opencv.js gives the first only.
    """
    function = "solvePnPGeneric"
    world, image = present(objectPoints), present(imagePoints)
    count = _count(world, 3)
    enough = count >= 4 or (
        count == 3 and (flags == _SQPNP or (flags == _ITERATIVE and bool(useExtrinsicGuess)))
    )
    if not (enough and count == _count(image, 2)):
        condition = (
            "( (npoints >= 4) || (npoints == 3 && flags == SOLVEPNP_ITERATIVE && useExtrinsicGuess) || "
            "(npoints >= 3 && flags == SOLVEPNP_SQPNP) ) && npoints == "
            "std::max(ipoints.checkVector(2, CV_32F), ipoints.checkVector(2, CV_64F))"
        )
        raise failed_assertion(condition, function, f"{_SOURCE}:784")
    world, image = world.reshape(-1, 1, 3), image.reshape(-1, 1, 2)
    guess = None
    if flags == _ITERATIVE and useExtrinsicGuess:
        guess = _guess(rvec, tvec, function, (795, 801, 803))
    if flags in (_P3P, _AP3P):
        poses = _three_point_poses(world, image, cameraMatrix, distCoeffs, flags)
    elif flags in (_ITERATIVE, _EPNP):
        poses = _only_pose(world, image, cameraMatrix, distCoeffs, flags, guess)
        if guess is not None:
            poses = [(_written_to(rvec, poses[0][0]), _written_to(tvec, poses[0][1]))]
    elif flags in (_IPPE, _IPPE_SQUARE):
        poses = _plane_poses(world, image, cameraMatrix, distCoeffs, flags)
    elif flags == _SQPNP:
        reason = "opencv.js gives only the first of the poses that SOLVEPNP_SQPNP finds"
        raise UnsupportedInBrowser("cv2.solvePnPGeneric", reason, "cv2.solvePnP(..., flags=SOLVEPNP_SQPNP)")
    else:
        text = (
            "The flags argument must be one of SOLVEPNP_ITERATIVE, SOLVEPNP_P3P, SOLVEPNP_EPNP, "
            "SOLVEPNP_AP3P, SOLVEPNP_IPPE, SOLVEPNP_IPPE_SQUARE or SOLVEPNP_SQPNP"
        )
        raise opencv_error(-5, "Bad argument", text, function, f"{_SOURCE}:965")
    dtype = _type_of_errors(reprojectionError, world, image)
    errors = np.array([_distance(world, image, cameraMatrix, distCoeffs, pose) for pose in poses], np.float64)
    rms = (np.sqrt(errors) / np.sqrt(2 * count)).astype(dtype).reshape(-1, 1)
    return (*_listed(poses), rms if poses else None)


def solveP3P(
    objectPoints: Array | None,
    imagePoints: Array | None,
    cameraMatrix: Array | None,
    distCoeffs: Array | None,
    flags: int,
) -> tuple[int, Arrays, Arrays]:
    """How many poses three points allow, or four; rotation vectors and shifts, (3, 1), float64.

    They are sorted by how far from the points they show these. With three points that is nothing but
    rounding, so that the order is another one than natively now and then.

    Raises
    ------
    cv2.error
        Another number of points, points of other dtypes, another method.
    """
    world, image = present(objectPoints), present(imagePoints)
    poses = _three_point_poses(world, image, cameraMatrix, distCoeffs, flags)
    return _listed(poses)


def _listed(poses: Poses) -> tuple[int, Arrays, Arrays]:
    return len(poses), tuple(turn for turn, _ in poses), tuple(shift for _, shift in poses)


def _count(points: Array, numbers: int) -> int:
    return count_of(points, numbers) if points.dtype in _FLOATS else -1


def _guess(
    rvec: Array | None, tvec: Array | None, function: str, lines: tuple[int, int, int]
) -> tuple[Array, Array]:
    """Rotation vector and shift to begin with, float64 (3, 1)."""
    turn, shift = present(rvec), present(tvec)
    if not (turn.size and shift.size):
        raise failed_assertion("!_rvec.empty() && !_tvec.empty()", function, f"{_SOURCE}:{lines[0]}")
    if not all(vector.dtype in _FLOATS and channels_of(vector) == 1 for vector in (turn, shift)):
        condition = "(rtype == CV_32FC1 || rtype == CV_64FC1) && (ttype == CV_32FC1 || ttype == CV_64FC1)"
        raise failed_assertion(condition, function, f"{_SOURCE}:{lines[1]}")
    if not all(vector.shape in ((3,), (1, 3), (3, 1)) for vector in (turn, shift)):
        condition = (
            "(rsize == Size(1, 3) || rsize == Size(3, 1)) && (tsize == Size(1, 3) || tsize == Size(3, 1))"
        )
        raise failed_assertion(condition, function, f"{_SOURCE}:{lines[2]}")
    return turn.astype(np.float64).reshape(_COLUMN), shift.astype(np.float64).reshape(_COLUMN)


def _written_to(guess: Array | None, value: Array) -> Array:
    """As natively, a guess that is of the result's type becomes the result."""
    if guess is None or guess.shape != _COLUMN or guess.dtype != np.float64 or not guess.flags.writeable:
        return value
    guess[...] = value
    return guess


def _only_pose(
    world: Array,
    image: Array,
    camera: Array | None,
    coefficients: Array | None,
    flags: int,
    guess: tuple[Array, Array] | None,
) -> Poses:
    guessed = {} if guess is None else {"rvec": guess[0], "tvec": guess[1], "useExtrinsicGuess": True}
    _, turn, shift = call_by_name("solvePnP", world, image, camera, coefficients, flags=flags, **guessed)
    return [(turn, shift)]


def _three_point_poses(
    world: Array, image: Array, camera: Array | None, coefficients: Array | None, flags: int
) -> Poses:
    count = _count(world, 3)
    function = "solveP3P"
    if count != _count(image, 2):
        condition = "npoints == std::max(ipoints.checkVector(2, CV_32F), ipoints.checkVector(2, CV_64F))"
        raise failed_assertion(condition, function, f"{_SOURCE}:392")
    if count not in (3, 4):
        raise failed_assertion("npoints == 3 || npoints == 4", function, f"{_SOURCE}:393")
    if flags not in (_P3P, _AP3P):
        condition = "flags == SOLVEPNP_P3P || flags == SOLVEPNP_AP3P"
        raise failed_assertion(condition, function, f"{_SOURCE}:394")
    points = world.reshape(-1, 3).astype(np.float64)
    seen = _undistorted(image, camera, coefficients)
    assert camera is not None  # or nothing could have been undistorted
    if flags == _P3P:
        found = poses_by_conics(points[:3], seen[:3])
    else:
        found = algebraic_poses(points, seen, camera.astype(np.float64))
    poses = [(call_by_name("Rodrigues", turn)[0], shift.reshape(_COLUMN)) for turn, shift in found]
    errors = [_distance(world, image, camera, coefficients, pose) for pose in poses]
    return [poses[place] for place in sorted(range(len(poses)), key=errors.__getitem__)]


def _plane_poses(
    world: Array, image: Array, camera: Array | None, coefficients: Array | None, flags: int
) -> Poses:
    method: Callable[[Array, Array], Poses] = poses_of_plane
    if flags == _IPPE_SQUARE:
        if len(world) != 4:
            raise failed_assertion("npoints == 4", "solvePnPGeneric", f"{_SOURCE}:886")
        method = poses_of_square
    seen = _undistorted(image, camera, coefficients)
    try:
        return method(world.reshape(-1, 3), seen)
    except NoPlane:
        return []


def _undistorted(image: Array, camera: Array | None, coefficients: Array | None) -> Array:
    """Where a camera whose matrix is the identity would see the points, (n, 2), as precise as they are."""
    seen = undistorted(image.reshape(-1, 2), camera, coefficients, None, None, _ROUNDS)
    return seen.astype(image.dtype).astype(np.float64)


def _distance(
    world: Array,
    image: Array,
    camera: Array | None,
    coefficients: Array | None,
    pose: tuple[Array, Array],
) -> float:
    """The sum of the squared distances of the points from where the pose shows them."""
    points = world.reshape(-1, 1, 3).astype(np.float64)
    shown = call_by_name("projectPoints", points, *pose, camera, coefficients)[0].reshape(-1)
    off = image.reshape(-1).astype(np.float64) - shown
    return float(np.add.accumulate(off * off)[-1])


def _type_of_errors(given: Array | None, world: Array, image: Array) -> Any:
    if given is None or not given.size:
        return np.float64 if np.float64 in (world.dtype, image.dtype) else np.float32
    if given.dtype not in _FLOATS or channels_of(given) > 1:
        raise _unfit_errors(type_of(given))
    return given.dtype


def _unfit_errors(code: int) -> error:
    text = (
        "Type of reprojectionError must be CV_32FC1 or CV_64FC1!:\n"
        "    'type == CV_32FC1 || type == CV_64FC1'\nwhere\n"
        f"    'reprojectionError.type()' is {code} ({type_name(code)})"
    )
    return opencv_error(-2, "Unspecified error", text, _GENERIC, f"{_SOURCE}:1027")


def solvePnPRefineVVS(
    objectPoints: Array | None,
    imagePoints: Array | None,
    cameraMatrix: Array | None,
    distCoeffs: Array | None,
    rvec: Array | None,
    tvec: Array | None,
    criteria: Criteria,
    VVSlambda: float,
) -> tuple[Array | None, Array | None]:
    """A pose brought nearer to what is seen, by virtual visual servoing: written in place.

    As natively only columns, (3, 1), are written to, and the shift has to be one.

    Raises
    ------
    cv2.error
        Too few points, no pose to begin with, vectors of another shape or dtype.
    """
    function = "solvePnPRefine"
    count = count_of(present(objectPoints), 3)
    if not (count >= 3 and count == count_of(present(imagePoints), 2)):
        condition = "npoints >= 3 && npoints == ipoints.checkVector(2, CV_64F)"
        raise failed_assertion(condition, function, f"{_SOURCE}:635")
    turn, shift = _guess(rvec, tvec, function, (636, 640, 642))
    assert objectPoints is not None and imagePoints is not None and rvec is not None and tvec is not None
    seen = undistorted(
        imagePoints.reshape(-1, 2).astype(np.float64), cameraMatrix, distCoeffs, None, None, _ROUNDS
    )
    _, rounds, epsilon = criteria
    if rounds > 0 and rows_columns(tvec) != _COLUMN:
        condition = (
            "(((flags&GEMM_3_T) == 0 && C.rows == d_size.height && C.cols == d_size.width) || "
            "((flags&GEMM_3_T) != 0 && C.rows == d_size.width && C.cols == d_size.height))"
        )
        raise failed_assertion(condition, "gemm", "core/src/matmul.dispatch.cpp:384")
    points = objectPoints.reshape(-1, 3).astype(np.float64)
    rotation = call_by_name("Rodrigues", turn)[0]
    before = 0.0
    for _ in range(rounds):
        interaction, positions = _interaction(points @ rotation.T + shift.reshape(3))
        off = (positions - seen).reshape(-1)
        step = -VVSlambda * least_squares(interaction, off)
        turned, moved = _inverse_motion(step)
        rotation, shift = turned @ rotation, turned @ shift + moved
        residual = float(off @ off)
        if abs(residual - before) < epsilon:
            break
        before = residual
    for vector, value in ((rvec, call_by_name("Rodrigues", rotation)[0]), (tvec, shift)):
        if vector.shape == _COLUMN:
            vector[...] = value
    return rvec, tvec


def _interaction(points: Array) -> tuple[Array, Array]:
    """How what is seen of points (n, 3) before the camera changes with its motion, (2n, 6); what is seen."""
    depth = points[:, 2]
    x, y = points[:, 0] / depth, points[:, 1] / depth
    nothing = np.zeros_like(x)
    across = np.stack([-1 / depth, nothing, x / depth, x * y, -(1 + x * x), y], axis=1)
    down = np.stack([nothing, -1 / depth, y / depth, 1 + y * y, -x * y, -x], axis=1)
    return np.stack([across, down], axis=1).reshape(-1, 6), np.stack([x, y], axis=1)


def _inverse_motion(twist: Array) -> tuple[Array, Array]:
    """Rotation (3, 3) and shift (3, 1) of the inverse of a screw motion's exponential."""
    axis = twist[3:]
    angle = float(np.sqrt(axis @ axis))
    first, second, third = 1.0, 0.5, 1 / 6
    if angle >= _SMALL_ANGLE:
        first = np.sin(angle) / angle
        second, third = (1 - np.cos(angle)) / angle**2, (1 - first) / angle**2
    x, y, z = axis
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    spread = first * np.eye(3) + second * cross + third * np.outer(axis, axis)
    back = call_by_name("Rodrigues", axis.reshape(_COLUMN))[0].T
    return back, -back @ (spread @ twist[:3].reshape(_COLUMN))
