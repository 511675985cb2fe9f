"""The fisheye camera model: modules/geometry/src/fisheye.cpp and imgproc/src/fisheye.cpp."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from .._call import call_by_name
from .._errors import failed_assertion
from ._distortion import Criteria, is_valid, rows_columns

__all__ = [
    "distortPoints",
    "estimateNewCameraMatrixForUndistortRectify",
    "solvePnP",
    "solvePnPRansac",
    "stereoRectify",
    "undistortImage",
    "undistortPoints",
]

Array = npt.NDArray[Any]

_SOURCE = "geometry/src/fisheye.cpp"
_STEREO = "stereo/src/stereo_geom.cpp"
_ZERO_DISPARITY = 1024
_COUNT, _EPS = 1, 2
_FLOATS = (np.float32, np.float64)
_CV_16SC2 = 35
_INTER_LINEAR = 1
_LOST = -1000000.0


def undistortPoints(
    distorted: Array | None,
    K: Array | None,
    D: Array | None,
    R: Array | None = None,
    P: Array | None = None,
    criteria: Criteria = (3, 10, 1e-8),
) -> Array | None:
    """Points without distortion, of the shape and dtype of ``distorted``: (h, w, 2), float32 or float64.

    A point for which there is none is (-1000000, -1000000).

    Raises
    ------
    cv2.error
        An array of another shape or dtype; criteria that never end.
    """
    function = "undistortPoints"
    points = _points(distorted, "distorted", function, 317)
    _assert(
        _no_or(P, (3, 3), (3, 4)),
        "P.empty() || P.size() == Size(3, 3) || P.size() == Size(4, 3)",
        function,
        320,
    )
    condition = "R.empty() || R.size() == Size(3, 3) || R.total() * R.channels() == 3"
    _assert(_no_or(R, (3, 3)) or (R is not None and R.size == 3), condition, function, 321)
    condition = "D.total() == 4 && K.size() == Size(3, 3) && (K.depth() == CV_32F || K.depth() == CV_64F)"
    _assert(_total(D) == 4 and _is_camera(K), condition, function, 322)
    _assert(is_valid(criteria), "criteria.isValid()", function, 324)
    if not points.size:
        return None
    assert K is not None and D is not None
    k = D.reshape(-1)[:4].astype(np.float64)
    pixels = points.reshape(-1, 2).astype(np.float64)
    seen = (pixels - K[[0, 1], 2].astype(np.float64)) / K[[0, 1], [0, 1]].astype(np.float64)
    with np.errstate(all="ignore"):
        wanted = np.minimum(np.sqrt(seen[:, 0] * seen[:, 0] + seen[:, 1] * seen[:, 1]), math.pi / 2)
        theta, scale, converged = _angles(wanted, k, criteria)
        flipped = (wanted > 0) & (theta < 0)
        result = seen * scale[:, None]
        turn = _turn(R, P)
        if turn is not None:
            rays = np.column_stack([result, np.ones(len(result))]) @ turn.T
            result = rays[:, :2] / rays[:, 2:]
        result[~converged | flipped] = _LOST
        return result.astype(points.dtype).reshape(points.shape)


def _angles(wanted: Array, k: Array, criteria: Criteria) -> tuple[Array, Array, Array]:
    """Newton's method: the angles of rays that are seen at these radii, tan(angle) / radius, and success."""
    kind, count, epsilon = criteria
    exact = bool(kind & _EPS)
    theta = wanted.copy()
    near = exact & ~(np.abs(wanted) > epsilon)
    active = ~near
    rounds = 0
    while active.any() and not (kind & _COUNT and rounds >= count):
        rounds += 1
        t2 = theta * theta
        t4 = t2 * t2
        t6 = t4 * t2
        a, b, c, d = k[0] * t2, k[1] * t4, k[2] * t6, k[3] * (t6 * t2)
        change = (theta * (1 + a + b + c + d) - wanted) / (1 + 3 * a + 5 * b + 7 * c + 9 * d)
        theta = np.where(active, theta - change, theta)
        if exact:
            active &= ~(np.abs(change) < epsilon)
    scale = np.where(near, 0.0, np.tan(theta) / wanted)
    return theta, scale, ~active if exact else np.ones(len(theta), bool)


