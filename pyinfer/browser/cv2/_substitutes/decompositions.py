"""Singular values and triangular factors: modules/core/src/lapack.cpp, geometry/src/calibration_base.cpp."""

from __future__ import annotations

import math

import numpy as np

from .._errors import failed_assertion, opencv_error
from ._arrays import Array, channels_of, dimensions_of, present, size_of, type_of
from ._jacobi import one_sided_jacobi

__all__ = ["RQDecomp3x3", "SVBackSubst", "SVDecomp"]

_NO_UV = 2
_FULL_UV = 4

#: From so many rows (of columns, if they are more) on native calls LAPACK.
_LAPACK_FROM = 25


def SVDecomp(src: Array | None, flags: int) -> tuple[Array | None, Array | None, Array | None]:
    """``src = u @ diag(w) @ vt``.

    Small matrices by OpenCV's own Jacobi iteration, which gives the vectors their signs; from 25 rows or
    columns on by LAPACK's ``gesdd``, as natively; which way round that has a vector differs
    from build to build. The vectors of a value that is zero but for rounding are noise.

    Returns
    -------
    w : (n, 1)
    u, vt : ndarray or None
        None with ``SVD_NO_UV``; square with ``SVD_FULL_UV``.

    Raises
    ------
    cv2.error
        ``src`` is no matrix of float32 or float64.
    """
    src = present(src)
    if src.dtype.name not in ("float32", "float64") or type_of(src) != type_of(src.reshape(-1)[:1]):
        raise failed_assertion("type == CV_32F || type == CV_64F", "_SVDcompute", "core/src/lapack.cpp:1415")
    if dimensions_of(src) > 2:
        condition = "_src.dims() <= 2 && esz <= 32"
        raise failed_assertion(condition, "transpose", "core/src/matrix_transform.cpp:481")
    matrix = src.reshape(size_of(src))
    if not matrix.size:
        return None, None, None
    wide = matrix.shape[0] < matrix.shape[1]
    tall = matrix.T if wide else matrix
    full = bool(flags & _FULL_UV) and not flags & _NO_UV
    u: Array | None
    vt: Array | None
    if len(tall) < _LAPACK_FROM:
        w, u, vt = one_sided_jacobi(tall, len(tall) if full else tall.shape[1])
    elif flags & _NO_UV:
        w = np.linalg.svd(tall, compute_uv=False)
        u = vt = None
    else:
        u, w, vt = np.linalg.svd(tall, full_matrices=full)
    values = w.reshape(-1, 1)
    if flags & _NO_UV or u is None or vt is None:
        return values, None, None
    if wide:
        u, vt = vt.T, u.T
    return values, np.ascontiguousarray(u), np.ascontiguousarray(vt)


def SVBackSubst(w: Array | None, u: Array | None, vt: Array | None, rhs: Array | None) -> Array | None:
    """The least-squares solution ``vt.T @ diag(1 / w) @ u.T @ rhs``; without ``rhs`` the pseudo-inverse.

    Raises
    ------
    cv2.error
        The sizes or types do not fit together.
    """
    w, u, vt = present(w), present(u), present(vt)
    if not (type_of(w) == type_of(u) == type_of(vt) and w.size and u.size and vt.size):
        condition = "w.type() == u.type() && u.type() == vt.type() && u.data && vt.data && w.data"
        raise failed_assertion(condition, "backSubst", "core/src/lapack.cpp:1503")
    (rows, u_columns), (vt_rows, columns) = size_of(u), size_of(vt)
    count = min(rows, columns)
    sizes = (1, count), (count, 1), (u_columns, vt_rows)
    if u_columns < count or vt_rows < count or size_of(w) not in sizes:
        condition = (
            "u.cols >= nm && vt.rows >= nm && (w.size() == Size(nm, 1) || w.size() == Size(1, nm) || "
            "w.size() == Size(vt.rows, u.cols))"
        )
        raise failed_assertion(condition, "backSubst", "core/src/lapack.cpp:1504")
    given = rhs is not None and rhs.size > 0
    right = present(rhs)
    if given and (type_of(right) != type_of(w) or size_of(right)[0] != rows):
        condition = "rhs.data == 0 || (rhs.type() == type && rhs.rows == m)"
        raise failed_assertion(condition, "backSubst", "core/src/lapack.cpp:1506")
    if w.dtype.name not in ("float32", "float64") or type_of(w) > type_of(np.empty(1, w.dtype)):
        name = "Unsupported format or combination of formats"
        raise opencv_error(-210, name, "", "backSubst", "core/src/lapack.cpp:1519")
    values = (w.ravel() if 1 in size_of(w) else w.diagonal())[:count].astype(np.float64)
    kept = np.abs(values) > values.sum() * 2.0**-51
    left = u.reshape(rows, u_columns)[:, :count][:, kept].T.astype(np.float64)
    if given:
        left = left @ right.reshape(size_of(right)).astype(np.float64)
    left /= values[kept, None]
    solution = vt.reshape(vt_rows, columns)[:count][kept].T.astype(np.float64) @ left
    return np.ascontiguousarray(solution, w.dtype)


