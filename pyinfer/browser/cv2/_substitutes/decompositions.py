"""Singular values: modules/core/src/lapack.cpp."""

from __future__ import annotations

import numpy as np

from .._errors import failed_assertion, opencv_error
from ._arrays import Array, dimensions_of, present, size_of, type_of
from ._jacobi import one_sided_jacobi

__all__ = ["SVBackSubst", "SVDecomp"]

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
