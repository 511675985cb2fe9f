"""Projections and rotations taken apart and put together: modules/geometry/src/calibration_base.cpp."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .._call import call_by_name
from .._errors import failed_assertion, opencv_error
from ._distortion import rows_columns
from ._linear import singular_values
from .decompositions import RQDecomp3x3

__all__ = ["composeRT", "decomposeProjectionMatrix", "matMulDeriv"]

Array = npt.NDArray[Any]

_SOURCE = "geometry/src/calibration_base.cpp"
_FLOATS = (np.float32, np.float64)


def decomposeProjectionMatrix(
    projMatrix: Array | None,
) -> tuple[Array, Array, Array, Array, Array, Array, Array]:
    """Camera matrix, rotation (3, 3), position (4, 1), rotations about x, y and z, Euler angles (3, 1).

    Raises
    ------
    cv2.error
        ``projMatrix`` is not 3x4.
    """
    projection = _fitting(projMatrix, (3, 4))
    position = singular_values(np.vstack([projection, np.zeros(4)]))[2][3]
    angles, camera, rotation, *parts = RQDecomp3x3(np.ascontiguousarray(projection[:, :3]))
    # Only these two are of the input's dtype.
    vectors = [np.array(vector).reshape(-1, 1) for vector in (position, angles)]
    if projMatrix is not None:
        vectors = [_converted(vector, projMatrix.dtype) for vector in vectors]
    return camera, rotation, vectors[0], parts[0], parts[1], parts[2], vectors[1]


def _converted(array: Array, dtype: Any) -> Array:
    """``Mat::convertTo``."""
    return (np.rint(array) if np.dtype(dtype).kind in "iu" else array).astype(dtype)


def _fitting(matrix: Array | None, shape: tuple[int, int]) -> Array:
    """The matrix in float64; natively it goes into one of fixed size."""
    if matrix is None:
        raise failed_assertion("!fixedSize()", "release", "core/src/matrix_wrap.cpp:2044")
    if matrix.shape != shape:
        rows, columns = rows_columns(matrix)
        function = "void cv::_OutputArray::create(int, const int*, int, int, bool, DepthMask) const"
        text = (
            " (expected: 'requested_size == sz'), where\n"
            f"    'requested_size' is [{columns} x {rows}]\nmust be equal to\n"
            f"    'sz' is [{shape[1]} x {shape[0]}]"
        )
        place = "core/src/matrix_wrap.cpp:1682"
        raise opencv_error(-2, "Unspecified error", text, function, place)
    return matrix.astype(np.float64)


def matMulDeriv(A: Array | None, B: Array | None) -> tuple[Array, Array]:
    """The derivatives of a product by its factors' elements, (rows * columns, elements).

    Raises
    ------
    cv2.error
        The dtypes differ or are no floats; the matrices can't be multiplied.
    """
    _assert(_type(A) == _type(B), "type == B.type()", "matMulDeriv", 66)
    _assert(_type(A) in _FLOATS, "type == CV_32F || type == CV_64F", "matMulDeriv", 67)
    assert A is not None and B is not None
    _assert(rows_columns(A)[1] == rows_columns(B)[0], "A.cols == B.rows", "matMulDeriv", 68)
    rows, columns = A.shape[0], rows_columns(B)[1]
    a, b = A.reshape(rows_columns(A)), B.reshape(rows_columns(B))
    by_a: Array = np.kron(np.eye(rows, dtype=a.dtype), b.T)
    by_b: Array = np.kron(a, np.eye(columns, dtype=a.dtype))
    return by_a, by_b


def _type(array: Array | None) -> Any:
    return None if array is None else array.dtype if array.ndim < 3 else (array.dtype, array.shape[2])


def composeRT(
    rvec1: Array | None, tvec1: Array | None, rvec2: Array | None, tvec2: Array | None
) -> tuple[Array, ...]:
    """Two movements as one, and its derivatives by both.

    Returns
    -------
    rvec3, tvec3 : (3, 1)
    dr3dr1, dr3dt1, dr3dr2, dr3dt2, dt3dr1, dt3dt1, dt3dr2, dt3dt2 : (3, 3)

    Raises
    ------
    cv2.error
        The vectors have not three elements each in the same order, or are no floats.
    """
    condition = "rtype == CV_32F || rtype == CV_64F"
    _assert(rvec1 is not None and rvec1.ndim < 3 and rvec1.dtype in _FLOATS, condition, "composeRT", 384)
    assert rvec1 is not None
    size = rows_columns(rvec1)
    _assert(size in ((1, 3), (3, 1)), "rsz == Size(3, 1) || rsz == Size(1, 3)", "composeRT", 386)
    condition = "rsz == rvec2.size() && rsz == tvec1.size() && rsz == tvec2.size()"
    same = all(rows_columns(vector) == size for vector in (rvec2, tvec1, tvec2))
    _assert(same, condition, "composeRT", 387)
    assert rvec2 is not None and tvec1 is not None and tvec2 is not None
    if tvec1.shape == (1, 3):
        raise failed_assertion("a_size.width == len", "gemm", "core/src/matmul.dispatch.cpp:363")
    first, by_first = call_by_name("Rodrigues", rvec1.astype(np.float64).reshape(3, 1))
    second, by_second = call_by_name("Rodrigues", rvec2.astype(np.float64).reshape(3, 1))
    by_second_factor, by_first_factor = matMulDeriv(second, first)
    turn, by_both = call_by_name("Rodrigues", second @ first)
    start = tvec1.astype(np.float64).reshape(3, 1)
    shift = second @ start + tvec2.astype(np.float64).reshape(3, 1)
    shift_by_second, shift_by_start = matMulDeriv(second, start)
    results = (
        turn,
        shift,
        by_both.T @ by_first_factor @ by_first.T,
        np.zeros((3, 3)),
        by_both.T @ by_second_factor @ by_second.T,
        np.zeros((3, 3)),
        np.zeros((3, 3)),
        shift_by_start,
        shift_by_second @ by_second.T,
        np.eye(3),
    )
    return tuple(result.astype(rvec1.dtype) for result in results)


def _assert(holds: bool, condition: str, function: str, line: int) -> None:
    if not holds:
        raise failed_assertion(condition, function, f"{_SOURCE}:{line}")