def RQDecomp3x3(src: Array | None) -> tuple[tuple[float, float, float], Array, Array, Array, Array, Array]:
    """``src = R @ Q`` with an upper triangular and an orthogonal matrix, by three rotations.

    Returns
    -------
    (float, float, float)
        The angles about x, y and z in degrees.
    mtxR, mtxQ, Qx, Qy, Qz : (3, 3)
        With the dtype of ``src``.

    Raises
    ------
    cv2.error
        ``src`` is not 3x3 with one channel, or too large for rounding to vanish.
    """
    src = present(src)
    if channels_of(src) > 1:
        condition = "CV_MAT_CN(stype) == CV_MAT_CN(dtype)"
        raise failed_assertion(condition, "copyTo", "core/src/copy.cpp:457")
    rows, columns = size_of(src)
    if (rows, columns) != (3, 3):
        text = (
            f" (expected: 'requested_size == sz'), where\n    'requested_size' is [{columns} x {rows}]\n"
            "must be equal to\n    'sz' is [3 x 3]"
        )
        function = "void cv::_OutputArray::create(int, const int*, int, int, bool, DepthMask) const"
        raise opencv_error(-2, "Unspecified error", text, function, "core/src/matrix_wrap.cpp:1682")
    matrix = src.astype(np.float64)
    x = _rotation(matrix, (2, 1), 1.0)
    matrix = _rotated(matrix, x, (2, 1))
    y = _rotation(matrix, (2, 0), -1.0)
    matrix = _rotated(matrix, y, (2, 0), "M", 1080)
    z = _rotation(matrix, (1, 0), 1.0)
    matrix = _rotated(matrix, z, (1, 0), "R", 1099)
    # Of the diagonal only the last number may be negative: half a turn about an axis sees to that.
    if matrix[0, 0] < 0:
        if matrix[1, 1] < 0:
            turn = [-1, -1, 1]
            z = z * [[-1, -1, 1], [-1, -1, 1], [1, 1, 1]]
        else:
            turn = [-1, 1, -1]
            z = z.T.copy()
            y = y * [[-1, 1, -1], [1, 1, 1], [-1, 1, -1]]
        matrix = matrix * turn
    elif matrix[1, 1] < 0:
        matrix = matrix * [1, -1, -1]
        z, y = z.T.copy(), y.T.copy()
        x = x * [[1, 1, 1], [1, -1, -1], [1, -1, -1]]
    angles = _angle(x[1, 1], x[1, 2]), _angle(y[0, 0], y[2, 0]), _angle(z[0, 0], z[0, 1])
    orthogonal = z.T @ y.T @ x.T
    whole = src.dtype.kind != "f"
    parts = [(np.rint(part) if whole else part).astype(src.dtype) for part in (matrix, orthogonal, x, y, z)]
    return angles, parts[0], parts[1], parts[2], parts[3], parts[4]


def _rotation(matrix: Array, place: tuple[int, int], sign: float) -> Array:
    """What makes the number at a place below the diagonal vanish, multiplied from the right."""
    row, column = place
    number = float(matrix[row, column])
    vanishes = abs(number) > 2.0**-52
    sine = sign * number if vanishes else 0.0
    cosine = float(matrix[row, row]) if vanishes else 1.0
    length = 1.0 / math.sqrt(cosine * cosine + sine * sine)
    rotation = np.eye(3)
    rotation[column, column] = rotation[row, row] = cosine * length
    rotation[column, row] = sign * sine * length
    rotation[row, column] = -sign * sine * length
    return rotation


def _rotated(matrix: Array, rotation: Array, place: tuple[int, int], name: str = "", line: int = 0) -> Array:
    """The product, with a zero where there is one but for rounding."""
    product = matrix @ rotation
    if line and not abs(product[place]) < 2.0**-23:
        condition = f"fabs({name}({place[0]}, {place[1]})) < FLT_EPSILON"
        raise failed_assertion(condition, "RQDecomp3x3", f"geometry/src/calibration_base.cpp:{line}")
    product[place] = 0
    return product


def _angle(cosine: float, sine: float) -> float:
    """In degrees."""
    return float(np.arccos(cosine)) * (1 if sine >= 0 else -1) * (180.0 / math.pi)