def _turn(rotation: Array | None, projection: Array | None) -> Array | None:
    turn = None
    if rotation is not None and rotation.size:
        turn = rotation.astype(np.float64)
        if turn.size == 3:
            turn = _rotation(turn.reshape(3))
    if projection is not None and projection.size:
        projected = projection[:, :3].astype(np.float64)
        turn = projected if turn is None else projected @ turn
    return turn


def _rotation(vector: Array) -> Array:
    angle = math.sqrt(vector @ vector)
    if angle < 2.0**-52:
        return np.eye(3)
    x, y, z = axis = vector / angle
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    cosine = math.cos(angle)
    turned: Array = cosine * np.eye(3) + (1 - cosine) * np.outer(axis, axis) + math.sin(angle) * cross
    return turned


def distortPoints(
    undistorted: Array | None,
    K: Array | None,
    D: Array | None,
    alpha: float,
    Kundistorted: Array | None = None,
) -> Array | None:
    """Where points are seen, of the shape and dtype of ``undistorted``.

    With ``Kundistorted`` the points are pixels of that camera, and the result is float64.

    Raises
    ------
    cv2.error
        An array of another shape or dtype.
    """
    function = "distortPoints"
    if Kundistorted is None:
        points = _points(undistorted, "undistorted", function, 213)
    else:
        points = _points(undistorted, "_undistorted", function, 273)
        condition = (
            "Kundistorted.size() == Size(3,3) && "
            "(Kundistorted.type() == CV_32F || Kundistorted.type() == CV_64F)"
        )
        _assert(_is_camera(Kundistorted), condition, function, 274)
        camera = Kundistorted.astype(np.float64)
        points = (points.astype(np.float64) - camera[[0, 1], 2]) / camera[[0, 1], [0, 1]]
    condition = "K.size() == Size(3,3) && (K.type() == CV_32F || K.type() == CV_64F) && D.total() == 4"
    _assert(_is_camera(K) and _total(D) == 4, condition, function, 217)
    if not points.size:
        return None
    assert K is not None and D is not None
    k, camera = D.reshape(-1)[:4].astype(np.float64), K.astype(np.float64)
    x, y = points.reshape(-1, 2).astype(np.float64).T
    r = np.sqrt(x * x + y * y)
    theta = np.arctan(r)
    t3 = theta * theta * theta
    t5 = theta * theta * (theta * theta) * theta
    bent = theta + k[0] * t3 + k[1] * t5 + k[2] * (t3 * t3 * theta) + k[3] * (t3 * t5 * theta)
    scale = np.where(r > 1e-8, bent / np.where(r > 1e-8, r, 1), 1.0)
    x, y = x * scale, y * scale
    x = (x + alpha * y) * camera[0, 0] + camera[0, 2]
    y = y * camera[1, 1] + camera[1, 2]
    return np.stack([x, y], axis=1).astype(points.dtype).reshape(points.shape)


