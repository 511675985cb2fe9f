"""The essential matrix: modules/geometry/src/five-point.cpp."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pyinfer.errors import UnsupportedInBrowser

from .._call import call_by_name
from .._errors import failed_assertion, opencv_error
from ._completion import null_space
from ._linear import singular_values
from ._points import count_of, shaped_mask
from ._robust import PointSets, least_median, ransac
from .epipolar import triangulatePoints
from .undistortion import undistortPoints

__all__ = ["decomposeEssentialMat", "findEssentialMat", "recoverPose"]

Array = npt.NDArray[Any]
Point = tuple[float, float]

_SOURCE = "geometry/src/five-point.cpp"
_RANSAC = 8
_USAC = range(32, 39)
_CRITERIA = (1, 5, 0.01)
_FAR = 50.0

#: The monomials of the constraints, as powers of x, y and z: the first ten are eliminated.
_MONOMIALS = (
    *(
        (3, 0, 0),
        (0, 3, 0),
        (2, 1, 0),
        (1, 2, 0),
        (2, 0, 1),
        (2, 0, 0),
        (0, 2, 1),
        (0, 2, 0),
        (1, 1, 1),
        (1, 1, 0),
    ),
    *(
        (1, 0, 2),
        (1, 0, 1),
        (1, 0, 0),
        (0, 1, 2),
        (0, 1, 1),
        (0, 1, 0),
        (0, 0, 3),
        (0, 0, 2),
        (0, 0, 1),
        (0, 0, 0),
    ),
)


def _collected() -> Array:
    """(20, 64): which products of three of x, y, z, 1 make up which monomial."""
    matrix = np.zeros((20, 64))
    for product, factors in enumerate(np.ndindex(4, 4, 4)):
        powers = tuple(factors.count(variable) for variable in range(3))
        matrix[_MONOMIALS.index(powers), product] = 1
    return matrix


_COLLECTED = _collected()


class _Rays(PointSets):
    """Pairs of normalised points, float64."""

    model_points = 5

    def __init__(self, first: Array, second: Array) -> None:
        super().__init__(first, second)
        self._rays = [np.column_stack([points, np.ones(len(points))]) for points in (first, second)]

    def models(self, sample: list[int]) -> list[Array]:
        one, other = (rays[sample] for rays in self._rays)
        basis = null_space((other[:, :, None] * one[:, None, :]).reshape(5, 9))
        system = _constraints(basis.reshape(4, 3, 3))
        try:
            rest = np.linalg.solve(system[:, :10], system[:, 10:])
        except np.linalg.LinAlgError:
            return []
        polynomials = _eliminated(rest)
        roots = call_by_name("solvePoly", _determinant(polynomials).reshape(1, -1))[1].reshape(-1, 2)
        z = roots[np.abs(roots[:, 1]) <= 1e-10, 0]
        if not z.size:
            return []
        powers = z[:, None] ** np.arange(4, -1, -1)
        matrices = np.einsum("jvp,kp->kjv", polynomials, powers)
        x, y, weight = np.linalg.svd(matrices)[2][:, 2].T
        some = ~(np.abs(weight) < 1e-10)
        x, y, z, weight = x[some], y[some], z[some], weight[some]
        found = np.column_stack([x / weight, y / weight, z, np.ones(len(z))]) @ basis
        found /= np.sqrt((found * found).sum(axis=1, keepdims=True))
        return list(found.reshape(-1, 3, 3))

    def errors(self, model: Array) -> Array:
        one, other = self._rays
        line, back = one @ model.T, other @ model
        with np.errstate(all="ignore"):
            square = (other * line).sum(axis=1) ** 2
            total = (line[:, :2] ** 2).sum(axis=1) + (back[:, :2] ** 2).sum(axis=1)
            error: Array = (square / total).astype(np.float32)
        return error


def _constraints(basis: Array) -> Array:
    """The determinant and the trace constraint of x B0 + y B1 + z B2 + B3, (10, 20)."""
    products = np.einsum("iab,jcb->ijac", basis, basis)
    traces = np.einsum("ijaa->ij", products)
    cubic = np.einsum("ijab,kbc->ijkac", products, basis) - 0.5 * np.einsum("ij,kac->ijkac", traces, basis)
    crossed = np.cross(basis[:, None, 1], basis[None, :, 2])
    determinant = np.einsum("ia,jka->ijk", basis[:, 0], crossed)
    terms = np.column_stack([determinant.reshape(64), cubic.reshape(64, 9)])
    system: Array = _COLLECTED @ terms
    return system.T


def _eliminated(rest: Array) -> Array:
    """Three equations in x, y and 1, with polynomials in z: (3, 3, 5) by falling powers."""
    equations = np.zeros((3, 3, 5))
    for k in range(3):
        raised, plain = rest[2 * k + 4], rest[2 * k + 5]
        for variable, start, count in ((0, 0, 3), (1, 3, 3), (2, 6, 4)):
            equations[k, variable, 5 - count :] += raised[start : start + count]
            equations[k, variable, 4 - count : 4] -= plain[start : start + count]
    return equations


def _determinant(polynomials: Array) -> Array:
    """The coefficients of a polynomial of degree ten, from the constant up."""
    (a, b, c), (d, e, f), (g, h, i) = ([row[0][1:], row[1][1:], row[2]] for row in polynomials)
    total = np.convolve(a, np.convolve(e, i) - np.convolve(f, h))
    total = total - np.convolve(b, np.convolve(d, i) - np.convolve(f, g))
    total = total + np.convolve(c, np.convolve(d, h) - np.convolve(e, g))
    return np.ascontiguousarray(total[::-1])


def findEssentialMat(
    points1: Array | None,
    points2: Array | None,
    mask: Array | None,
    cameraMatrix: Array | None = None,
    focal: float | None = None,
    pp: Point = (0.0, 0.0),
    method: int = _RANSAC,
    prob: float = 0.999,
    threshold: float = 1.0,
    maxIters: int = 1000,
    cameraMatrix1: Array | None = None,
    distCoeffs1: Array | None = None,
    cameraMatrix2: Array | None = None,
    distCoeffs2: Array | None = None,
    dist_coeff1: Array | None = None,
    dist_coeff2: Array | None = None,
    params: Any = None,
) -> tuple[Array | None, Array | None]:
    """The matrix, float64 (3, 3), and the mask of inliers, uint8 (n, 1).

    Of five points there are up to ten matrices, one below the other; of fewer there is none.

    Raises
    ------
    cv2.error
        The arrays hold no points, or not as many; a camera matrix of another shape; ``prob`` is not
        between zero and one.
    UnsupportedInBrowser
        A USAC method.
    """
    if params is not None or method in _USAC:
        raise UnsupportedInBrowser(
            "cv2.findEssentialMat with USAC", "opencv.js has no USAC", "RANSAC or LMEDS"
        )
    if cameraMatrix1 is not None or cameraMatrix2 is not None:
        points1 = undistortPoints(points1, None, cameraMatrix1, distCoeffs1, None, None, _CRITERIA)
        points2 = undistortPoints(points2, None, cameraMatrix2, distCoeffs2, None, None, _CRITERIA)
        return _of_two_cameras(points1, points2, mask, cameraMatrix1, cameraMatrix2, method, prob, threshold)
    if focal is not None:
        cameraMatrix = _camera(focal, pp)
    return _found(points1, points2, mask, cameraMatrix, method, prob, threshold, maxIters)


def _of_two_cameras(
    points1: Array | None,
    points2: Array | None,
    mask: Array | None,
    camera1: Array | None,
    camera2: Array | None,
    method: int,
    prob: float,
    threshold: float,
) -> tuple[Array | None, Array | None]:
    """Of normalised points, brought back to pixels of the mean of both cameras."""
    assert camera1 is not None and camera2 is not None
    mean = (camera1 + camera2).astype(np.float64) * 0.5
    if not (abs(mean[2, 0]) < 1e-3 and abs(mean[2, 1]) < 1e-3 and abs(mean[2, 2] - 1) < 1e-3):
        condition = (
            "std::abs(cm0.at<double>(2, 0)) < 1e-3 && std::abs(cm0.at<double>(2, 1)) < 1e-3 && "
            "std::abs(cm0.at<double>(2, 2) - 1.) < 1e-3"
        )
        raise failed_assertion(condition, "findEssentialMat_", f"{_SOURCE}:426")
    pixels = [call_by_name("transform", points, mean[:2]) for points in (points1, points2)]
    return _found(pixels[0], pixels[1], mask, mean, method, prob, threshold, 1000)


def _found(
    points1: Array | None,
    points2: Array | None,
    mask: Array | None,
    camera: Array | None,
    method: int,
    prob: float,
    threshold: float,
    iterations: int,
) -> tuple[Array | None, Array | None]:
    first, second, matrix = _normalised(points1, points2, camera, "findEssentialMat", 455, 458)
    pairs = _Rays(first, second)
    threshold /= (matrix[0, 0] + matrix[1, 1]) / 2
    if method == _RANSAC:
        found = ransac(pairs, threshold, prob, iterations)
    else:
        found = least_median(pairs, prob, iterations)
    count = len(first)
    if found is None:
        # Natively the mask is there but not written to, if there are points enough.
        return None, None if count < 5 else shaped_mask(np.zeros(count, np.uint8), mask)
    if count == 5:
        return np.concatenate(pairs.models(list(range(5)))), shaped_mask(found[1], mask)
    return found[0], shaped_mask(found[1], mask)


def _camera(focal: float, centre: Point) -> Array:
    return np.array([[focal, 0, centre[0]], [0, focal, centre[1]], [0, 0, 1]], np.float64)


def _normalised(
    points1: Array | None,
    points2: Array | None,
    camera: Array | None,
    function: str,
    line: int,
    camera_line: int,
) -> tuple[Array, Array, Array]:
    """Both sets as seen at focal length one, float64 (n, 2), and the camera matrix."""
    count = count_of(points1, 2)
    channels = [0 if points is None or points.ndim < 3 else points.shape[2] for points in (points1, points2)]
    if count < 1 or count_of(points2, 2) != count or channels[0] != channels[1]:
        condition = "npoints >= 0 && points2.checkVector(2) == npoints && points1.type() == points2.type()"
        raise failed_assertion(condition, function, f"{_SOURCE}:{line}")
    if camera is None or camera.shape != (3, 3):
        condition = "cameraMatrix.rows == 3 && cameraMatrix.cols == 3 && cameraMatrix.channels() == 1"
        raise failed_assertion(condition, function, f"{_SOURCE}:{camera_line}")
    assert points1 is not None and points2 is not None
    matrix = camera.astype(np.float64)
    with np.errstate(all="ignore"):
        first, second = (
            (points.reshape(-1, 2).astype(np.float64) - matrix[:2, 2]) / matrix[[0, 1], [0, 1]]
            for points in (points1, points2)
        )
    return first, second, matrix


def decomposeEssentialMat(E: Array | None) -> tuple[Array, Array, Array]:
    """Two rotations (3, 3) and the direction (3, 1) of a shift, of the dtype of ``E``.

    Raises
    ------
    cv2.error
        ``E`` has not nine elements, or is no float32 or float64.
    """
    if E is None:
        text = "The matrix is not continuous, thus its number of rows can not be changed"
        raise opencv_error(-13, "Image step is wrong", text, "reshape", "core/src/matrix.cpp:1712")
    if E.size % 3:
        text = "The total number of matrix elements is not divisible by the new number of rows"
        raise opencv_error(-5, "Bad argument", text, "reshape", "core/src/matrix.cpp:1718")
    if E.size != 9:
        condition = "E.cols == 3 && E.rows == 3"
        raise failed_assertion(condition, "decomposeEssentialMat", f"{_SOURCE}:740")
    if E.dtype not in (np.float32, np.float64):
        condition = "type == CV_32F || type == CV_64F"
        raise failed_assertion(condition, "_SVDcompute", "core/src/lapack.cpp:1415")
    _, left, right = singular_values(E.reshape(3, 3).astype(np.float64))
    left, right = (matrix * (-1 if np.linalg.det(matrix) < 0 else 1) for matrix in (left, right))
    quarter = np.array([[0.0, 1, 0], [-1, 0, 0], [0, 0, 1]])
    rotations = left @ quarter @ right, left @ quarter.T @ right
    return rotations[0].astype(E.dtype), rotations[1].astype(E.dtype), left[:, 2:].astype(E.dtype)


def recoverPose(
    points1: Array | None,
    points2: Array | None,
    mask: Array | None,
    E: Array | None = None,
    cameraMatrix: Array | None = None,
    focal: float | None = None,
    pp: Point = (0.0, 0.0),
    distanceThresh: float | None = None,
    cameraMatrix1: Array | None = None,
    distCoeffs1: Array | None = None,
    cameraMatrix2: Array | None = None,
    distCoeffs2: Array | None = None,
    method: int = _RANSAC,
    prob: float = 0.999,
    threshold: float = 1.0,
) -> tuple[Any, ...]:
    """Rotation and shift between two cameras, of the four there are the one that has most points before both.

    Returns
    -------
    int, (3, 3), (3, 1), (n, 1) uint8
        How many points; the rotation; the shift's direction; which points. The matrix stands before the
        rotation if it was found here; triangulated points (4, n) at the end with ``distanceThresh`` given.

    Raises
    ------
    cv2.error
        As :func:`findEssentialMat` and :func:`decomposeEssentialMat`; a mask of another size; ``E`` of
        float32.
    """
    if cameraMatrix1 is not None or cameraMatrix2 is not None:
        points1 = undistortPoints(points1, None, cameraMatrix1, distCoeffs1, None, None, _CRITERIA)
        points2 = undistortPoints(points2, None, cameraMatrix2, distCoeffs2, None, None, _CRITERIA)
        matrix, inliers = _of_two_cameras(
            points1, points2, None, cameraMatrix1, cameraMatrix2, method, prob, threshold
        )
        if matrix is None or matrix.shape != (3, 3):
            raise failed_assertion("_E.cols == 3 && _E.rows == 3", "recoverPose", f"{_SOURCE}:546")
        pose = _pose(matrix, points1, points2, np.eye(3), _FAR, inliers)
        return pose[0], matrix, *pose[1:4]
    if focal is not None:
        cameraMatrix = _camera(focal, pp)
    pose = _pose(E, points1, points2, cameraMatrix, _FAR if distanceThresh is None else distanceThresh, mask)
    return pose if distanceThresh is not None else pose[:4]


def _pose(
    matrix: Array | None,
    points1: Array | None,
    points2: Array | None,
    camera: Array | None,
    far: float,
    mask: Array | None,
) -> tuple[int, Array, Array, Array, Array]:
    first, second, _ = _normalised(points1, points2, camera, "recoverPose", 564, 567)
    one, other, shift = decomposeEssentialMat(matrix)
    if shift.dtype == np.float32:
        raise failed_assertion("type == B.type()", "gemm", "core/src/matmul.dispatch.cpp:356")
    given = None
    if mask is not None and mask.size:
        if count_of(mask, 1) != len(first):
            raise failed_assertion("npoints == mask.checkVector(1)", "recoverPose", f"{_SOURCE}:665")
        given = mask.reshape(-1, 1)
    best: tuple[int, Array, Array, Array, Array] | None = None
    for rotation, direction in ((one, shift), (other, shift), (one, -shift), (other, -shift)):
        seen, points = _before_both(rotation, direction, first, second, far)
        seen = seen if given is None else given & seen
        count = int(np.count_nonzero(seen))
        if best is None or count > best[0]:
            best = count, rotation, direction, seen, points
    assert best is not None
    return best


def _before_both(
    rotation: Array, direction: Array, first: Array, second: Array, far: float
) -> tuple[Array, Array]:
    """Which points lie before both cameras and not too far, 255 or 0 (n, 1), and the points (4, n)."""
    projection = np.hstack([rotation, direction])
    points = triangulatePoints(np.eye(3, 4), projection, first.T, second.T)
    assert points is not None
    with np.errstate(all="ignore"):
        seen = points[2] * points[3] > 0
        places = points / points[3]
        depth = (projection @ places)[2]
        seen &= (places[2] < far) & (depth > 0) & (depth < far)
    return (seen * np.uint8(255)).reshape(-1, 1), points