def estimateNewCameraMatrixForUndistortRectify(
    K: Array | None,
    D: Array | None,
    image_size: tuple[int, int],
    R: Array | None,
    P: Array | None,
    balance: float,
    new_size: tuple[int, int],
    fov_scale: float,
) -> Array:
    """A camera matrix (3, 3) for undistorted images, of the dtype of ``P`` if given, else of ``K``.

    Raises
    ------
    cv2.error
        As :func:`undistortPoints`.
    """
    function = "estimateNewCameraMatrixForUndistortRectify"
    condition = "K.size() == Size(3, 3) && (K.depth() == CV_32F || K.depth() == CV_64F)"
    _assert(_is_camera(K), condition, function, 482)
    condition = "D.empty() || ((D.total() == 4) && (D.depth() == CV_32F || D.depth() == CV_64F))"
    _assert(D is None or (_total(D) == 4 and D.dtype in _FLOATS), condition, function, 483)
    assert K is not None
    w, h = image_size
    middles = np.array([[[w // 2, 0], [w, h // 2], [w // 2, h], [0, h // 2]]], np.float64)
    points = undistortPoints(middles, K, D, R)
    assert points is not None
    points = points[0]
    with np.errstate(all="ignore"):
        aspect = np.float64(K[0, 0] / K[1, 1])
        centre = points.mean(axis=0)
        points, centre = points * [1, aspect], centre * [1, aspect]
        low, high = points.min(axis=0), points.max(axis=0)
        half = np.array([w * 0.5, h * 0.5 * aspect])
        lengths = np.concatenate([half / (centre - low), half / (high - centre)])
        balance = min(max(balance, 0.0), 1.0)
        focal = balance * lengths.min() + (1 - balance) * lengths.max()
        focal *= 1 / fov_scale if fov_scale > 0 else 1.0
        new_focal = np.array([focal, focal / aspect])
        new_centre = (-centre * focal + np.array([w, h * aspect]) * 0.5) / [1, aspect]
        if new_size[0] > 0 and new_size[1] > 0:
            ratio = np.array(new_size) / np.array(image_size, np.float64)
            new_focal, new_centre = new_focal * ratio, new_centre * ratio
    matrix = np.eye(3)
    matrix[[0, 1], [0, 1]], matrix[:2, 2] = new_focal, new_centre
    return matrix.astype(K.dtype if P is None else P.dtype)


def undistortImage(
    distorted: Array | None, K: Array | None, D: Array | None, Knew: Array | None, new_size: tuple[int, int]
) -> Any:
    """The image without distortion; by opencv.js's maps and its remap."""
    size = new_size
    if not (size[0] > 0 and size[1] > 0):
        rows, columns = rows_columns(distorted)
        size = columns, rows
    maps = call_by_name("fisheye.initUndistortRectifyMap", K, D, np.eye(3), Knew, size, _CV_16SC2)
    return call_by_name("remap", distorted, *maps, _INTER_LINEAR)


def solvePnP(
    objectPoints: Array | None,
    imagePoints: Array | None,
    cameraMatrix: Array | None,
    distCoeffs: Array | None,
    rvec: Array | None,
    tvec: Array | None,
    useExtrinsicGuess: bool,
    flags: int,
    criteria: Criteria,
) -> Any:
    """As the plain one, of undistorted points."""
    flat = undistortPoints(imagePoints, cameraMatrix, distCoeffs, None, cameraMatrix, criteria)
    return call_by_name(
        "solvePnP", objectPoints, flat, cameraMatrix, None, rvec, tvec, useExtrinsicGuess, flags
    )


def solvePnPRansac(
    objectPoints: Array | None,
    imagePoints: Array | None,
    cameraMatrix: Array | None,
    distCoeffs: Array | None,
    rvec: Array | None,
    tvec: Array | None,
    useExtrinsicGuess: bool,
    iterationsCount: int,
    reprojectionError: float,
    confidence: float,
    flags: int,
    criteria: Criteria,
) -> Any:
    """As the plain one, of undistorted points."""
    flat = undistortPoints(imagePoints, cameraMatrix, distCoeffs, None, cameraMatrix, criteria)
    return call_by_name(
        "solvePnPRansac",
        objectPoints,
        flat,
        cameraMatrix,
        None,
        rvec,
        tvec,
        useExtrinsicGuess,
        iterationsCount,
        reprojectionError,
        confidence,
        flags=flags,
    )


def stereoRectify(
    K1: Array | None,
    D1: Array | None,
    K2: Array | None,
    D2: Array | None,
    imageSize: tuple[int, int],
    R: Array | None,
    tvec: Array | None,
    R1: Array | None,
    R2: Array | None,
    P1: Array | None,
    P2: Array | None,
    Q: Array | None,
    flags: int,
    newImageSize: tuple[int, int],
    balance: float,
    fov_scale: float,
) -> tuple[Array, Array, Array, Array, Array]:
    """Rotations, projections and the matrix of depths, float64 or of the dtypes given to be written to.

    Raises
    ------
    cv2.error
        ``R`` is neither three nor nine numbers, ``tvec`` not three, float32 or float64.
    """
    condition = (
        "(_R.size() == Size(3, 3) || _R.total() * _R.channels() == 3) && "
        "(_R.depth() == CV_32F || _R.depth() == CV_64F)"
    )
    turns = R is not None and (R.shape[:2] == (3, 3) or R.size == 3) and R.dtype in _FLOATS
    _assert(turns, condition, "stereoRectify", 637, _STEREO)
    condition = (
        "_tvec.total() * _tvec.channels() == 3 && (_tvec.depth() == CV_32F || _tvec.depth() == CV_64F)"
    )
    moves = tvec is not None and tvec.size == 3 and tvec.dtype in _FLOATS
    _assert(moves, condition, "stereoRectify", 638, _STEREO)
    assert R is not None and tvec is not None
    vector = R.astype(np.float64)
    vector = call_by_name("Rodrigues", vector)[0] if vector.size == 9 else vector
    half = call_by_name("Rodrigues", vector.reshape(3, 1) * -0.5)[0]
    shift = tvec.astype(np.float64).reshape(3)
    moved = half @ shift
    around = np.cross(moved, [1.0 if moved[0] > 0 else -1.0, 0, 0])
    size = math.sqrt(around @ around)
    if size > 0:
        around *= math.acos(abs(moved[0]) / math.sqrt(moved @ moved)) / size
    level = call_by_name("Rodrigues", around.reshape(3, 1))[0]
    turned = [_like(turn, target) for turn, target in ((level @ half.T, R1), (level @ half, R2))]
    new_shift = level @ half @ shift
    options = balance, newImageSize, fov_scale
    exact = np.empty((3, 3))
    cameras = [
        estimateNewCameraMatrixForUndistortRectify(K, D, imageSize, turn, exact, *options)
        for K, D, turn in ((K1, D1, turned[0]), (K2, D2, turned[1]))
    ]
    focal = min(cameras[0][1, 1], cameras[1][1, 1])
    centers = np.array([camera[:2, 2] for camera in cameras])
    if flags & _ZERO_DISPARITY:
        centers[:] = centers.mean(axis=0)
    else:
        centers[:, 1] = centers[:, 1].mean()
    projections = np.zeros((2, 3, 4))
    projections[:, 0, 0] = projections[:, 1, 1] = focal
    projections[:, :2, 2] = centers
    projections[:, 2, 2] = 1
    projections[1, 0, 3] = new_shift[0] * focal
    depths = np.zeros((4, 4))
    depths[[0, 1], [0, 1]] = 1
    depths[:2, 3] = -centers[0]
    depths[2, 3] = focal
    with np.errstate(all="ignore"):
        depths[3, 2:] = np.array([-1, centers[0, 0] - centers[1, 0]]) / new_shift[0]
    return (
        turned[0],
        turned[1],
        _like(projections[0], P1),
        _like(projections[1], P2),
        _like(depths, Q),
    )


def _like(matrix: Array, target: Array | None) -> Array:
    """The matrix with the dtype of what it is to be written to."""
    return matrix if target is None or not target.size else matrix.astype(target.dtype)


def _assert(holds: bool, condition: str, function: str, line: int, source: str = _SOURCE) -> None:
    if not holds:
        raise failed_assertion(condition, function, f"{source}:{line}")


def _points(points: Array | None, name: str, function: str, line: int) -> Array:
    condition = f"{name}.type() == CV_32FC2 || {name}.type() == CV_64FC2"
    if points is None or points.ndim != 3 or points.shape[2] != 2 or points.dtype not in _FLOATS:
        raise failed_assertion(condition, function, f"{_SOURCE}:{line}")
    return points


def _is_camera(matrix: Array | None) -> bool:
    return matrix is not None and matrix.shape[:2] == (3, 3) and matrix.dtype in _FLOATS


def _no_or(matrix: Array | None, *shapes: tuple[int, int]) -> bool:
    return matrix is None or not matrix.size or matrix.shape[:2] in shapes


def _total(array: Array | None) -> int:
    """``Mat::total``: the elements, however many channels they have."""
    return math.prod(rows_columns(array))
